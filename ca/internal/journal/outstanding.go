package journal

import (
	"fmt"
	"slices"
)

// Outstanding collects what entries took away and nothing lifted. Add entries in any order,
// each as often as comes: the outcome is the same.
type Outstanding struct {
	taken  map[Name]Entry
	void   map[Name]bool
	lifted map[lift]bool
}

// lift is one thing for which an entry no longer counts.
type lift struct {
	entry Name
	what  string
}

// Add takes in an entry. One of a kind that is not known here was written by a later version:
// it may take away, so that going on without it is no choice.
func (o *Outstanding) Add(e Entry) error {
	if o.taken == nil {
		o.taken, o.void, o.lifted = map[Name]Entry{}, map[Name]bool{}, map[lift]bool{}
	}
	switch e.Kind {
	case Begin:
	case Hold, Revoke, Supersede, Spend, Withdraw:
		o.taken[e.Name] = e
	case Release, Grant:
		for _, name := range e.Lifts {
			for _, what := range e.What {
				o.lifted[lift{name, what}] = true
			}
		}
	case Void:
		for _, name := range e.Lifts {
			o.void[name] = true
		}
	default:
		return fmt.Errorf("journal %s, entry %d: kind %q is of a later version of this program: use that", e.Journal, e.Number, e.Kind)
	}
	return nil
}

// Taken returns the entries that count, in no order, each with what of it counts. Only a hold
// and a withdrawal can be lifted.
func (o *Outstanding) Taken() []Entry {
	var out []Entry
	for name, e := range o.taken {
		if o.void[name] {
			continue
		}
		if e.Kind == Hold || e.Kind == Withdraw {
			e.What = slices.DeleteFunc(slices.Clone(e.What), func(what string) bool { return o.lifted[lift{name, what}] })
		}
		if len(e.What) > 0 {
			out = append(out, e)
		}
	}
	return out
}
