package lookup

import (
	"maps"
	"slices"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/ui"
)

// printRecord prints who it is, how old the record is and the risks, and then the sections
// in the form's order; what the form does not know follows.
func (a *app) printRecord(r api.Record) error {
	a.sayWho(r)
	a.sayAge(r)
	for _, c := range form.Cards(r) {
		a.sayRisk(c)
	}
	seen := map[string]bool{}
	for _, s := range form.Sections() {
		if items, ok := r.Sections[s.Name]; ok {
			seen[s.Name] = true
			if err := a.printSection(s, items); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Sections)) {
		if !seen[name] {
			if err := a.printSection(form.Section{Name: name, Label: form.Bare(name)}, r.Sections[name]); err != nil {
				return err
			}
		}
	}
	a.Screen.Say("Not recorded is not the same as no. No alert recorded is not the same as no risk.")
	return nil
}

// printSection prints a section's items. Where most of what it holds comes from is said once,
// under the heading; an item of another day or source says so itself.
func (a *app) printSection(s form.Section, items map[string]api.Item) error {
	shared := sharedProvenance(items)
	a.Screen.Line("")
	a.Screen.Heading("%s", s.Label)
	if shared != "" {
		a.Screen.Line("  (%s, unless said otherwise)", shared)
	}
	var rows [][]string
	seen := map[string]bool{}
	for _, i := range s.Items {
		if item, ok := items[i.Name]; ok {
			seen[i.Name] = true
			rows = append(rows, itemRows(i, s.Many, item, shared)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(items)) {
		if !seen[name] {
			rows = append(rows, itemRows(form.Item{Name: name, Label: form.Bare(name)}, s.Many, items[name], shared)...)
		}
	}
	return a.Screen.Facts(rows)
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
	for _, p := range slices.Sorted(maps.Keys(count)) {
		if p != nothingSaid && count[p] > max(1, count[best]) {
			best = p
		}
	}
	return best
}

// labelWidth leaves the longest labels room for values on the screen.
const labelWidth = 34

// itemRows lays one item out: the label beside its lines, and as the last of them its
// provenance where that is not the section's.
func itemRows(i form.Item, many bool, item api.Item, shared string) [][]string {
	labels, lines := ui.Wrap(i.Label, labelWidth), itemLines(i, many, item)
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
