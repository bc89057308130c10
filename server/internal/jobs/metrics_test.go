package jobs

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mais/ca"
	"mais/certs"
)

type counted struct {
	asked int
	err   error
	made  time.Time
}

func (c *counted) Counts(context.Context) ([]ca.Count, error) {
	c.asked++
	return []ca.Count{{Profile: certs.PersonSoftware, Status: certs.Active, N: c.asked}}, c.err
}

func (c *counted) Ends() map[string]time.Time {
	return map[string]time.Time{"people-1": c.made.Add(time.Hour)}
}

func (c *counted) ListsMade(context.Context) (map[string]time.Time, error) {
	return map[string]time.Time{"people": c.made}, c.err
}

// scraped returns what a scrape of the collector says, without the comments.
func scraped(t *testing.T, c prometheus.Collector) []string {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("scrape = %d: %s", answer.Code, answer.Body)
	}
	var out []string
	for line := range strings.Lines(answer.Body.String()) {
		if !strings.HasPrefix(line, "#") {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// TestCertificateMetrics: the times are those of the scrape, the counts at most a minute old,
// and what cannot be counted is missing.
func TestCertificateMetrics(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	authority := &counted{made: now}
	c := NewCertificates(authority, func() time.Time { return authority.made.Add(-time.Minute) }, slog.New(slog.DiscardHandler))
	c.now = func() time.Time { return now }
	for _, step := range []struct {
		after          time.Duration
		err            error
		people, server string
		count, age     string
	}{
		{0, nil, "3600", "-60", "1", "0"},
		{59 * time.Second, nil, "3541", "-119", "1", "59"},
		{time.Second, nil, "3540", "-120", "2", "60"},
		{time.Minute, errors.New("the database is away"), "3480", "-180", "", ""},
		{time.Second, nil, "3479", "-181", "", ""},
		{time.Minute, nil, "3419", "-241", "4", "181"},
	} {
		now, authority.err = now.Add(step.after), step.err
		want := []string{
			`mais_certificate_expiry_seconds{certificate="people-1"} ` + step.people,
			`mais_certificate_expiry_seconds{certificate="server"} ` + step.server,
		}
		if step.count != "" {
			want = append(want, `mais_certificates{profile="person-software",status="active"} `+step.count, `mais_crl_age_seconds{series="people"} `+step.age)
		}
		if diff := cmp.Diff(want, scraped(t, c)); diff != "" {
			t.Errorf("at %s (-want +got)\n%s", now.Format(time.TimeOnly), diff)
		}
	}
}
