package ui

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// Counter is how far something is, for a line that is drawn beside the work: see [Screen.Live].
type Counter struct{ n atomic.Int64 }

// Add counts n more.
func (c *Counter) Add(n int) { c.n.Add(int64(n)) }

// Set counts anew.
func (c *Counter) Set(n int) { c.n.Store(int64(n)) }

// Load returns the count.
func (c *Counter) Load() int { return int(c.n.Load()) }

// Of says the count, out of all, of what.
func (c *Counter) Of(all int, what string) string {
	return fmt.Sprintf("%s: %d of %d", strings.TrimSpace(what), c.n.Load(), all)
}
