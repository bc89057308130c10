package manage

import (
	"context"
	"strings"

	"mais/server/api"
	"mais/server/internal/authn"
)

// placed is a change of an agency, a site or a network that was checked, with what it is about
// as it is and as it would be.
type placed struct {
	Before, After api.ChangeRequest
	Subject       string // in words
	Agency        string // UUID; "" for a new one
}

// draftPlace checks a change of agencies, sites and networks and completes it: names without
// spaces round them, prefixes and domains in their one form. The error is a
// *lifecycle.InvalidError, ErrNotAllowed, ErrUnknown or ErrConflict.
func (s *Service) draftPlace(ctx context.Context, p authn.Principal, req api.ChangeRequest) (placed, error) {
	r := reachOf(p)
	if !r.manages() {
		return placed{}, ErrNotAllowed
	}
	switch req.Kind {
	case api.AgencyAdd, api.AgencyChange:
		if !r.all { // an agency's policy and its sponsor are not its own to choose
			return placed{}, ErrNotAllowed
		}
		return s.draftAgency(ctx, req)
	case api.SiteAdd:
		return s.draftSite(ctx, r, req)
	case api.SiteChange, api.SiteClose:
		return s.draftChangedSite(ctx, r, req)
	case api.NetworkAdd, api.NetworkRemove:
		return s.draftNetwork(ctx, r, req)
	}
	return placed{}, ErrUnknown
}

func (s *Service) draftAgency(ctx context.Context, req api.ChangeRequest) (placed, error) {
	d := placed{Before: api.ChangeRequest{Kind: req.Kind}, After: api.ChangeRequest{Kind: req.Kind, Target: req.Target}}
	if req.Kind == api.AgencyChange {
		was, err := s.agency(ctx, req.Target)
		if err != nil {
			return placed{}, err
		}
		if req.Version != 0 && req.Version != was.Version {
			return placed{}, ErrConflict
		}
		d.Agency, d.Before.Target, d.Before.Version, d.Before.Agency = was.ID, was.ID, was.Version, &was.AgencyFields
	}
	after, faults := completeAgency(req.Agency)
	if taken, err := s.agencyNamed(ctx, after.Name, d.Agency); err != nil {
		return placed{}, err
	} else if taken {
		faults = append(faults, api.FieldError{Field: "agency.name", Detail: "is the name of another agency"})
	}
	d.After.Agency, d.Subject = &after, after.Name
	return d, wrongFields(faults...)
}

func (s *Service) agencyNamed(ctx context.Context, name, but string) (bool, error) {
	all, err := s.opts.Register.PlacesAgencies(ctx, "")
	for _, a := range all {
		if a.Name == name && a.ID != but {
			return true, err
		}
	}
	return false, err
}

func (s *Service) draftSite(ctx context.Context, r reach, req api.ChangeRequest) (placed, error) {
	if req.Site == nil {
		return placed{}, wrongFields(api.FieldError{Field: "site", Detail: "is missing"})
	}
	if !r.within(req.Site.Agency) {
		return placed{}, ErrUnknown
	}
	of, err := s.agency(ctx, req.Site.Agency)
	if err != nil {
		return placed{}, err
	}
	after := api.SiteFields{Agency: of.ID}
	err = s.nameSite(ctx, &after, req.Site.Name, "")
	return placed{Before: api.ChangeRequest{Kind: req.Kind}, After: api.ChangeRequest{Kind: req.Kind, Site: &after}, Subject: after.Name + ", " + of.Name, Agency: of.ID}, err
}

func (s *Service) draftChangedSite(ctx context.Context, r reach, req api.ChangeRequest) (placed, error) {
	was, err := s.openSite(ctx, r, req.Target, "target")
	if err != nil {
		return placed{}, err
	}
	if req.Version != 0 && req.Version != was.Version {
		return placed{}, ErrConflict
	}
	d := placed{
		Before:  api.ChangeRequest{Kind: req.Kind, Target: was.ID, Version: was.Version, Site: &was.SiteFields},
		After:   api.ChangeRequest{Kind: req.Kind, Target: was.ID},
		Subject: was.Name + ", " + was.AgencyName, Agency: was.Agency,
	}
	if req.Kind == api.SiteClose {
		return d, nil
	}
	if req.Site == nil {
		return placed{}, wrongFields(api.FieldError{Field: "site", Detail: "is missing"})
	}
	after := was.SiteFields
	if d.After.Site = &after; req.Site.Agency != "" && req.Site.Agency != was.Agency {
		return placed{}, wrongFields(api.FieldError{Field: "site.agency", Detail: "stays: a site does not move to another agency"})
	}
	return d, s.nameSite(ctx, &after, req.Site.Name, was.ID)
}

// nameSite gives a site its name, which no other of its agency has, closed ones neither, in capitals
// or small letters: on a command line the two would be one name.
func (s *Service) nameSite(ctx context.Context, site *api.SiteFields, name, but string) error {
	var faults []api.FieldError
	site.Name, faults = line("site.name", name, maxName)
	all, err := s.opts.Register.PlacesSites(ctx, site.Agency)
	for _, other := range all {
		if other.ID != but && strings.EqualFold(other.Name, site.Name) {
			faults = append(faults, api.FieldError{Field: "site.name", Detail: "is the name of another site of the agency"})
		}
	}
	if err != nil {
		return err
	}
	return wrongFields(faults...)
}

// openSite returns a site within reach that was not closed.
func (s *Service) openSite(ctx context.Context, r reach, id, field string) (api.Site, error) {
	site, err := s.site(ctx, id)
	switch {
	case err != nil:
		return api.Site{}, err
	case !r.within(site.Agency):
		return api.Site{}, ErrUnknown
	case site.ClosedAt != nil:
		return api.Site{}, wrongFields(api.FieldError{Field: field, Detail: "is a site that was closed"})
	}
	return site, nil
}
