package web

import (
	"context"
	"net/http"
	"slices"

	"mais/server/internal/authz"
	"mais/server/internal/web/page/signedout"
	"mais/server/internal/web/page/signin"
	"mais/server/internal/web/page/terms"
)

// home names the holder of the token and asks them to sign in; signing in is never
// automatic. Whoever is signed in goes where their work begins.
func home(ctx context.Context, c *call) (answer, error) {
	if c.who.Session() != "" {
		if due, err := c.owes(ctx); err != nil || due {
			return answer{status: http.StatusSeeOther, goTo: terms.Path}, err
		}
		path, err := c.start(ctx)
		if err != nil {
			return answer{}, err
		}
		return seeOther(path)
	}
	return html(http.StatusOK, signin.Render(signin.Page{
		Frame: c.site.frameFor(c, "Sign in", "/"), Address: c.who.Address().String(), User: c.who.User() != "",
	})), nil
}

// start is the page where the caller's work begins: who may read records finds people, a
// governance officer reviews, an administrator sees what wants attention, and anybody else sees
// what they may do.
func (c *call) start(ctx context.Context) (string, error) {
	reads, err := c.site.opts.Permissions.Reads(ctx, c.who)
	switch {
	case err != nil:
		return "", err
	case reads:
		return "/find", nil
	case slices.Contains(c.who.Roles(), authz.Reviewer):
		return "/reviews", nil
	case c.site.opts.Credentials.Administers(c.who) != "":
		return "/admin", nil
	}
	return "/access", nil
}

// signIn starts a session under a new id, with its own event.
func signIn(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	cookie, err := c.site.opts.Authn.SignIn(ctx, c.verdict, c.event)
	if err != nil {
		return answer{}, err
	}
	c.audited = true
	return answer{status: http.StatusSeeOther, goTo: "/", cookie: cookie}, nil
}

// signOut ends the session and the connection. Without the card the next connection proves
// nothing.
func signOut(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	ended, err := c.site.opts.Authn.SignOut(ctx, c.verdict, c.event)
	if err != nil {
		return answer{}, err
	}
	c.audited = ended
	out := html(http.StatusOK, signedout.Render(signedout.Page{Frame: c.site.frameForNobody("You are signed out")}))
	out.cookie, out.close, out.settled = c.verdict.NoCookie(), true, true
	return out, nil
}

// keepSession is asked for by "Stay signed in". That the request came is what keeps the
// session.
func keepSession(_ context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, nil
}
