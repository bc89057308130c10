package web

import (
	"context"
	"net/http"
	"strconv"

	"mais/server/api"
	"mais/server/internal/web/page/admin/agencies"
	"mais/server/internal/web/page/admin/site"
	"mais/server/internal/web/page/frame"
)

func sitePage(ctx context.Context, c *call) (answer, error) {
	return c.sitePage(ctx, http.StatusOK, c.place("site"), site.Render, func(*site.Page) {})
}

// closeForm asks whether a site is to be closed.
func closeForm(ctx context.Context, c *call) (answer, error) {
	return c.sitePage(ctx, http.StatusOK, c.place("site"), renderClose, func(*site.Page) {})
}

// renderClose asks only of a site that is open.
func renderClose(p site.Page) []byte {
	if p.Site.ClosedAt != nil {
		return site.Render(p)
	}
	return site.RenderClose(p)
}

func (c *call) sitePage(ctx context.Context, status int, id string, render func(site.Page) []byte, fill func(*site.Page)) (answer, error) {
	found, err := c.site.opts.Places.Site(ctx, c.who, id)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Networks)
	p := site.Page{Frame: c.adminFrame("Site", agencies.Path), Site: found, Rename: found.Name}
	fill(&p)
	return html(status, render(p)), nil
}

func addNetwork(ctx context.Context, c *call) (answer, error) {
	return c.proposedNetwork(ctx, api.NetworkAdd)
}

func removeNetwork(ctx context.Context, c *call) (answer, error) {
	return c.proposedNetwork(ctx, api.NetworkRemove)
}

func (c *call) proposedNetwork(ctx context.Context, kind string) (answer, error) {
	id := c.place("site")
	sent, err := c.form(site.Prefix)
	if err != nil {
		return answer{}, err
	}
	typed := sent[site.Prefix]
	out, err := c.proposed(ctx, api.ChangeRequest{Kind: kind, Network: &api.NetworkFields{Site: id, Prefix: typed}})
	if faults, ok := saidOf(err, site.Said); ok {
		return c.sitePage(ctx, http.StatusUnprocessableEntity, id, site.Render, func(p *site.Page) { p.Faults, p.Prefix = faults, typed })
	}
	return out, err
}

func renameSite(ctx context.Context, c *call) (answer, error) {
	id := c.place("site")
	sent, err := c.form(site.Name, site.Version)
	if err != nil {
		return answer{}, err
	}
	typed := sent[site.Name]
	out, err := c.proposed(ctx, api.ChangeRequest{Kind: api.SiteChange, Target: id, Version: versionOf(sent[site.Version]), Site: &api.SiteFields{Name: typed}})
	if faults, ok := saidOf(err, site.Said); ok {
		return c.sitePage(ctx, http.StatusUnprocessableEntity, id, site.Render, func(p *site.Page) { p.Faults, p.Rename = faults, typed })
	}
	return out, err
}

func closeSite(ctx context.Context, c *call) (answer, error) {
	id := c.place("site")
	sent, err := c.form(site.Note, site.Version)
	if err != nil {
		return answer{}, err
	}
	out, err := c.proposed(ctx, api.ChangeRequest{Kind: api.SiteClose, Target: id, Version: versionOf(sent[site.Version]), Note: sent[site.Note]})
	if faults, ok := saidOf(err, site.SaidClosing); ok {
		return c.sitePage(ctx, http.StatusUnprocessableEntity, id, renderClose, func(p *site.Page) {
			if p.Faults, p.Note = faults, sent[site.Note]; p.Site.ClosedAt != nil { // meanwhile; the box for why is gone
				p.Faults = frame.Faults{{Field: site.Prefix, Text: "The site is closed already"}}
			}
		})
	}
	return out, err
}

// versionOf is the version that a form of ours carries; what is none asks for any.
func versionOf(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}
