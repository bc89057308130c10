package bench

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"mais/config"
)

// benchPassword is everybody's.
const benchPassword = "tulip anvil kestrel mango"

// passworded starts a service where clinicians come in with a password, and registers some by
// SQL: what is measured is coming in.
func passworded(b *testing.B, users int) (s *service, emails []string) {
	b.Helper()
	s = startServiceWith(b, "", func(c *config.Server) { c.Passwords.SignInsPerMinute = 6000 })
	hash, err := argon2id.CreateHash(benchPassword, defaultCosts())
	must(b, err)
	_, err = s.owner.Exec(b.Context(), `UPDATE access.agency SET passwords = 'allowed'`)
	must(b, err)
	_, err = s.owner.Exec(b.Context(), `UPDATE access.role SET passwords = 'allowed', totp = false WHERE name = 'police_officer'`)
	must(b, err)
	for n := range users {
		emails = append(emails, fmt.Sprintf("user%d@police.example", n))
		_, err = s.owner.Exec(b.Context(), `WITH u AS (
				INSERT INTO access.user_account (email, name, agency) SELECT $1, $1, id FROM access.agency RETURNING id),
			p AS (INSERT INTO access.user_site (user_id, site) SELECT u.id, s.id FROM u, access.site s),
			r AS (INSERT INTO access.user_role (user_id, role) SELECT id, 'police_officer' FROM u)
			INSERT INTO access.password (user_id, hash) SELECT id, $2 FROM u`, emails[n], hash)
		must(b, err)
	}
	return s, emails
}

func defaultCosts() *argon2id.Params {
	return &argon2id.Params{Memory: 64 << 10, Iterations: 3, Parallelism: 4, SaltLength: 16, KeyLength: 32}
}

// caller is a browser at an address that keeps the cookie of its device.
type caller struct {
	http.Client
	url, device string
}

func (s *service) caller(b *testing.B, from string) *caller {
	b.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	anybody := asClient(tls.Certificate{})
	anybody.Certificates = nil
	transport := &http.Transport{TLSClientConfig: anybody, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, "tcp", s.public)
	}}
	b.Cleanup(transport.CloseIdleConnections)
	return &caller{Client: http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, url: "https://" + s.public}
}

// signIn tries to sign in and returns the status.
func (c *caller) signIn(ctx context.Context, email, password string) (int, error) {
	form := url.Values{"email": {email}, "password": {password}, "code": {""}}
	r, err := http.NewRequestWithContext(ctx, "POST", c.url+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if c.device != "" {
		r.Header.Set("Cookie", c.device)
	}
	answer, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	for _, cookie := range answer.Cookies() {
		if strings.HasPrefix(cookie.Name, "__Host-mais-device-") {
			c.device = cookie.Name + "=" + cookie.Value
		}
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

// BenchmarkPasswords signs in as many at once as the service compares passwords, beside the hash
// alone at the same costs and as many at once.
func BenchmarkPasswords(b *testing.B) {
	const each = 12
	atOnce := config.Passwords{}.OrDefault().AtOnce
	s, emails := passworded(b, atOnce)
	hash, err := argon2id.CreateHash(benchPassword, defaultCosts())
	must(b, err)
	var callers []*caller
	for n := range atOnce {
		callers = append(callers, s.caller(b, fmt.Sprintf("127.0.60.%d", n+1)))
		status, err := callers[n].signIn(b.Context(), emails[n], benchPassword)
		if must(b, err); status != http.StatusSeeOther {
			b.Fatalf("sign in: %d", status)
		}
	}
	at := func(act func(n int) bool) float64 {
		began := time.Now()
		var done atomic.Int64
		var all sync.WaitGroup
		for n := range atOnce {
			all.Go(func() {
				for range each {
					if act(n) {
						done.Add(1)
					}
				}
			})
		}
		all.Wait()
		return float64(done.Load()) / time.Since(began).Seconds()
	}
	var raw, ours []float64
	for range b.N {
		for range 3 { // in turns
			raw = append(raw, at(func(int) bool {
				right, err := argon2id.ComparePasswordAndHash(benchPassword, hash)
				return right && err == nil
			}))
			ours = append(ours, at(func(n int) bool {
				status, err := callers[n].signIn(b.Context(), emails[n], benchPassword)
				return err == nil && status == http.StatusSeeOther
			}))
		}
	}
	slices.Sort(raw)
	slices.Sort(ours)
	b.ReportMetric(raw[len(raw)/2], "argon2id/s")
	b.ReportMetric(ours[len(ours)/2], "sign-ins/s")
	b.ReportMetric(raw[len(raw)/2]/ours[len(ours)/2], "cost")
}

// BenchmarkSprayed signs one holder in again and again, on a device that is known and on one that is
// not, while nobody and while fifty sources try passwords as fast as they are answered.
func BenchmarkSprayed(b *testing.B) {
	const turns = 15
	s, emails := passworded(b, 2)
	known, strange := s.caller(b, "127.0.61.1"), s.caller(b, "127.0.61.2")
	status, err := known.signIn(b.Context(), emails[0], benchPassword)
	if must(b, err); status != http.StatusSeeOther {
		b.Fatalf("sign in: %d", status)
	}
	measure := func(c *caller, email string, forget bool) (p50, p99 float64, busy int) {
		var took []time.Duration
		for range turns {
			if forget {
				c.device = ""
			}
			began := time.Now()
			status, err := c.signIn(b.Context(), email, benchPassword)
			if errors.Is(err, io.EOF) { // the connection of a stranger had its ten seconds
				status, err = c.signIn(b.Context(), email, benchPassword)
			}
			must(b, err)
			took = append(took, time.Since(began))
			if status != http.StatusSeeOther {
				busy++
			}
		}
		slices.Sort(took)
		return float64(took[turns/2].Milliseconds()), float64(took[turns*99/100].Milliseconds()), busy
	}
	report := func(when string) {
		p50, p99, busy := measure(known, emails[0], false)
		b.ReportMetric(p50, when+"-known-p50-ms")
		b.ReportMetric(p99, when+"-known-p99-ms")
		b.ReportMetric(float64(busy), when+"-known-refused")
		p50, p99, busy = measure(strange, emails[1], true)
		b.ReportMetric(p50, when+"-strange-p50-ms")
		b.ReportMetric(p99, when+"-strange-p99-ms")
		b.ReportMetric(float64(busy), when+"-strange-refused")
	}
	for range b.N {
		report("calm")
		ctx, stop := context.WithCancel(b.Context())
		var sprayers sync.WaitGroup
		var tries atomic.Int64
		for n := range 50 {
			c := s.caller(b, fmt.Sprintf("127.0.62.%d", n+1))
			sprayers.Go(func() {
				for k := 0; ctx.Err() == nil; k++ {
					if _, err := c.signIn(ctx, fmt.Sprintf("sprayed%d-%d@police.example", n, k), "Winter2026Winter2026"); err == nil {
						tries.Add(1)
					}
				}
			})
		}
		began := time.Now()
		report("sprayed")
		b.ReportMetric(float64(tries.Load())/time.Since(began).Seconds(), "tries/s")
		stop()
		sprayers.Wait()
	}
}
