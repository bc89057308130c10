// Package oversight is the governance officer's: to find out from the audit who did what, to see
// one session's story and who looked at a person, to count, to export, and to settle the alerts
// that the service raises by itself. Make a [Service] with [New]; [Service.Run] raises alerts, and
// has mail tell governance officers of them.
//
// Every reading is an entry itself, and nothing that was read is given out before that entry is
// durable and its reader was looked at once more: read sealed, append, check, open. So a method
// appends one event, whatever comes of it, but for two cases: whose reader fell between the entry
// and the check has a second, of the refusal; and where the error is audit.ErrUnavailable nobody
// knows whether there is one.
//
// It reads no record: a person is a number here. What the ledger says is as true as those who
// appended to it.
package oversight

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"mais/config"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
	"mais/server/internal/people"
)

// The acts of a review in the audit.
const (
	ActSearch   = audit.ActList
	ActEntry    = "audit.entry"
	ActSession  = "audit.session"
	ActPerson   = "audit.person"
	ActRefusals = "audit.refusals"
	ActFigures  = "audit.figures"
	ActExport   = "audit.export"
	ActAlerts   = "audit.alerts"
	ActSettle   = audit.ActSettled
)

// Errors are those of package manage, so that callers tell one set apart: ErrNotAllowed, ErrUnknown,
// ErrSettled, ErrOwn, and *lifecycle.InvalidError for what was asked badly.
var (
	errNotAllowed = manage.ErrNotAllowed
	errUnknown    = manage.ErrUnknown
	errOwn        = manage.ErrOwn
	errSettled    = manage.ErrSettled
)

// Rechecker says whether a caller still holds.
type Rechecker interface {
	Recheck(ctx context.Context, p authn.Principal, statusNumber, accessGeneration int64) error
}

// Register is who is registered.
type Register interface {
	FindUsers(ctx context.Context, part string, limit int) ([]people.Found, error)
}

// Options of New. All fields are needed.
type Options struct {
	Log      *audit.Log
	Recheck  Rechecker
	Register Register
	Alerts   config.Alerts
	Post     Post
	Logger   *slog.Logger
}

// Service reviews. Its methods may be called concurrently.
type Service struct {
	opts Options
	now  func() time.Time
}

// New returns a service over what the options name.
func New(o Options) *Service { return &Service{opts: o, now: time.Now} }

// Look is an attempt to read the audit: who tries, and what is known of the request.
type Look struct {
	Principal authn.Principal
	Request   audit.Event
}

func (l Look) event(act string) audit.Event {
	e := l.Request
	e.Act, e.Outcome = act, audit.Allowed
	return e
}

// Reviews reports whether somebody reads the audit.
func Reviews(p authn.Principal) bool {
	return p.User() != "" && slices.Contains(p.Roles(), authz.Reviewer)
}

// released does a whole reading: may they, read, append, check again, open.
func released[T any](ctx context.Context, s *Service, l Look, e audit.Event, read func(audit.Event) (audit.Sealed[T], error)) (T, error) {
	var none T
	if !Reviews(l.Principal) {
		return none, s.failed(ctx, e, errNotAllowed)
	}
	sealed, err := read(e)
	if err != nil {
		return none, s.failed(ctx, e, err)
	}
	receipt, err := s.append(ctx, l, sealed.Event())
	if err != nil {
		return none, err
	}
	return sealed.Open(receipt)
}

// append records the event of a reading and checks the reader again.
func (s *Service) append(ctx context.Context, l Look, e audit.Event) (audit.Receipt, error) {
	receipt, err := s.opts.Log.Append(ctx, e)
	if err != nil {
		return audit.Receipt{}, err
	}
	if err := s.opts.Recheck.Recheck(ctx, l.Principal, receipt.StatusNumber(), receipt.AccessGeneration()); err != nil {
		return audit.Receipt{}, s.failed(ctx, e, fmt.Errorf("release: %w", err))
	}
	return receipt, nil
}

// failed records e as the attempt that ended with err, and returns what the caller learns.
func (s *Service) failed(ctx context.Context, e audit.Event, err error) error {
	var refusal *authn.Refusal
	e.Rows = 0
	switch {
	case errors.Is(err, errNotAllowed):
		e.Outcome, e.Reason = audit.Refused, "not-permitted"
	case errors.Is(err, errOwn):
		e.Outcome, e.Reason = audit.Refused, "own"
	case errors.As(err, &refusal):
		e.Outcome, e.Reason = audit.Refused, string(refusal.Kind)
	case errors.Is(err, ErrBusy):
		e.Outcome, e.Reason = audit.Refused, "busy"
	case errors.Is(err, errUnknown):
		e.Outcome, e.Reason = audit.Failed, "not-found"
	case errors.Is(err, errSettled):
		e.Outcome, e.Reason = audit.Failed, "settled already"
	case errors.Is(err, lifecycle.ErrInvalid):
		e.Outcome, e.Reason = audit.Failed, "invalid: "+err.Error()
	default:
		e.Outcome, e.Reason = audit.Failed, "unavailable"
		s.opts.Logger.ErrorContext(ctx, "the audit cannot be read", "request", e.Request, "error", err)
		err = fmt.Errorf("%w: %w", authz.ErrUnavailable, err)
	}
	if _, aerr := s.opts.Log.Append(context.WithoutCancel(ctx), e); aerr != nil {
		return fmt.Errorf("%w (after: %v)", aerr, err)
	}
	return err
}
