package manage

import (
	"slices"
	"strings"

	"mais/server/internal/manage/internal/roster"
)

// byName are things by their names in lower case.
type byName[T any] map[string]called[T]

// called is a thing with its name as it is written.
type called[T any] struct {
	name  string
	thing T
}

func (n byName[T]) add(name string, thing T) { n[strings.ToLower(name)] = called[T]{name, thing} }

// find returns what a row names, or says of the row what is called nearly so.
func find[T any](row *roster.Row, column, kind, text string, all byName[T]) (thing T, ok bool) {
	if found, ok := all[strings.ToLower(text)]; ok {
		return found.thing, true
	}
	if close := near(strings.ToLower(text), all); len(close) > 0 {
		row.Blame(column, "has no %s %.60q; there is %s", kind, text, strings.Join(close, ", "))
		return thing, false
	}
	row.Blame(column, "has no %s %.60q", kind, text)
	return thing, false
}

const (
	nearest   = 3  // names that are suggested
	longestTo = 80 // characters of a name that is compared
)

// near returns the names that are like a text in lower case, the likest first.
func near[T any](text string, all byName[T]) []string {
	type one struct {
		name string
		off  int
	}
	var found []one
	for name, written := range all {
		off := most(text) + 1
		if apart := len(text) - len(name); max(apart, -apart) <= most(text) {
			off = distance(text, name)
		}
		if len(text) > 2 && strings.Contains(name, text) {
			off = min(off, 1)
		}
		if off <= most(text) {
			found = append(found, one{written.name, off})
		}
	}
	slices.SortFunc(found, func(a, b one) int {
		if a.off != b.off {
			return a.off - b.off
		}
		return strings.Compare(a.name, b.name)
	})
	var names []string
	for _, f := range found[:min(nearest, len(found))] {
		names = append(names, f.name)
	}
	return names
}

// most is how far a name may be from a text to be like it.
func most(text string) int { return max(1, len(text)/4) }

// distance is how many letters have to be put in, taken out or changed to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), longestTo)], y[:min(len(y), longestTo)]
	row := make([]int, len(y)+1)
	for n := range row {
		row[n] = n
	}
	for i, c := range x {
		corner := row[0]
		row[0] = i + 1
		for n, d := range y {
			change := corner
			if c != d {
				change++
			}
			corner = row[n+1]
			row[n+1] = min(change, row[n]+1, corner+1)
		}
	}
	return row[len(y)]
}
