package e2e_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"mais/certs"
	"mais/server/api"
)

// roots is the pool that trusts the service's root, as everybody may fetch it.
func (s *service) roots(t testing.TB) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(fetch(t, s.demo.URLs.Plain+"/roots.pem")) {
		t.Fatal("roots.pem holds no certificate")
	}
	return pool
}

// fetch gets what anyone may have without TLS.
func fetch(t testing.TB, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s = %s, %v: %s", url, resp.Status, err, body)
	}
	return body
}

// client is a program that holds the person's key as it is now. It keeps its connections.
type client struct {
	*http.Client
	base string
}

// from 127.0.0.1 unless another address is given.
func (p *person) client(t testing.TB, from ...string) *client {
	t.Helper()
	// openssl opens the key many times faster than the race detector lets Go do it.
	open := execute(t, exec.Command("openssl", "pkey", "-in", p.file("key.pem"), "-passin", "file:"+p.secret)).exits(t, 0)
	key, err := certs.ParseKey([]byte(open.stdout), nil)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := certs.ParseCertificates([]byte(read(t, p.file("cert.pem"))))
	if err != nil {
		t.Fatal(err)
	}
	own := tls.Certificate{PrivateKey: key, Leaf: chain[0]}
	for _, c := range chain {
		own.Certificate = append(own.Certificate, c.Raw)
	}
	return newClient(t, p.service.demo.URLs.Mutual, &tls.Config{RootCAs: p.service.roots(t), Certificates: []tls.Certificate{own}}, from...)
}

func newClient(t testing.TB, base string, config *tls.Config, from ...string) *client {
	t.Helper()
	dialer := &net.Dialer{Timeout: patience}
	if len(from) > 0 {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from[0])}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true, DialContext: dialer.DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{&http.Client{Transport: transport, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}, base}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	proto  string
}

// problem reads an RFC 9457 answer.
func (a answer) problem() api.Problem {
	var p api.Problem
	_ = json.Unmarshal(a.body, &p) // no problem is the zero one
	p.Type = strings.TrimPrefix(p.Type, api.ProblemPrefix)
	return p
}

// refused demands a problem.
func (a answer) refused(t testing.TB, status int, problem string) answer {
	t.Helper()
	if a.status != status || a.problem().Type != problem {
		t.Errorf("answer = %d %s, want %d %s", a.status, a.body, status, problem)
	}
	return a
}

// granted demands a status of 200.
func (a answer) granted(t testing.TB) answer {
	t.Helper()
	if a.status != http.StatusOK {
		t.Errorf("answer = %d %s, want 200", a.status, a.body)
	}
	return a
}

func (c *client) do(ctx context.Context, method, path string, body []byte, header http.Header) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	if body != nil && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, text, resp.Proto}, err
}

func (c *client) ask(t testing.TB, method, path string, body []byte, header http.Header) answer {
	t.Helper()
	a, err := c.do(t.Context(), method, path, body, header)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func (c *client) get(t testing.TB, path string) answer {
	t.Helper()
	return c.ask(t, http.MethodGet, path, nil, nil)
}

// post sends v as JSON.
func (c *client) post(t testing.TB, path string, v any) answer {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return c.ask(t, http.MethodPost, path, body, nil)
}

func decode[T any](t testing.TB, a answer) (v T) {
	t.Helper()
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return v
}
