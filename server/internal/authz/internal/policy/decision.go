package policy

import (
	"encoding/hex"

	"mais/server/internal/record"
)

// Decision is which items one act may touch. Only this package makes one that allows
// anything; the zero Decision allows nothing. Decisions compare with ==.
type Decision struct {
	act       Act
	items     itemSet
	emergency bool
}

// Act returns the act decided on.
func (d Decision) Act() Act { return d.act }

// Emergency reports whether emergency access was counted in.
func (d Decision) Emergency() bool { return d.emergency }

// Only returns d cut to the items of these keys. It allows nothing that d does not.
func (d Decision) Only(keys ...string) Decision {
	var only itemSet
	for _, key := range keys {
		if d.Allows(key) {
			only = only.with(index[key])
		}
	}
	d.items = only
	return d
}

// Allows reports whether the act may touch the item ("section.item"). An unknown item it may not.
func (d Decision) Allows(key string) bool {
	i, known := index[key]
	return known && d.items.has(i)
}

// Any reports whether the act may touch any item at all.
func (d Decision) Any() bool { return d.items != "" }

// Items returns the keys of the allowed items, in the dictionary's order.
func (d Decision) Items() []string {
	var keys []string
	for i, item := range items {
		if d.items.has(i) {
			keys = append(keys, item.Key())
		}
	}
	return keys
}

// Shorthand is Items with "section.*" in place of all the items of a section when each is
// allowed: what the audit records at every look, where sixty names would cost more than
// the look itself.
func (d Decision) Shorthand() []string {
	var keys []string
	next := 0
	for _, section := range record.Dictionary() {
		first := len(keys)
		for _, item := range section.Items {
			if d.items.has(next) {
				keys = append(keys, item.Key())
			}
			next++
		}
		if len(keys)-first == len(section.Items) {
			keys = append(keys[:first], section.Name+".*")
		}
	}
	return keys
}

// Full reports whether an allowed item is for the full audience, so that the restricted
// database login could not serve the decision.
func (d Decision) Full() bool {
	for i, item := range items {
		if item.Audience == record.Full && d.items.has(i) {
			return true
		}
	}
	return false
}

// restricted is the items of d that are for the restricted audience.
func (d Decision) restricted() (only itemSet) {
	for i, item := range items {
		if item.Audience == record.Restricted && d.items.has(i) {
			only = only.with(i)
		}
	}
	return only
}

// Key names the act and the set of items: two decisions have the same key exactly when they
// allow the same, in an emergency or not. It serves caches of what depends on the decision alone, such as SQL text.
func (d Decision) Key() string { return d.act.String() + ":" + hex.EncodeToString([]byte(d.items)) }

// itemSet is a set of indices into items, eight to a byte, without trailing zero bytes. As a
// string it compares with == and nobody can change it.
type itemSet string

var everything = func() (all itemSet) {
	for i := range items {
		all = all.with(i)
	}
	return all
}()

func (s itemSet) has(i int) bool { return i/8 < len(s) && s[i/8]&(1<<(i%8)) != 0 }

func (s itemSet) with(i int) itemSet {
	b := make([]byte, max(len(s), i/8+1))
	copy(b, s)
	b[i/8] |= 1 << (i % 8)
	return itemSet(b)
}

func (s itemSet) union(o itemSet) itemSet {
	if len(s) < len(o) {
		s, o = o, s
	}
	b := []byte(s)
	for i := range len(o) {
		b[i] |= o[i]
	}
	return itemSet(b)
}
