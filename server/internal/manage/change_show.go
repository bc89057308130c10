package manage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

const (
	changesPerPage    = 50
	maxChangesPerPage = 200
)

// read reads the fields of a change: the one that fits its kind.
func read(c people.Change) (stored, error) {
	out := stored{Change: c, before: api.ChangeRequest{Kind: c.Kind, Target: c.Target}, after: api.ChangeRequest{Kind: c.Kind, Target: c.Target}}
	for _, side := range []struct {
		text json.RawMessage
		to   *api.ChangeRequest
	}{{c.Before, &out.before}, {c.After, &out.after}} {
		if len(side.text) == 0 || string(side.text) == "{}" {
			continue
		}
		var version struct{ Version int64 }
		err := json.Unmarshal(side.text, &version)
		if err == nil {
			err = json.Unmarshal(side.text, fieldFor(side.to, c.Kind))
		}
		if err != nil {
			return stored{}, fmt.Errorf("read the fields of change %s: %w", c.ID, err)
		}
		side.to.Version = version.Version
	}
	return out, nil
}

// fieldFor makes the one field of a request that fits a kind.
func fieldFor(r *api.ChangeRequest, kind string) any {
	switch kind {
	case api.AgencyAdd, api.AgencyChange:
		r.Agency = &api.AgencyFields{}
		return r.Agency
	case api.SiteAdd, api.SiteChange, api.SiteClose:
		r.Site = &api.SiteFields{}
		return r.Site
	case api.NetworkAdd, api.NetworkRemove:
		r.Network = &api.NetworkFields{}
		return r.Network
	case api.RoleAdd, api.RoleChange, api.RoleDelete:
		r.Role = &api.RoleFields{}
		return r.Role
	}
	r.User = &api.UserFields{}
	return r.User
}

// effectOf is what a change would do now or, when it is over, what it was foreseen to do.
func (s *Service) effectOf(ctx context.Context, p authn.Principal, c stored) (e api.Effect, err error) {
	if c.State != api.ChangeDraft && c.State != api.ChangeWaiting {
		if len(c.Effect) > 0 {
			err = json.Unmarshal(c.Effect, &e)
		}
		return e, err
	}
	look := foresee[c.Kind]
	if look == nil {
		return e, nil
	}
	of := proposed{ID: c.ID, Kind: c.Kind, Target: c.Target, Before: c.before, After: c.after, By: c.MadeBy.ID}
	if p.User() == of.By {
		of.From = p.Address()
	}
	if e, err = look(s, ctx, of); err != nil {
		return e, fmt.Errorf("foresee change %s: %w", c.ID, err)
	}
	return e, nil
}

// shownChange is a change in a list.
func shownChange(p authn.Principal, c people.Change) api.Change {
	out := api.Change{
		ID: c.ID, Kind: c.Kind, Target: c.Target, Subject: c.Subject, Agency: c.AgencyName, Note: c.Note, State: c.State, Second: c.Second,
		MadeBy: c.MadeBy, MadeAt: c.MadeAt, ConfirmedAt: c.ConfirmedAt, DecidedAt: c.DecidedAt, DecidedNote: c.DecidedNote, AppliedAt: c.AppliedAt,
		Differences: []api.Difference{}, May: []string{},
	}
	if c.DecidedBy.ID != "" {
		out.DecidedBy = &c.DecidedBy
	}
	own := c.MadeBy.ID == p.User()
	switch c.State {
	case api.ChangeDraft:
		if own {
			out.May = []string{"confirm", "discard"}
		}
	case api.ChangeApplied:
		if c.Kind == api.UsersInvite && reachOf(p).within(c.Agency) && (c.AppliedAt == nil || c.Unsent > 0) {
			out.May = []string{"stop"}
		}
		return out
	case api.ChangeWaiting:
		if c.MayDecide {
			out.May = []string{"approve", "refuse"}
		}
		if own {
			out.May = []string{"discard"}
		}
	default:
		return out
	}
	out.Expires = &c.Expires
	return out
}

// wordOf is what is typed to confirm a change that harms, or that is about many; "": nothing.
func wordOf(c stored, e api.Effect) string {
	switch c.Kind {
	case api.UserLeave:
		return c.before.User.Email
	case api.SiteClose:
		return c.before.Site.Name
	case api.NetworkRemove:
		if e.LossesAll > 0 {
			return c.after.Network.Prefix
		}
	case api.RoleChange:
		if e.LossesAll > 0 && len(c.Second) == 0 { // nobody else looks at it
			return c.before.Role.Name
		}
	case api.RoleDelete:
		return c.before.Role.Name
	case api.UsersInvite:
		return "invite " + strconv.Itoa(c.Items.Total)
	}
	return ""
}

// checkChangeFilter fills in what was not asked for.
func checkChangeFilter(f api.ChangeFilter) (api.ChangeFilter, error) {
	states := []string{"", "open", "mine", api.ChangeDraft, api.ChangeWaiting, api.ChangeApplied, api.ChangeRefused, api.ChangeDiscarded, api.ChangeExpired}
	var faults []api.FieldError
	if !slices.Contains(states, f.State) {
		faults = append(faults, api.FieldError{Field: "state", Detail: "is not a state of changes"})
	}
	if len(f.Kind) > 40 || len(f.Target) > 100 || f.Page > 1_000_000 {
		faults = append(faults, api.FieldError{Field: "kind", Detail: "or target is longer than there can be"})
	}
	f.Page, f.PerPage = max(f.Page, 1), min(f.PerPage, maxChangesPerPage)
	if f.PerPage < 1 {
		f.PerPage = changesPerPage
	}
	return f, wrongFields(faults...)
}
