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
	return out, err
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
