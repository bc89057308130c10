// Package server is the e-Workbench put together: database, certificate authority, audit,
// authentication, authorisation, pages and the four listeners. Open one with [New], serve
// with [Server.Run], and end with [Server.Close], which Run calls itself.
//
// It survives the loss of its database: while that is away every caller is refused with a
// status of 503, and afterwards it goes on by itself. What it does not survive is a part
// that ends when it should not; then Run returns the reason.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"mais/ca"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/gate"
	"mais/server/internal/jobs"
	"mais/server/internal/people"
	"mais/server/internal/web"
)

// Server is an open service. New makes one.
type Server struct {
	settings  *config.Server
	log       *slog.Logger
	listeners listeners
	source    pg.Source
	health    *pg.DB // logged in as the audit's reader
	authority *ca.CA
	ledger    *audit.Log
	authn     *authn.Service
	authz     *authz.Service
	register  *people.Register
	node      *jobs.Node
	tally     *gate.Tally
	metrics   *prometheus.Registry

	failed  chan error     // of one: the first part that ended when it should not
	closers []func() error // in the order of opening
	close   sync.Once
	closed  error
}

// New opens everything that the settings name: the listeners' ports, the database, which it
// migrates, the CA, whose keys exist, and the server's own certificate. Nobody is answered
// before Run. A *ListenError says which port cannot be had.
func New(ctx context.Context, settings *config.Server, log *slog.Logger) (*Server, error) {
	s := newServer(settings, log)
	if err := s.open(ctx, s.openDatabase); err != nil {
		return nil, err
	}
	return s, nil
}

// open opens all parts, over the database that the given one opens. On failure it closes
// what was opened.
func (s *Server) open(ctx context.Context, database func(context.Context) error) error {
	for _, open := range []func(context.Context) error{
		s.openListeners, database, s.openLedger, s.openAuthority, s.openAccess, s.openNode, s.settle,
	} {
		if err := open(ctx); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return nil
}

func newServer(settings *config.Server, log *slog.Logger) *Server {
	s := &Server{settings: settings, log: log, failed: make(chan error, 1), metrics: prometheus.NewRegistry()}
	s.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.tally = gate.NewTally(s.metrics)
	return s
}

// Close ends what New opened, last first. It may be called again.
func (s *Server) Close() error {
	s.close.Do(func() {
		var errs []error
		for i := len(s.closers) - 1; i >= 0; i-- {
			errs = append(errs, s.closers[i]())
		}
		s.closed = errors.Join(errs...)
	})
	return s.closed
}

func (s *Server) onClose(f func() error) { s.closers = append(s.closers, f) }

// start runs a part in the background until Close, which waits for it there in the order.
func (s *Server) start(name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := run(ctx)
		if ctx.Err() == nil {
			s.fail(fmt.Errorf("%s has ended: %w", name, errors.Join(err, errEnded)))
		}
	}()
	s.onClose(func() error {
		cancel()
		<-done
		return nil
	})
}

var errEnded = errors.New("it should run as long as the server")

func (s *Server) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

func (s *Server) openListeners(context.Context) (err error) {
	if s.listeners, err = listen(s.settings.Listen); err != nil {
		return err
	}
	s.onClose(func() error { s.listeners.close(); return nil })
	return nil
}

func (s *Server) openDatabase(ctx context.Context) error {
	source, stop, err := openMigrated(ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	s.source = source
	s.onClose(stop)
	return nil
}

func (s *Server) openLedger(ctx context.Context) error {
	db, err := s.source.Open(ctx, pg.Audit)
	if err != nil {
		return fmt.Errorf("open the audit log: %w", err)
	}
	s.onClose(db.Close)
	s.health = db
	node, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("open the audit log: %w", err)
	}
	s.ledger = audit.New(db, audit.Options{Node: node, Logger: s.log})
	s.start("the audit log", s.ledger.Run)
	s.start("the count of dropped connections", func(ctx context.Context) error { return s.tally.Run(ctx, s.ledger) })
	return nil
}

func (s *Server) openAuthority(ctx context.Context) error {
	unlock, err := config.ReadSecret(s.settings.UnlockPath())
	if err != nil {
		return fmt.Errorf("read what unlocks the CA: %w", err)
	}
	db, err := s.source.Open(ctx, pg.CA)
	if err != nil {
		return fmt.Errorf("open the CA: %w", err)
	}
	s.onClose(db.Close)
	c := s.settings.CA
	s.authority, err = ca.Open(ctx, ca.Options{
		DB: db, Source: s.source, Dir: KeyDir(s.settings), Unlock: unlock, PlainURL: s.plainURL(),
		Record: web.RecordAct, Grace: c.Grace.Std(), StaleAfter: c.StatusStale.Std(), Log: s.log,
		Validity: map[certs.Profile]time.Duration{
			certs.PersonSoftware: c.PersonValidity.Std(), certs.SiteToken: c.SiteValidity.Std(), certs.ServerNode: c.ServerValidity.Std(),
		},
	})
	if err != nil {
		return err
	}
	s.start("the feed of revocations", s.authority.Feed().Run)
	s.start("the retirement of renewed certificates", func(ctx context.Context) error { return jobs.Supersede(ctx, s.authority, s.log) })
	return nil
}

func (s *Server) openAccess(ctx context.Context) (err error) {
	limits := s.settings.Limits
	s.authn, err = authn.New(ctx, authn.Options{
		Source: s.source, Authority: s.authority, Feed: s.authority.Feed(), Ledger: s.ledger, Logger: s.log,
		Stale: s.settings.CA.StatusStale.Std(), SessionIdle: limits.SessionIdle.Std(), SessionTotal: limits.SessionTotal.Std(),
	})
	if err != nil {
		return fmt.Errorf("open authentication: %w", err)
	}
	s.onClose(s.authn.Close)
	s.start("authentication", s.authn.Run)
	s.authz, err = authz.New(ctx, authz.Options{Source: s.source, Ledger: s.ledger, Recheck: s.authn})
	if err != nil {
		return fmt.Errorf("open authorisation: %w", err)
	}
	s.onClose(s.authz.Close)
	if s.register, err = people.Open(ctx, s.source); err != nil {
		return fmt.Errorf("open the register: %w", err)
	}
	s.onClose(s.register.Close)
	return nil
}

func (s *Server) openNode(ctx context.Context) (err error) {
	dns, addresses := s.settings.Hosts()
	s.node, err = jobs.OpenNode(ctx, jobs.NodeOptions{
		Dir: s.settings.DataDir, Issuer: s.authority, DNS: dns, Addresses: addresses, Logger: s.log,
	})
	if err != nil {
		return err
	}
	s.start("the renewal of the server's certificate", s.node.Run)
	return nil
}

// settle waits until the parts that follow the database have had their first look, so that
// nobody is refused for want of it.
func (s *Server) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	look := time.NewTicker(settleTime / 1000)
	defer look.Stop()
	for {
		err := s.ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("start: %w", err)
		case <-look.C:
		}
	}
}

// Addrs returns where the server listens.
func (s *Server) Addrs() Addrs { return s.listeners.addrs() }

// ready says why callers would be refused, or nil.
func (s *Server) ready(ctx context.Context) error {
	if err := s.authn.Fresh(); err != nil {
		return err
	}
	return s.health.Ping(ctx)
}

// Run answers callers until ctx ends or a part fails, then closes the server. ready is
// called once, when the listeners answer; its error ends the server too.
func (s *Server) Run(ctx context.Context, ready func(URLs) error) error {
	servers := s.serve()
	err := ready(s.listeners.urls(s.settings))
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-s.failed:
		}
	}
	shutDown(servers)
	if closed := s.Close(); closed != nil { // such as connections to a database that died; nothing is lost by it
		s.log.Warn("the server did not close cleanly", "error", closed)
	}
	return err
}

// shutDown lets what is in hand be answered, for a while.
func shutDown(servers []*http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	var all sync.WaitGroup
	for _, server := range servers {
		all.Go(func() {
			if server.Shutdown(ctx) != nil {
				server.Close()
			}
		})
	}
	all.Wait()
}
