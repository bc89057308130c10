package ca

import "time"

// LookedAt has a feed take its last good look for one that began at a moment.
func (f *Feed) LookedAt(began time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastGood = began
}
