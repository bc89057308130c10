package ca

import (
	"context"
	"errors"
	"fmt"
	"time"

	standings "mais/ca/internal/standing"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

const (
	// tableBytes bounds the memory of what callers are asked for: some 2,000,000 certificates.
	// Beyond it one is forgotten for each that is learned, and asked for again.
	tableBytes = 16 << 20
	// maxKnown bounds the certificates that OCSP remembers, with reason and time: as many as
	// it keeps answers about.
	maxKnown = maxAnswers
	// maxOvertaken is how often a question to the database is asked again because changes have
	// been applied while it was on its way.
	maxOvertaken = 5
)

// standing is how a certificate stands in all that OCSP tells of it.
type standing struct {
	sha256 [32]byte
	status Status
	reason Reason
	since  time.Time
	asOf   int64 // changes up to this number are in it
}

// states are the statuses as the table holds them. A status that is not known here is not held.
var states = map[Status]standings.State{Active: 1, Held: 2, Revoked: 3, Superseded: 4}

// unsaid is the state of a certificate whose status has become none of these.
const unsaid standings.State = 5

// statuses is the way back; what is unsaid is asked of the database.
var statuses = [...]Status{1: Active, 2: Held, 3: Revoked, 4: Superseded, unsaid: ""}

// Status returns how a certificate stands, given the SHA-256 of its DER. ErrUnknown means
// that the inventory has no such certificate, although the signature may be good: raise an
// alarm. ErrStale means that nothing can be said. Either way, refuse.
func (f *Feed) Status(ctx context.Context, ref certs.Ref, sha256 [32]byte) (Status, error) {
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
	s, err := f.learn(ctx, ref, func(s standing) {
		// What is newer than the changes applied so far is not kept: those to come, which are
		// in it, would set it back for a moment.
		if state, ok := states[s.status]; ok && s.asOf == f.number && s.sha256 == sha256 {
			f.table.Put(key, state)
		}
	})
	if err != nil {
		return "", err
	}
	if s.sha256 != sha256 {
		return "", fmt.Errorf("%w: %s is recorded with another SHA-256", ErrUnknown, ref)
	}
	return s.status, nil
}

// remembered returns what OCSP remembers of a certificate, or ErrStale.
func (f *Feed) remembered(ref certs.Ref) (s standing, known bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.fresh(); err != nil {
		return standing{}, false, err
	}
	s, known = f.known[ref]
	return s, known, nil
}

// learnAll is learn for OCSP, which remembers what was learned.
func (f *Feed) learnAll(ctx context.Context, ref certs.Ref) (standing, error) {
	return f.learn(ctx, ref, func(s standing) { f.remember(ref, s) })
}

// remember has OCSP remember how a certificate stands, for who holds mu.
func (f *Feed) remember(ref certs.Ref, s standing) {
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
		state, ok := states[Status(c.Status)]
		if !ok {
			state = unsaid
		}
		f.table.Update(f.table.Key(c.Ref.Issuer, c.Ref.Serial, &sum), state)
	}
	if s, ok := f.known[c.Ref]; ok && s.asOf < c.Number {
		s.status, s.reason, s.since, s.asOf = Status(c.Status), Reason(c.Reason), c.Since, c.Number
		f.known[c.Ref] = s
	}
}

// learn asks the database how a certificate stands. The answer comes with the number of the last
// change in it: one that changes have overtaken since is not given, because this node may have
// acknowledged them. keep is called with mu held when the answer is decided.
func (f *Feed) learn(ctx context.Context, ref certs.Ref, keep func(standing)) (standing, error) {
	for range maxOvertaken {
		asked := f.holder()
		s, err := f.ask(ctx, ref)
		if errors.Is(err, ErrUnknown) {
			if stale := f.Fresh(); stale != nil {
				err = stale
			}
		}
		if err != nil {
			return standing{}, err
		}
		if current, err := f.admit(asked, s, keep); current || err != nil {
			return s, err
		}
	}
	return standing{}, fmt.Errorf("%w: the status of %s changes faster than it can be asked for", ErrStale, ref)
}

func (f *Feed) ask(ctx context.Context, ref certs.Ref) (standing, error) {
	read, err := store.ReadStanding(ctx, f.db, ref)
	if errors.Is(err, pg.ErrNoRows) {
		return standing{}, fmt.Errorf("%w: %s", ErrUnknown, ref)
	}
	if err != nil {
		return standing{}, fmt.Errorf("%w: %w", ErrStale, err)
	}
	s := standing{status: Status(read.Status), reason: Reason(read.Reason), since: read.At, asOf: read.Number}
	if copy(s.sha256[:], read.SHA256) != len(s.sha256) {
		return standing{}, fmt.Errorf("read the status of %s: a SHA-256 of %d bytes", ref, len(read.SHA256))
	}
	return s, nil
}

// admit decides, at the moment of the answer, whether what the instance asked has read may be
// said: this node still holds that lease, is fresh, and has applied nothing newer.
func (f *Feed) admit(asked string, s standing, keep func(standing)) (current bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.fresh(); err != nil {
		return false, err
	}
	if current = f.instance == asked && s.asOf >= f.number; current {
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
