package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/plan"
)

// stopForm asks whether the rest of a plan under way is to be left undone. A plan that is not
// under way has nothing to stop: its own page says how it stands.
func stopForm(ctx context.Context, c *call) (answer, error) {
	if err := forAll.enter(c); err != nil {
		return answer{}, err
	}
	p := plan.Page{Scope: plan.Administrator}
	var err error
	if p.Plan, err = c.site.opts.Credentials.PlanOf(ctx, c.who, c.plan()); err != nil {
		return answer{}, err
	}
	c.notePlan(p.Plan)
	if !p.Running() {
		return seeOther(p.Path())
	}
	p.Frame = forAll.frame(c, "Stop the plan?")
	return html(http.StatusOK, plan.RenderStop(p)), nil
}

// stopHere has the rest of a plan left undone. One that has come to its end meanwhile, or that
// somebody else had stopped, is no fault: its page says so.
func stopHere(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	if err := forAll.enter(c); err != nil {
		return answer{}, err
	}
	id := c.plan()
	stopped, err := c.site.opts.Credentials.Stop(ctx, c.who, id)
	switch {
	case errors.Is(err, lifecycle.ErrInvalid):
		c.event.Detail["stopped"] = "no: it was not under way"
	case err != nil:
		return answer{}, err
	default:
		c.notePlan(stopped)
	}
	return seeOther(plan.Administrator.Root + "/" + url.PathEscape(id))
}
