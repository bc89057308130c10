package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"

	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/certificates"
	"mais/server/internal/web/page/admin/plan"
	"mais/server/internal/web/page/frame"
)

const certificatesPath = certificates.Path

// sealedCertificates is the label under which what was searched for stands in an address: it
// may be part of somebody's name.
const sealedCertificates = "certificates"

// asked reads what parameters ask the list for. The error is errNotFound for what no page of
// ours leads to, and authn.ErrSealed for a search of another session.
func (c *call) asked(parameters url.Values) (certificates.Asked, error) {
	a, ok := certificates.Read(parameters)
	switch {
	case !ok:
		return a, errNotFound
	case a.Sealed == "":
		return a, nil
	}
	plain, err := c.verdict.Open(sealedCertificates, a.Sealed)
	if err != nil {
		return a, err
	}
	a.Query = string(plain)
	return a, nil
}

// certificatesPage shows what an address asks for.
func certificatesPage(ctx context.Context, c *call) (answer, error) {
	a, err := c.asked(c.URL.Query())
	if errors.Is(err, authn.ErrSealed) {
		return c.listPage(ctx, http.StatusNotFound, certificates.Asked{}, func(p *certificates.Page) { p.Gone = true })
	}
	if err != nil {
		return answer{}, err
	}
	return c.listPage(ctx, http.StatusOK, a, func(*certificates.Page) {})
}

func (c *call) listPage(ctx context.Context, status int, a certificates.Asked, fill func(*certificates.Page)) (answer, error) {
	c.noteAsked(a)
	found, err := c.site.opts.Credentials.Certificates(ctx, c.who, a.Filter())
	p := certificates.Page{Frame: c.adminFrame("Certificates", certificatesPath), Asked: a, Typed: a.Typed(), Total: found.Total}
	var invalid *lifecycle.InvalidError
	if errors.As(err, &invalid) {
		if p.Faults = faultsOfList(invalid); p.Faults == nil {
			return answer{}, errNotFound
		}
		p.Refused = true
		return html(http.StatusUnprocessableEntity, certificates.Render(p)), nil
	}
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Certificates)
	p.Rows = admin.Certificates(found.Certificates, p.Now)
	fill(&p)
	return html(status, certificates.Render(p)), nil
}

// faultsOfList says that nothing is called as was typed, and what is; nil: no page of ours asks so.
func faultsOfList(invalid *lifecycle.InvalidError) (faults frame.Faults) {
	for _, f := range invalid.Fields {
		if f.Field == certificates.Issuer || f.Field == certificates.Agency {
			faults = append(faults, frame.Fault{Field: f.Field, Text: "What you typed " + f.Detail})
		}
	}
	return faults
}

// programs returns what a list is asked for as the parameters of the API.
func programs(a certificates.Asked) url.Values {
	v := a.Values()
	v.Del(certificates.Sealed)
	v.Del(certificates.Before)
	if a.Query != "" {
		v.Set("q", a.Query)
	}
	if !a.Before.IsZero() {
		v.Set("expires_before", a.Before.UTC().Format(time.RFC3339))
	}
	return v
}

// noteAsked puts what was asked for into the event, as the API does: whom an administrator
// looked for is for the audit to know.
func (c *call) noteAsked(a certificates.Asked) {
	if query := programs(a).Encode(); query != "" {
		c.event.Detail = map[string]string{"filter": query}
	}
}

// exportCertificates gives all that an address asks for as a program would be given it, as CSV
// for a spreadsheet or as JSON, a line for each.
func exportCertificates(ctx context.Context, c *call) (answer, error) {
	a, err := c.asked(c.URL.Query())
	if err != nil {
		return answer{}, errNotFound
	}
	v := programs(a)
	v.Set("format", chi.URLParam(c.Request, "format"))
	c.Request = c.Request.Clone(ctx)
	c.URL.RawQuery = v.Encode()
	return inventory(ctx, c)
}

// findCertificates looks at the form only; the address that it leads to makes the search.
func findCertificates(_ context.Context, c *call) (answer, error) {
	sent, err := c.form(certificates.Fields()...)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	a, faults := certificates.Typed(sent).Asked()
	if len(faults) > 0 {
		p := certificates.Page{Frame: c.adminFrame("Certificates", certificatesPath), Typed: sent, Refused: true}
		p.Faults = faults
		return html(http.StatusUnprocessableEntity, certificates.Render(p)), nil
	}
	if a.Query != "" {
		if a.Sealed, err = c.verdict.Seal(sealedCertificates, []byte(a.Query)); err != nil {
			return answer{}, err
		}
	}
	return seeOther(a.Path())
}

// chooseCertificates takes what was ticked on the list to the form of a plan.
func chooseCertificates(ctx context.Context, c *call) (answer, error) {
	sent, picked, err := c.formWith(certificates.Pick, certificates.Act, certificates.All, certificates.Filter)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	parameters, err := url.ParseQuery(sent[certificates.Filter])
	if err != nil {
		return answer{}, errNotFound
	}
	a, err := c.asked(parameters)
	if err != nil {
		return answer{}, errNotFound
	}
	_, known := admin.ActOf(sent[certificates.Act])
	switch {
	case !known || len(picked) > plan.MostSerials:
		return answer{}, errNotFound
	case sent[certificates.All] != "":
		return seeOther(plan.Administrator.NewPath(sent[certificates.Act], nil, everyOf(a)))
	case len(picked) > 0:
		return seeOther(plan.Administrator.NewPath(sent[certificates.Act], picked, ""))
	}
	return c.listPage(ctx, http.StatusUnprocessableEntity, a, func(p *certificates.Page) {
		p.Faults = frame.Faults{{Field: certificates.Pick, Text: "Tick the certificates first"}}
	})
}

// everyOf is a filter as the form of a plan carries it. All there are is a filter too, which
// must not look like none.
func everyOf(a certificates.Asked) string {
	a.Page = 0
	if a.Sort == "" {
		a.Sort = "-issued"
	}
	return a.Values().Encode()
}
