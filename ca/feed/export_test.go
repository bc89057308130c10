package feed

import (
	"time"

	"mais/certs"
)

// Pace watches a clock.
type Pace struct{ pace }

// Observe is for a clock that said now between sent and received.
func (p *Pace) Observe(sent, received, now time.Time) { p.observe(sent, received, now) }

// SteadyFor returns for how long the clock has gone as fast as ours.
func (p *Pace) SteadyFor() time.Duration { return p.steadyFor() }

// Empty forgets what a feed knows of certificates.
func (f *Feed) Empty() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.table.Clear()
	clear(f.known)
}

// Admits reports whether a feed says what it read under a lease, as of a change.
func (f *Feed) Admits(instance string, asOf int64) (bool, error) {
	return f.admit(instance, Standing{Status: certs.Active, AsOf: asOf}, func(Standing) {})
}

// Holder returns the instance as which a feed holds its lease.
func (f *Feed) Holder() string { return f.holder() }

// Learned has a feed know a certificate as if it had been asked about it.
func (f *Feed) Learned(ref certs.Ref, sha256 [32]byte, status certs.Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.table.Put(f.table.Key(ref.Issuer, ref.Serial, &sha256), states[status])
}

// Table returns what a feed's table alone says of a certificate, for nobody else meanwhile.
func (f *Feed) Table(ref certs.Ref, sha256 *[32]byte) certs.Status {
	return statuses[f.table.Get(f.table.Key(ref.Issuer, ref.Serial, sha256))]
}

// Known returns of how many certificates a feed knows the status, and in how many bytes.
func (f *Feed) Known() (certificates, bytes int) { return f.table.Len(), f.table.Bytes() }

// LookedAt has a feed take its last good look for one that began at a moment.
func (f *Feed) LookedAt(began time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastGood = began
}
