package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strconv"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/agencies"
	"mais/server/internal/web/page/admin/agency"
	"mais/server/internal/web/page/admin/networks"
	"mais/server/internal/web/page/frame"
)

// administersAll reports whether the caller administers every agency.
func (c *call) administersAll() bool {
	return c.site.opts.Credentials.Administers(c.who) == everything
}

func agenciesPage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Places.Agencies(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Agencies)
	p := agencies.Page{Frame: c.adminFrame("Agencies", agencies.Path), Agencies: found.Agencies, Adds: c.administersAll()}
	return html(http.StatusOK, agencies.Render(p)), nil
}

func agencyPage(ctx context.Context, c *call) (answer, error) {
	return c.agencyPage(ctx, http.StatusOK, c.place("agency"), func(*agency.Page) {})
}

func (c *call) agencyPage(ctx context.Context, status int, id string, fill func(*agency.Page)) (answer, error) {
	found, err := c.site.opts.Places.Agency(ctx, c.who, id)
	if err != nil {
		return answer{}, err
	}
	sites, err := c.site.opts.Places.Sites(ctx, c.who, found.ID)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(sites.Sites)
	p := agency.Page{Frame: c.adminFrame("Agency", agencies.Path), Agency: found, Sites: sites.Sites, Changes: c.administersAll()}
	fill(&p)
	return html(status, agency.Render(p)), nil
}

// newAgencyForm asks what is to be said of a new agency.
func newAgencyForm(_ context.Context, c *call) (answer, error) {
	if !c.administersAll() {
		return answer{}, lifecycle.ErrNotAllowed
	}
	return c.agencyForm(http.StatusOK, agency.Form{Typed: api.AgencyFields{Passwords: api.PasswordsForbidden}}, nil)
}

func agencyForm(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Places.Agency(ctx, c.who, c.place("agency"))
	if err == nil && !c.administersAll() {
		err = lifecycle.ErrNotAllowed
	}
	if err != nil {
		return answer{}, err
	}
	return c.agencyForm(http.StatusOK, agency.Form{ID: found.ID, Version: found.Version, Typed: found.AgencyFields}, nil)
}

func (c *call) agencyForm(status int, f agency.Form, faults frame.Faults) (answer, error) {
	title := "Change an agency"
	if f.ID == "" {
		title = "Add an agency"
	}
	f.Frame = c.adminFrame(title, agencies.Path)
	f.Faults = faults
	return html(status, agency.RenderForm(f)), nil
}

func addAgency(ctx context.Context, c *call) (answer, error) {
	return c.proposedAgency(ctx, api.AgencyAdd, "")
}

func changeAgency(ctx context.Context, c *call) (answer, error) {
	return c.proposedAgency(ctx, api.AgencyChange, c.place("agency"))
}

func (c *call) proposedAgency(ctx context.Context, kind, id string) (answer, error) {
	sent, err := c.form(agency.Fields()...)
	if err != nil {
		return answer{}, err
	}
	typed, version := agency.Typed(sent)
	out, err := c.proposed(ctx, api.ChangeRequest{Kind: kind, Target: id, Version: version, Note: sent[agency.Note], Agency: &typed})
	if faults, ok := saidOf(err, agency.Said); ok {
		return c.agencyForm(http.StatusUnprocessableEntity, agency.Form{ID: id, Version: version, Typed: typed, Note: sent[agency.Note]}, faults)
	}
	return out, err
}

// saidOf is what a page says of a change whose fields could not be taken.
func saidOf(err error, fields [][3]string) (frame.Faults, bool) {
	var invalid *lifecycle.InvalidError
	if !errors.As(err, &invalid) {
		return nil, false
	}
	return admin.Said(bounded(invalid.Fields), fields), true
}

// addSite proposes a site; its networks are added on its own page.
func addSite(ctx context.Context, c *call) (answer, error) {
	id := c.place("agency")
	sent, err := c.form(agency.SiteName)
	if err != nil {
		return answer{}, err
	}
	out, err := c.proposed(ctx, api.ChangeRequest{Kind: api.SiteAdd, Site: &api.SiteFields{Agency: id, Name: sent[agency.SiteName]}})
	if faults, ok := saidOf(err, [][3]string{{"site.name", agency.SiteName, "The name"}}); ok {
		return c.agencyPage(ctx, http.StatusUnprocessableEntity, id, func(p *agency.Page) { p.Faults, p.Site = faults, sent[agency.SiteName] })
	}
	return out, err
}

// networksPage shows what an address asks for.
func networksPage(ctx context.Context, c *call) (answer, error) {
	a, ok := networks.Read(c.URL.Query())
	if !ok {
		return answer{}, errNotFound
	}
	sites, err := c.site.opts.Places.Sites(ctx, c.who, "")
	if err != nil {
		return answer{}, err
	}
	p := networks.Page{Frame: c.adminFrame("Networks", networks.Path), Asked: a, All: c.administersAll(), Found: networks.Rows(sites.Sites, a.Query)}
	if a.Address != "" {
		address, err := netip.ParseAddr(a.Address)
		if err != nil {
			return answer{}, errNotFound
		}
		found, err := c.whose(ctx, address)
		if err != nil {
			return answer{}, err
		}
		p.Answer = &found
	}
	c.noteNetworks(a, len(p.Rows()))
	return html(http.StatusOK, networks.Render(p)), nil
}

// noteNetworks puts what was asked for into the event.
func (c *call) noteNetworks(a networks.Asked, rows int) {
	d := map[string]string{"address": a.Address, "filter": noted(a.Query)}
	if a.Page > 1 {
		d["page"] = strconv.Itoa(a.Page)
	}
	for _, key := range []string{"address", "filter"} {
		if d[key] == "" {
			delete(d, key)
		}
	}
	c.event.Detail, c.event.Rows = d, rows
}

// findNetworks looks at the form only; the address that it leads to makes the search.
func findNetworks(_ context.Context, c *call) (answer, error) {
	sent, err := c.form(networks.Fields()...)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	a, faults := networks.Typed(sent)
	if len(faults) == 0 {
		return seeOther(a.Path())
	}
	p := networks.Page{Frame: c.adminFrame("Networks", networks.Path), Asked: a, Refused: true}
	p.Faults = faults
	return html(http.StatusUnprocessableEntity, networks.Render(p)), nil
}
