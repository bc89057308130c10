// Package authz is the report's Eh-AuthZS, and the only door to records: whoever wants one
// comes through a [Service], made with [New]. People look with [Service.Search], and then
// with [Service.View] on the [Grounds] that they gave, or with [Service.Show] through the
// API; named parts of the server write with [Service.Import] and [Service.Generate].
//
// A look goes through five steps, and types hold their order: decide (package policy makes
// the Decision, and Eh-DAS reads nothing without one), read (package look returns only what
// is sealed), append the event, check again that neither the caller's standing nor their
// permissions changed before that event, and open. Every attempt is an event, a refused one
// too, and it names every record that the answer tells of.
//
// What a session stands on, such as a reason or emergency access, is written in one
// transaction with its event, and not at all for a caller who falls meanwhile.
//
// The package does not establish who is asking (authn does), and it does not keep anyone
// from asking too often.
package authz

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/grounds"
	"mais/server/internal/authz/internal/look"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/authz/internal/rbac"
	"mais/server/internal/record"
)

// Ledger is where every attempt is recorded: an *audit.Log.
type Ledger interface {
	// Append returns when the event is durable.
	Append(context.Context, audit.Event) (audit.Receipt, error)
	// Trail is what it says of opened records, each answer sealed under its event.
	look.Trail
}

// Rechecker says whether a caller still holds: an *authn.Service.
type Rechecker interface {
	// Recheck knows of every change of status and of access up to these numbers before it
	// answers. Its error is an *authn.Refusal when the caller no longer holds.
	Recheck(ctx context.Context, p authn.Principal, statusNumber, accessGeneration int64) error
}

// Options of New. All fields are needed.
type Options struct {
	Source  pg.Source
	Ledger  Ledger
	Recheck Rechecker
}

// Service decides on, reads, records and releases. All its methods may be called concurrently.
type Service struct {
	ledger      Ledger
	recheck     Rechecker
	access      *pg.DB
	permissions *rbac.Cache
	grounds     *grounds.Store
	reader      look.Reader
	records     loader
	finding     chan struct{} // held by whoever finds a number here
}

// loader is all of Eh-DAS that a Service touches itself. It reads through package look, so
// that nothing read is ever in its hands unsealed.
type loader interface {
	Load(ctx context.Context, d policy.Decision, people iter.Seq2[record.Person, error],
		before func(*pg.Tx, data.Loaded) error, progress func(read int)) (data.Loaded, error)
	Close() error
}

// New logs in to the database, in each role that reads or writes records, and as the one
// that reads permissions and keeps grounds: twice, because permissions are read again while
// grounds are being written, and one pool would wait for itself. The caller closes the
// service when nothing calls it any more.
func New(ctx context.Context, o Options) (_ *Service, err error) {
	s := &Service{ledger: o.Ledger, recheck: o.Recheck, finding: make(chan struct{}, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.access, err = o.Source.Open(ctx, pg.Creds); err != nil {
		return nil, fmt.Errorf("open permissions: %w", err)
	}
	s.permissions = rbac.New(s.access)
	if s.grounds, err = grounds.Open(ctx, o.Source); err != nil {
		return nil, err
	}
	records, err := data.Open(ctx, o.Source)
	if err != nil {
		return nil, fmt.Errorf("open records: %w", err)
	}
	s.records, s.reader = records, look.New(records, o.Ledger, s.grounds)
	return s, nil
}

// Close closes the database pools.
func (s *Service) Close() error {
	var errs []error
	if s.records != nil {
		errs = append(errs, s.records.Close())
	}
	if s.grounds != nil {
		errs = append(errs, s.grounds.Close())
	}
	if s.access != nil {
		errs = append(errs, s.access.Close())
	}
	return errors.Join(errs...)
}
