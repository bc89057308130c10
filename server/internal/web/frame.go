package web

import (
	"context"
	"regexp"
	"slices"
	"time"

	"mais/server/api/form"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/frame"
)

// stripPatience is for the question which emergency accesses are on. A page that tells of a
// failing database must not wait for it.
const stripPatience = 2 * time.Second

// frameFor returns the frame of a page for whoever asks: their name once they are signed in,
// the navigation of their roles, when the screen locks, what emergency access is on. A request
// that is no use of the session gets none of it: the lock would promise what the session does
// not keep. here is the path of the navigation's entry that the page belongs to.
func (s *Site) frameFor(c *call, title, here string) frame.Frame {
	f := s.frameForNobody(title)
	f.Here = here
	if c.who.IsZero() {
		return f
	}
	f.Holder = holderOf(c.who)
	f.Holder.SignedIn = c.who.Session() != "" && counts(c.Request)
	if !f.Holder.SignedIn {
		return f
	}
	f.Nav = s.navigation(c)
	f.Locks = f.Now.Add(authn.LockAfter(s.opts.SessionIdle))
	f.Strips = s.strips(c)
	return f
}

// frameOfRecord is frameFor on a page that shows what the grounds open. What emergency access
// opens goes from the screen when that ends: the page asks for itself again, once, which is a
// look and a use of the session like any other.
func (c *call) frameOfRecord(g authz.Grounds, title string) frame.Frame {
	f := c.site.frameFor(c, title, "/find")
	if on, is := g.Emergency(); is {
		f.Reload = frame.Reload{At: on.Ends, Path: c.URL.EscapedPath()}
	}
	return f
}

// frameForNobody returns the frame of a page that says nothing of anybody.
func (s *Site) frameForNobody(title string) frame.Frame {
	return frame.Frame{
		App: frame.Lookup, Title: title, Service: s.opts.Deployment, Contact: unbroken(s.opts.Contact), Training: s.opts.Practice != nil, Now: time.Now(),
	}
}

var withinNumber = regexp.MustCompile(`(\d) (\d)`)

// unbroken binds the groups of a telephone number with spaces at which no line ends.
func unbroken(contact string) string { return withinNumber.ReplaceAllString(contact, "$1\u00a0$2") }

// frameForAnyone is frameFor on a route that admits anyone: it is the caller's own if they
// hold a good token. Then the request is a use of their session, and the answer is checked
// once more, like one for holders.
func (c *call) frameForAnyone(title, here string) frame.Frame {
	if who, err := authn.FromContext(c.Context()); err == nil && c.use(c.Context()) == nil {
		c.who = who
	}
	return c.site.frameFor(c, title, here)
}

func holderOf(who authn.Principal) *frame.Holder {
	h := &frame.Holder{
		Name: who.Name(), Agency: who.Agency(), Site: who.Site(), Token: form.LevelLabel(who.Level().String()),
		Serial: who.Certificate().Serial, Expires: who.NotAfter(),
	}
	if who.Method() == authn.ByPassword {
		h.Token = "Password"
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
	reads, err := s.opts.Permissions.Reads(c.Context(), c.who)
	if reads = reads && err == nil; reads {
		nav = append(nav, frame.Link{Path: "/find", Text: "Find a person"}, frame.Link{Path: "/recent", Text: "My recent views"})
	}
	if slices.Contains(c.who.Roles(), authz.Reviewer) {
		nav = append(nav, frame.Link{Path: "/reviews", Text: "Emergency reviews"}, frame.Link{Path: auditing[0].Path, Text: "Audit"})
	}
	if c.who.Method() != authn.ByPassword && s.opts.Credentials.Administers(c.who) != "" {
		nav = append(nav, frame.Link{Path: "/admin", Text: "Administration"})
	}
	nav = append(nav, frame.Link{Path: "/contacts", Text: "Urgent contacts"}, frame.Link{Path: "/access", Text: "My access"})
	if c.who.Method() == authn.ByPassword {
		nav = append(nav, frame.Link{Path: "/security", Text: "My security"})
	} else {
		nav = append(nav, frame.Link{Path: "/tokens", Text: "My tokens"})
	}
	if reads && s.opts.Practice != nil {
		nav = append(nav, frame.Link{Path: "/practice", Text: "Practice"})
	}
	return nav
}

// strips are the emergency accesses that are on. A page goes without when they cannot be
// read: the access itself ends by the clock, whatever the page says.
func (s *Site) strips(c *call) (strips []frame.Emergency) {
	ctx, cancel := context.WithTimeout(c.Context(), stripPatience)
	defer cancel()
	on, err := s.opts.Emergencies.Emergencies(ctx, c.who)
	if err != nil {
		s.opts.Logger.ErrorContext(ctx, "a page goes without its emergency strip", "request", c.id, "error", err)
	}
	for _, e := range on {
		path := "/person/" + e.Person
		strips = append(strips, frame.Emergency{Path: path, Ends: e.Ends, Here: c.URL.Path == path})
	}
	return strips
}
