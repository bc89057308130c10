package manage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/manage/internal/duty"
	"mais/server/internal/people"
)

// draftUser checks a change of somebody's entry and completes it.
func (s *Service) draftUser(ctx context.Context, p authn.Principal, req api.ChangeRequest) (draft, error) {
	r := reachOf(p)
	if !r.manages() {
		return draft{}, ErrNotAllowed
	}
	if req.Kind == api.UserInvite {
		return s.draftInvited(ctx, r, req)
	}
	u, err := s.changeable(ctx, p, r, req)
	if err != nil {
		return draft{}, err
	}
	was := u.UserFields
	d := draft{
		before: api.ChangeRequest{Kind: req.Kind, Target: u.ID, Version: u.Version, User: &was}, agency: u.Agency,
		after: api.ChangeRequest{Kind: req.Kind, Target: u.ID}, subject: u.Name + " (" + u.Email + "), " + u.AgencyName,
	}
	if req.Kind == api.UserLeave {
		return d, nil
	}
	if req.User == nil && req.Kind == api.UserReturn {
		req.User = &was
	}
	will, err := s.completeUser(ctx, r, req, &was)
	if d.after.User = &will; will.Agency != was.Agency {
		d.agency = "" // of two
	}
	if err == nil && req.Kind == api.UserChange && len(differencesOfUser(names{}, &was, &will)) == 0 {
		err = wrongFields(api.FieldError{Field: "user", Detail: "is as it was: there is nothing to change"})
	}
	return d, err
}

// changeable returns a user whom the caller may change as the request asks.
func (s *Service) changeable(ctx context.Context, p authn.Principal, r reach, req api.ChangeRequest) (api.User, error) {
	if !uuidForm.MatchString(req.Target) {
		return api.User{}, ErrUnknown
	}
	u, err := s.opts.Register.UserOf(ctx, req.Target)
	left := u.LeftAt != nil && !u.LeftAt.After(s.now())
	switch {
	case errors.Is(err, people.ErrUnknown) || err == nil && !r.within(u.Agency):
		return u, ErrUnknown
	case err != nil:
		return u, err
	case u.ID == p.User():
		return u, ErrOneself
	case !r.all && holdsOffice(u.Roles):
		return u, ErrNotAllowed
	case req.Version != 0 && req.Version != u.Version:
		return u, ErrConflict
	case left && req.Kind != api.UserReturn:
		return u, wrongFields(api.FieldError{Field: "target", Detail: "has left: have them return first"})
	case !left && req.Kind == api.UserReturn:
		return u, wrongFields(api.FieldError{Field: "target", Detail: "has not left"})
	}
	return u, nil
}

func (s *Service) draftInvited(ctx context.Context, r reach, req api.ChangeRequest) (draft, error) {
	will, err := s.completeUser(ctx, r, req, nil)
	return draft{
		before: api.ChangeRequest{Kind: req.Kind}, after: api.ChangeRequest{Kind: req.Kind, User: &will},
		subject: will.Name + " (" + will.Email + ")", agency: will.Agency,
	}, err
}

// completeUser checks what is said of somebody, against what is there.
func (s *Service) completeUser(ctx context.Context, r reach, req api.ChangeRequest, was *api.UserFields) (api.UserFields, error) {
	if req.User == nil {
		return api.UserFields{}, wrongFields(api.FieldError{Field: "user", Detail: "is missing"})
	}
	will, faults := completeUserTexts(*req.User, s.now())
	if saysNone(will.Vetting) && (was == nil || will.Vetting != was.Vetting) { // what stands is in nobody's way
		faults = append(faults, api.FieldError{Field: "user.vetting", Detail: noLevel})
	}
	ground, err := s.opts.Register.Ground(ctx, "")
	if err != nil {
		return will, err
	}
	faults = append(faults, placedWrongly(ground, r, will, was, req.Kind)...)
	if told := slices.ContainsFunc(faults, ofAddress); !told && (was == nil || will.Email != was.Email) {
		taken, err := s.opts.Register.Registered(ctx, r.agency, []string{will.Email})
		if err != nil {
			return will, err
		}
		if taken[will.Email] {
			faults = append(faults, addressTaken)
		}
	}
	return will, wrongFields(faults...)
}

// noSuchRole says that a role is not there, and what is called nearly so.
func noSuchRole(role string, known byName[bool]) string {
	said := fmt.Sprintf("%.60s: there is no such role", role)
	if close := known.near(role); len(close) > 0 {
		said += "; there is " + strings.Join(close, ", ")
	}
	return said
}

// ofAddress reports whether a fault is of an address, or of the agency whose domain it should be at:
// then nothing else is told of the address. What somebody of another agency is registered with is
// told to who decides on the change, not to an agency's administrator who asks.
func ofAddress(f api.FieldError) bool { return f.Field == "user.email" || f.Field == "user.agency" }

// placedWrongly says which of somebody's agency, sites and roles they cannot have.
func placedWrongly(g people.Ground, r reach, will api.UserFields, was *api.UserFields, kind string) (faults []api.FieldError) {
	wrong := func(bad bool, field, detail string) {
		if bad {
			faults = append(faults, api.FieldError{Field: "user." + field, Detail: detail})
		}
	}
	agency, there := agencyIn(g, will.Agency)
	there = there && r.within(agency.ID)
	wrong(!there, "agency", "is not one that you administer")
	moves := kind != api.UserChange || was == nil || will.Agency != was.Agency || will.Email != was.Email
	wrong(there && moves && !atDomain(will.Email, agency.Domains), "email", "is at none of the mail domains that the agency's sponsor gave")
	wrong(!sitesIn(g, will, was), "sites", "are not all open sites of the agency")
	opens := map[string]bool{}
	known := byName[bool]{}
	for _, role := range g.Roles {
		opens[role.Name] = role.Permits
		known.add(role.Name, role.Permits)
	}
	for _, role := range will.Roles {
		wrong(known[role].name != role, "roles", noSuchRole(role, known))
		wrong(!r.all && duty.IsOffice(role), "roles", "name an office, which only an administrator can give")
	}
	conflict := duty.Conflict(will.Roles, func(role string) bool { return opens[role] })
	wrong(conflict != "", "roles", conflict)
	return faults
}
