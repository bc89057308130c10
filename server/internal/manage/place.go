package manage

import (
	"context"
	"errors"
	"net/netip"

	"github.com/google/uuid"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

// Agencies returns those that the caller manages.
func (s *Service) Agencies(ctx context.Context, p authn.Principal) (api.Agencies, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Agencies{}, ErrNotAllowed
	}
	list, err := s.opts.Register.PlacesAgencies(ctx, r.agency)
	return api.Agencies{Agencies: append([]api.Agency{}, list...)}, err
}

// Agency returns one.
func (s *Service) Agency(ctx context.Context, p authn.Principal, id string) (api.Agency, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Agency{}, ErrNotAllowed
	}
	if !r.within(id) {
		return api.Agency{}, ErrUnknown
	}
	return s.agency(ctx, id)
}

// agency returns the agency with a UUID, whoever asks.
func (s *Service) agency(ctx context.Context, id string) (api.Agency, error) {
	if !isUUID(id) {
		return api.Agency{}, ErrUnknown
	}
	list, err := s.opts.Register.PlacesAgencies(ctx, id)
	switch {
	case err != nil:
		return api.Agency{}, err
	case len(list) == 0:
		return api.Agency{}, ErrUnknown
	}
	return list[0], nil
}

// Sites returns the sites of an agency, or with "" all that the caller manages.
func (s *Service) Sites(ctx context.Context, p authn.Principal, agency string) (api.Sites, error) {
	r := reachOf(p)
	switch {
	case !r.manages():
		return api.Sites{}, ErrNotAllowed
	case agency == "":
		agency = r.agency
	case !isUUID(agency) || !r.within(agency):
		return api.Sites{}, ErrUnknown
	}
	list, err := s.opts.Register.PlacesSites(ctx, agency)
	return api.Sites{Sites: append([]api.Site{}, list...)}, err
}

// Site returns one.
func (s *Service) Site(ctx context.Context, p authn.Principal, id string) (api.Site, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Site{}, ErrNotAllowed
	}
	site, err := s.site(ctx, id)
	if err == nil && !r.within(site.Agency) {
		return api.Site{}, ErrUnknown
	}
	return site, err
}

// site returns the site with a UUID, whoever asks.
func (s *Service) site(ctx context.Context, id string) (api.Site, error) {
	if !isUUID(id) {
		return api.Site{}, ErrUnknown
	}
	site, err := s.opts.Register.PlacesSite(ctx, id)
	if errors.Is(err, people.ErrUnknown) {
		err = ErrUnknown
	}
	return site, err
}

// Whose says who is recognised from an address, among what the caller manages.
func (s *Service) Whose(ctx context.Context, p authn.Principal, a netip.Addr) (api.NetworkAnswer, error) {
	r := reachOf(p)
	switch {
	case !r.manages():
		return api.NetworkAnswer{}, ErrNotAllowed
	case !a.IsValid() || a.Zone() != "":
		return api.NetworkAnswer{}, wrongFields(api.FieldError{Field: "address", Detail: "is no IPv4 or IPv6 address"})
	}
	a = a.Unmap()
	matches, err := s.opts.Register.PlacesAt(ctx, a, r.agency)
	return api.NetworkAnswer{Address: a.String(), Matches: append([]api.NetworkMatch{}, matches...)}, err
}

// isUUID reports whether a text is a UUID as the database writes it.
func isUUID(text string) bool {
	parsed, err := uuid.Parse(text)
	return err == nil && parsed.String() == text
}
