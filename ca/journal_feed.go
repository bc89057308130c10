package ca

import "time"

// shut makes every answer ErrStale at once, until the next good look.
func (f *Feed) shut(cause error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastGood, f.fault = time.Time{}, cause
}

// forget drops what was read of a database that is not the same any more, for who polls: this
// node begins anew, with another lease.
func (f *Feed) forget() {
	f.lease.instance = ""
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started, f.number, f.told, f.instance = false, 0, 0, ""
	f.table.Clear()
	clear(f.known)
}
