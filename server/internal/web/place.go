package web

import (
	"context"
	"net/netip"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
)

// place is the UUID of the agency or site that the address names; the event then names it too.
func (c *call) place(kind string) string {
	id := chi.URLParam(c.Request, "id")
	c.event.Detail = map[string]string{kind: noted(id)}
	return id
}

func listAgencies(ctx context.Context, c *call) (answer, error) {
	if err := c.query(nil); err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Places.Agencies(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Agencies)
	return json200(found)
}

func showAgency(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Places.Agency(ctx, c.who, c.place("agency"))
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

func listSites(ctx context.Context, c *call) (answer, error) {
	var of string
	if err := c.query(parameters{"agency": &of}); err != nil {
		return answer{}, err
	}
	if of != "" {
		c.event.Detail = map[string]string{"agency": noted(of)}
	}
	found, err := c.site.opts.Places.Sites(ctx, c.who, of)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Sites)
	return json200(found)
}

func showSite(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Places.Site(ctx, c.who, c.place("site"))
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

// whoseNetwork says who is recognised from an address.
func whoseNetwork(ctx context.Context, c *call) (answer, error) {
	var text string
	if err := c.query(parameters{"address": &text}); err != nil {
		return answer{}, err
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return answer{}, fault("address", "is no IPv4 or IPv6 address")
	}
	found, err := c.whose(ctx, address)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

func (c *call) whose(ctx context.Context, address netip.Addr) (api.NetworkAnswer, error) {
	c.event.Detail = map[string]string{"address": address.String()}
	found, err := c.site.opts.Places.Whose(ctx, c.who, address)
	c.event.Rows = len(found.Matches)
	return found, err
}
