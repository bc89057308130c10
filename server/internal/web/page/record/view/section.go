package view

import (
	"slices"

	"mais/server/api"
	"mais/server/api/form"
)

// Section is a section in words.
type Section struct {
	Name, Label string
	Items       []Item
	// Entries are those of a section with many, which then has no Items; one without
	// entries has Items that say so.
	Entries [][]Item
}

// All returns the items of the section, those of all entries.
func (s Section) All() []Item {
	all := slices.Clone(s.Items)
	for _, e := range s.Entries {
		all = append(all, e...)
	}
	return all
}

// Known returns the items that say where they come from, each once. The service tells the
// oldest day and the sources of an item over all entries.
func (s Section) Known() []Item {
	var known []Item
	for _, i := range s.All() {
		told := contains(known, func(o Item) bool { return o.Name == i.Name })
		if (i.State == Recorded || i.State == Refused) && !told {
			known = append(known, i)
		}
	}
	return known
}

// Provenance returns one item for each different provenance of the section's.
func (s Section) Provenance() []Item {
	var different []Item
	for _, i := range s.Known() {
		if !contains(different, func(o Item) bool { return o.Day == i.Day && o.Source == i.Source }) {
			different = append(different, i)
		}
	}
	return different
}

func contains(items []Item, fits func(Item) bool) bool {
	for _, i := range items {
		if fits(i) {
			return true
		}
	}
	return false
}

func sectionOf(s form.Section, in map[string]api.Item, to Reader) Section {
	out := Section{Name: s.Name, Label: s.Label}
	if s.Many {
		if out.Entries = entriesOf(s, in, to); len(out.Entries) > 0 {
			return out
		}
	}
	for _, f := range s.Items {
		i := itemOf(s.Name, f, itemIn(in, f.Name), to)
		if above := itemIn(in, hangsOn[f.Name]); i.Sub && stateOf(above) == Recorded {
			i.Above = form.Text(above)
		}
		out.Items = append(out.Items, i)
	}
	return out
}

// itemIn returns an item of a section; one that is not there is not recorded.
func itemIn(in map[string]api.Item, name string) api.Item {
	if item, ok := in[name]; ok {
		return item
	}
	return api.Item{State: api.StateNotRecorded}
}

// entriesOf turns the items of a section with many, each a list with one value for each
// entry, into the entries. An item that is withheld is so in each.
func entriesOf(s form.Section, in map[string]api.Item, to Reader) [][]Item {
	lists := make(map[string][]any, len(s.Items))
	count := 0
	for _, f := range s.Items {
		list, _ := form.Plain(in[f.Name].Value).([]any)
		lists[f.Name], count = list, max(count, len(list))
	}
	entries := make([][]Item, count)
	for n := range entries {
		for _, f := range s.Items {
			item := itemIn(in, f.Name)
			if stateOf(item) == Recorded {
				item.Value = at(lists[f.Name], n)
			}
			entries[n] = append(entries[n], entryItem(s.Name, f, item, to))
		}
	}
	return entries
}

func entryItem(section string, f form.Item, in api.Item, to Reader) Item {
	i := itemOf(section, f, in, to)
	if i.State == Recorded && len(i.Lines) > 0 && (f.Name == "telephone" || f.Name == "out_of_hours") {
		i.Fields, i.Lines = [][]Field{{fieldOf(f.Name, "", i.Lines[0])}}, nil
	}
	return i
}

func at(list []any, n int) any {
	if n < len(list) {
		return list[n]
	}
	return nil
}
