package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"mais/server/api/form"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/accessibility"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/help"
	"mais/server/internal/web/page/locked"
	"mais/server/internal/web/page/privacy"
)

// sessionRest is how much sooner a session may end than its last use says: authn marks it as
// used once a minute. The screen locks that much earlier, so that "Stay signed in" works for
// as long as it is offered.
const sessionRest = time.Minute

// stripPatience is for the question which emergency accesses are on. A page that tells of a
// failing database must not wait for it.
const stripPatience = 2 * time.Second

// frameFor returns the frame of a page for whoever asks: their name once they are signed in,
// the navigation of their roles, when the screen locks, what emergency access is on. here is
// the path of the navigation's entry that the page belongs to.
func (s *Site) frameFor(c *call, title, here string) frame.Frame {
	f := s.frameForNobody(title)
	f.Here = here
	if c.who.IsZero() {
		return f
	}
	f.Holder = holderOf(c.who)
	if c.who.Session() == "" {
		return f
	}
	f.Nav = s.navigation(c)
	f.Locks = f.Now.Add(max(s.opts.SessionIdle-sessionRest, s.opts.SessionIdle/2))
	f.Strips = s.strips(c)
	return f
}

// frameForNobody returns the frame of a page that says nothing of anybody.
func (s *Site) frameForNobody(title string) frame.Frame {
	return frame.Frame{
		App: frame.Lookup, Title: title, Service: s.opts.Deployment, Contact: s.opts.Contact, Training: s.opts.Training, Now: time.Now(),
	}
}

// frameForAnyone is frameFor on a route that admits anyone: it is the caller's own if they
// hold a good token, and then the answer is checked once more like one for holders.
func (c *call) frameForAnyone(title, here string) frame.Frame {
	if who, err := authn.FromContext(c.Context()); err == nil {
		c.who = who
	}
	return c.site.frameFor(c, title, here)
}

func holderOf(who authn.Principal) *frame.Holder {
	h := &frame.Holder{
		Name: who.Name(), Agency: who.Agency(), Site: who.Site(), Token: form.LevelLabel(who.Level().String()),
		Serial: who.Certificate().Serial, Expires: who.NotAfter(), SignedIn: who.Session() != "",
	}
	for _, role := range who.Roles() {
		h.Roles = append(h.Roles, form.RoleLabel(role))
	}
	return h
}

// navigation is what the caller's roles open. When that cannot be known just now the page
// does without: it is probably the one that says so.
func (s *Site) navigation(c *call) []frame.Link {
	var nav []frame.Link
	if reads, err := s.opts.Records.Reads(c.Context(), c.who); err == nil && reads {
		nav = append(nav, frame.Link{Path: "/find", Text: "Find a person"}, frame.Link{Path: "/recent", Text: "My recent views"})
	}
	if slices.Contains(c.who.Roles(), authz.Reviewer) {
		nav = append(nav, frame.Link{Path: "/reviews", Text: "Emergency reviews"})
	}
	nav = append(nav, frame.Link{Path: "/contacts", Text: "Urgent contacts"}, frame.Link{Path: "/access", Text: "My access"})
	if s.opts.Training {
		nav = append(nav, frame.Link{Path: "/practice", Text: "Practice"})
	}
	return nav
}

// strips are the emergency accesses that are on. A page goes without when they cannot be
// read: the access itself ends by the clock, whatever the page says.
func (s *Site) strips(c *call) (strips []frame.Emergency) {
	ctx, cancel := context.WithTimeout(c.Context(), stripPatience)
	defer cancel()
	on, err := s.opts.Records.Emergencies(ctx, c.who)
	if err != nil {
		s.opts.Logger.ErrorContext(ctx, "a page goes without its emergency strip", "request", c.id, "error", err)
	}
	for _, e := range on {
		strips = append(strips, frame.Emergency{Path: "/person/" + e.Person, Ends: e.Ends})
	}
	return strips
}

func helpPage(_ context.Context, c *call) (answer, error) {
	return html(http.StatusOK, help.Render(help.New(c.frameForAnyone("Help", "/help")))), nil
}

func accessibilityPage(_ context.Context, c *call) (answer, error) {
	f := c.frameForAnyone("Accessibility statement", "/accessibility")
	return html(http.StatusOK, accessibility.Render(accessibility.Page{Frame: f})), nil
}

func privacyPage(_ context.Context, c *call) (answer, error) {
	return html(http.StatusOK, privacy.Render(privacy.Page{Frame: c.frameForAnyone("Privacy", "/privacy")})), nil
}

// lockedPage is nobody's, whoever asks: it stands on an unattended screen.
func lockedPage(_ context.Context, c *call) (answer, error) {
	return html(http.StatusOK, locked.Render(locked.New(c.site.frameForNobody("This screen was locked")))), nil
}

// keepSession is asked for by "Stay signed in". That the request came is what keeps the
// session.
func keepSession(_ context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, nil
}
