// Package overview is the administrators' first page: what wants their attention, how many
// certificates there are of each kind, and where to go on. Render it with [Render].
package overview

import (
	"cmp"
	"embed"
	"net/url"
	"slices"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/card"
	"mais/server/internal/web/page/admin/certificates"
	"mais/server/internal/web/page/admin/quarantines"
	"mais/server/internal/web/page/frame"
)

//go:embed overview.html
var files embed.FS

var page = admin.Template(files, "overview.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Tasks      api.Overview
	Of         string // the agency whose users and sites the reader administers; "" is all
	Expiries   api.Expiries
	Held       int              // certificates on hold
	Unfinished int              // plans that were begun and have not ended well
	Moved      []api.CardEntry  // cards that came to another holder lately
	Check      *api.Check       // nil: not the reader's to see, or Unchecked
	Unchecked  bool             // the check is the reader's to see and was not to be had just now
	Waiting    []api.Quarantine // of them nothing can be released before the reader, or another, has approved it
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Quarantine is a quarantine that waits, in words.
type Quarantine struct{ Words, Path string }

// Quarantines are those that wait to be approved, or to be finished.
func (p Page) Quarantines() (some []Quarantine) {
	for _, q := range p.Waiting {
		lacks := admin.Count(q.Needs-len(q.Approved), "administrator has", "administrators have")
		words := admin.Count(q.Held, "certificate is", "certificates are") + " on hold because a journal was lost: nothing of it can be released before " + lacks + " approved that."
		some = append(some, Quarantine{words, quarantines.PathOf(q)})
	}
	return some
}

// Others are the cards that came to another holder lately, each with where it is shown.
func (p Page) Others() (some []Card) {
	for _, c := range p.Moved {
		some = append(some, Card{Number: card.Name(c.Serial, c.ID), Words: c.Holder, Path: card.Path(c.ID)})
	}
	return some
}

// Card is a number with its words, which leads to what it counts.
type Card struct {
	Number, Words, Path string
	Act                 bool // it wants attention
}

// Cards are the numbers to act on.
func (p Page) Cards() []Card {
	days := func(n int) string { return certificates.EndingWithin(n, p.Now) }
	return []Card{
		{admin.Number(p.Expiries.Days7), "end within 7 days", days(7), p.Expiries.Days7 > 0},
		{admin.Number(p.Expiries.Days30), "end within 30 days", days(30), false},
		{admin.Number(p.Held), "on hold", admin.Root + "/certificates?status=held", p.Held > 0},
		{admin.Number(p.Unfinished), one(p.Unfinished, "plan not finished", "plans not finished"), admin.Root + "/plans", p.Unfinished > 0},
	}
}

func one(n int, singular, plural string) string {
	if n == 1 {
		return singular
	}
	return plural
}

// Kinds are the good certificates by kind.
func (p Page) Kinds() (kinds []Card) {
	for _, o := range admin.Profiles {
		if n := p.Expiries.ByKind[o.Value]; n > 0 {
			v := url.Values{"status": {"live"}, "profile": {o.Value}}
			kinds = append(kinds, Card{Number: admin.Number(n), Words: o.Label, Path: admin.Root + "/certificates?" + v.Encode()})
		}
	}
	return kinds
}

// Live is how many certificates are good.
func (p Page) Live() string {
	sum := 0
	for _, n := range p.Expiries.ByKind {
		sum += n
	}
	return admin.Count(sum, "good certificate", "good certificates")
}

// Wrong are the findings that are not in order, the faults first.
func (p Page) Wrong() (wrong []api.CheckItem) {
	if p.Check == nil {
		return nil
	}
	for _, f := range p.Check.Findings {
		if f.State != "ok" && (f.What != "restored" || p.Tasks.Restored == nil) { // it stands in the to-do
			wrong = append(wrong, f)
		}
	}
	return Ranked(wrong)
}

// Fine are the findings that are in order.
func (p Page) Fine() (fine []api.CheckItem) {
	if p.Check == nil {
		return nil
	}
	for _, f := range p.Check.Findings {
		if f.State == "ok" {
			fine = append(fine, f)
		}
	}
	return Ranked(fine)
}

// Ranked returns findings with the faults first, then the warnings, each as a sentence.
func Ranked(findings []api.CheckItem) []api.CheckItem {
	rank := map[string]int{"fault": 0, "warning": 1, "ok": 2}
	ranked := slices.Clone(findings)
	for n := range ranked {
		ranked[n].Says = admin.Sentence(ranked[n].Says)
	}
	slices.SortStableFunc(ranked, func(a, b api.CheckItem) int { return cmp.Compare(rank[a.State], rank[b.State]) })
	return ranked
}
