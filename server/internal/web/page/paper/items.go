package paper

import (
	"slices"
	"strings"
	"time"

	"mais/server/internal/web/page/record/view"
)

// Group is what matters of a section.
type Group struct {
	Label string
	From  string // where it comes from, where nothing else is said
	Paras []Para
}

// Para is an item, or a list of items with the same answer.
type Para struct {
	Label, Answer, Text string
	wants, lines        int // that it fills, and that it is given
}

// matters are the sections that go on paper, the gravest first, and what of them in which
// order, if not all as it comes.
// All of it is for police.
var matters = []struct {
	section string
	items   []string
}{
	{section: "suicide_and_self_harm"},
	{section: "risk_factors"},
	{section: "substance_misuse"},
	{section: "physical_health"},
	{section: "mental_health_summary", items: []string{"learning_difficulties", "mental_disorder", "previous_mental_health_problems",
		"self_harm", "significant_dates_self_harm", "problematic_drug_use"}},
	{section: "violence_to_others", items: []string{"serious_violence", "serious_violence_kinds", "violence", "violence_towards",
		"mappa", "mappa_category", "mappa_level", "visor", "hramm", "discriminatory_attitudes", "discriminatory_towards"}},
	{section: "service_user_details", items: []string{"interpreter_needed", "language_spoken", "last_known_address", "directed_address"}},
}

// groupsOf returns everything that would go on a sheet without end.
func groupsOf(r view.Record) (groups []Group) {
	for _, m := range matters {
		at := slices.IndexFunc(r.Sections, func(s view.Section) bool { return s.Name == m.section })
		if at < 0 {
			continue
		}
		groups = append(groups, groupOf(r.Sections[at].Label, pick(r.Sections[at].Items, m.items)))
	}
	return groups
}

// pick returns the items of the names, in their order, or all if none is named.
func pick(items []view.Item, names []string) []view.Item {
	if names == nil {
		return items
	}
	var picked []view.Item
	for _, name := range names {
		for _, i := range items {
			if i.Name == name {
				picked = append(picked, i)
			}
		}
	}
	return picked
}

// groupOf tells first what was answered, then what is open, and the noes last.
func groupOf(label string, items []view.Item) Group {
	g := Group{Label: label, From: commonest(items)}
	for _, i := range items {
		if i.State == view.Recorded && !listed(i) {
			g.Paras = append(g.Paras, paraOf(i, g.From))
		}
	}
	for _, list := range []struct {
		lead string
		fits func(view.Item) bool
	}{
		{"Asked, refused to say", func(i view.Item) bool { return i.State == view.Refused }},
		{"Not recorded (not a no)", func(i view.Item) bool { return i.State == view.NotRecorded && i.Due() }},
		{"Withheld from your role", func(i view.Item) bool { return i.State == view.Withheld && !i.Limited }},
		{"Not with a password", func(i view.Item) bool { return i.State == view.Withheld && i.Limited }},
		{"Answered no", listed},
	} {
		var labels []string
		for _, i := range items {
			if list.fits(i) {
				labels = append(labels, i.Label)
			}
		}
		if labels != nil {
			g.Paras = append(g.Paras, Para{Label: list.lead + ":", Text: strings.Join(labels, "; ") + "."})
		}
	}
	return g
}

// listed reports whether an item is a no without more words.
func listed(i view.Item) bool { return i.IsNo() && i.Details == "" }

func paraOf(i view.Item, from string) Para {
	p := Para{Label: i.Label + ":"}
	var text []string
	switch {
	case i.IsUnknown():
		p.Answer = "Unknown (not a no)."
	case i.Word != "":
		p.Answer = i.Answer() + "."
	}
	if i.Word == "" || i.Other != "" || i.Certainty != "" {
		text = append(text, strings.TrimPrefix(i.Text(), i.Answer()))
	}
	if i.Details != "" {
		text = append(text, i.Details)
	}
	if f := origin(i); f != from && f != "" {
		text = append(text, "("+f+")")
	}
	p.Text = paragraph(strings.Join(text, " "))
	return p
}

// origin says where an item comes from, as briefly as paper wants it.
func origin(i view.Item) string {
	source := []rune(paragraph(i.Source))
	if len(source) > maxSource {
		source = append(source[:maxSource], '…')
	}
	return strings.Join(noEmpty(string(source), shortDay(i.Day)), ", ")
}

const maxSource = 20 // characters; systems have shorter names

func shortDay(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return at.Format("2 Jan 2006")
}

// commonest returns the origin of most items.
func commonest(items []view.Item) string {
	counts := map[string]int{}
	best := ""
	for _, i := range items {
		if from := origin(i); from != "" && (i.State == view.Recorded || i.State == view.Refused) {
			counts[from]++
			if counts[from] > counts[best] {
				best = from
			}
		}
	}
	return best
}
