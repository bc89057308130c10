package lifecycle

import (
	"context"
	"slices"
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

// exist refuses a filter by an agency or a site that is not there, or not the caller's to
// administer: a slip of the pen would find nothing, and look like an answer.
func (s *Service) exist(ctx context.Context, r reach, f api.CertificateFilter) error {
	if !r.administers() {
		return nil // who chooses among their own only
	}
	wrong := &InvalidError{}
	if f.Agency != "" && f.Agency != r.agency {
		all, err := s.opts.Register.Agencies(ctx)
		if err != nil {
			return err
		}
		if !r.all || !slices.ContainsFunc(all, func(a people.Agency) bool { return a.Name == f.Agency }) {
			wrong.Fields = append(wrong.Fields, api.FieldError{Field: "agency", Detail: "is no agency that you administer"})
		}
	}
	if f.Site != "" {
		all, err := s.opts.Register.Sites(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(t people.Site) bool { return t.Name == f.Site && (r.all || t.Agency == r.agency) }) {
			wrong.Fields = append(wrong.Fields, api.FieldError{Field: "site", Detail: "is no site that you administer"})
		}
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
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
