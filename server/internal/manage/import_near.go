package manage

import (
	"strings"

	"mais/server/api/form"
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
	if close := all.near(text); len(close) > 0 {
		row.Blame(column, "has %.60q, which is no %s: did you mean %s?", text, kind, strings.Join(close, ", "))
		return thing, false
	}
	row.Blame(column, "has %.60q, which is no %s: give the name of one", text, kind)
	return thing, false
}

// near returns the names that are like a text, the likest first.
func (n byName[T]) near(text string) []string {
	var names []string
	for _, written := range n {
		names = append(names, written.name)
	}
	return form.Near(text, names)
}
