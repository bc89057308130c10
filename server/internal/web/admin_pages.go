package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/check"
	"mais/server/internal/web/page/admin/expiries"
	"mais/server/internal/web/page/admin/overview"
	"mais/server/internal/web/page/admin/plans"
)

// everything is what Administers says of who administers all.
const everything = "all"

// administers reports what the caller administers, or that they administer nothing.
func (c *call) administers() (string, error) {
	what := c.site.opts.Credentials.Administers(c.who)
	if what == "" {
		return "", lifecycle.ErrNotAllowed
	}
	return what, nil
}

// movedLately is how long the overview tells of a card that came to another holder.
const movedLately = 30 * 24 * time.Hour

// checkPatience is how long the overview waits for a check of the certificate authority.
const checkPatience = 5 * time.Second

// overviewPage is where an administrator's work begins.
func overviewPage(ctx context.Context, c *call) (answer, error) {
	of, err := c.administers()
	if err != nil {
		return answer{}, err
	}
	ask := c.site.opts.Credentials
	tasks, err := c.site.opts.Tasks.Overview(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	p := overview.Page{Frame: c.adminFrame("Overview", admin.Root), Tasks: tasks}
	if of != everything {
		p.Of = of
	}
	if p.Expiries, err = ask.Expiries(ctx, c.who); err != nil {
		return answer{}, err
	}
	held, err := ask.Certificates(ctx, c.who, api.CertificateFilter{Status: "held", PerPage: 1})
	if err != nil {
		return answer{}, err
	}
	p.Held = held.Total
	if p.Moved, err = c.moved(ctx, func(e api.CardEntry) bool { return p.Now.Sub(e.LastSeen) < movedLately }); err != nil {
		return answer{}, err
	}
	all, err := ask.Plans(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	for _, plan := range all {
		if plans.Unfinished(plan) {
			p.Unfinished++
		}
	}
	if of == everything {
		if p.Waiting, err = waitingQuarantines(ctx, c); err != nil {
			return answer{}, err
		}
	}
	checking, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	found, err := ask.LastCheck(checking, c.who)
	switch {
	case err == nil:
		p.Check = &found
	case !errors.Is(err, lifecycle.ErrNotAllowed): // who administers one agency does not see to the service
		p.Unchecked = true // the rest is worth seeing, now above all
		c.site.opts.Logger.WarnContext(ctx, "the overview has no check", "request", c.id, "error", err)
	}
	return html(http.StatusOK, overview.Render(p)), nil
}

// waitingQuarantines are those of which nothing can be released yet.
func waitingQuarantines(ctx context.Context, c *call) ([]api.Quarantine, error) {
	all, err := c.site.opts.Credentials.Quarantines(ctx, c.who)
	return slices.DeleteFunc(all, func(q api.Quarantine) bool { return !q.Waits() }), err
}

func expiriesPage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Credentials.Expiries(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, expiries.Render(expiries.Page{Frame: c.adminFrame("Expiries", expiries.Path), Expiries: found})), nil
}

func checkPage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Credentials.Check(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, check.Render(check.Page{Frame: c.adminFrame("Check of the certificate authority", check.Path), Check: found})), nil
}

func plansPage(ctx context.Context, c *call) (answer, error) {
	of, err := c.administers()
	if err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Credentials.Plans(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, plans.Render(plans.Page{Frame: c.adminFrame("Plans", plans.Path), Plans: found, All: of == everything})), nil
}
