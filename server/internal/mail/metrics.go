package mail

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mais/server/internal/mail/internal/outbox"
)

// countEvery is how old counts may be: whoever scrapes does not make the database work.
const (
	countEvery = time.Minute
	countTime  = 5 * time.Second
)

// The outcomes of sending, for the metric.
const (
	outcomeSent    = "sent"
	outcomeRefused = "refused" // by the mail server, about this mail
	outcomeFailed  = "failed"  // anything else
)

func outcomeOf(err error) string {
	if err == nil {
		return outcomeSent
	}
	if _, ok := isRefusal(err); ok {
		return outcomeRefused
	}
	return outcomeFailed
}

func newSends() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mais_mail_sends_total", Help: "Attempts of this node to send a mail, invitations among them.",
	}, []string{"outcome"})
}

var (
	messagesDesc = prometheus.NewDesc("mais_mail_messages", "Messages in the outbox, of all nodes; sent ones are kept for 180 days.", []string{"state"}, nil)
	oldestDesc   = prometheus.NewDesc("mais_mail_oldest_waiting_seconds", "How long the oldest message that waits has waited; 0 when none does.", nil, nil)
)

// Describe implements prometheus.Collector.
func (s *Service) Describe(out chan<- *prometheus.Desc) {
	out <- messagesDesc
	out <- oldestDesc
	s.sends.Describe(out)
}

// Collect implements prometheus.Collector. Without a database there are no counts.
func (s *Service) Collect(out chan<- prometheus.Metric) {
	s.sends.Collect(out)
	c, ok := s.count(context.Background())
	if !ok {
		return
	}
	for state, n := range map[string]int{"waiting": c.Waiting, "sent": c.Sent, "given_up": c.GivenUp} {
		out <- prometheus.MustNewConstMetric(messagesDesc, prometheus.GaugeValue, float64(n), state)
	}
	waited := 0.0
	if !c.Oldest.IsZero() {
		waited = max(0, s.opts.Now().Sub(c.Oldest).Seconds()) // its date may be to come
	}
	out <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, waited)
}

// count returns the counts, at most a minute old.
func (s *Service) count(ctx context.Context) (outbox.Counts, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.opts.Now(); s.counted.IsZero() || now.Sub(s.counted) >= countEvery {
		ctx, cancel := context.WithTimeout(ctx, countTime)
		defer cancel()
		c, err := s.box.Count(ctx)
		if err != nil {
			s.opts.Log.WarnContext(ctx, "mail cannot be counted", "error", err)
			return outbox.Counts{}, false
		}
		s.counts, s.counted = c, now
	}
	return s.counts, true
}
