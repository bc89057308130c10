// Package plan is how many certificates are put on hold, released or revoked at once, or one:
// the form that says what and why, rendered with [RenderNew], then what the act would do, its
// progress and its results, which are one page, rendered with [Render]. [RenderStop] asks before the
// rest of one is left undone.
//
// Administrators and holders go through the same pages; a holder's are in the look of the
// look-up, and begin at My tokens.
package plan

import (
	"embed"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed new.html plan.html stop.html
var files embed.FS

var (
	blank = admin.Template(files, "new.html")
	page  = admin.Template(files, "plan.html")
	stop  = admin.Template(files, "stop.html")
)

// PerPage is how many items of a plan stand on a page.
const PerPage = 50

// The name of the field that confirms.
const Word = "word"

// Scope says whose plans these are.
type Scope struct {
	Root  string // of the plans' addresses
	Back  string // where Cancel leads
	Admin bool
}

// The scopes.
var (
	Administrator = Scope{Root: admin.Root + "/plans", Back: admin.Root + "/certificates", Admin: true}
	Holder        = Scope{Root: "/tokens/plans", Back: "/tokens"}
)

// Page is the data of the page of a plan: before it is confirmed, while it is carried out and
// afterwards.
type Page struct {
	frame.Frame
	Scope
	Plan   api.Plan
	Items  []api.PlanItem // of this page
	Next   int            // items after this number follow; 0: none do
	After  int            // the items of this page come after this number
	Only   string         // the result that the items are narrowed to
	Typed  string         // the word, as it was typed
	Urgent bool           // it was confirmed so long ago that it should be done by now
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// RenderStop returns the document that asks whether a plan under way is to be stopped.
func RenderStop(p Page) []byte { return frame.Render(stop, p) }

// Path is the plan's address.
func (p Page) Path() string { return p.Root + "/" + url.PathEscape(p.Plan.ID) }

// Act is the act of the plan in words.
func (p Page) Act() admin.Act { return actOf(p.Plan.Act) }

func actOf(name string) admin.Act {
	act, known := admin.ActOf(name)
	if !known {
		act = admin.Act{Name: name, Verb: form.Word(name), Done: "done"}
	}
	return act
}

// Prepared reports whether nothing was done yet.
func (p Page) Prepared() bool { return p.Plan.ConfirmedAt == nil }

// Running reports whether it is being carried out.
func (p Page) Running() bool { return p.Plan.ConfirmedAt != nil && p.Plan.FinishedAt == nil }

// Reason is why, in words.
func (p Page) Reason() string {
	if p.Plan.Reason == "" {
		return ""
	}
	return admin.ReasonLabel(p.Plan.Reason)
}

// Certificates says how many the plan names.
func (p Page) Certificates() string { return admin.Count(p.Plan.Total, "certificate", "certificates") }

// Changes says how many the act would change.
func (p Page) Changes() int { return p.Plan.Total - p.Plan.Unchanged }

// One reports whether the plan names a single certificate: then the word is the end of its
// serial number.
func (p Page) One() bool { return p.Plan.Total == 1 && !strings.Contains(p.Plan.Word, " ") }

// Button is the text of the button that begins.
func (p Page) Button() string {
	if p.Plan.Total == 1 {
		return p.Act().Verb + map[string]string{"hold": " now", "release": " now", "revoke": " for good"}[p.Plan.Act]
	}
	if p.Plan.Act == "hold" {
		return fmt.Sprintf("Put %s on hold", p.Certificates())
	}
	return p.Act().Verb + " " + p.Certificates()
}

// Losers says how many would lose access.
func (p Page) Losers() string { return admin.Count(p.Plan.LosesAll, "holder", "holders") }

// Roles are a loser's roles in words.
func (Page) Roles(l api.Loser) string {
	var words []string
	for _, r := range l.Roles {
		words = append(words, form.RoleLabel(r))
	}
	return strings.Join(words, ", ")
}

// Settled is how many items have a result, and All how many there are.
func (p Page) Settled() int { return p.Plan.Total - p.Plan.Results[api.ResultWaiting] }

// Count is how many items have a result.
func (p Page) Count(result string) int { return p.Plan.Results[result] }

// Percent is how much is done, in hundredths.
func (p Page) Percent() int { return p.Settled() * 100 / max(1, p.Plan.Total) }

// Number writes a number for people.
func (Page) Number(n int) string { return admin.Number(n) }

// Result is an outcome in words and a colour, and how many items have it.
type Result struct {
	Name, Words, Colour string
	Count               int
	Path                string // of the page with those alone
	Here                bool
}

var results = []Result{
	{Name: api.ResultDone, Words: "Done", Colour: "green"},
	{Name: api.ResultFailed, Words: "Failed", Colour: "red"},
	{Name: api.ResultNotAllowed, Words: "Not possible", Colour: "orange"},
	{Name: api.ResultAlready, Words: "Nothing to do", Colour: "grey"},
	{Name: api.ResultUnknown, Words: "Not known", Colour: "orange"},
	{Name: api.ResultBadLine, Words: "Not a serial number", Colour: "orange"},
	{Name: api.ResultDuplicate, Words: "Named twice", Colour: "grey"},
	{Name: api.ResultWaiting, Words: "Waiting", Colour: "blue"},
}

// Results are the results that items of the plan have, each leading to those alone.
func (p Page) Results() (some []Result) {
	for _, r := range results {
		if r.Count = p.Plan.Results[r.Name]; r.Count > 0 {
			r.Path, r.Here = p.Path()+"?only="+r.Name, r.Name == p.Only
			some = append(some, r)
		}
	}
	return some
}

// IsResult reports whether items can be narrowed to a result; "" is all.
func IsResult(name string) bool {
	return name == "" || slices.ContainsFunc(results, func(r Result) bool { return r.Name == name })
}

// ResultOf is the result of an item.
func (Page) ResultOf(i api.PlanItem) Result {
	if n := slices.IndexFunc(results, func(r Result) bool { return r.Name == i.Result }); n >= 0 {
		return results[n]
	}
	return Result{Name: i.Result, Words: form.Word(i.Result), Colour: "grey"}
}

// State is how an item's certificate stands, or how it stood when it was looked at last.
func (Page) State(i api.PlanItem) admin.State { return admin.StateOf(i.Status, false) }

// Would says whether the act would change an item's certificate. Whether that has expired an
// item does not say, and the plan only of how many.
func (p Page) Would(i api.PlanItem) string {
	from := map[string][]string{"hold": {"active"}, "release": {"held"}, "revoke": {"active", "held", "superseded"}}[p.Plan.Act]
	switch {
	case !slices.Contains(from, i.Status):
		return "No"
	case p.Plan.Act != "revoke" && p.Plan.Unchanged > 0:
		return "Yes, unless it has expired"
	}
	return "Yes"
}

// Certificate is the address of an item's certificate, where the reader has a page of it.
func (p Page) Certificate(i api.PlanItem) string {
	if !p.Admin || i.Serial == "" {
		return ""
	}
	return admin.Certificate{Certificate: api.Certificate{Issuer: i.Issuer, Serial: i.Serial}}.Path()
}

// NextPath is the address of the items that follow, "" when none do.
func (p Page) NextPath() string {
	if p.Next == 0 {
		return ""
	}
	return p.at(p.Next)
}

func (p Page) at(after int) string {
	v := url.Values{}
	if after > 0 {
		v.Set("after", fmt.Sprint(after))
	}
	if p.Only != "" {
		v.Set("only", p.Only)
	}
	if len(v) == 0 {
		return p.Path()
	}
	return p.Path() + "?" + v.Encode()
}

// First is the address of the first items.
func (p Page) First() string { return p.at(0) }
