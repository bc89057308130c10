package web

import (
	"context"
	"errors"
	"net/http"

	"mais/server/internal/authn"
	"mais/server/internal/web/page/locked"
)

// counts reports whether a request is a use of the session that comes with it: its holder made
// it, by a page of ours or by hand, and not a page of another origin, which could otherwise
// keep the session alive, or lock its holder out. The answer to any other knows of no session.
func counts(r *http.Request) bool { return sameSite(r, signedIn) == nil }

// use marks the caller's session as used, if the request counts.
func (c *call) use(ctx context.Context) error {
	if !counts(c.Request) {
		return nil
	}
	return c.site.opts.Authn.Touch(ctx, c.verdict)
}

// lock is where the browser goes when a screen locks. It ends the session, unless that was
// used meanwhile from another window (authn.Service.Lock says when). The page is nobody's,
// whoever asks: it stands on an unattended screen. Asked for by a page of another origin it
// is a page and nothing else: neither this session nor the other windows hear of it.
func lock(ctx context.Context, c *call) (answer, error) {
	p := locked.Page{Frame: c.site.frameForNobody("This screen was locked")}
	if !counts(c.Request) {
		return html(http.StatusOK, locked.Render(p)), nil
	}
	ended, err := c.site.opts.Authn.Lock(ctx, c.verdict, c.event)
	switch {
	case errors.Is(err, authn.ErrInUse):
		p.InUse, c.event.Reason = true, "in-use"
	case err != nil:
		return answer{}, err
	}
	c.audited = ended
	p.SignedOut = ended || c.verdict.CookieStale()
	out := html(http.StatusOK, locked.Render(p))
	if ended {
		out.cookie, out.close = c.verdict.NoCookie(), true
	}
	return out, nil
}
