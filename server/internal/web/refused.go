package web

import (
	"errors"
	"net/http"
	"strings"

	"mais/server/api"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/frame"
	problempage "mais/server/internal/web/page/problem"
)

// onPages says to people what the problems say to programs, where those would not help
// them: a browser sends our own pages' forms, so neither JSON nor methods are their matter.
var onPages = map[int]problem{
	http.StatusBadRequest:            badForm,
	http.StatusUnsupportedMediaType:  badForm,
	http.StatusRequestEntityTooLarge: {Title: "That was too much text", Detail: "The form holds more than MAIS takes. Nothing was done.", Next: "Go back with the browser, shorten what you typed, and send it again."},
	http.StatusMethodNotAllowed: {Title: "This page cannot be opened by itself", Detail: "It belongs to a form on another page.",
		Next: "Go back with the browser, or start from the first page."},
}

var badForm = problem{
	Title: "The form could not be read", Detail: "It did not arrive as MAIS made it. Nothing was done.",
	Next: "Go back with the browser, reload the page, and fill in the form again. If it happens again, tell {contact} the reference number.",
}

// problemPage is a problem for people. Two are not even one: there the way on is plain.
func (s *Site) problemPage(c *call, err error) answer {
	if errors.Is(err, errNotSignedIn) {
		return answer{status: http.StatusSeeOther, goTo: "/"}
	}
	if errors.Is(err, authz.ErrNoReason) && c.person() != "" {
		return answer{status: http.StatusSeeOther, goTo: reasonPath(c.person())}
	}
	return html(problemOf(err).Status, problempage.Render(s.problemData(c, err)))
}

func (s *Site) problemData(c *call, err error) problempage.Page {
	p := c.problemOf(err)
	address, way := p.address(c), wayOut(c, p)
	if words, ok := onPages[p.Status]; ok {
		p.Title, p.Detail, p.Next = words.Title, words.Detail, words.Next
	}
	page := problempage.Page{
		Frame: s.frameFor(c, p.Title, ""), Address: address, Detail: p.Detail, Steps: steps(p.Next, unbroken(s.opts.Contact)), Again: way, Reference: c.id,
	}
	page.SignedOut = p.Type == problemPrefix+api.SessionEnded || p.Type == problemPrefix+api.SessionMismatch
	page.Direct = page.SignedOut
	return page
}

// steps takes what to do apart, a sentence each. The contact goes in last: it may hold a
// full stop of its own.
func steps(next, contact string) []string {
	sentences := strings.SplitAfter(next, ". ")
	for i, sentence := range sentences {
		sentences[i] = strings.ReplaceAll(strings.TrimSpace(sentence), "{contact}", contact)
	}
	return sentences
}

// wayOut is the link that leads out of a problem; none where the token or the network has to
// change first.
func wayOut(c *call, p problem) frame.Link {
	switch strings.TrimPrefix(p.Type, problemPrefix) {
	case api.SessionEnded, api.SessionMismatch:
		return frame.Link{Path: "/", Text: "Sign in again"}
	case api.AuditUnavailable, api.StatusStale, api.AccessChanged, api.TooMany, api.Unavailable, api.Internal, api.HeldToken:
		if c.Method == http.MethodGet {
			return frame.Link{Text: "Try again"} // the same address: it may hold what no page repeats
		}
		return frame.Link{Path: "/", Text: "Go to the first page"}
	case api.NotFound, api.NotAllowed, api.WithoutRole, api.CrossSite, api.Invalid:
		return frame.Link{Path: "/", Text: "Go to the first page"}
	}
	return frame.Link{}
}
