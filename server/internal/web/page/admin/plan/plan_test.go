package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplates(t *testing.T) {
	pagetest.Check(t, page, Page{})
	pagetest.Check(t, stop, Page{})
	pagetest.Check(t, blank, New{})
}

func items(n int, result string) (list []api.PlanItem) {
	for i := range n {
		list = append(list, api.PlanItem{N: i + 1, Issuer: "people-1", Serial: fmt.Sprintf("aa%030d", i), Holder: "dana@example.org", Status: "active", Result: result})
	}
	return list
}

func prepared() Page {
	return Page{Frame: admintest.Frame("Check before you revoke"), Scope: Administrator, Plan: admintest.Plan(), Items: items(3, api.ResultWaiting)}
}

// TestPrepared: every serial, who loses access and what it means stand before the button, and
// Cancel is as large.
func TestPrepared(t *testing.T) {
	p := prepared()
	p.Plan.Warnings, p.Plan.Bad, p.Plan.Unchanged = []string{"No administrator would be left"}, 2, 1
	p.Items = append(p.Items, api.PlanItem{N: 4, Line: 17, Text: "not-a-serial", Result: api.ResultBadLine, Detail: "It has letters that no serial number has"})
	p.Plan.Results[api.ResultBadLine] = 2
	page := Render(p)
	text := pagetest.Text(admintest.Main(t, page))
	order := []string{"Nothing has happened yet", "for good. Nobody can undo it", "No administrator would be left", "Who loses access", "1 holder would have no good certificate left", "Dana Whitlock", "Police officer",
		"2 of the lines name no certificate that you administer", "1 of them would not change", "Each certificate", "aa000000000000000000000000000002", "not-a-serial Line 17",
		"Not a serial number", "This cannot be undone", "type revoke 3", "Revoke 3 certificates", "Cancel"}
	at := 0
	for _, words := range order {
		next := strings.Index(text[at:], words)
		if next < 0 {
			t.Fatalf("%q does not come after what stands before it:\n%s", words, text)
		}
		at += next
	}
	doc := admintest.Main(t, page)
	buttons := pagetest.ByClass(pagetest.ByClass(doc, "mais-confirm")[0], "govuk-button")
	if len(buttons) != 2 || pagetest.Attr(buttons[1], "href") != "/admin/certificates" {
		t.Errorf("%d buttons, want the act and Cancel", len(buttons))
	}
	if word := pagetest.ByID(doc, "word"); pagetest.Attr(word, "value") != "" {
		t.Errorf("the word is typed already: %q", pagetest.Attr(word, "value"))
	}
}

// TestPreparedOne: one certificate is confirmed by the end of its number.
func TestPreparedOne(t *testing.T) {
	p := prepared()
	p.Scope = Holder
	p.Plan.Act, p.Plan.Reason, p.Plan.Total, p.Plan.Word, p.Plan.LosesAll, p.Plan.Loses = "hold", "", 1, "000000", 0, nil
	p.Items, p.Plan.Results = p.Items[:1], map[string]int{api.ResultWaiting: 1}
	admintest.Says(t, Render(p), "My tokens", "type the last six digits of the serial number, 000000",
		"Put on hold now", "It is refused until somebody releases it")
	p.Plan.LosesAll = 1
	admintest.Says(t, Render(p), "You would have no good token left. The way back: the desk")
	for _, a := range pagetest.ByTag(admintest.Main(t, Render(p)), "a") {
		if strings.HasPrefix(pagetest.Attr(a, "href"), "/admin") {
			t.Errorf("a holder is led to %s", pagetest.Attr(a, "href"))
		}
	}
	p.Plan.Total, p.Items, p.Plan.Results = 0, nil, nil
	admintest.Says(t, Render(p), "There is nothing to do")
	if pagetest.ByID(admintest.Main(t, Render(p)), "word") != nil {
		t.Error("nothing can be confirmed")
	}
}

func TestWould(t *testing.T) {
	for _, tt := range []struct {
		act, status string
		unchanged   int
		want        string
	}{
		{"hold", "active", 0, "Yes"}, {"hold", "active", 1, "Yes, unless it has expired"}, {"hold", "held", 1, "No"}, {"hold", "revoked", 1, "No"},
		{"release", "held", 0, "Yes"}, {"release", "active", 0, "No"}, {"revoke", "superseded", 5, "Yes"}, {"revoke", "revoked", 1, "No"}, {"odd", "active", 0, "No"},
	} {
		p := prepared()
		p.Plan.Act, p.Plan.Unchanged = tt.act, tt.unchanged
		if got := p.Would(api.PlanItem{Status: tt.status}); got != tt.want {
			t.Errorf("Would(%s, %s, %d unchanged) = %q, want %q", tt.act, tt.status, tt.unchanged, got, tt.want)
		}
	}
}

func TestWrongWord(t *testing.T) {
	p := prepared()
	p.Typed, p.Faults = "revoke", frame.Faults{{Field: Word, Text: "That is not it"}}
	doc := admintest.Main(t, Render(p))
	if got := pagetest.Text(pagetest.ByID(doc, "word-error")); got != "Error: That is not it" || pagetest.Attr(pagetest.ByID(doc, "word"), "value") != "revoke" {
		t.Errorf("the word's fault = %q", got)
	}
}

func ran(results map[string]int, finished bool) Page {
	p := prepared()
	confirmed := admintest.Now.Add(-10 * time.Second)
	p.Plan.ConfirmedAt, p.Plan.Results, p.Plan.Total = &confirmed, results, 400
	if finished {
		p.Plan.FinishedAt = &admintest.Now
	}
	return p
}

// TestProgress: the numbers stand in a live region, and a page that asks again by itself can be
// told to stop.
func TestProgress(t *testing.T) {
	p := ran(map[string]int{api.ResultDone: 90, api.ResultWaiting: 300, api.ResultAlready: 10}, false)
	p.Reload = frame.Reload{At: p.Now.Add(5 * time.Second), Path: p.Path()}
	page := Render(p)
	doc := admintest.Main(t, page)
	status := pagetest.ByClass(doc, "mais-progress")[0]
	if text := pagetest.Text(status); !strings.Contains(text, "100 of 400 certificates so far") || pagetest.Attr(status, "aria-live") != "polite" {
		t.Errorf("progress = %q", text)
	}
	if bar := pagetest.ByTag(doc, "progress")[0]; pagetest.Attr(bar, "value") != "25" || pagetest.Attr(bar, "max") != "100" {
		t.Errorf("the bar is at %s of %s", pagetest.Attr(bar, "value"), pagetest.Attr(bar, "max"))
	}
	if !strings.Contains(string(page), `<noscript><meta http-equiv="refresh" content="5; url=/admin/plans/0193a0b2"></noscript>`) {
		t.Error("without scripts the page doesn't ask again")
	}
	admintest.Says(t, page, "Stop that")
	admintest.Silent(t, page, "Go on")
	p.Reload, p.Urgent = frame.Reload{}, true
	admintest.Says(t, Render(p), "Ask again", "It has taken long", "Go on")
}

// TestResults: how many of each, leading to those alone, and a way on when some failed.
func TestResults(t *testing.T) {
	p := ran(map[string]int{api.ResultDone: 390, api.ResultFailed: 3, api.ResultNotAllowed: 7}, true)
	p.Items, p.Next, p.Only = items(2, api.ResultFailed), 70, api.ResultFailed
	page := Render(p)
	admintest.Says(t, page, "Not all of it was done. 390 of 400 certificates were revoked; 3 failed", "Failed (3)", "Done (390)", "Not possible (7)", "Try again those that failed", "Next page")
	doc := admintest.Main(t, page)
	here := pagetest.All(doc, func(e *html.Node) bool { return pagetest.Attr(e, "aria-current") != "" })
	if len(here) != 1 || pagetest.Text(here[0]) != "Failed (3)" {
		t.Errorf("%d results are current, want Failed", len(here))
	}
	next := pagetest.All(doc, func(e *html.Node) bool { return pagetest.Attr(e, "rel") == "next" })
	if len(next) != 1 || pagetest.Attr(next[0], "href") != "/admin/plans/0193a0b2?after=70&only=failed#items" {
		t.Errorf("the next page is %v", next)
	}
	p = ran(map[string]int{api.ResultDone: 400}, true)
	admintest.Says(t, Render(p), "Finished. 400 of 400 certificates were revoked", "Download all results")
	admintest.Silent(t, Render(p), "Go on", "Cancel")
}

func asking(act string) New {
	does, _ := admin.ActOf(act)
	return New{Frame: admintest.Frame("Revoke certificates"), Scope: Administrator, Act: does, Typed: Typed{Act: act}}
}

// TestNew: nothing is chosen in advance, the RFC's name stands beside the plain words, and what
// was chosen goes along.
func TestNew(t *testing.T) {
	n := asking("revoke")
	n.Serials, n.Chosen = []string{"people-1/aa", "people-1/bb"}, admin.Certificates([]api.Certificate{admintest.Certificate("aa"), admintest.Certificate("bb")}, admintest.Now)
	doc := admintest.Main(t, RenderNew(n))
	admintest.Says(t, RenderNew(n), "Nobody can undo it", "keyCompromise", "lost or stolen", "Dana Whitlock", "Since when", "Show what would happen", "Cancel")
	var serials []string
	for _, e := range pagetest.ByTag(doc, "input") {
		if pagetest.Attr(e, "name") == Serial {
			serials = append(serials, pagetest.Attr(e, "value"))
		}
		for _, a := range e.Attr {
			if a.Key == "checked" {
				t.Errorf("%s is chosen in advance", pagetest.Attr(e, "id"))
			}
		}
	}
	if diff := cmp.Diff(n.Serials, serials); diff != "" {
		t.Errorf("serials (-want +got):\n%s", diff)
	}
	all := asking("hold")
	all.Filter, all.Found, all.Own = "status=live", 312, true
	admintest.Says(t, RenderNew(all), "All 312 certificates that were found", "This is the token that you are using now")
	if pagetest.ByID(admintest.Main(t, RenderNew(all)), Reason) != nil {
		t.Error("a hold asks for a reason")
	}
	admintest.Says(t, RenderNew(asking("release")), "one a line", "tokenctl admin cert release --file")
	own := asking("revoke")
	own.Scope, own.Serials = Holder, []string{"people-1/aa"}
	admintest.Silent(t, RenderNew(own), "keyCompromise", "The holder has moved")
}

func TestNewFaults(t *testing.T) {
	n := asking("revoke")
	n.Typed = Typed{Act: "revoke", Reason: "superseded", Since: "1", Since + "-month": "1", Since + "-year": "2030", Note: strings.Repeat("x", 201), Lines: "aa"}
	_, _, n.Faults = n.Typed.Read(admintest.Now)
	n.Faults = append(n.Faults, frame.Fault{Field: Lines, Text: "x"})
	doc := admintest.Main(t, RenderNew(n))
	for id, want := range map[string]string{"since-error": "belongs to a lost or stolen key", "note-error": "200 characters", "serials-error": "x"} {
		if got := pagetest.Text(pagetest.ByID(doc, id)); !strings.Contains(got, want) {
			t.Errorf("#%s = %q, want %q", id, got, want)
		}
	}
	if pagetest.Text(pagetest.ByID(doc, Lines)) != "aa" || pagetest.Attr(pagetest.ByID(doc, Since+"-year"), "value") != "2030" {
		t.Error("what was typed is lost")
	}
}

func TestRead(t *testing.T) {
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, frame.London)
	since := func(t Typed, day, month, year string) Typed {
		t[Since], t[Since+"-month"], t[Since+"-year"] = day, month, year
		return t
	}
	for _, tt := range []struct {
		typed Typed
		want  api.PlanRequest
		fault string
	}{
		{Typed{Act: "hold", Note: " rang "}, api.PlanRequest{Act: "hold", Note: "rang"}, ""},
		{Typed{Act: "revoke", Reason: "superseded"}, api.PlanRequest{Act: "revoke", Reason: "superseded"}, ""},
		{since(Typed{Act: "revoke", Reason: "keyCompromise"}, "20", "11", "2026"), api.PlanRequest{Act: "revoke", Reason: "keyCompromise", InvalidityDate: &day}, ""},
		{Typed{Act: "revoke"}, api.PlanRequest{}, Reason},
		{Typed{Act: "revoke", Reason: "certificateHold"}, api.PlanRequest{}, Reason},
		{Typed{Act: "revoke", Reason: "removeFromCRL"}, api.PlanRequest{}, Reason},
		{Typed{Act: "revoke", Reason: "unspecified"}, api.PlanRequest{}, Note},
		{since(Typed{Act: "revoke", Reason: "keyCompromise"}, "23", "11", "2026"), api.PlanRequest{}, Since},
		{since(Typed{Act: "revoke", Reason: "keyCompromise"}, "31", "2", "2026"), api.PlanRequest{}, Since},
		{since(Typed{Act: "revoke", Reason: "superseded"}, "20", "11", "2026"), api.PlanRequest{}, Since},
		{Typed{Act: "hold", Note: "a\x00b"}, api.PlanRequest{}, Note},
		{Typed{Act: "hold", Lines: strings.Repeat("aa\n", MostLines+1)}, api.PlanRequest{}, Lines},
	} {
		got, _, faults := tt.typed.Read(admintest.Now)
		switch {
		case tt.fault != "" && (len(faults) != 1 || faults[0].Field != tt.fault):
			t.Errorf("Read(%v) = %v, want a fault at %s", tt.typed, faults, tt.fault)
		case tt.fault == "" && (len(faults) > 0 || cmp.Diff(tt.want, got) != ""):
			t.Errorf("Read(%v) = %+v, %v, want %+v", tt.typed, got, faults, tt.want)
		}
	}
}

// TestLines: empty lines don't count but keep their numbers; what is no serial number goes to
// the plan, which says so.
func TestLines(t *testing.T) {
	_, got, faults := Typed{Act: "hold", Lines: "aa\r\n\r\n  bb \r\nx y\r\n" + strings.Repeat("é", 300)}.Read(admintest.Now)
	want := []api.SerialLine{{Line: 1, Serial: "aa"}, {Line: 3, Serial: "bb"}, {Line: 4, Serial: "x y"}, {Line: 5, Serial: strings.Repeat("é", 100)}}
	if diff := cmp.Diff(want, got); diff != "" || len(faults) > 0 {
		t.Errorf("lines, %v (-want +got):\n%s", faults, diff)
	}
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := prepared()
		p.Plan.Note, p.Plan.By, p.Plan.Warnings, p.Plan.Word, p.Plan.Reason, p.Typed = text, text, []string{text}, text, text, text
		p.Plan.Loses = []api.Loser{{Holder: text + "2", Name: text, Agency: text, Roles: []string{text}}}
		p.Items = []api.PlanItem{{N: 1, Line: 3, Text: text, Result: api.ResultBadLine, Detail: text}, {N: 2, Issuer: text, Serial: text, Holder: text, Status: "held", Result: "done"}}
		return Render(p)
	}
	ask := func(text string) []byte {
		n := asking("revoke")
		n.Typed = Typed{Lines: text, Note: text, Reason: text, Since: text}
		return RenderNew(n)
	}
	choose := func(text string) []byte {
		n := asking("revoke")
		c := admintest.Certificate("aa")
		c.Name, c.Agency, c.Issuer = text, text, text
		n.Serials, n.Chosen = []string{text}, admin.Certificates([]api.Certificate{c}, admintest.Now)
		return RenderNew(n)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
		admintest.Calm(t, ask(text), ask("calm"), text)
		admintest.Calm(t, choose(text), choose("calm"), text)
	}
}

// TestStop: an administrator can stop what is under way, once they have seen what that leaves;
// a holder cannot, whose plan is of one certificate.
func TestStop(t *testing.T) {
	p := prepared()
	leads := func(p Page) bool {
		for _, a := range pagetest.ByTag(admintest.Main(t, Render(p)), "a") {
			if pagetest.Attr(a, "href") == p.Path()+"/stop" {
				return true
			}
		}
		return false
	}
	if leads(p) {
		t.Error("what has not begun can be stopped")
	}
	p.Plan.ConfirmedAt, p.Plan.Results = &admintest.Now, map[string]int{api.ResultWaiting: 2, api.ResultDone: 1}
	if !leads(p) {
		t.Error("what is under way cannot be stopped")
	}
	p.Scope = Holder
	if leads(p) {
		t.Error("a holder is led to what is an administrator's")
	}
	p.Scope, p.Frame = Administrator, admintest.Frame("Stop the plan?")
	page := RenderStop(p)
	admintest.Says(t, page, "Stop the plan?", "1 of 3 certificates is settled", "What was done stays done", "Stop the plan Let it go on")
	form := pagetest.ByTag(admintest.Main(t, page), "form")[0]
	if pagetest.Attr(form, "method") != "post" || pagetest.Attr(form, "action") != p.Path()+"/stop" {
		t.Errorf("the form goes to %s %s", pagetest.Attr(form, "method"), pagetest.Attr(form, "action"))
	}
	p.Plan.FinishedAt = &admintest.Now
	if leads(p) {
		t.Error("what has finished can be stopped")
	}
}
