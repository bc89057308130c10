// Package web is what the listeners answer: the routes of each, the one adapter that every
// route of the TLS listeners goes through, the plain pages, and the API's problems. Make one
// [Site] with [New] and take the listeners' handlers from it.
//
// A handler returns an answer or an error and writes nothing itself, so that nothing leaves
// before the adapter has appended the request's audit event and asked authn once more
// whether the caller still holds. It decides nothing about records: that is authz.
package web

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mais/ca"
	"mais/certs"
	"mais/config"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/gate"
	"mais/server/internal/web/page/practice"
)

// Every bound of an exchange that is no setting. The servers' own timeouts are in package
// server.
const (
	maxBody      = 64 << 10         // of a request
	patience     = 20 * time.Second // for a handler and what it asks of others
	maxFields    = 16               // faults reported in one answer
	enrolBurst   = 10               // attempts to enrol from one source at once
	strangerRate = 20               // requests a second that one source may make without a good token
	strangerOnce = 200              // and at once
	crlMaxAge    = 60 * time.Second // how long a cache may keep a CRL
	issuerMaxAge = 24 * time.Hour
)

// Authority is what the pages ask of the certificate authority.
type Authority interface {
	Enrol(context.Context, ca.Enrolment) (ca.Issued, error)
	Renew(ctx context.Context, old certs.Ref, csr []byte, e ca.Evidence) (ca.Issued, error)
	Revoke(ctx context.Context, ref certs.Ref, reason ca.Reason, by string) error
	CRL(ctx context.Context, series string) ([]byte, error)
	CRLShard(ctx context.Context, series string, n int) ([]byte, error)
	OCSP(ctx context.Context, request []byte) (response []byte, maxAge time.Duration)
	Authority(id string) (*x509.Certificate, bool)
	Find(ctx context.Context, serial string) ([]ca.Entry, error)
	Get(context.Context, certs.Ref) (ca.Entry, error)
	DER(context.Context, certs.Ref) ([]byte, error)
	MarkDestroyed(ctx context.Context, ref certs.Ref, at time.Time) error
	StatusNumber() int64 // of the last change of status that this node knows
}

// Authentication is what the adapter asks of authn.
type Authentication interface {
	Middleware(listener string) func(http.Handler) http.Handler
	Touch(context.Context, *authn.Verdict) error
	Recheck(ctx context.Context, p authn.Principal, statusNumber, accessGeneration int64) error
	Admits(ctx context.Context, who certs.Identity, from netip.Addr) error
	Enough(ctx context.Context, who certs.Identity, level certs.Level) error
	SignIn(context.Context, *authn.Verdict, audit.Event) (*http.Cookie, error)
	SignOut(context.Context, *authn.Verdict, audit.Event) (ended bool, err error)
	Lock(context.Context, *authn.Verdict, audit.Event) (ended bool, err error)
}

// Options of New. All fields are needed.
type Options struct {
	Authn       Authentication
	Passwords   Passwords
	Records     Records
	Reasons     Reasons
	Emergencies Emergencies
	Reviews     Reviews
	Trail       Trail
	Permissions Permissions
	Authority   Authority
	// Credentials is what administrators and holders do with certificates.
	Credentials Credentials
	Changes     Changes
	Places      Places
	Users       Users
	Imports     Imports
	Roles       Roles
	Usage       Usage
	Tasks       Tasks
	Sessions    Sessions
	Oversight   Oversight
	Pins        Pins
	Journal     Journal
	Ledger      authn.Ledger
	Ready       func(context.Context) error // why the service cannot answer now, or nil
	Roots       []byte                      // the root's certificate, PEM
	Tally       *gate.Tally                 // counts what is not recorded one by one
	Metrics     *prometheus.Registry
	Logger      *slog.Logger
	Deployment  string
	Contact     string
	PublicURL   string
	MutualURL   string
	// StrictTransport makes browsers come by TLS only (RFC 6797). It is for a host name that
	// the plain listener does not share: ports make no difference to it.
	StrictTransport     bool
	EnrolmentsPerMinute int
	SignInsPerMinute    int // of one address, on devices that are not known
	// Practice says whom the practice tasks are about, and marks every page: what it shows is
	// invented. A service with real people has none.
	Practice *practice.Cast
	// SessionIdle is how long a session lasts that nobody uses; the screen locks by then.
	SessionIdle time.Duration
	Urgent      []config.Contact
}

// Site answers for all listeners. Its methods may be called concurrently.
type Site struct {
	opts     Options
	enrolled *gate.Limiter
	strange  *gate.Limiter // requests of callers without a good token
	signIns  *gate.Limiter // tries at passwords, on devices that are not known
	lost     *gate.Limiter // codes that report a loss
	heads    *gate.Limiter // signed heads of journals that callers have verified
	uploads  chan struct{} // a place for each file of a form that is in memory
	lists    *lists
	here     sync.Map // the day on which each user was noted to be here last
	told     told
	seconds  *prometheus.HistogramVec
	refusals *prometheus.CounterVec
}

// New returns a site over what the options name.
func New(o Options) *Site {
	s := &Site{
		opts:     o,
		uploads:  make(chan struct{}, uploadsAtOnce),
		lists:    newLists(o.Authority),
		enrolled: gate.NewLimiter(float64(o.EnrolmentsPerMinute)/60, enrolBurst),
		strange:  gate.NewLimiter(strangerRate, strangerOnce),
		signIns:  gate.NewLimiter(float64(o.SignInsPerMinute)/60, signInBurst),
		lost:     gate.NewLimiter(lostPerSecond, lostBurst),
		heads:    gate.NewLimiter(headRate, headBurst),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mais_request_duration_seconds", Help: "Time from a request to its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"listener", "act", "status"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mais_problems_total", Help: "Answers other than what was asked for, by problem.",
		}, []string{"listener", "problem"}),
	}
	o.Metrics.MustRegister(s.seconds, s.refusals)
	return s
}
