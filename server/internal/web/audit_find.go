package web

import (
	"context"
	"errors"
	"net/http"

	"mais/server/api"
	"mais/server/internal/authz"
	"mais/server/internal/oversight"
	pageaudit "mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/audit/whose"
)

// whosePage shows the form that finds a person's number.
func whosePage(_ context.Context, c *call) (answer, error) {
	if !oversight.Reviews(c.who) {
		return answer{}, errNotAllowed
	}
	return c.whosePage(http.StatusOK, func(*whose.Page) {})
}

func (c *call) whosePage(status int, fill func(*whose.Page)) (answer, error) {
	p := whose.Page{Frame: c.adminFrame("Find a person’s number", pageaudit.PersonPath), Most: authz.MaxFinds}
	fill(&p)
	return html(status, whose.Render(p)), nil
}

// findNumber leads to who looked at the person that was found, or says that none or several were.
func findNumber(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(whose.Fields()...)
	if err != nil {
		return answer{}, err
	}
	asked, faults := whose.Typed(sent).Asked()
	again := func(status int, fill func(*whose.Page)) (answer, error) {
		return c.whosePage(status, func(p *whose.Page) { p.Typed = sent; fill(p) })
	}
	if faults != nil && oversight.Reviews(c.who) {
		return again(http.StatusUnprocessableEntity, func(p *whose.Page) { p.Faults = faults })
	}
	found, err := c.numberOf(ctx, asked)
	var invalid *authz.InvalidError
	switch {
	case errors.As(err, &invalid):
		return again(http.StatusUnprocessableEntity, func(p *whose.Page) { p.Faults = whose.Faults(invalid.Fields) })
	case err != nil:
		return answer{}, err
	case found.Person != "":
		return seeOther(pageaudit.PersonOf(found.Person))
	}
	return again(http.StatusOK, func(p *whose.Page) { p.Answer = found.Answer })
}

func findNumberByProgram(ctx context.Context, c *call) (answer, error) {
	asked, err := decode[api.AuditFind](c.Request)
	if err != nil {
		return answer{}, err
	}
	return found(c.numberOf(ctx, asked))
}

// numberOf asks for a person's number, which the use case records itself.
func (c *call) numberOf(ctx context.Context, asked api.AuditFind) (api.AuditFound, error) {
	found, err := c.site.opts.Trail.FindNumber(ctx, c.look(), asked)
	c.audited = true
	return found, err
}
