package web

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/audit"
)

// plan is the id of the plan that the address names, which the event then names too.
func (c *call) plan() string {
	id := chi.URLParam(c.Request, "id")
	c.event.Detail = map[string]string{"plan": id}
	return id
}

// planned is the answer with a plan. The plan's event says how many certificates it is about,
// and who was shown as losing access.
func (c *call) planned(status int, p api.Plan, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	c.notePlan(p)
	return jsonAnswer(status, p)
}

// notePlan puts what was shown of a plan into the event, beside what was asked for.
func (c *call) notePlan(p api.Plan) {
	d := map[string]string{"plan": p.ID, "what": p.Act, "certificates": strconv.Itoa(p.Total)}
	maps.Copy(d, c.event.Detail)
	c.event.Detail, c.event.Rows = d, len(p.Loses)
	if p.FinishedAt != nil {
		for result, n := range p.Results {
			d[result] = strconv.Itoa(n)
		}
	}
	var shown []string
	for _, l := range p.Loses {
		shown = append(shown, l.Holder)
	}
	if len(shown) > 0 {
		audit.Spell(d, "shown", strings.Join(shown, " "))
	}
}

// Serials that an event of a plan spells out; those that are changed have events of their own.
const (
	serialsNoted = 50
	serialNoted  = 64 // bytes
)

// noteChosen puts what a plan is asked for into the event.
func (c *call) noteChosen(act string, serials []string, filter *api.CertificateFilter) {
	c.event.Detail = map[string]string{"what": act}
	if filter != nil {
		c.noteFilter(certificateParameters(filter))
	}
	if len(serials) == 0 {
		return
	}
	c.event.Detail["lines"] = strconv.Itoa(len(serials))
	var noted []string
	for _, serial := range serials[:min(len(serials), serialsNoted)] {
		noted = append(noted, serial[:min(len(serial), serialNoted)])
	}
	audit.Spell(c.event.Detail, "serials", strings.Join(noted, " "))
}

func makePlan(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.PlanRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	c.noteChosen(in.Act, in.Serials, in.Filter)
	p, err := c.site.opts.Credentials.Plan(ctx, c.who, in)
	return c.planned(http.StatusCreated, p, err)
}

func listPlans(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Credentials.Plans(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return json200(api.Plans{Plans: found})
}

func showPlan(ctx context.Context, c *call) (answer, error) {
	p, err := c.site.opts.Credentials.PlanOf(ctx, c.who, c.plan())
	return c.planned(http.StatusOK, p, err)
}

func planItems(ctx context.Context, c *call) (answer, error) {
	id := c.plan()
	var after, limit uint
	if err := c.query(parameters{"after": &after, "limit": &limit}); err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Credentials.PlanItems(ctx, c.who, id, int(after), int(limit))
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Items)
	return json200(found)
}

func addSerials(ctx context.Context, c *call) (answer, error) {
	id := c.plan()
	in, err := decode[api.AddSerials](c.Request)
	if err != nil {
		return answer{}, err
	}
	c.event.Detail["lines"] = strconv.Itoa(len(in.Lines))
	p, err := c.site.opts.Credentials.AddSerials(ctx, c.who, id, in.Lines)
	return c.planned(http.StatusOK, p, err)
}

// confirmPlan carries a plan out. It may have ended the caller's own certificate; that it was
// done is told nevertheless.
func confirmPlan(ctx context.Context, c *call) (answer, error) {
	id := c.plan()
	in, err := decode[api.ConfirmPlan](c.Request)
	if err != nil {
		return answer{}, err
	}
	p, err := c.site.opts.Credentials.Confirm(ctx, c.who, id, in.Word)
	out, err := c.planned(http.StatusOK, p, err)
	out.settled = true
	return out, err
}

// discardPlan forgets a plan that nobody has confirmed, such as one of a dry run.
func discardPlan(ctx context.Context, c *call) (answer, error) {
	p, err := c.site.opts.Credentials.Discard(ctx, c.who, c.plan())
	return c.planned(http.StatusOK, p, err)
}

// stopPlan has the rest of a plan under way left undone.
func stopPlan(ctx context.Context, c *call) (answer, error) {
	p, err := c.site.opts.Credentials.Stop(ctx, c.who, c.plan())
	return c.planned(http.StatusOK, p, err)
}
