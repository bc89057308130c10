package manage

import (
	"context"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/manage/internal/duty"
)

// draft is a change that was checked and completed, not stored yet.
type draft struct {
	before, after api.ChangeRequest
	subject       string // what or whom it is about, in words
	agency        string // UUID; "": none, or more than one
}

// draftOf checks a request. The error is a *lifecycle.InvalidError, ErrNotAllowed, ErrUnknown,
// ErrOwn or ErrConflict.
func (s *Service) draftOf(ctx context.Context, p authn.Principal, req api.ChangeRequest) (d draft, err error) {
	switch req.Kind {
	case api.AgencyAdd, api.AgencyChange, api.SiteAdd, api.SiteChange, api.SiteClose, api.NetworkAdd, api.NetworkRemove:
		var made placed
		made, err = s.draftPlace(ctx, p, req)
		d = draft{before: made.Before, after: made.After, subject: made.Subject, agency: made.Agency}
	case api.UserInvite, api.UserChange, api.UserLeave, api.UserReturn:
		d, err = s.draftUser(ctx, p, req)
	case api.RoleAdd, api.RoleChange, api.RoleDelete:
		if !reachOf(p).all {
			return draft{}, ErrNotAllowed
		}
		d, err = s.draftOfRole(ctx, req)
	default:
		return draft{}, wrongFields(api.FieldError{Field: "kind", Detail: "is not a kind of change that can be asked for here"})
	}
	if err != nil {
		return draft{}, err
	}
	return d, ruled(duty.MayMake(actor(p), d.duty(req)))
}

func (s *Service) draftOfRole(ctx context.Context, req api.ChangeRequest) (draft, error) {
	was, will, err := s.draftRole(ctx, req)
	if err != nil {
		return draft{}, err
	}
	d := draft{before: api.ChangeRequest{Kind: req.Kind}, after: api.ChangeRequest{Kind: req.Kind, Target: req.Target}, subject: will.Name}
	if was != nil {
		d.before.Role, d.before.Version, d.subject = &was.RoleFields, was.Version, was.Name
	}
	if req.Kind != api.RoleDelete {
		d.after.Role = &will
	}
	return d, nil
}

func (d draft) duty(req api.ChangeRequest) duty.Change {
	return duty.Change{Kind: req.Kind, Target: req.Target, Agency: d.agency, Before: d.before, After: d.after}
}

func actor(p authn.Principal) duty.Actor {
	return duty.Actor{ID: p.User(), Agency: p.AgencyID(), Roles: p.Roles()}
}

func ruled(r duty.Ruling) error {
	switch r {
	case duty.NotTheirs:
		return ErrNotAllowed
	case duty.Oneself: // ruled when a change is made, not when it is decided on
		return ErrOneself
	}
	return nil
}

// fieldsOf returns the one field of a request that fits its kind, nil where there is none.
func fieldsOf(r api.ChangeRequest) any {
	switch {
	case r.Agency != nil:
		return r.Agency
	case r.Site != nil:
		return r.Site
	case r.Network != nil:
		return r.Network
	case r.User != nil:
		return r.User
	case r.Role != nil:
		return r.Role
	}
	return nil
}
