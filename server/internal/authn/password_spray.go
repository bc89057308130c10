package authn

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
)

// Who sprays tries a few passwords on many names, so that no name is tried often. The database counts,
// for all nodes together, on how many names each source failed within the last quarter of an hour and on
// how many the same password did, whatever the sources. Of a password it has two bytes of a hash
// under a key that it has not: many share them, and nobody can look a password up by them. Of one that was
// right, and whose code or place was not, it has nothing.
var spraying = creds.Spraying{Window: 15 * time.Minute, Source: 12, Password: 25, InAll: 120}

// wordBytes are what is kept of the hash of a password that was tried.
const wordBytes = 2

// spray are the figures of this process.
type spray struct{ failed, alarms atomic.Int64 }

// PasswordFigures returns how many tries failed here and how many alarms were raised here since the start.
func (s *Service) PasswordFigures() (failed, alarms int64) {
	if s.passwords == nil {
		return 0, 0
	}
	return s.passwords.spray.failed.Load(), s.passwords.spray.alarms.Load()
}

// noteFailure raises the alarm when a failure completes a pattern. The event is that of the
// request that did, and names nobody: whoever was tried has done nothing.
func (s *Service) noteFailure(ctx context.Context, v *Verdict, at attempt, e audit.Event) {
	ctx, p := context.WithoutCancel(ctx), s.passwords // who hangs up is counted too
	p.spray.failed.Add(1)
	failure := creds.Failure{Name: at.name, Source: sourceBytes(v.known.address)}
	if !at.right {
		failure.Word = keyed(p.keys.word, at.typed)[:wordBytes]
	}
	found, err := s.store.NoteFailure(ctx, failure, spraying)
	if err != nil {
		s.opts.Logger.WarnContext(ctx, "a wrong password is not counted among those that are tried on many names", "error", err)
	}
	if err != nil || found.Kind == "" {
		return
	}
	p.spray.alarms.Add(1)
	e.Act, e.Outcome = "alarm.spraying", audit.Refused
	e.User, e.UserName, e.Agency, e.Site, e.Roles, e.Session, e.AuthMethod = "", "", "", "", nil, "", ""
	e.Detail = map[string]string{"in_common": found.Kind, "names": strconv.Itoa(found.Names), "sources": strconv.Itoa(found.Sources), "within": spraying.Window.String()}
	s.opts.Logger.ErrorContext(ctx, "ALARM: passwords are being tried on many names",
		"in_common", found.Kind, "names", found.Names, "sources", found.Sources, "address", v.known.address.String())
	if _, err := s.opts.Ledger.Append(ctx, e); err != nil {
		s.opts.Logger.ErrorContext(ctx, "the alarm is not in the audit", "error", err)
	}
}
