package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	pageaccess "mais/server/internal/web/page/access"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/terms"
)

// beforeTerms are the acts that somebody may do who has yet to accept the terms: about the terms, their own session and
// their own token. It is a list of what is allowed, so that a route which somebody adds is not.
var beforeTerms = []string{
	"terms.show", "terms.accept", "session.start", "session.end", "session.keep", "session.own", "session.end-own", "session.end-others",
	"page.home", "page.contacts", "token.whoami", "token.own", "token.renew", "token.revoke", "token.pins", "api.describe", "request.unknown",
}

// agreed demands that the caller has accepted the terms, if the act is not one that comes before.
func (c *call) agreed(ctx context.Context, act string) error {
	if slices.Contains(beforeTerms, act) {
		return nil
	}
	due, err := c.owes(ctx)
	if err == nil && due {
		err = errTermsDue
	}
	return err
}

// owes reports whether the caller has yet to accept the terms. What they accepted a moment ago counts
// already, also where this node has yet to learn of it: they are not led back to what they have read.
func (c *call) owes(ctx context.Context) (bool, error) {
	if !c.who.TermsDue() {
		return false, nil
	}
	found, err := c.site.opts.Users.Terms(ctx, c.who)
	return found.Due, err
}

func showTerms(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Users.Terms(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

func acceptTerms(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.TermsRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	if err := c.accept(ctx, in); err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Users.Terms(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	out, err := json200(found)
	out.settled = true
	return out, err
}

// accept records that the caller accepts the terms; its event commits with that.
func (c *call) accept(ctx context.Context, in api.TermsRequest) error {
	err := c.site.opts.Users.Accept(lifecycle.WithEvent(ctx, c.event), c.who, in.Version, in.Roles)
	c.audited = err == nil
	return err
}

func termsPage(ctx context.Context, c *call) (answer, error) {
	return c.showTermsPage(ctx, http.StatusOK, nil)
}

func (c *call) showTermsPage(ctx context.Context, status int, faults frame.Faults) (answer, error) {
	found, err := c.site.opts.Users.Terms(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	title := "Terms"
	p := terms.Page{Terms: found}
	switch {
	case p.Again():
		title = "Your work here has changed"
	case found.Due:
		title = "Before you begin"
	}
	p.Frame = c.site.frameFor(c, title, terms.Path)
	if len(c.who.Limited()) > 0 {
		may, err := c.site.opts.Permissions.Access(ctx, c.who)
		if err != nil {
			return answer{}, err
		}
		p.Sees = pageaccess.Page{Sections: sectionsOf(may)}.Seen()
	}
	p.Faults = faults
	return html(status, terms.Render(p)), nil
}

// acceptTermsHere takes the form's word and leads to where the caller's work begins.
func acceptTermsHere(ctx context.Context, c *call) (answer, error) {
	sent, shown, err := c.formWith(terms.Role, terms.Accept, terms.Version)
	if err != nil {
		return answer{}, err
	}
	if sent[terms.Accept] != terms.Yes {
		return c.showTermsPage(ctx, http.StatusUnprocessableEntity, frame.Faults{{Field: terms.Accept, Text: "Tick the box if you accept the terms, or sign out"}})
	}
	if err := c.accept(ctx, api.TermsRequest{Version: sent[terms.Version], Roles: shown}); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusSeeOther, goTo: "/", settled: true}, nil
}

// seen notes that a caller was here, once a day for each of them. It stops nobody: what fails is tried again with their next
// request.
func (s *Site) seen(ctx context.Context, c *call) {
	today := time.Now().UTC().Format(time.DateOnly)
	who := c.who.User()
	if who == "" {
		return
	}
	if was, known := s.here.Load(who); known && was == today {
		return
	}
	if err := s.opts.Users.Seen(ctx, c.who); err != nil {
		s.opts.Logger.WarnContext(ctx, "that a user was here can't be noted", "request", c.id, "error", err)
		return
	}
	s.here.Store(who, today) // bounded: by the number of users
}
