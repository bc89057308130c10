package web

import (
	"context"

	"github.com/go-chi/chi/v5"
)

// role is the name of the role that the address names; the event then names it too.
func (c *call) role() string {
	name := chi.URLParam(c.Request, "name")
	c.event.Detail = map[string]string{"role": noted(name)}
	return name
}

func listRoles(ctx context.Context, c *call) (answer, error) {
	if err := c.query(nil); err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Roles.Roles(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Roles)
	return json200(found)
}

func showRole(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Roles.Role(ctx, c.who, c.role())
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

func listItems(ctx context.Context, c *call) (answer, error) {
	if err := c.query(nil); err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Roles.Items(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}
