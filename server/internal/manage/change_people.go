package manage

import (
	"context"

	"mais/server/api"
	"mais/server/internal/authn"
)

const (
	peoplePerPage    = 100
	maxPeoplePerPage = 500
	maxPeople        = 1_000_000 // more than any list has
)

// People returns a page of the people of a change of many, in the order of the list: what each
// would get, and whether they were registered. Pages begin with 1.
func (s *Service) People(ctx context.Context, p authn.Principal, id string, page, perPage int) (api.ChangePeople, error) {
	c, err := s.visible(ctx, p, id)
	if err != nil {
		return api.ChangePeople{}, err
	}
	out := api.ChangePeople{Total: c.Items.Total, Page: min(max(page, 1), maxPeople), PerPage: min(perPage, maxPeoplePerPage)}
	if out.PerPage < 1 {
		out.PerPage = peoplePerPage
	}
	out.People, err = s.opts.Register.ChangePeople(ctx, id, (out.Page-1)*out.PerPage, out.PerPage)
	if err != nil {
		return out, err
	}
	return out, s.veil(ctx, reachOf(p), out.People)
}

// What access.apply_items says of an address that somebody has, and what is said of it to who may not
// know whose it is.
const (
	faultTaken  = "email: is registered already"
	faultVeiled = "email: could not be registered; ask an administrator"
)

// veil leaves an agency's administrator to know of their own people alone that an address is
// registered: of anybody else's it says that they could not be registered.
func (s *Service) veil(ctx context.Context, r reach, found []api.ChangePerson) error {
	if r.all {
		return nil
	}
	var taken []string
	for _, p := range found {
		if p.Fault == faultTaken {
			taken = append(taken, p.Email)
		}
	}
	if taken == nil {
		return nil
	}
	own, err := s.opts.Register.Registered(ctx, r.agency, taken)
	for n, p := range found {
		if p.Fault == faultTaken && !own[p.Email] {
			found[n].Fault = faultVeiled
		}
	}
	return err
}

// Stop stops a list that was applied: whom it has not registered yet it does not register, and to
// whom no code has gone none goes. Who is registered stays so.
func (s *Service) Stop(ctx context.Context, p authn.Principal, id string) (api.Change, error) {
	c, err := s.visible(ctx, p, id)
	if err != nil {
		return api.Change{}, err
	}
	if _, err := s.opts.Register.Stop(ctx, p.User(), id, acting(ctx, p)); err != nil {
		return api.Change{}, told(c.Kind, err)
	}
	return s.Change(ctx, p, id)
}
