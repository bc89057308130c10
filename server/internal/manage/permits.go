package manage

import (
	"slices"

	"mais/server/api"
	"mais/server/internal/record"
)

// The acts of a permission.
const (
	actRead      = "read"
	actCreate    = "create"
	actUpdate    = "update"
	actEmergency = "emergency"
)

var acts = []string{actRead, actCreate, actUpdate, actEmergency}

// permits are the items that somebody may touch, by act. What they read in an emergency only
// is under emergency; what they always read is not.
type permits map[string]map[string]bool

// permitsOf returns what somebody who has these roles may do. What has no entry in all, such
// as an office, permits nothing.
func permitsOf(roles []string, all map[string][]api.Permission) permits {
	p := permits{}
	for _, act := range acts {
		p[act] = map[string]bool{}
	}
	for _, role := range roles {
		for _, may := range all[role] {
			if p[may.Act] != nil {
				p[may.Act][may.Item] = true
			}
		}
	}
	for item := range p[actRead] {
		delete(p[actEmergency], item)
	}
	return p
}

// granted are items with the acts that are done to them.
type granted struct{ Items, Acts []string }

// beyond returns what p permits and q does not: acts on the same items together, and whole
// sections by their name alone. Who always reads an item does not lose it in an emergency.
func (p permits) beyond(q permits) (more []granted) {
	for _, act := range acts {
		var items []string
		for _, key := range record.Keys() {
			if p[act][key] && !q[act][key] && (act != actEmergency || !q[actRead][key]) {
				items = append(items, key)
			}
		}
		if items = shorthand(items); len(items) == 0 {
			continue
		}
		same := func(g granted) bool { return slices.Equal(g.Items, items) }
		if n := slices.IndexFunc(more, same); n >= 0 {
			more[n].Acts = append(more[n].Acts, act)
			continue
		}
		more = append(more, granted{items, []string{act}})
	}
	return more
}

// shorthand puts a section in place of all its items. Items are in the dictionary's order.
func shorthand(items []string) (short []string) {
	for _, s := range record.Dictionary() {
		var of []string
		for _, i := range s.Items {
			if slices.Contains(items, i.Key()) {
				of = append(of, i.Key())
			}
		}
		if len(of) == len(s.Items) {
			of = []string{s.Name}
		}
		short = append(short, of...)
	}
	return short
}

// longhand returns the items that a name stands for: a section's, or the one; none if there is
// no such thing.
func longhand(name string) (items []string) {
	if s, ok := record.LookupSection(name); ok {
		for _, i := range s.Items {
			items = append(items, i.Key())
		}
		return items
	}
	if _, ok := record.Lookup(name); ok {
		return []string{name}
	}
	return nil
}
