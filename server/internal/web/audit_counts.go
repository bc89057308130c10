package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
	"mais/server/internal/oversight"
	pageaudit "mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/audit/alerts"
	"mais/server/internal/web/page/audit/figures"
	"mais/server/internal/web/page/audit/refusals"
	"mais/server/internal/web/page/frame"
)

// How many days are shown unless others are asked for.
const (
	refusalDays = 7
	figureDays  = 28
)

// chosenDays are the days as the form shows them.
func chosenDays(c *call, from, to time.Time) pageaudit.Days {
	return pageaudit.Days{Action: c.URL.Path, From: from.Format(time.DateOnly), To: to.Format(time.DateOnly)}
}

// askDays takes the days of a form to the address that shows them.
func askDays(_ context.Context, c *call) (answer, error) {
	sent, err := c.form("from", "to")
	if err != nil {
		return answer{}, err
	}
	if !oversight.Reviews(c.who) {
		return answer{}, errNotAllowed
	}
	v := url.Values{}
	for name, text := range sent {
		if text = strings.TrimSpace(text); text != "" && len(text) < 20 {
			v.Set(name, text)
		}
	}
	return seeOther(c.URL.Path + "?" + v.Encode())
}

func refusalsPage(ctx context.Context, c *call) (answer, error) {
	from, to, err := c.daysOf(refusalDays)
	days := chosenDays(c, from, to)
	show := func(status int, found api.AuditRefusals) (answer, error) {
		days.Wrong = status != http.StatusOK
		return html(status, refusals.Render(refusals.Page{Frame: c.adminFrame("Refusals", pageaudit.RefusalsPath), Days: days, Refusals: found})), nil
	}
	if err != nil {
		return c.wrongDays(func() (answer, error) { return show(http.StatusUnprocessableEntity, api.AuditRefusals{}) })
	}
	found, err := c.site.opts.Oversight.Refusals(ctx, c.review(), from, to.AddDate(0, 0, 1))
	if errors.Is(err, lifecycle.ErrInvalid) {
		return show(http.StatusUnprocessableEntity, found)
	}
	if err != nil {
		return answer{}, err
	}
	return show(http.StatusOK, found)
}

// wrongDays shows a page that says so to whoever may see it at all.
func (c *call) wrongDays(show func() (answer, error)) (answer, error) {
	if !oversight.Reviews(c.who) {
		return answer{}, errNotAllowed
	}
	return show()
}

func figuresPage(ctx context.Context, c *call) (answer, error) {
	from, to, err := c.daysOf(figureDays)
	days := chosenDays(c, from, to)
	show := func(status int, found api.AuditFigures) (answer, error) {
		days.Wrong = status != http.StatusOK
		return html(status, figures.Render(figures.Page{Frame: c.adminFrame("Figures", pageaudit.FiguresPath), Days: days, Figures: found})), nil
	}
	if err != nil {
		return c.wrongDays(func() (answer, error) { return show(http.StatusUnprocessableEntity, api.AuditFigures{}) })
	}
	found, err := c.site.opts.Oversight.Figures(ctx, c.review(), from, to)
	if errors.Is(err, lifecycle.ErrInvalid) {
		return show(http.StatusUnprocessableEntity, found)
	}
	if err != nil {
		return answer{}, err
	}
	return show(http.StatusOK, found)
}

// alertsPage shows the alerts that wait, or all of them.
func alertsPage(ctx context.Context, c *call) (answer, error) {
	return c.alertsPage(ctx, http.StatusOK, func(*alerts.Page) {})
}

func (c *call) alertsPage(ctx context.Context, status int, fill func(*alerts.Page)) (answer, error) {
	var before int64
	var all string
	if c.query(parameters{"before": &before, alerts.All: &all}) != nil {
		return answer{}, errNotFound
	}
	found, err := c.site.opts.Oversight.Alerts(ctx, c.review(), before, all == "")
	if err != nil {
		return answer{}, err
	}
	p := alerts.Page{Frame: c.adminFrame("Alerts", pageaudit.AlertsPath), Alerts: found, All: all != "", Top: before == 0}
	fill(&p)
	return html(status, alerts.Render(p)), nil
}

// settleAlert records what was found about an alert.
func settleAlert(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(alerts.Note)
	if err != nil {
		return answer{}, err
	}
	id, err := c.entryID()
	if err != nil {
		return answer{}, err
	}
	err = c.site.opts.Oversight.Settle(ctx, c.review(), id, sent[alerts.Note])
	switch {
	case errors.Is(err, lifecycle.ErrInvalid):
		return c.alertsPage(ctx, http.StatusUnprocessableEntity, func(p *alerts.Page) {
			p.Wrong, p.Typed = id, form.Lines(sent[alerts.Note])
			p.Faults = frame.Faults{{Field: alerts.Note, Text: "Say what you found, in 1,000 characters or fewer that can be seen"}}
		})
	case err != nil && !errors.Is(err, manage.ErrSettled): // settled meanwhile: the list says by whom
		return answer{}, err
	}
	return seeOther(pageaudit.AlertsPath)
}
