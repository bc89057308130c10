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
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"mais/ca"
	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/gate"
	"mais/server/internal/jobs"
	"mais/server/internal/lifecycle"
	"mais/server/internal/mail"
	"mais/server/internal/manage"
	"mais/server/internal/oversight"
	"mais/server/internal/people"
	"mais/server/internal/usage"
	"mais/server/internal/web/page/practice"
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
	host      *people.Host  // of commands at the host; the service itself writes nothing with it
	mail      *mail.Service // nil: there is no mail
	lifecycle *lifecycle.Service
	manage    *manage.Service
	oversight *oversight.Service
	usage     *usage.Service
	node      *jobs.Node
	tally     *gate.Tally
	practice  *practice.Cast // where everything shown is invented
	metrics   *prometheus.Registry

	failed  chan error     // of one: the first part that ended when it should not
	inHand  sync.RWMutex   // of requests, each of which reads
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
		s.openListeners, database, s.openLedger, s.openAuthority, s.openAccess, s.openMail, s.openLifecycle, s.openManage, s.openOversight, s.openUsage, s.openNode, s.openBackup, s.settle,
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

// Training makes every page say that what it shows is invented, and gives the practice tasks,
// which are about who. Call it before Run.
func (s *Server) Training(who practice.Cast) { s.practice = &who }

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
	stopping, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	shutDown(stopping, servers, &s.inHand)
	if closed := s.Close(); closed != nil { // such as connections to a database that died; nothing is lost by it
		s.log.Warn("the server did not close cleanly", "error", closed)
	}
	return err
}

// shutDown lets what is in hand be answered until ctx ends. Who is cut off then still ends what they
// began, for a moment: a mail that is to tell of it may not have been handed over yet.
func shutDown(ctx context.Context, servers []*http.Server, inHand *sync.RWMutex) {
	var all sync.WaitGroup
	for _, server := range servers {
		all.Go(func() {
			if server.Shutdown(ctx) != nil {
				server.Close()
			}
		})
	}
	all.Wait()
	over := make(chan struct{})
	go func() {
		inHand.Lock() // for good: nobody begins any more
		close(over)
	}()
	select {
	case <-over:
	case <-time.After(lateTime):
	}
}
