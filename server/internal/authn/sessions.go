package authn

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
)

// Why sessions end that somebody ends from elsewhere.
const (
	ReasonHolder        = "ended-by-holder"
	ReasonAdministrator = "ended-by-administrator"
)

// keepEnded is how long an ended session is kept: the ledger says for ever what became of it.
const keepEnded = 90 * 24 * time.Hour

// forgetAtOnce is how many ended sessions one sweep forgets.
const forgetAtOnce = 1000

// OpenSession is a session that lives. Its key opens nothing.
type OpenSession = creds.OpenSession

// SessionChoice says which open sessions are listed.
type SessionChoice = creds.Choice

// Sessions returns the open sessions of a choice, the last used first, and how many there are.
// A session's time of last use is marked once a minute.
func (s *Service) Sessions(ctx context.Context, c SessionChoice) ([]OpenSession, int, error) {
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	return s.store.List(ctx, s.limits, s.passwordLimits(), c)
}

// EndSession ends one session with its event, in whose detail stands who ended it, and reports
// whether it was still open.
func (s *Service) EndSession(ctx context.Context, v OpenSession, reason string, by Principal) (ended bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	err = s.store.End(ctx, v.Key, reason, func(v creds.Session) audit.Event {
		ended = true
		return endedBy(v, reason, by)
	})
	return ended && err == nil, err
}

// EndSessionsOf ends all sessions of a user but that of a key, each with its own event; the zero
// key spares none. It returns how many it ended.
func (s *Service) EndSessionsOf(ctx context.Context, user string, but [32]byte, reason string, by Principal) (ended int, err error) {
	return s.endOfUser(ctx, user, but, reason, func(v creds.Session) audit.Event { return endedBy(v, reason, by) })
}

// EndOf ends all sessions of a user, each with its own event, and returns how many there were.
// It may be called again: a session that is over stays as it ended.
func (s *Service) EndOf(ctx context.Context, user, reason string) (ended int, err error) {
	return s.endOfUser(ctx, user, creds.SessionKey{}, reason, func(v creds.Session) audit.Event { return ending(v, reason) })
}

func (s *Service) endOfUser(ctx context.Context, user string, but creds.SessionKey, reason string, describe func(creds.Session) audit.Event) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	ended := map[creds.SessionKey]bool{} // a transaction may be tried more than once
	err := s.store.EndOfUser(ctx, user, but, reason, func(v creds.Session) audit.Event {
		ended[v.Key] = true
		return describe(v)
	})
	if err != nil {
		return 0, fmt.Errorf("end the sessions of a user: %w", err)
	}
	return len(ended), nil
}

// endedBy is the event of a session's end at somebody's hand. It is the holder's event: who did
// it, and from where, stands in its detail.
func endedBy(v creds.Session, reason string, by Principal) audit.Event {
	e := ending(v, reason)
	e.Detail = map[string]string{"by": by.User(), "by_name": by.Name(), "by_address": text(by.Address())}
	return e
}

func text(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// forget deletes sessions that ended long ago. What fails is tried again at the next sweep.
func (s *Service) forget(ctx context.Context) {
	if _, err := s.store.Forget(ctx, keepEnded, forgetAtOnce); err != nil && ctx.Err() == nil {
		s.opts.Logger.WarnContext(ctx, "ended sessions are not forgotten yet", "error", err)
	}
}
