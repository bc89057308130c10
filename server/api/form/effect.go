package form

import (
	"fmt"
	"strings"

	"mais/server/api"
)

// AffectedOne is what one person or site gains or loses by a change, in words.
type AffectedOne struct {
	api.Affected          // the first entry of theirs
	Lines        []string // one for each kind of thing
	Items        []string // each item by its label, for whoever wants to see them all
}

// AffectedByOne gathers an effect's entries: one for each person or site, in their order.
func AffectedByOne(all []api.Affected) (ones []AffectedOne) {
	at := map[string]int{}
	for _, a := range all {
		who := a.ID + "\x00" + a.Email + "\x00" + a.Name
		n, known := at[who]
		if !known {
			n = len(ones)
			at[who] = n
			ones = append(ones, AffectedOne{Affected: a})
		}
		one := &ones[n]
		for _, what := range a.What {
			one.Lines = append(one.Lines, capital(what))
		}
		if len(a.Items) > 0 {
			acts := actsInWords(a.Acts)
			one.Lines = append(one.Lines, acts+": "+strings.Join(BySection(a.Items), ", "))
			one.Items = append(one.Items, acts+": "+strings.Join(ItemLabels(a.Items), ", "))
		}
		if len(a.Places) > 0 {
			one.Lines = append(one.Lines, "From "+strings.Join(a.Places, ", "))
		}
	}
	return ones
}

// actsInWords says what is done to items: "Read and update", "In an emergency, read".
func actsInWords(acts []string) string {
	var said []string
	for _, act := range acts {
		if act == "emergency" {
			act = "open in an emergency"
		}
		said = append(said, act)
	}
	switch len(said) {
	case 0:
		return "Items"
	case 1:
		return capital(said[0])
	}
	return capital(strings.Join(said[:len(said)-1], ", ") + " and " + said[len(said)-1])
}

// BySection says items by their sections: "Physical health (all)", "Service user details (12 of
// 13 items)". A name without a point stands for its whole section.
func BySection(items []string) (said []string) {
	counted := countBySection(items)
	for _, s := range sections {
		switch n := counted[s.Name]; {
		case n == 0:
		case n < 0 || n == len(s.Items):
			said = append(said, s.Label+" (all)")
		default:
			said = append(said, fmt.Sprintf("%s (%d of %d items)", s.Label, n, len(s.Items)))
		}
		delete(counted, s.Name)
	}
	for name := range counted { // of a newer service
		said = append(said, name)
	}
	return said
}

// countBySection counts items; -1: the whole section.
func countBySection(items []string) map[string]int {
	counted := map[string]int{}
	for _, item := range items {
		section, _, one := strings.Cut(item, ".")
		switch {
		case !one:
			counted[section] = -1
		case counted[section] >= 0:
			counted[section]++
		}
	}
	return counted
}

// ItemLabels are items in words, one by one.
func ItemLabels(items []string) (labels []string) {
	named := map[string]bool{}
	for _, item := range items {
		named[item] = true
	}
	for _, s := range sections {
		for _, i := range s.Items {
			if named[s.Name] || named[s.Name+"."+i.Name] {
				labels = append(labels, i.Label)
			}
		}
	}
	return labels
}
