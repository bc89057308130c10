package lifecycle

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/people"
)

// exist refuses a filter by what is not there, or not the caller's to administer, and says what
// is: a slip of the pen would find nothing, and look like an answer.
func (s *Service) exist(ctx context.Context, r reach, f api.CertificateFilter) error {
	wrong := &InvalidError{}
	for _, of := range []struct {
		field, given, kind string
		names              func(context.Context, reach) ([]string, error)
	}{
		{"issuer", f.Issuer, "issuing CA of this service", s.issuers},
		{"agency", f.Agency, "agency that you administer", s.agencies},
		{"site", f.Site, "site that you administer", s.sites},
	} {
		if of.given == "" || !r.administers() { // who chooses among their own only
			continue
		}
		names, err := of.names(ctx, r)
		if err != nil {
			return err
		}
		if !slices.Contains(names, of.given) {
			wrong.Fields = append(wrong.Fields, api.FieldError{Field: of.field, Detail: "is no " + of.kind + thereIs(of.given, names)})
		}
	}
	if err := s.somebody(ctx, r, f.User, wrong); err != nil {
		return err
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}

// somebody adds that an address is of nobody whom the caller administers.
func (s *Service) somebody(ctx context.Context, r reach, email string, wrong *InvalidError) error {
	if email == "" || !r.administers() {
		return nil
	}
	found, _, err := s.opts.Register.Members(ctx, people.Choice{Agency: r.agency, Email: strings.ToLower(email)})
	if err == nil && len(found) == 0 {
		wrong.Fields = append(wrong.Fields, api.FieldError{Field: "user", Detail: "is the address of nobody whom you administer"})
	}
	return err
}

func (s *Service) issuers(ctx context.Context, _ reach) ([]string, error) {
	return s.opts.CA.IssuerIDs(ctx)
}

func (s *Service) agencies(ctx context.Context, r reach) (names []string, err error) {
	all, err := s.opts.Register.Agencies(ctx)
	for _, a := range all {
		if r.all || a.Name == r.agency {
			names = append(names, a.Name)
		}
	}
	return names, err
}

func (s *Service) sites(ctx context.Context, r reach) (names []string, err error) {
	all, err := s.opts.Register.Sites(ctx)
	for _, t := range all {
		if r.all || t.Agency == r.agency {
			names = append(names, t.Name)
		}
	}
	return names, err
}

// fewNames are all named where none is like what was typed.
const fewNames = 5

// thereIs says what is called nearly as was typed, or all there is where that is little.
func thereIs(typed string, names []string) string {
	like := form.Near(typed, names)
	if len(like) == 0 && len(names) <= fewNames {
		like = names
	}
	if len(like) == 0 {
		return ""
	}
	var quoted []string
	for _, name := range like {
		quoted = append(quoted, strconv.Quote(name))
	}
	return "; there is " + strings.Join(quoted, ", ")
}
