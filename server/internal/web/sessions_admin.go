package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin"
	listpage "mais/server/internal/web/page/admin/sessions"
)

// sealedSessions is the label under which what was searched for stands in an address: it may be
// part of somebody's name.
const sealedSessions = "sessions"

// adminSessionsPage shows who is signed in.
func adminSessionsPage(ctx context.Context, c *call) (answer, error) {
	p := listpage.Page{Frame: c.adminFrame("Who is signed in", listpage.Path), Ended: wereEnded(c.URL.Query())}
	var f api.SessionFilter
	var ended string
	if err := c.query(parameters{listpage.Sealed: &p.Sealed, listpage.User: &p.User, admin.PageNumber: &f.Page, endedCount: &ended}); err != nil {
		return answer{}, errNotFound
	}
	query, gone, err := c.searched(sealedSessions, p.Sealed)
	if err != nil {
		return answer{}, err
	}
	if gone {
		p.Gone, p.Sealed = true, ""
	}
	p.Query, f.Query, f.User = query, query, p.User
	found, err := c.sessionList(ctx, f)
	if errors.Is(err, lifecycle.ErrInvalid) {
		return answer{}, errNotFound
	}
	if err != nil {
		return answer{}, err
	}
	p.Sessions = found
	status := http.StatusOK
	if p.Gone {
		status = http.StatusNotFound
	}
	return html(status, listpage.Render(p)), nil
}

// sessionParameters are those of PathSessions.
func sessionParameters(f *api.SessionFilter) parameters {
	return parameters{"q": &f.Query, "user": &f.User, "page": &f.Page, "per_page": &f.PerPage}
}

// sessionList asks for a page of the list, and notes in the event what was asked.
func (c *call) sessionList(ctx context.Context, f api.SessionFilter) (api.Sessions, error) {
	c.noteFilter(sessionParameters(&f))
	found, err := c.site.opts.Sessions.All(ctx, c.who, f)
	c.event.Rows = len(found.Sessions)
	return found, err
}

// findSessions looks at the form only; the address that it leads to makes the search.
func findSessions(_ context.Context, c *call) (answer, error) {
	sent, err := c.form(listpage.Query)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	query := strings.TrimSpace(sent[listpage.Query])
	if query == "" {
		return seeOther(listpage.Path)
	}
	if len(query) > 800 {
		return answer{}, fault(listpage.Query, "has more than 200 characters")
	}
	sealed, err := c.verdict.Seal(sealedSessions, []byte(query))
	if err != nil {
		return answer{}, err
	}
	return seeOther(listpage.PathOf(sealed, "", 1))
}

// endSessionForm asks before one session is ended.
func endSessionForm(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Sessions.One(ctx, c.who, c.sessionName())
	if err != nil {
		return answer{}, err
	}
	return c.endingPage(listpage.Ending{Frame: c.adminFrame("End a session", listpage.Path), Session: found})
}

func (c *call) endingPage(e listpage.Ending) (answer, error) {
	if !slices.Contains(e.Session.May, "end") {
		return answer{}, errNotAllowed
	}
	return html(http.StatusOK, listpage.RenderEnd(e)), nil
}

func endSession(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	name := c.sessionName()
	if name == c.who.Session() {
		return signOut(ctx, c)
	}
	ended, err := c.site.opts.Sessions.End(ctx, c.who, name)
	if err != nil {
		return answer{}, err
	}
	return c.afterEnding(listpage.Path, ended)
}

// endAllForm asks before all sessions of somebody are ended.
func endAllForm(ctx context.Context, c *call) (answer, error) {
	user := c.URL.Query().Get(listpage.User)
	if user == "" {
		return answer{}, errNotFound
	}
	found, err := c.sessionList(ctx, api.SessionFilter{User: user, PerPage: 1})
	switch {
	case err != nil:
		return answer{}, err
	case found.Total == 0:
		return answer{}, errNotFound
	}
	return c.endingPage(listpage.Ending{Frame: c.adminFrame("End all sessions of somebody", listpage.Path), Session: found.Sessions[0], All: found.Total})
}

func endAllSessions(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(listpage.User)
	if err != nil {
		return answer{}, err
	}
	c.event.Detail = map[string]string{"user": sent[listpage.User]}
	ended, err := c.site.opts.Sessions.EndAll(ctx, c.who, sent[listpage.User])
	if err != nil {
		return answer{}, err
	}
	out, err := c.afterEnding(listpage.Path, ended)
	out.settled = true // they may have been the caller's own
	return out, err
}

func listSessions(ctx context.Context, c *call) (answer, error) {
	var f api.SessionFilter
	if err := c.query(sessionParameters(&f)); err != nil {
		return answer{}, err
	}
	found, err := c.sessionList(ctx, f)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

func apiEndSession(ctx context.Context, c *call) (answer, error) {
	out, err := c.ended(c.site.opts.Sessions.End(ctx, c.who, c.sessionName()))
	out.settled = true
	return out, err
}

func apiEndAll(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.EndSessions](c.Request)
	if err != nil {
		return answer{}, err
	}
	c.event.Detail = map[string]string{"user": in.User}
	out, err := c.ended(c.site.opts.Sessions.EndAll(ctx, c.who, in.User))
	out.settled = true
	return out, err
}
