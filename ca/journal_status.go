package ca

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mais/ca/internal/journal"
)

// JournalState is how a journal stands.
type JournalState struct {
	Journal  string
	Node     string // the host that writes it, or wrote it
	Here     int64  // its last entry, if it lies here or in the second place; 0: it does not
	Database int64  // up to which the database has it
	Seen     int64  // the highest that anybody remembers, where that is more
	Lost     int64  // up to which it was declared lost
}

// Missing reports whether the database lacks entries that somebody remembers.
func (s JournalState) Missing() bool { return s.Seen > s.Database && s.Seen > s.Lost }

// Journals verifies every journal that lies here, and returns how they and those that the
// database was written by last stand, by their host.
func (c *CA) Journals(ctx context.Context) ([]JournalState, error) {
	states := map[string]*JournalState{}
	state := func(id string) *JournalState {
		if states[id] == nil {
			states[id] = &JournalState{Journal: id, Node: "?"}
		}
		return states[id]
	}
	heads, err := c.keeper.Read(func(e journal.Entry) error {
		if e.Kind == journal.Begin {
			state(e.Journal).Node = e.Node
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("verify the journals: %w", err)
	}
	var here []string
	for _, h := range heads {
		state(h.Journal).Here, here = h.Number, append(here, h.Journal)
	}
	look, err := c.keeper.Look(ctx, here...)
	if err != nil {
		return nil, err
	}
	for _, h := range look.Heads {
		s := state(h.Journal)
		s.Database, s.Seen, s.Lost = h.Number, h.Seen, h.Lost
		if h.Node != "?" {
			s.Node = h.Node
		}
	}
	var all []JournalState
	for _, s := range states {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b JournalState) int { return strings.Compare(a.Node+" "+a.Journal, b.Node+" "+b.Journal) })
	return all, nil
}
