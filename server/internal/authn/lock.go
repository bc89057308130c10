package authn

import (
	"context"
	"errors"
	"time"

	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
)

// lockEarly is the part of the time until the lock by which a browser's clock may be fast.
const lockEarly = 60

// ErrInUse is returned when a screen locks and its session was used meanwhile, from another
// window.
var ErrInUse = errors.New("authn: the session is in use")

// LockAfter returns how long after the last use of a session a screen locks, where idle is how
// long a session lasts that nobody uses. Uses are marked now and then, so the session may end
// that much sooner than its last use says; until the lock it can always be kept.
func LockAfter(idle time.Duration) time.Duration { return idle - creds.Limits{Idle: idle}.Rest() }

// Touch marks the session of v as used, once a minute. Call it for what its holder asked for
// and nothing else: not for a request that is refused, nor for what a page of another origin
// made the browser send. The error is a *Refusal.
func (s *Service) Touch(ctx context.Context, v *Verdict) error {
	if !v.rested {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	if err := s.store.Touch(ctx, v.key); err != nil {
		return refuse(StatusStale, err)
	}
	return nil
}

// Lock is for a screen that locks because nobody used it. It ends the session of v and marks
// the connection to be closed, as SignOut does, provided that nobody used the session from
// any window for as long as LockAfter says; e completes its event then. Otherwise the error is
// ErrInUse: a window that was left open knows nothing of the others where scripts don't run,
// and must not sign out who works in them. Uses within the minute that is not marked don't
// count, so a window may be locked that much early. A session that was over already, or none,
// is no error.
func (s *Service) Lock(ctx context.Context, v *Verdict, e audit.Event) (ended bool, err error) {
	if v.refusal != nil || v.facts.Session == "" {
		return false, nil
	}
	after := LockAfter(s.opts.SessionIdle)
	e.Act, e.Outcome, e.Reason = actEnd, audit.Allowed, reasonLock
	err = s.store.EndUnused(ctx, v.key, after-after/lockEarly, reasonLock, func(creds.Session) audit.Event {
		ended = true
		return e
	})
	switch {
	case err != nil:
		return false, err
	case ended:
		v.known.doomed.Store(true)
		return true, nil
	}
	found, err := s.store.Find(ctx, v.key, s.limits)
	if err != nil {
		return false, err
	}
	if found.Live {
		return false, ErrInUse
	}
	v.stale = true // of two windows that lock at once, this was the second
	return false, nil
}
