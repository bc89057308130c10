package pivtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Fate is what becomes of a card at a command.
type Fate int

// The fates of a card.
const (
	Stay      Fate = iota
	Pull           // the card is pulled out before it gets the command
	PullAfter      // the card does as it is told and is pulled out before it can say so
)

// Hook is told of each command before the card gets it: the n-th since the hook was set,
// counted from 1. It may use the card.
type Hook func(n int, apdu []byte) Fate

// Before sets the hook; nil takes it away.
func (c *Card) Before(hook Hook) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hook, c.sent = hook, 0
}

// PullAt returns a hook that pulls the card out before its n-th command.
func PullAt(n int) Hook {
	return func(i int, _ []byte) Fate {
		if i == n {
			return Pull
		}
		return Stay
	}
}

// Tally is how many commands a card got, by instruction. Each part of a chain and each GET
// RESPONSE counts: they are what goes over the wire.
type Tally map[byte]int

// Total is the sum over all instructions.
func (t Tally) Total() (n int) {
	for _, count := range t {
		n += count
	}
	return n
}

// String lists the instructions by name.
func (t Tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d:", t.Total())
	for _, ins := range slices.Sorted(maps.Keys(t)) {
		name := fmt.Sprintf("%02X", ins)
		if known, ok := instructions[ins]; ok {
			name = known.name
		}
		fmt.Fprintf(&b, " %s %d", name, t[ins])
	}
	return b.String()
}

// Counted returns what the card got since it was made or last asked.
func (c *Card) Counted() Tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tally
	c.tally = nil
	return t
}

// fate counts a command and asks the hook, without the lock so that the hook can use the card.
func (c *Card) fate(apdu []byte) Fate {
	c.mu.Lock()
	if len(apdu) > 1 {
		if c.tally == nil {
			c.tally = Tally{}
		}
		c.tally[apdu[1]]++
	}
	c.sent++
	hook, n := c.hook, c.sent
	c.mu.Unlock()
	if hook == nil {
		return Stay
	}
	return hook(n, apdu)
}
