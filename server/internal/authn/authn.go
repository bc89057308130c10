// Package authn is the report's Eh-AuthNS: it says who is asking, from where, and whether
// that still holds. Make one [Service] with [New], keep it current with [Service.Run], hang
// [Service.ConnContext], [Service.ConnState] and [Service.Middleware] on each TLS listener,
// and read the answer with [FromContext]. Say with [Service.Touch] that a request is a use of
// the session that came along. Before anything that was read is released, ask
// [Service.Recheck] with the numbers of the audit's receipt.
//
// The verdict on a certificate is reached once for each connection and only after the TLS
// handshake has proved possession of the key; its status, the caller's address, roles and
// session are looked at for every request. Addresses come from the socket alone.
//
// It does not decide what a caller may do (authz), and it does not say that the person at
// the keyboard is the holder: a software token copied with its passphrase is as good as the
// original until it is revoked.
package authn

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"mais/ca/feed"
	"mais/certs"
	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/withdrawal"
)

// The listeners that callers come in by, as they stand in sessions and in the audit.
const (
	Public = "public"
	Mutual = "mutual"
)

// Every bound of authentication that is no setting.
const (
	unprovenLife   = 10 * time.Second                // of a connection whose caller has not been admitted
	unprovenBusy   = 40 * time.Second                // of one on which something is in hand: no answer takes longer
	connectionLife = 5 * time.Minute                 // a pulled card is noticed by then
	connectionSoft = connectionLife - 30*time.Second // from then on an answer asks the client to reconnect
	doomedLife     = time.Second                     // what is being answered on a connection may finish so long after its certificate fell
	dbPatience     = 5 * time.Second                 // for one question to the database
	sweepEvery     = time.Minute                     // between looks for sessions that are over
	retryEvery     = 500 * time.Millisecond          // after a failed attempt to end sessions
)

// Authority is what authn asks of the certificate authority about a certificate's issuer.
type Authority interface {
	Issuers() []*x509.Certificate
	RefOf(*x509.Certificate) (certs.Ref, bool)
}

// Feed is what authn asks about a certificate's standing: the inventory, kept in memory and
// no older than its limit.
type Feed interface {
	Status(ctx context.Context, ref certs.Ref, sum [32]byte) (certs.Status, error)
	CatchUp(ctx context.Context, number int64) error
	Look(context.Context) error
	Fresh() error
	OnChange(func(feed.Change))
	OnReopen(func(context.Context) error)
}

// Ledger is the audit log.
type Ledger interface {
	Append(context.Context, audit.Event) (audit.Receipt, error)
}

// Options of New. All fields are needed but Now.
type Options struct {
	Source       pg.Source
	Authority    Authority
	Feed         Feed
	Ledger       Ledger
	Logger       *slog.Logger
	Stale        time.Duration // how old the knowledge of users and networks may be
	SessionIdle  time.Duration
	SessionTotal time.Duration
	Passwords    *PasswordOptions // nil: nobody comes in with a password
	Journal      withdrawal.Journal
	Now          func() time.Time // for the validity of certificates; time.Now unless given
}

// Service authenticates callers. All its methods may be called concurrently.
type Service struct {
	opts      Options
	store     *creds.Store
	directory *directory
	limits    creds.Limits
	passwords *passwords

	mu          sync.Mutex
	open        map[net.Conn]*connection
	connections map[certs.Ref]map[*connection]struct{} // those whose certificate was proved
	fallen      map[certs.Ref]string                   // certificates whose sessions are to be ended, and why
	fell        chan struct{}                          // of one: fallen is not empty
	alarmed     map[[32]byte]bool                      // certificates that an alarm was raised about
}

// New logs in to the database and reads who and what is recognised; the caller closes the
// service when nothing calls it any more.
func New(ctx context.Context, o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	store, err := creds.Open(ctx, o.Source, o.Journal)
	if err != nil {
		return nil, err
	}
	s := &Service{
		opts: o, store: store, directory: newDirectory(store, o.Stale),
		limits:      creds.Limits{Idle: o.SessionIdle, Total: o.SessionTotal},
		open:        make(map[net.Conn]*connection),
		connections: make(map[certs.Ref]map[*connection]struct{}),
		fallen:      make(map[certs.Ref]string),
		fell:        make(chan struct{}, 1),
		alarmed:     make(map[[32]byte]bool),
	}
	if err := s.directory.refresh(ctx); err != nil {
		store.Close()
		return nil, fmt.Errorf("read users and networks: %w", err)
	}
	if s.passwords, err = newPasswords(o.Passwords, o.Now); err != nil {
		store.Close()
		return nil, err
	}
	o.Feed.OnChange(s.statusChanged)
	o.Feed.OnReopen(s.directory.refresh)
	return s, nil
}

// Close closes the database pool.
func (s *Service) Close() error { return s.store.Close() }

// Fresh says whether the knowledge of users, networks and certificates is recent enough to
// decide on; the error says which is not.
func (s *Service) Fresh() error {
	if err := s.opts.Feed.Fresh(); err != nil {
		return err
	}
	return s.directory.fresh()
}

// Run keeps the service current and ends sessions that are over, until ctx ends. It
// outlives every failure of the database.
func (s *Service) Run(ctx context.Context) error {
	var tasks sync.WaitGroup
	tasks.Go(func() { s.directory.run(ctx, s.opts.Source, s.opts.Logger) })
	tasks.Go(func() { s.endSessions(ctx) })
	tasks.Go(func() { s.runPasswords(ctx) })
	tasks.Wait()
	return nil
}
