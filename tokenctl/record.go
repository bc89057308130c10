package main

import (
	"slices"
	"strings"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/form"
)

// printRecord prints the sections in the form's order; what the form does not know follows.
func (a *app) printRecord(r api.Record) error {
	a.screen.Heading("Record %s", r.ID)
	a.sayAge(r)
	seen := map[string]bool{}
	for _, s := range form.Sections() {
		if items, ok := r.Sections[s.Name]; ok {
			seen[s.Name] = true
			if err := a.printSection(s, items); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedNames(r.Sections) {
		if !seen[name] {
			if err := a.printSection(form.Section{Name: name, Label: form.Bare(name)}, r.Sections[name]); err != nil {
				return err
			}
		}
	}
	a.screen.Say("Not recorded is not the same as no. No alert recorded is not the same as no risk.")
	return nil
}

// sayAge says from when the record is: it is guaranteed accurate on the day of release only.
func (a *app) sayAge(r api.Record) {
	const long = "2 January 2006"
	release := r.Sections["service_user_details"]["date_of_release"]
	value, _ := release.Value.(string)
	day, err := time.Parse(time.DateOnly, value)
	switch {
	case err != nil:
		a.screen.Line("The date of release is not known: nothing says when the record was last accurate.")
	case day.After(now()):
		a.screen.Line("Release is expected on %s; the record is checked until then.", day.Format(long))
	case release.Certainty == "estimated":
		a.screen.Line("Accurate on the day of release, which is estimated: %s. %s.", day.Format(long), age(day, now()))
	default:
		a.screen.Line("Accurate on the day of release, %s. %s.", day.Format(long), age(day, now()))
	}
}

// printSection prints a section's items. Where most of what it holds comes from is said once,
// under the heading; an item of another day or source says so itself.
func (a *app) printSection(s form.Section, items map[string]api.Item) error {
	shared := sharedProvenance(items)
	a.screen.Line("")
	a.screen.Heading("%s", s.Label)
	if shared != "" {
		a.screen.Line("  (%s, unless said otherwise)", shared)
	}
	var rows [][]string
	seen := map[string]bool{}
	for _, i := range s.Items {
		if item, ok := items[i.Name]; ok {
			seen[i.Name] = true
			rows = append(rows, itemRows(i, s.Many, item, shared)...)
		}
	}
	for _, name := range sortedNames(items) {
		if !seen[name] {
			rows = append(rows, itemRows(form.Item{Name: name, Label: form.Bare(name)}, s.Many, items[name], shared)...)
		}
	}
	return a.screen.Facts(rows)
}

// sharedProvenance returns the commonest provenance of at least two items, or "".
func sharedProvenance(items map[string]api.Item) string {
	count := map[string]int{}
	for _, item := range items {
		if item.State == "" {
			count[provenance(item)]++
		}
	}
	best := ""
	for _, p := range sortedNames(count) {
		if p != nothingSaid && count[p] > max(1, count[best]) {
			best = p
		}
	}
	return best
}

const labelWidth = 34 // so that the longest labels leave room for values on 80 columns

// itemRows lays one item out: the label beside its lines, and as the last of them its
// provenance where that is not the section's.
func itemRows(i form.Item, many bool, item api.Item, shared string) [][]string {
	labels, lines := wrap(i.Label, labelWidth), itemLines(i, many, item)
	if p := provenance(item); item.State == "" && p != shared && (p != nothingSaid || shared != "") {
		lines = append(lines, "("+p+")")
	}
	rows := make([][]string, max(len(labels), len(lines)))
	for n := range rows {
		rows[n] = []string{"", ""}
		if n < len(labels) {
			rows[n][0] = "  " + labels[n]
		}
		if n < len(lines) {
			rows[n][1] = lines[n]
		}
	}
	return rows
}

// wrap breaks text between words into lines of at most width, where words allow it.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len(*last)+1+len(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
