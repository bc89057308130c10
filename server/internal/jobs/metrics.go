package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mais/ca"
)

const (
	// countEvery is how old counts may be: whoever scrapes does not make the database work.
	countEvery = time.Minute
	countTime  = 10 * time.Second
)

// Counted is the CA, as far as its metrics need it.
type Counted interface {
	Counts(context.Context) ([]ca.Count, error)
	Ends() map[string]time.Time
	ListsMade(context.Context) (map[string]time.Time, error)
}

// Certificates are the metrics of certificates: how many there are, when what everything
// hangs on ends, and how old the revocation lists are. It is a prometheus.Collector. What
// cannot be counted is missing from the answer, never 0.
type Certificates struct {
	ca  Counted
	end func() time.Time // of this node's own certificate
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	counted time.Time
	counts  []ca.Count
	lists   map[string]time.Time
}

// NewCertificates returns the metrics of a CA and of the certificate that end speaks of.
func NewCertificates(authority Counted, end func() time.Time, log *slog.Logger) *Certificates {
	return &Certificates{ca: authority, end: end, log: log, now: time.Now}
}

var (
	certificatesDesc = prometheus.NewDesc("mais_certificates", "Certificates that have not ended, by profile and status.", []string{"profile", "status"}, nil)
	expiryDesc       = prometheus.NewDesc("mais_certificate_expiry_seconds", "Seconds until it ends, negative when it has: this node's own certificate (server), the root, the root's revocation list (root-crl) and each issuing CA.", []string{"certificate"}, nil)
	listAgeDesc      = prometheus.NewDesc("mais_crl_age_seconds", "Seconds since the series' full revocation list was made.", []string{"series"}, nil)
)

// Describe implements prometheus.Collector.
func (c *Certificates) Describe(out chan<- *prometheus.Desc) {
	out <- certificatesDesc
	out <- expiryDesc
	out <- listAgeDesc
}

// Collect implements prometheus.Collector.
func (c *Certificates) Collect(out chan<- prometheus.Metric) {
	now := c.now()
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	gauge(expiryDesc, c.end().Sub(now).Seconds(), "server")
	for id, end := range c.ca.Ends() {
		gauge(expiryDesc, end.Sub(now).Seconds(), id)
	}
	counts, lists := c.count(now)
	for _, n := range counts {
		gauge(certificatesDesc, float64(n.N), string(n.Profile), string(n.Status))
	}
	for series, made := range lists {
		gauge(listAgeDesc, now.Sub(made).Seconds(), series)
	}
}

// count asks the database, at most once a minute, whether it answers or not.
func (c *Certificates) count(now time.Time) ([]ca.Count, map[string]time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.counted.IsZero() && now.Sub(c.counted) < countEvery {
		return c.counts, c.lists
	}
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	defer cancel()
	var err error
	c.counts, err = c.ca.Counts(ctx)
	if err == nil {
		c.lists, err = c.ca.ListsMade(ctx)
	}
	if err != nil {
		c.log.WarnContext(ctx, "certificates cannot be counted", "error", err)
		c.counts, c.lists = nil, nil
	}
	c.counted = now
	return c.counts, c.lists
}

// Ends returns when the certificate in use ends.
func (n *Node) Ends() time.Time { return n.now.Load().certificate.Leaf.NotAfter }
