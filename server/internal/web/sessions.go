package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/authn"
	ownpage "mais/server/internal/web/page/sessions"
)

// sessionName is the session that the address names.
func (c *call) sessionName() string {
	name := chi.URLParam(c.Request, "name")
	c.event.Detail = map[string]string{"session": name}
	return name
}

// endedCount is the parameter of an address that says how many sessions a button ended.
const endedCount = "ended"

// wereEnded reads it; what it says is only shown.
func wereEnded(v url.Values) int {
	n, err := strconv.Atoi(v.Get(endedCount))
	if err != nil || n < 0 || n > 10_000 {
		return 0
	}
	return n
}

// sessionsPage shows the caller where they are signed in.
func sessionsPage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Sessions.Own(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Sessions)
	return html(http.StatusOK, ownpage.Render(ownpage.Page{
		Frame: c.site.frameFor(c, "My sessions", "/access"), Sessions: found.Sessions, Ended: wereEnded(c.URL.Query()),
		Password: c.who.Method() == authn.ByPassword,
	})), nil
}

// endOwnSession ends one of the caller's sessions; to end the one that asks is to sign out.
func endOwnSession(ctx context.Context, c *call) (answer, error) {
	name := c.sessionName()
	if name == c.who.Session() {
		return signOut(ctx, c)
	}
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	ended, err := c.site.opts.Sessions.EndOwn(ctx, c.who, name)
	if err != nil {
		return answer{}, err
	}
	return c.afterEnding(ownpage.Path, ended)
}

// endOtherSessions ends all of the caller's sessions but the one that asks.
func endOtherSessions(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	ended, err := c.site.opts.Sessions.EndOthers(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return c.afterEnding(ownpage.Path, ended)
}

// afterEnding goes back to a list, which says how many sessions were ended.
func (c *call) afterEnding(path string, ended api.SessionsEnded) (answer, error) {
	c.event.Rows = ended.Ended
	return seeOther(path + "?" + url.Values{endedCount: {strconv.Itoa(ended.Ended)}}.Encode())
}

func ownSessions(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Sessions.Own(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Sessions)
	return json200(found)
}

func apiEndOthers(ctx context.Context, c *call) (answer, error) {
	return c.ended(c.site.opts.Sessions.EndOthers(ctx, c.who))
}

func apiEndOwn(ctx context.Context, c *call) (answer, error) {
	out, err := c.ended(c.site.opts.Sessions.EndOwn(ctx, c.who, c.sessionName()))
	out.settled = true // it may have been the one that asks
	return out, err
}

func (c *call) ended(ended api.SessionsEnded, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = ended.Ended
	return json200(ended)
}
