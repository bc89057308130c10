package web

import (
	"context"
	"net/netip"
	"slices"

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
	if err := c.parameters(); err != nil {
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
	if err := c.parameters("agency"); err != nil {
		return answer{}, err
	}
	of := c.URL.Query().Get("agency")
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
	if err := c.parameters("address"); err != nil {
		return answer{}, err
	}
	address, err := netip.ParseAddr(c.URL.Query().Get("address"))
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

// parameters refuses all of a query but these, each at most once.
func (c *call) parameters(known ...string) error {
	for name, values := range c.URL.Query() {
		if !slices.Contains(known, name) || len(values) > 1 {
			return fault(noted(name), "is not known here, or there twice")
		}
	}
	return nil
}
