// Package admintest gives the tests of the administration's pages what they show: certificates
// and plans of invented people, and texts that want to run as script in every place that takes
// words. Start with [Frame] and [Certificate].
package admintest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

// Now is when the pages are made.
var Now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Frame returns the frame of a page of the administration.
func Frame(title string) frame.Frame {
	return frame.Frame{
		App: frame.Admin, Title: title, Area: "Administration", Service: "MAIS", Contact: "the desk", Now: Now, Locks: Now.Add(15 * time.Minute),
		Nav: []frame.Link{{Path: "/admin", Text: "Overview"}},
		Holder: &frame.Holder{Name: "Ada Ministrator", Agency: "Northshire Police", Site: "Northgate", Roles: []string{"Administrator"},
			Token: "Smart card", Serial: "00", Expires: Now.AddDate(1, 0, 0), SignedIn: true},
	}
}

// Certificate returns an active certificate of a person.
func Certificate(serial string) api.Certificate {
	return api.Certificate{
		Issuer: "people-1", Serial: serial, Status: "active", StatusAt: Now.AddDate(0, -1, 0), Identity: "urn:mais:user:6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01",
		Holder: "dana@example.org", Name: "Dana Whitlock", Agency: "Northshire Police", Profile: "person-software", Level: "software",
		NotBefore: Now.AddDate(0, -1, 0), NotAfter: Now.AddDate(0, 2, 0), IssuedAt: Now.AddDate(0, -1, 0), IssuedBy: "urn:mais:user:1",
	}
}

// Plan returns a plan to revoke three certificates that was not confirmed.
func Plan() api.Plan {
	return api.Plan{
		ID: "0193a0b2", Act: "revoke", Reason: "keyCompromise", By: "Ada Ministrator", CreatedAt: Now.Add(-time.Minute), Word: "revoke 3", Total: 3,
		Results: map[string]int{api.ResultWaiting: 3}, Loses: []api.Loser{{Holder: "dana@example.org", Name: "Dana Whitlock", Agency: "Northshire Police", Roles: []string{"police_officer"}}},
		LosesAll: 1,
	}
}

// Hostile returns the corpus of texts that want to run as script.
func Hostile(t testing.TB) []string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(file), "..", "..", "..", "..", "..", "testdata", "xss.txt")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// Main returns the page's main part, of a page that keeps every rule.
func Main(t testing.TB, page []byte) *html.Node {
	t.Helper()
	return pagetest.ByID(pagetest.Parse(t, page), "main-content")
}

// Says asserts words on a page.
func Says(t testing.TB, page []byte, words ...string) {
	t.Helper()
	text := pagetest.Text(Main(t, page))
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("the page does not say %q:\n%s", w, text)
		}
	}
}

// Silent asserts that words are nowhere on a page.
func Silent(t testing.TB, page []byte, words ...string) {
	t.Helper()
	text := pagetest.Text(Main(t, page))
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("the page says %q:\n%s", w, text)
		}
	}
}

// Calm asserts that a page shows a hostile text as text and nothing else of it: the page has
// as many scripts, forms and pictures as it has without, and no name stands in its title.
func Calm(t testing.TB, page, without []byte, text string) {
	t.Helper()
	doc, plain := pagetest.Parse(t, page), pagetest.Parse(t, without)
	for _, tag := range []string{"script", "form", "img", "iframe", "svg", "style", "input", "button", "a", "b"} {
		if got, want := len(pagetest.ByTag(doc, tag)), len(pagetest.ByTag(plain, tag)); got != want {
			t.Errorf("with %q the page has %d <%s>, want %d", text, got, tag, want)
		}
	}
	if !strings.Contains(pagetest.Text(doc), strings.Join(strings.Fields(text), " ")) {
		t.Errorf("%q is lost", text)
	}
	if title := pagetest.Text(pagetest.ByTag(doc, "title")[0]); title != pagetest.Text(pagetest.ByTag(plain, "title")[0]) {
		t.Errorf("the title is %q", title)
	}
}
