package lifecycle

import (
	"context"
	"strings"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/people"
)

const (
	defaultPage = 50
	maxPage     = 200
	maxPages    = 1_000_000
	maxText     = 254
)

// read checks a filter and turns it into the CA's, within the caller's reach.
func (s *Service) read(ctx context.Context, r reach, f api.CertificateFilter) (ca.Filter, error) {
	if err := checkFilter(f); err != nil {
		return ca.Filter{}, err
	}
	out := ca.Filter{
		Text: f.Query, Status: f.Status, Profile: certs.Profile(f.Profile), Issuer: f.Issuer, Card: f.Card,
		ExpiresBefore: f.ExpiresBefore, IssuedFrom: f.IssuedFrom, IssuedBefore: f.IssuedBefore,
	}
	if err := s.exist(ctx, r, f); err != nil {
		return ca.Filter{}, err
	}
	err := s.confine(ctx, r, people.Choice{Agency: f.Agency, Site: f.Site, Email: strings.ToLower(f.User)}, &out)
	return out, err
}

func checkFilter(f api.CertificateFilter) error {
	wrong := &InvalidError{}
	add := func(bad bool, field, detail string) {
		if bad {
			wrong.Fields = append(wrong.Fields, api.FieldError{Field: field, Detail: detail})
		}
	}
	for _, text := range []struct{ field, value string }{
		{"q", f.Query}, {"issuer", f.Issuer}, {"user", f.User}, {"agency", f.Agency}, {"site", f.Site}, {"card", f.Card},
	} {
		add(len(text.value) > maxText || !ca.OneLine(text.value), text.field, "is not one line of at most 254 bytes")
	}
	add(!ca.KnowsStatus(f.Status), "status", "is not active, held, revoked, superseded, expired or live")
	_, known := certs.RulesOf(certs.Profile(f.Profile))
	add(f.Profile != "" && !known, "profile", "is not a profile that is issued here")
	add(f.Sort != "" && !ca.KnowsSort(f.Sort), "sort", "is not expires, issued, holder or status, with or without - before it")
	add(f.Page < 0 || f.Page > maxPages, "page", "is not between 1 and 1000000")
	add(f.PerPage < 0 || f.PerPage > maxPage, "per_page", "is not between 1 and 200")
	for _, at := range []struct {
		field string
		value time.Time
	}{{"expires_before", f.ExpiresBefore}, {"issued_from", f.IssuedFrom}, {"issued_before", f.IssuedBefore}} {
		add(!at.value.IsZero() && (at.value.Year() < 1900 || at.value.Year() > 9999), at.field, "is not a time between 1900 and 9999")
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}
