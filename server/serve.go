package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"mais/ca"
	"mais/certs"
	"mais/server/internal/authn"
	"mais/server/internal/gate"
	"mais/server/internal/jobs"
	"mais/server/internal/sessions"
	"mais/server/internal/web"
)

// serve puts a gate before each listener and lets the servers answer.
func (s *Server) serve() []*http.Server {
	urls, limits := s.listeners.urls(s.settings), s.settings.Limits
	site := web.New(web.Options{
		Authn: s.authn, Passwords: s.authn,
		Records: s.authz, Reasons: s.authz, Emergencies: s.authz, Reviews: s.authz, Trail: s.authz, Permissions: s.authz, Authority: issuing{s.authority}, Credentials: s.lifecycle,
		Changes: s.manage, Places: s.manage, Users: s.manage, Imports: s.manage, Roles: s.manage, Usage: s.usage, Tasks: s.manage, Sessions: sessions.New(s.authn), Oversight: s.oversight, Pins: pinned{s.authority, s.node}, Journal: s.authority, Ledger: s.ledger, Tally: s.tally, Ready: s.ready,
		Roots: certs.EncodeCertificates(s.authority.Root()), Metrics: s.metrics, Logger: s.log,
		Deployment: s.settings.Deployment, Contact: s.settings.Contact, PublicURL: urls.Public, MutualURL: urls.Mutual, StrictTransport: urls.apart(),
		EnrolmentsPerMinute: limits.EnrolmentsPerMinute, SignInsPerMinute: s.settings.Passwords.OrDefault().SignInsPerMinute, SessionIdle: limits.SessionIdle.Std(), Practice: s.practice, Urgent: s.settings.Urgent,
	})
	certificate := s.node.GetCertificate
	strangers := gate.NewCourtesy(courtesy(certificate), s.tally)
	// Subnet first on both TLS listeners; revocation lists are for anyone.
	tls := gate.Options{
		Recognises: s.authn.Recognises, Courtesy: strangers, Tally: s.tally, Logger: s.log,
		PerSource: limits.ConnectionsPerSource, Total: limits.Connections,
	}
	public, mutually, plain := tls, tls, gate.Options{Name: "plain", Tally: s.tally, Logger: s.log, PerSource: tls.PerSource, Total: tls.Total}
	public.Name, public.TLS = authn.Public, serverOnly(certificate)
	mutually.Proves = true
	mutually.Name, mutually.TLS = authn.Mutual, mutual(certificate, s.authority.Issuers())
	ops := gate.Options{Name: "ops", Tally: s.tally, Logger: s.log, PerSource: opsSources, Total: opsSources}

	return []*http.Server{
		s.answer(strangers, courtesyServer(site.Courtesy(), s.log, gate.CallerContext)),
		s.answer(s.gate(s.listeners.public, public), s.known(site.Public())),
		s.answer(s.gate(s.listeners.mutual, mutually), s.known(site.Mutual())),
		s.answer(s.gate(s.listeners.plain, plain), httpServer(site.Plain(), s.log)),
		s.answer(s.gate(s.listeners.ops, ops), httpServer(site.Ops(), s.log)),
	}
}

// issuing is the CA as the pages see it.
type issuing struct{ *ca.CA }

// StatusNumber returns the number of the last change of status that this node knows.
func (i issuing) StatusNumber() int64 { return i.Feed().Number() }

// pinned is what the pages know of the announcements of the server's keys.
type pinned struct {
	authority *ca.CA
	node      *jobs.Node
}

func (p pinned) Announcements(after int64, limit int) []string {
	return p.node.Announcements(after, limit)
}

func (p pinned) Last() int64 { return p.node.Announced().Number }

func (p pinned) Holds(ctx context.Context, who certs.Identity, number int64) error {
	return p.authority.HoldsPins(ctx, who, number)
}

// known is a server whose connections authn knows.
func (s *Server) known(handler http.Handler) *http.Server {
	server := httpServer(handler, s.log)
	server.ConnContext, server.ConnState = s.authn.ConnContext, s.authn.ConnState
	return server
}

func (s *Server) gate(l net.Listener, o gate.Options) *gate.Gate {
	g := gate.New(l, o)
	s.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mais_connections_open", Help: "Open connections.", ConstLabels: prometheus.Labels{"listener": o.Name},
	}, func() float64 { return float64(g.Open()) }))
	return g
}

func (s *Server) answer(l net.Listener, server *http.Server) *http.Server {
	server.Handler = holding(&s.inHand, server.Handler)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.fail(fmt.Errorf("serve %s: %w", l.Addr(), err))
		}
	}()
	return server
}

// holding has a handler hold on to a lock while it answers, so that a stop can wait for it.
func holding(inHand *sync.RWMutex, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inHand.RLock()
		defer inHand.RUnlock()
		next.ServeHTTP(w, r)
	})
}
