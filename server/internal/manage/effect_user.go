package manage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mais/certs"
	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/people"
)

// account is what of somebody a change touches, before it or after it.
type account struct {
	there  bool // they may come in at all
	fields api.UserFields
	agency api.Agency
	sites  []api.Site
}

// foreseeUser says which items somebody gains or loses by a change of their own entry, from where they may
// come, and what of theirs ends.
func (s *Service) foreseeUser(ctx context.Context, c proposed) (api.Effect, error) {
	before, after, err := s.accounts(ctx, c)
	if err != nil {
		return api.Effect{}, err
	}
	rules, err := s.rules(ctx)
	if err != nil {
		return api.Effect{}, err
	}
	known, keys, err := s.holdings(ctx, c)
	if err != nil {
		return api.Effect{}, err
	}
	was, will := before.holder(c.Target), after.holder(c.Target)
	now, then := rules.standing(was, keys), rules.standing(will, keys)
	who := will
	if !after.there {
		who = was
	}
	var e api.Effect
	addPlaced(&e.Gains, &e.GainsAll, who, then.may.beyond(now.may), append(rolesBeyond("gets", after, before), then.better(now)...), placesBeyond(after, before))
	addPlaced(&e.Losses, &e.LossesAll, who, now.may.beyond(then.may), slices.Concat(rolesBeyond("loses", before, after), then.worse(now), leftBare(bared(before, after))), placesBeyond(before, after))
	good, err := s.good(ctx, c.Target)
	if err != nil {
		return api.Effect{}, err
	}
	if ends(c.Kind, before, after) {
		e.Certificates = good
	}
	if ends(c.Kind, before, after) || moves(before, after) {
		e.Sessions = known.Sessions
	}
	if e.Warnings, err = s.userWarnings(ctx, userChange{c, before, after, known, good}); err != nil {
		return e, err
	}
	e.Warnings = append(e.Warnings, rules.lacking(after.fields.Roles)...)
	waiting, err := s.waitsToo(ctx, c, before, after)
	e.Warnings = append(e.Warnings, waiting...)
	return e, err
}

// lacking says which roles were deleted since a change was made that gives them.
func (r rules) lacking(roles []string) (say []string) {
	for _, role := range roles {
		if _, there := r.roles[role]; !there {
			say = append(say, "The role "+form.RoleLabel(role)+" is gone: this cannot be done any more.")
		}
	}
	return say
}

// ends reports whether a change ends what somebody holds: who left, who is another agency's now, and who has another
// address, to which the new code goes.
func ends(kind string, before, after account) bool {
	was, will := before.fields, after.fields
	return kind == api.UserLeave || kind == api.UserChange && (was.Agency != will.Agency || was.Email != will.Email)
}

// moves reports whether a change ends sessions: a session is of the roles and sites that it began with.
func moves(before, after account) bool {
	return before.there && after.there && !(sameSet(before.fields.Roles, after.fields.Roles) && sameSet(before.fields.Sites, after.fields.Sites))
}

// bared reports whether somebody who stays loses their last role.
func bared(before, after account) bool {
	return after.there && len(before.fields.Roles) > 0 && len(after.fields.Roles) == 0
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// holdings reads what is known of the target, and the best level of what they hold.
func (s *Service) holdings(ctx context.Context, c proposed) (u api.User, best certs.Level, err error) {
	if c.Target == "" {
		return u, 0, nil
	}
	if u, err = s.opts.Register.UserOf(ctx, c.Target); err != nil {
		return u, 0, err
	}
	levels, err := s.opts.Keys.BestLevels(ctx, []string{c.Target})
	return u, levels[c.Target], err
}

// accounts returns both sides of a change. Who has left, or has not come, is nobody.
func (s *Service) accounts(ctx context.Context, c proposed) (before, after account, err error) {
	was, will := c.Before.User, c.After.User
	switch c.Kind {
	case api.UserInvite:
		was = nil
	case api.UserLeave:
		will = nil
	case api.UserReturn:
		if will == nil {
			will = was
		}
		was = nil
	}
	if before, err = s.account(ctx, was); err == nil {
		after, err = s.account(ctx, will)
	}
	return before, after, err
}

func (s *Service) account(ctx context.Context, f *api.UserFields) (a account, err error) {
	if f == nil {
		return a, nil
	}
	a = account{there: true, fields: *f}
	agencies, err := s.opts.Register.PlacesAgencies(ctx, f.Agency)
	if err != nil {
		return a, err
	}
	if len(agencies) == 1 {
		a.agency = agencies[0]
	}
	all, err := s.opts.Register.PlacesSites(ctx, f.Agency)
	if err != nil {
		return a, err
	}
	for _, site := range all {
		if slices.Contains(f.Sites, site.ID) && site.ClosedAt == nil {
			a.sites = append(a.sites, site)
		}
	}
	return a, nil
}

// holder is the account as rules see it.
func (a account) holder(id string) people.Holder {
	return people.Holder{
		ID: id, Name: a.fields.Name, Email: a.fields.Email, Agency: a.agency.Name, AgencyPasswords: a.agency.Passwords, Roles: a.fields.Roles,
	}
}

// rolesBeyond says which roles a has and o has not.
func rolesBeyond(verb string, a, o account) (what []string) {
	for _, role := range a.fields.Roles {
		if !slices.Contains(o.fields.Roles, role) {
			what = append(what, fmt.Sprintf("%s the role %s", verb, form.RoleLabel(role)))
		}
	}
	return what
}

// placesBeyond names the sites of a that are not o's, with their networks.
func placesBeyond(a, o account) (places []string) {
	for _, site := range a.sites {
		if slices.ContainsFunc(o.sites, func(other api.Site) bool { return other.ID == site.ID }) {
			continue
		}
		networks := strings.Join(site.Networks, ", ")
		if networks == "" {
			networks = "no network"
		}
		places = append(places, fmt.Sprintf("%s (%s)", site.Name, networks))
	}
	return places
}

// addPlaced is addAffected with places, which stand in the first line.
func addPlaced(to *[]api.Affected, all *int, h people.Holder, items []granted, what, places []string) {
	addAffected(to, all, h, items, what)
	if len(places) == 0 {
		return
	}
	if len(*to) == 0 {
		*to, *all = append(*to, api.Affected{ID: h.ID, Name: h.Name, Email: h.Email, Agency: h.Agency}), *all+1
	}
	(*to)[0].Places = places
}
