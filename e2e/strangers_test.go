package e2e_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"mais/server/api"
)

// TestStrangers calls a demo that recognises 127.0.0.1 alone from other addresses.
func TestStrangers(t *testing.T) {
	t.Parallel()
	s := up(t, "--subnet", "127.0.0.1/32", "--people", "1")
	p := s.enrol(t, "officer@police.northshire.example")
	if got := p.whoami(t).Address; got != "127.0.0.1" {
		t.Errorf("address = %s", got)
	}
	t.Run("headers from a recognised address", func(t *testing.T) {
		a := p.client(t).ask(t, http.MethodGet, api.PathWhoami, nil, forwarding("198.51.100.7"))
		if got := decode[api.Whoami](t, a.granted(t)).Address; got != "127.0.0.1" {
			t.Errorf("address = %s, want that of the socket", got)
		}
	})

	for _, l := range []struct{ name, url, source string }{{"public", s.demo.URLs.Public, "127.0.0.2"}, {"mutual", s.demo.URLs.Mutual, "127.0.0.3"}} {
		t.Run(l.name, func(t *testing.T) {
			a := p.stranger(t, l.url, l.source, "/a/page", nil)
			page := string(a.body)
			if a.status != http.StatusForbidden || !strings.Contains(page, "<html") || !strings.Contains(page, l.source) || !strings.Contains(page, demoContact) {
				t.Errorf("the courtesy = %d %v %s, want a page with %s and whom to ask", a.status, a.header, page, l.source)
			}
			_, dropped := crowd(t, p, l.url, l.source, 40)
			series := fmt.Sprintf(`mais_connections_refused_total{kind="network.dropped",listener="%s"}`, l.name)
			if got := s.metric(t, series); got != dropped {
				t.Errorf("%s = %d, want the %d connections that ended without an answer", series, got, dropped)
			}
			if dropped < 30 {
				t.Errorf("%d of 40 were dropped; a few a second are answered", dropped)
			}
		})
	}
	t.Run("headers from a stranger", func(t *testing.T) {
		a := p.stranger(t, s.demo.URLs.Mutual, "127.0.0.4", api.PathWhoami, forwarding("127.0.0.1")).refused(t, 403, api.WrongNetwork)
		if got := a.problem().Address; got != "127.0.0.4" {
			t.Errorf("the problem names the address %q, want 127.0.0.4", got)
		}
	})
	t.Run("PROXY protocol", func(t *testing.T) {
		prefixed(t, s.demo.URLs.Mutual, "127.0.0.5", "PROXY TCP4 127.0.0.1 127.0.0.1 40000 9443\r\n")
		prefixed(t, s.demo.URLs.Mutual, "127.0.0.1", "PROXY TCP4 198.51.100.7 127.0.0.1 40000 9443\r\n")
	})
	if code := tokenctl(t, "enrol", "--server", s.demo.URLs.Public, "--root-fingerprint", s.demo.RootFingerprint, "--email", "x@y.example",
		"--code", "unknown", "--passphrase-file", p.secret, "--home", t.TempDir()).code; code != 4 {
		t.Errorf("a wrong code from a recognised address: exit code %d, want 4", code)
	}

	s.stop(t) // the counts reach the audit
	again := upIn(t, s.dir, append(samePorts(s.demo.URLs), "--subnet", "127.0.0.1/32")...)
	for _, l := range []struct{ name, source string }{{"public", "127.0.0.2"}, {"mutual", "127.0.0.3"}} {
		from := func(act string) []event {
			return again.audit(t, func(e event) bool {
				return e.Act == act && e.Address == l.source && e.Listener == l.name && e.Outcome == "refused"
			})
		}
		counted := 0
		for _, e := range from("network.dropped") {
			n := 0
			fmt.Sscan(e.Detail["count"], &n)
			counted += n
		}
		answered := from("network.refused")
		if counted+len(answered) != 41 {
			t.Errorf("%s: the audit tells of %d dropped and %d answered, want 41 together", l.name, counted, len(answered))
		}
		for _, e := range answered {
			if e.URI != "/a/page" && e.URI != api.PathWhoami || e.Method != "GET" || e.Request == "" {
				t.Errorf("%s: the event of a stranger does not say what was asked for: %v", l.name, e)
			}
		}
	}
	if spoofed := again.audit(t, func(e event) bool { return strings.HasPrefix(e.Address, "198.51.100.") }); len(spoofed) > 0 {
		t.Errorf("the audit holds an address that only a header named: %v", spoofed)
	}
}

const demoContact = "the demo’s help desk"

// forwarding is every header by which proxies tell of a client's address.
func forwarding(address string) http.Header {
	return http.Header{
		"X-Forwarded-For": {address}, "X-Real-Ip": {address}, "Forwarded": {"for=" + address}, "True-Client-Ip": {address},
		"Cf-Connecting-Ip": {address}, "X-Client-Ip": {address}, "X-Forwarded-Host": {address}, "X-Cluster-Client-Ip": {address},
	}
}

// stranger asks once from an unrecognised address, and demands a handshake that asks for no
// certificate.
func (p *person) stranger(t *testing.T, url, source, path string, header http.Header) answer {
	t.Helper()
	c := newClient(t, url, p.strangerTLS(t), source)
	return c.ask(t, http.MethodGet, path, nil, header)
}

func (p *person) strangerTLS(t *testing.T) *tls.Config {
	return &tls.Config{RootCAs: p.service.roots(t), GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		t.Error("a stranger is asked for a certificate")
		return &tls.Certificate{}, nil
	}}
}

// crowd connects many times at once and counts how many were answered. Each attempt is one
// connection.
func crowd(t *testing.T, p *person, url, source string, n int) (answered, dropped int) {
	t.Helper()
	config := p.strangerTLS(t)
	var mu sync.Mutex
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			ok := knock(t.Context(), url, source, config.Clone())
			mu.Lock()
			defer mu.Unlock()
			if ok {
				answered++
			} else {
				dropped++
			}
		})
	}
	all.Wait()
	return answered, dropped
}

// knock makes exactly one connection and one request, and reports whether it was answered.
func knock(ctx context.Context, url, source string, config *tls.Config) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	config.ServerName = "localhost"
	d := tls.Dialer{NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(source)}}, Config: config}
	c, err := d.DialContext(ctx, "tcp", "127.0.0.1"+url[strings.LastIndex(url, ":"):])
	if err != nil {
		return false
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", api.PathWhoami)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	return err == nil && resp.StatusCode == http.StatusForbidden
}

// prefixed sends a PROXY header before the handshake, which has to come to nothing.
func prefixed(t *testing.T, url, source, prefix string) {
	t.Helper()
	d := net.Dialer{Timeout: patience, LocalAddr: &net.TCPAddr{IP: net.ParseIP(source)}}
	raw, err := d.Dial("tcp", "127.0.0.1"+url[strings.LastIndex(url, ":"):])
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	fmt.Fprint(raw, prefix)
	c := tls.Client(raw, &tls.Config{InsecureSkipVerify: true})
	if err := c.HandshakeContext(t.Context()); err == nil {
		t.Errorf("from %s: a handshake behind a PROXY header succeeds", source)
	}
}
