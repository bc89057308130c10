package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/ca/feed/internal/standing"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

const (
	// tableBytes bounds the memory of what callers are asked for: some 2,000,000 certificates.
	// Beyond it one is forgotten for each that is learned, and asked for again. While it grows it takes twice as much.
	tableBytes = 16 << 20
	// maxKnown bounds the certificates that OCSP remembers, with reason and time: as many as
	// it keeps answers about.
	maxKnown = 1 << 14
	// maxOvertaken is how often a question to the database is asked again because changes have
	// been applied while it was on its way.
	maxOvertaken = 5
)

// Standing is how a certificate stands, in all that OCSP tells of it. The zero Standing is of
// what was never issued.
type Standing struct {
	sha256 [32]byte
	Status certs.Status
	Reason int // of RFC 5280
	Since  time.Time
	AsOf   int64 // changes up to this number are in it
}

// states are the statuses as the table holds them. A status that is not known here is not held.
var states = map[certs.Status]standing.State{certs.Active: 1, certs.Held: 2, certs.Revoked: 3, certs.Superseded: 4}

// unsaid is the state of a certificate whose status has become none of these.
const unsaid standing.State = 5

// statuses is the way back; what is unsaid is asked of the database.
var statuses = [...]certs.Status{1: certs.Active, 2: certs.Held, 3: certs.Revoked, 4: certs.Superseded, unsaid: ""}

// Status returns how a certificate stands, given the SHA-256 of its DER. ErrUnknown means
// that the inventory has no such certificate, although the signature may be good: raise an
// alarm. ErrStale means that nothing can be said. Either way, refuse.
func (f *Feed) Status(ctx context.Context, ref certs.Ref, sha256 [32]byte) (certs.Status, error) {
	key := f.table.Key(ref.Issuer, ref.Serial, &sha256)
	f.mu.Lock()
	err := f.fresh()
	status := statuses[f.table.Get(key)]
	f.mu.Unlock()
	if err != nil {
		return "", err
	}
	if status != "" {
		return status, nil
	}
	s, err := f.read(ctx, ref, func(s Standing) {
		// What is newer than the changes applied so far is not kept: those to come, which are
		// in it, would set it back for a moment.
		if state, ok := states[s.Status]; ok && s.AsOf == f.number && s.sha256 == sha256 {
			f.table.Put(key, state)
		}
	})
	if err != nil {
		return "", err
	}
	if s.sha256 != sha256 {
		return "", fmt.Errorf("%w: %s is recorded with another SHA-256", ErrUnknown, ref)
	}
	return s.Status, nil
}

// Remembered returns what OCSP remembers of a certificate, or ErrStale.
func (f *Feed) Remembered(ref certs.Ref) (s Standing, known bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.fresh(); err != nil {
		return Standing{}, false, err
	}
	s, known = f.known[ref]
	return s, known, nil
}

// Learn asks the database how a certificate stands, for OCSP, which remembers it.
func (f *Feed) Learn(ctx context.Context, ref certs.Ref) (Standing, error) {
	return f.read(ctx, ref, func(s Standing) { f.remember(ref, s) })
}

// remember has OCSP remember how a certificate stands, for who holds mu.
func (f *Feed) remember(ref certs.Ref, s Standing) {
	if _, ok := f.known[ref]; !ok && len(f.known) >= maxKnown {
		for other := range f.known { // any
			delete(f.known, other)
			break
		}
	}
	f.known[ref] = s
}

// heard brings what is known of a certificate up to date, for who holds mu.
func (f *Feed) heard(c store.Change) {
	if sum := ([32]byte{}); copy(sum[:], c.SHA256) == len(sum) {
		state, ok := states[certs.Status(c.Status)]
		if !ok {
			state = unsaid
		}
		f.table.Update(f.table.Key(c.Ref.Issuer, c.Ref.Serial, &sum), state)
	}
	if s, ok := f.known[c.Ref]; ok && s.AsOf < c.Number {
		s.Status, s.Reason, s.Since, s.AsOf = certs.Status(c.Status), c.Reason, c.Since, c.Number
		f.known[c.Ref] = s
	}
}

// read asks the database how a certificate stands. The answer comes with the number of the last
// change in it: one that changes have overtaken since is not given, because this node may have
// acknowledged them. keep is called with mu held when the answer is decided.
func (f *Feed) read(ctx context.Context, ref certs.Ref, keep func(Standing)) (Standing, error) {
	for range maxOvertaken {
		asked := f.holder()
		s, err := f.ask(ctx, ref)
		if errors.Is(err, ErrUnknown) {
			if stale := f.Fresh(); stale != nil {
				err = stale
			}
		}
		if err != nil {
			return Standing{}, err
		}
		if current, err := f.admit(asked, s, keep); current || err != nil {
			return s, err
		}
	}
	return Standing{}, fmt.Errorf("%w: the status of %s changes faster than it can be asked for", ErrStale, ref)
}

func (f *Feed) ask(ctx context.Context, ref certs.Ref) (Standing, error) {
	read, err := store.ReadStanding(ctx, f.db, ref)
	if errors.Is(err, pg.ErrNoRows) {
		return Standing{}, fmt.Errorf("%w: %s", ErrUnknown, ref)
	}
	if err != nil {
		return Standing{}, fmt.Errorf("%w: %w", ErrStale, err)
	}
	s := Standing{Status: certs.Status(read.Status), Reason: read.Reason, Since: read.At, AsOf: read.Number}
	if copy(s.sha256[:], read.SHA256) != len(s.sha256) {
		return Standing{}, fmt.Errorf("read the status of %s: a SHA-256 of %d bytes", ref, len(read.SHA256))
	}
	return s, nil
}

// admit decides, at the moment of the answer, whether what the instance asked has read may be
// said: this node still holds that lease, is fresh, and has applied nothing newer.
func (f *Feed) admit(asked string, s Standing, keep func(Standing)) (current bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.fresh(); err != nil {
		return false, err
	}
	if current = f.instance == asked && s.AsOf >= f.number; current {
		keep(s)
	}
	return current, nil
}

// holder returns the instance as which this node holds its lease.
func (f *Feed) holder() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.instance
}
