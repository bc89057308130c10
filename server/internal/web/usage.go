package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"mais/server/internal/authz"
	use "mais/server/internal/usage"
	"mais/server/internal/web/page/admin/usage"
	"mais/server/internal/web/page/useful"
)

// askPatience is for whether a page asks its question. The record does not wait for it.
const askPatience = 500 * time.Millisecond

// usagePage says who registered, who looks, and what was of use.
func usagePage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Usage.Report(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, usage.Render(usage.Page{Frame: c.adminFrame("Usage", usage.Path), Usage: found})), nil
}

// usageReport is the same for programs.
func usageReport(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Usage.Report(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

// showOverview is what waits for an administrator, for programs.
func showOverview(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Tasks.Overview(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

// asks reports whether the page of a record is to ask if it was of use. A page goes without
// its question when that cannot be known.
func (c *call) asks(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	is, err := c.site.opts.Usage.Ask(ctx, c.who, c.person())
	if err != nil {
		c.site.opts.Logger.WarnContext(ctx, "a record goes without its question", "request", c.id, "error", err)
	}
	return is && err == nil
}

// sayUseful keeps what somebody said of their look. Without a reason for looking there was
// none, and nothing is kept.
func sayUseful(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(useful.Answer, useful.Words)
	if err != nil {
		return answer{}, err
	}
	_, err = c.site.opts.Reasons.Grounds(ctx, c.look(), c.person())
	if errors.Is(err, authz.ErrNoReason) {
		return seeOther("/find")
	}
	if err != nil {
		return answer{}, err
	}
	err = c.site.opts.Usage.Answer(ctx, c.who, c.person(), sent[useful.Answer], sent[useful.Words])
	if errors.Is(err, use.ErrAnswer) {
		err = fault("", "is not this page's form")
	}
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, useful.Render(useful.Page{Frame: c.site.frameFor(c, "Thank you", "/find"), Record: c.recordPath()})), nil
}
