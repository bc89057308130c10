package frame_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

// page is a page with nothing but a heading.
type page struct{ frame.Frame }

var plain = frame.Template(fstest.MapFS{"plain.html": {Data: []byte(`{{define "main"}}<h1>{{.Title}}</h1>{{end}}`)}}, "plain.html")

// hostile is what somebody might have for a name.
const hostile = `"><script>alert("1")</script> & 'x'`

var now = time.Date(2010, 7, 22, 13, 27, 13, 0, time.UTC) // in summer: London is an hour ahead

func stranger() frame.Frame {
	return frame.Frame{App: frame.Lookup, Title: "Sign in", Service: "MAIS " + hostile, Contact: "the desk, 01632 960000 " + hostile, Now: now}
}

func signedIn() frame.Frame {
	f := stranger()
	f.Title, f.Here, f.Locks = "Find a person", "/find", now.Add(15*time.Minute)
	f.Holder = &frame.Holder{
		Name: "PS Dana Whitlock " + hostile, Agency: "Northmoor Police", Site: "Harbour Street", Roles: []string{"Police officer"},
		Token: "Smart card", Serial: "4f219c0b77aa00112233445566778899", Expires: now.AddDate(0, 0, 23), SignedIn: true,
	}
	f.Nav = []frame.Link{{Path: "/find", Text: "Find a person"}, {Path: "/recent", Text: "My recent views"}}
	return f
}

func emergency() frame.Frame {
	f := signedIn()
	f.Training, f.Faults = true, frame.Faults{{Field: "family-name", Text: "Enter a name"}}
	f.Holder.Expires = now.AddDate(0, 0, 1)
	f.Strips = []frame.Emergency{{Path: "/person/0192", Ends: now.Add(30 * time.Minute)}}
	return f
}

func show(t *testing.T, f frame.Frame) *html.Node {
	t.Helper()
	doc := pagetest.Parse(t, frame.Render(plain, page{f}))
	if scripts := pagetest.ByTag(doc, "script"); len(scripts) != 2 {
		t.Errorf("%d scripts, want ours only", len(scripts))
	}
	return doc
}

func TestTemplate(t *testing.T) { pagetest.Check(t, plain, page{}) }

// TestStranger: who has not signed in sees no navigation and nobody's name, and nothing
// locks.
func TestStranger(t *testing.T) {
	for name, f := range map[string]frame.Frame{"no token": stranger(), "not signed in": {Title: "Sign in", Service: "MAIS", Now: now, Holder: &frame.Holder{Name: "Dana"}}} {
		doc := show(t, f)
		if found := append(pagetest.ByClass(doc, "mais-id"), pagetest.ByTag(doc, "nav")...); len(found) > 0 {
			t.Errorf("%s: the page has %q", name, pagetest.Text(found[0]))
		}
		if strings.Contains(pagetest.Text(doc), "Dana") || pagetest.Attr(pagetest.ByTag(doc, "body")[0], "data-lock-seconds") != "" || len(pagetest.ByTag(doc, "noscript")) > 0 {
			t.Errorf("%s: the page is somebody's: %s", name, pagetest.Text(doc))
		}
	}
}

func TestSignedIn(t *testing.T) {
	doc := show(t, signedIn())
	bar := pagetest.ByClass(doc, "mais-id")
	if len(bar) != 1 {
		t.Fatalf("%d identity bars, want one", len(bar))
	}
	want := "PS Dana Whitlock " + hostile + " · Police officer · Northmoor Police, Harbour Street Smart card, " +
		"expires 14 Aug 2010 Screen locks at 14:42 Sign out"
	if got := pagetest.Text(bar[0]); got != want {
		t.Errorf("identity bar:\n%s, want\n%s", got, want)
	}
	forms := pagetest.ByTag(bar[0], "form")
	if len(forms) != 1 || pagetest.Attr(forms[0], "action") != "/sign-out" || pagetest.Attr(forms[0], "method") != "post" {
		t.Errorf("signing out is no POST")
	}
	current := pagetest.All(doc, func(e *html.Node) bool { return pagetest.Attr(e, "aria-current") != "" })
	if len(current) != 1 || pagetest.Attr(current[0], "href") != "/find" {
		t.Errorf("%d current entries of the navigation, want that of /find", len(current))
	}
	if len(pagetest.ByClass(doc, "mais-strip")) > 0 || strings.Contains(pagetest.Text(doc), "TRAINING") {
		t.Errorf("the page has marks that are not its: %s", pagetest.Text(doc))
	}
}

// TestSecondLevel: the part's own pages are a navigation of their own, and each level says
// where the reader is.
func TestSecondLevel(t *testing.T) {
	f := signedIn()
	f.Sub = []frame.Link{{Path: "/find", Text: "By name"}, {Path: "/find/number", Text: "By number"}}
	f.SubHere = "/find/number"
	doc := show(t, f)
	if navs := pagetest.ByTag(doc, "nav"); len(navs) != 2 || pagetest.Attr(navs[0], "aria-label") == pagetest.Attr(navs[1], "aria-label") {
		t.Fatalf("%d navigations, want two of different names", len(navs))
	}
	var current []string
	for _, a := range pagetest.All(doc, func(e *html.Node) bool { return pagetest.Attr(e, "aria-current") != "" }) {
		current = append(current, pagetest.Attr(a, "href"))
	}
	if got := strings.Join(current, " "); got != "/find /find/number" {
		t.Errorf("current are %s, want /find and /find/number", got)
	}
	bar := func() string { return pagetest.Text(pagetest.ByClass(show(t, f), "mais-id")[0]) }
	if got := bar(); !strings.Contains(got, "Northmoor Police, Harbour Street Smart card Screen locks") {
		t.Errorf("identity bar: %s, want the site, and no day on which the token expires", got)
	}
	f.Holder.Expires = now.AddDate(0, 0, 1)
	if got := bar(); !strings.Contains(got, "Smart card, expires tomorrow (23 Jul 2010) Screen") {
		t.Errorf("identity bar: %s, want that the token expires tomorrow", got)
	}
}

// TestLock: without scripts the browser itself leaves the page when the session is over.
func TestLock(t *testing.T) {
	doc := show(t, signedIn())
	text := string(frame.Render(plain, page{signedIn()}))
	if !strings.Contains(text, `<noscript><meta http-equiv="refresh" content="900; url=/locked"></noscript>`) {
		t.Errorf("no refresh to /locked in\n%s", text)
	}
	body := pagetest.ByTag(doc, "body")[0]
	if seconds, clock := pagetest.Attr(body, "data-lock-seconds"), pagetest.Attr(body, "data-lock-clock"); seconds != "900" || clock != "52033" {
		t.Errorf("data for the lock: %s s from %s, want 900 from 52033", seconds, clock)
	}
	f := stranger()
	f.SignedOut = true
	if _, ends := attr(pagetest.ByTag(show(t, f), "body")[0], "data-signed-out"); !ends {
		t.Error("the page of a session's end doesn't say so")
	}
}

// TestReload: what is shown for a time only goes by itself, with scripts and without, and the
// lock comes first if it is sooner.
func TestReload(t *testing.T) {
	for ends, want := range map[time.Duration]struct{ refresh, seconds string }{
		30 * time.Minute: {"900; url=/locked", "1800"}, 5*time.Minute + time.Millisecond: {"301; url=/person/0192", "301"},
		0: {"5; url=/person/0192", "5"}, -time.Minute: {"5; url=/person/0192", "5"},
	} {
		f := signedIn()
		f.Reload = frame.Reload{At: now.Add(ends), Path: "/person/0192"}
		if text := string(frame.Render(plain, page{f})); !strings.Contains(text, `<noscript><meta http-equiv="refresh" content="`+want.refresh+`"></noscript>`) {
			t.Errorf("over in %v: no refresh %q in\n%s", ends, want.refresh, text)
		}
		body := pagetest.ByTag(show(t, f), "body")[0]
		if seconds := pagetest.Attr(body, "data-reload-in"); seconds != want.seconds {
			t.Errorf("over in %v: reload in %q, want in %s", ends, seconds, want.seconds)
		}
	}
	body := pagetest.ByTag(show(t, signedIn()), "body")[0]
	if _, goes := attr(body, "data-reload-in"); goes {
		t.Error("a page that shows nothing for a time goes")
	}
}

func attr(n *html.Node, key string) (string, bool) {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
	return pagetest.Attr(n, key), i >= 0
}

func TestEmergency(t *testing.T) {
	doc := show(t, emergency())
	if got, want := pagetest.Text(pagetest.ByTag(doc, "title")[0]), "Error: Find a person – MAIS "+hostile; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	if got := pagetest.Text(pagetest.ByClass(doc, "mais-marking")[0]); got != "OFFICIAL-SENSITIVE: PERSONAL · TRAINING DATA, NOT REAL PEOPLE" {
		t.Errorf("marking %q", got)
	}
	strips := pagetest.ByClass(doc, "mais-strip")
	if len(strips) != 1 || pagetest.Text(strips[0]) != "Emergency access is on for one record until 14:57. Open that record" {
		t.Fatalf("strips: %d", len(strips))
	}
	if got := pagetest.Attr(pagetest.ByTag(strips[0], "a")[0], "href"); got != "/person/0192" {
		t.Errorf("the strip leads to %q", got)
	}
	if soon := pagetest.ByClass(doc, "mais-id__soon"); len(soon) != 1 || pagetest.Text(soon[0]) != "expires tomorrow" {
		t.Error("the bar doesn't point at the token's end")
	}
}

// TestPaper: only the print page prints more than a sentence.
func TestPaper(t *testing.T) {
	for _, paper := range []bool{false, true} {
		f := signedIn()
		f.Paper = paper
		doc := show(t, f)
		if got := len(pagetest.ByClass(doc, "mais-only-print")) == 1; got == paper {
			t.Errorf("Paper %v: a sentence instead of the page: %v", paper, got)
		}
		if got := len(pagetest.ByClass(doc, "mais-screen")) == 1; got == paper {
			t.Errorf("Paper %v: hidden from paper: %v", paper, got)
		}
	}
}

func TestLeft(t *testing.T) {
	late := time.Date(2010, 7, 22, 22, 30, 0, 0, time.UTC) // half past eleven in London
	for _, test := range []struct {
		expires time.Time
		want    string
		soon    bool
	}{
		{late.Add(-time.Hour), "today", true}, {late.Add(20 * time.Minute), "today", true}, {late.Add(time.Hour), "tomorrow", true},
		{late.AddDate(0, 0, 2), "in 2 days", true}, {late.AddDate(0, 0, 14), "in 14 days", true}, {late.AddDate(0, 0, 15), "in 15 days", false},
		{time.Date(2010, 11, 22, 12, 0, 0, 0, time.UTC), "in 123 days", false}, // the clocks went back meanwhile
	} {
		h := frame.Holder{Expires: test.expires}
		if left, soon := h.Left(late), h.Soon(late); left != test.want || soon != test.soon {
			t.Errorf("token to %v: %q, soon %v; want %q, %v", test.expires, left, soon, test.want, test.soon)
		}
	}
}
