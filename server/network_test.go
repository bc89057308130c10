package server

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"mais/config"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/gate"
)

// TestSubnetFirst: an unrecognised address gets one courtesy page with the address; what
// comes above a few a second is dropped before the handshake; all of it is counted.
func TestSubnetFirst(t *testing.T) {
	w := newWorld(t, nil)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, strange, k.tls)
	got := c.get(t, w.urls.Mutual+"/some/page?q=secret", "X-Forwarded-For", custody)
	got.wantPage(t, http.StatusForbidden, strange)
	got.wantPage(t, http.StatusForbidden, "tell "+w.settings.Contact+" the address that was seen")
	if !got.Close || got.ProtoMajor != 1 {
		t.Errorf("the courtesy is HTTP/%d and ends the connection: %v, want HTTP/1 and true", got.ProtoMajor, got.Close)
	}
	if e := w.audited(t, got, "network.refused", audit.Refused); e.Address != strange || e.URI != "/some/page" || e.User != "" {
		t.Errorf("the audit of the courtesy = %+v", e)
	}
	dropped, began := 0, time.Now()
	for range 20 {
		if _, err := c.try(request(t, "GET", w.urls.Mutual+"/", nil)); err != nil {
			dropped++
		}
	}
	if took := time.Since(began); dropped < 18-int(took.Seconds()) { // one a second is answered
		t.Errorf("%d of 20 were dropped within %v, want all but one or two", dropped, took)
	}
	courtesies := len(w.entries(t, "act = 'network.refused'"))
	counted := w.tallied(t, gate.Dropped, strange, 21-courtesies)
	metric := w.client(t, custody).get(t, w.urls.Ops+"/metrics")
	if want := fmt.Sprintf(`mais_connections_refused_total{kind="network.dropped",listener="mutual"} %d`, counted); !strings.Contains(string(metric.body), want) {
		t.Errorf("the metrics lack %s", want)
	}
	// Recognised callers do not notice.
	w.client(t, custody, k.tls).get(t, w.urls.Mutual+api.PathWhoami).decode(t, http.StatusOK, new(api.Whoami))
}

// tallied waits until so many connections of a source are counted in the audit, and returns how many are: what the server
// itself takes from the tally a moment before is not there yet.
func (w *world) tallied(t *testing.T, kind gate.Kind, source string, want int) (n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("the audit counts %d of %s", want, kind), func() bool {
		if err := w.tally.Flush(t.Context(), w.ledger); err != nil {
			t.Fatal(err)
		}
		n = 0
		for _, e := range w.entries(t, "act = $1", string(kind)) {
			count, err := strconv.Atoi(e.Detail["count"])
			if err != nil || e.Address != source {
				t.Fatalf("an entry of what is counted = %+v", e)
			}
			n += count
		}
		return n >= want
	})
	if n != want {
		t.Errorf("the audit counts %d of %s, want %d", n, kind, want)
	}
	return n
}

// TestCourtesyForPrograms: the same as a problem; the handshake asks for no certificate.
func TestCourtesyForPrograms(t *testing.T) {
	w := newWorld(t, nil)
	asked := false
	config := w.clientTLS()
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		asked = true
		return &tls.Certificate{}, nil
	}
	c := w.client(t, strange)
	c.transport.TLSClientConfig = config
	p := c.post(t, w.urls.Public+api.PathEnrol, api.EnrolRequest{}).wantProblem(t, http.StatusForbidden, api.WrongNetwork)
	if p.Address != strange || asked {
		t.Errorf("the problem = %+v, a certificate was asked for: %v", p, asked)
	}
}

func TestEmptyListAdmitsNobody(t *testing.T) {
	w := newWorld(t, nil)
	db := w.ownerOf(t)
	if _, err := db.Exec(t.Context(), `DELETE FROM access.subnet`); err != nil {
		t.Fatal(err)
	}
	eventually(t, "no address is recognised", func() bool { return !w.authn.Recognises(remote(custody)) })
	w.client(t, custody).get(t, w.urls.Public+"/").wantPage(t, http.StatusForbidden, custody)
}

// TestNetworkTakenAway: a connection that is open when its network goes is refused.
func TestNetworkTakenAway(t *testing.T) {
	w := newWorld(t, nil)
	k := w.enrolled(t, "police_officer", w.ward)
	c := w.client(t, ward, k.tls)
	c.get(t, w.urls.Mutual+api.PathWhoami).decode(t, http.StatusOK, new(api.Whoami))
	if _, err := w.ownerOf(t).Exec(t.Context(), `DELETE FROM access.subnet WHERE site = $1`, w.ward); err != nil {
		t.Fatal(err)
	}
	c.get(t, w.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusForbidden, api.WrongNetwork)
}

func TestTLS(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	for _, l := range []net.Listener{w.listeners.public, w.listeners.mutual} {
		cache := tls.NewLRUClientSessionCache(8)
		for range 2 {
			config := w.clientTLS(k.tls)
			config.ClientSessionCache = cache
			conn, err := tls.DialWithDialer(dialer(custody), "tcp", l.Addr().String(), config)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
			io.Copy(io.Discard, conn)
			state := conn.ConnectionState()
			conn.Close()
			if state.Version != tls.VersionTLS13 || state.CurveID != tls.X25519MLKEM768 || state.DidResume {
				t.Errorf("TLS %x, curve %v, resumed %v; want TLS 1.3, X25519MLKEM768, not resumed", state.Version, state.CurveID, state.DidResume)
			}
		}
		config := w.clientTLS(k.tls)
		config.MaxVersion = tls.VersionTLS12
		if _, err := tls.DialWithDialer(dialer(custody), "tcp", l.Addr().String(), config); err == nil {
			t.Error("TLS 1.2 is taken")
		}
	}
}

// TestPublicAsksForNoCertificate so that nobody's browser asks which to choose.
func TestPublicAsksForNoCertificate(t *testing.T) {
	w := sharedWorld(t)
	config := w.clientTLS()
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		return nil, errors.New("asked")
	}
	conn, err := tls.DialWithDialer(dialer(custody), "tcp", w.listeners.public.Addr().String(), config)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// TestHostileTLS: what fails its handshake is counted and leaves nothing behind.
func TestHostileTLS(t *testing.T) {
	w := newWorld(t, nil)
	long := foreignCertificate(t)
	for len(long.Certificate) < 601 {
		long.Certificate = append(long.Certificate, long.Certificate[0])
	}
	for name, attack := range map[string]func(net.Conn){
		"garbage": func(c net.Conn) { c.Write([]byte(strings.Repeat("GET / HTTP/1.1\r\n", 100))) },
		"PROXY prefix": func(c net.Conn) {
			fmt.Fprintf(c, "PROXY TCP4 %s 127.0.0.1 1024 9443\r\n", ward)
			tls.Client(c, w.clientTLS()).Handshake()
		},
		"nothing": func(c net.Conn) { c.(*net.TCPConn).CloseWrite() },
		"601 certificates": func(c net.Conn) {
			t := tls.Client(c, w.clientTLS(long))
			t.Handshake()
			t.Read(make([]byte, 1))
		},
	} {
		raw, err := dialer(custody).Dial("tcp", w.listeners.mutual.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		raw.SetDeadline(time.Now().Add(testPatience))
		attack(raw)
		var timeout net.Error
		if _, err := io.Copy(io.Discard, raw); errors.As(err, &timeout) && timeout.Timeout() {
			t.Errorf("%s: the connection stays open", name)
		}
		raw.Close()
	}
	w.tallied(t, gate.Unproven, custody, 4)
}

// TestSlowHeaders: a caller that dribbles its headers is cut off, silent ones as well.
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	w := sharedWorld(t)
	for _, begin := range []string{"", "GET / HTTP/1.1\r\nHost: loc"} {
		t.Run(fmt.Sprintf("after %d bytes", len(begin)), func(t *testing.T) {
			t.Parallel()
			conn := w.dial(t, w.listeners.mutual, custody)
			began := time.Now()
			conn.Write([]byte(begin))
			io.Copy(io.Discard, conn)
			if took := time.Since(began); took > headerTime+5*time.Second {
				t.Errorf("cut off after %v, want about %v", took, headerTime)
			}
		})
	}
}

func TestCaps(t *testing.T) {
	w := newWorld(t, func(s *config.Server) { s.Limits.ConnectionsPerSource = 4 })
	var open []*tls.Conn
	for range 4 {
		open = append(open, w.dial(t, w.listeners.public, custody))
	}
	if conn, err := tls.DialWithDialer(dialer(custody), "tcp", w.listeners.public.Addr().String(), w.clientTLS()); err == nil {
		conn.Close()
		t.Error("a fifth connection of one source is taken")
	}
	w.dial(t, w.listeners.public, ward) // another source is not concerned
	open[0].Close()
	eventually(t, "a place is free again", func() bool {
		conn, err := tls.DialWithDialer(dialer(custody), "tcp", w.listeners.public.Addr().String(), w.clientTLS())
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

func TestLargeHeaders(t *testing.T) {
	w := sharedWorld(t)
	conn := w.dial(t, w.listeners.public, custody)
	go fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n", strings.Repeat("x", 64<<10))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("64 KiB of headers = %v, %v", answer, err)
	}
}

func TestFetchMetadata(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	for site, ok := range map[string]bool{"same-origin": true, "none": true, "": true, "cross-site": false, "same-site": false, "SAME-ORIGIN": false, "x": false} {
		headers := []string{"Sec-Fetch-Site", site}
		if site == "" {
			headers = nil
		}
		got := c.get(t, w.urls.Mutual+api.PathWhoami, headers...)
		if ok {
			got.decode(t, http.StatusOK, new(api.Whoami))
			continue
		}
		got.wantProblem(t, http.StatusForbidden, api.CrossSite)
		w.audited(t, got, "token.whoami", audit.Refused)
	}
	revoke := w.urls.Mutual + api.PathRevoke
	for _, site := range []string{"none", "cross-site"} {
		c.post(t, revoke, api.RevokeRequest{}, "Sec-Fetch-Site", site).wantProblem(t, http.StatusForbidden, api.CrossSite)
	}
	c.post(t, revoke, api.RevokeRequest{}, "Origin", "https://evil.example").wantProblem(t, http.StatusForbidden, api.CrossSite)
	page := c.post(t, w.urls.Mutual+"/sign-in", nil, "Sec-Fetch-Site", "cross-site")
	page.wantPage(t, http.StatusForbidden, "Another web site")
	c.get(t, w.urls.Mutual+"/", "Sec-Fetch-Site", "cross-site").wantPage(t, http.StatusOK, "Test User") // a link in a mail
}

func TestSecurityHeaders(t *testing.T) {
	w := sharedWorld(t)
	for _, url := range []string{w.urls.Public + "/", w.urls.Mutual + "/", w.urls.Mutual + api.PathWhoami, w.urls.Public + "/nothing"} {
		got := w.client(t, custody).get(t, url)
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
			"Strict-Transport-Security": "", // the plain listener has the same host name
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %s = %q, want %q", url, name, got.Header.Get(name), want)
			}
		}
		if policy := got.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: Content-Security-Policy = %q", url, policy)
		}
	}
}

func TestStrictTransport(t *testing.T) {
	for plain, want := range map[string]bool{"http://pki.mais.example:8080": true, "http://mais.example": false, "": false, "http://%": false} {
		u := URLs{Public: "https://mais.example:8443", Mutual: "https://mais.example:9443", Plain: plain}
		if got := u.apart(); got != want {
			t.Errorf("apart with plain %q = %v, want %v", plain, got, want)
		}
	}
}

// TestEveryRequestIsAudited: every request is an entry, unknown ones too.
func TestEveryRequestIsAudited(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	w.audited(t, c.get(t, w.urls.Mutual+"/no/such"), "request.unknown", audit.Failed)
	w.audited(t, c.do(t, request(t, "DELETE", w.urls.Mutual+api.PathWhoami, nil)), "request.unknown", audit.Failed)
	w.audited(t, c.get(t, w.urls.Public+"/"), "page.public", audit.Allowed)
	w.audited(t, c.get(t, w.urls.Public+api.PathRoots), "token.roots", audit.Allowed)
	w.audited(t, c.post(t, w.urls.Public+api.PathEnrol, api.EnrolRequest{Email: "x", Code: "y", CSR: "z"}), "token.enrol", audit.Refused)
	w.audited(t, c.post(t, w.urls.Mutual+api.PathSearch, api.SearchRequest{Surname: "x"}), "record.search", audit.Failed)
}

func TestPlain(t *testing.T) {
	w := sharedWorld(t)
	c := w.client(t, strange) // for anyone
	for path, kind := range map[string]string{
		"/crl/people.crl": "application/pkix-crl", "/crl/sites.crl": "application/pkix-crl", "/crl/root.crl": "application/pkix-crl",
		"/ca/people-1.cer": "application/pkix-cert", "/ca/sites-1.cer": "application/pkix-cert", "/ca/root.cer": "application/pkix-cert",
		"/roots.pem": "application/x-pem-file",
	} {
		r := request(t, "GET", w.urls.Plain+path, nil)
		r.Host = "any.host.example"
		got := c.do(t, r)
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != kind || len(got.body) == 0 || got.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s = %d %v", path, got.StatusCode, got.Header)
		}
		head := c.do(t, request(t, "HEAD", w.urls.Plain+path, nil))
		if head.StatusCode != http.StatusOK || head.Header.Get("Content-Type") != kind || len(head.body) != 0 {
			t.Errorf("HEAD %s = %d %v", path, head.StatusCode, head.Header)
		}
	}
	for _, path := range []string{"/", "/crl/other.crl", "/ca/people-9.cer", "/crl/../../etc/passwd", api.PathWhoami, "/metrics"} {
		if got := c.get(t, w.urls.Plain+path); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s = %d, want 404", path, got.StatusCode)
		}
	}
}

func TestOps(t *testing.T) {
	w := sharedWorld(t)
	c := w.client(t, custody)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": "mais_connections_open{listener=\"mutual\"}"} {
		if got := c.get(t, w.urls.Ops+path); got.StatusCode != http.StatusOK || !strings.Contains(string(got.body), want) {
			t.Errorf("%s = %d %.200s", path, got.StatusCode, got.body)
		}
		if head := c.do(t, request(t, "HEAD", w.urls.Ops+path, nil)); head.StatusCode != http.StatusOK {
			t.Errorf("HEAD %s = %d", path, head.StatusCode)
		}
	}
}

// TestBodies: bounded, strict, and never repeated in the answer.
func TestBodies(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	for name, test := range map[string]struct {
		body, kind string
		status     int
	}{
		"64 KiB":        {`{"surname":"` + strings.Repeat("x", 64<<10) + `"}`, "application/json", 413},
		"no JSON":       {`canary`, "application/json", 400},
		"unknown field": {`{"canary":1}`, "application/json", 400},
		"two values":    {`{"surname":"sm"}{}`, "application/json", 400},
		"wrong type":    {`{"surname":["canary"]}`, "application/json", 400},
		"array":         {`[]`, "application/json", 400},
		"nothing":       {``, "application/json", 400},
		"deep":          {strings.Repeat(`[`, 60000), "application/json", 400},
		"a form":        {`surname=canary`, "application/x-www-form-urlencoded", 415},
		"no type":       {`{"surname":"sm"}`, "", 415},
	} {
		got := c.do(t, request(t, "POST", w.urls.Mutual+api.PathSearch, []byte(test.body), "Content-Type", test.kind))
		got.wantProblem(t, test.status, api.Invalid)
		if strings.Contains(string(got.body), "canary") {
			t.Errorf("%s: the answer repeats the body: %s", name, got.body)
		}
		w.audited(t, got, "record.search", audit.Failed)
	}
}

// TestEnrolmentRefusals: whatever is wrong, the answer is the same, byte for byte.
func TestEnrolmentRefusals(t *testing.T) {
	w := sharedWorld(t)
	c := w.client(t, custody)
	var first []byte
	for _, body := range []api.EnrolRequest{
		{}, {Email: "nobody@agency.example", Code: "x", CSR: "x"},
		{Email: "nobody@agency.example", Code: strings.Repeat("A", 52), CSR: "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n"},
		{Email: "<script>alert(1)</script>", Code: "' OR 1=1 --", CSR: "\x00"},
	} {
		got := c.post(t, w.urls.Public+api.PathEnrol, body)
		got.wantProblem(t, http.StatusForbidden, api.EnrolmentRefused)
		if first == nil {
			first = got.body
		}
		if string(got.body) != string(first) {
			t.Errorf("refusals differ: %s and %s", got.body, first)
		}
		w.audited(t, got, "token.enrol", audit.Refused)
	}
}

func TestEnrolmentRate(t *testing.T) {
	w := newWorld(t, func(s *config.Server) { s.Limits.EnrolmentsPerMinute = 1 })
	c := w.client(t, custody)
	refused := false
	for range 20 {
		got := c.post(t, w.urls.Public+api.PathEnrol, api.EnrolRequest{Email: "x"})
		if got.StatusCode == http.StatusTooManyRequests {
			if got.wantProblem(t, http.StatusTooManyRequests, api.TooMany); got.Header.Get("Retry-After") != "60" { // "wait a minute", it says
				t.Errorf("one may try again after %s seconds, want 60", got.Header.Get("Retry-After"))
			}
			refused = true
			break
		}
	}
	if !refused {
		t.Error("20 attempts to enrol at once are all taken")
	}
}

func FuzzBody(f *testing.F) {
	w := sharedWorld(f)
	for _, seed := range []string{`{}`, `{"email":"a","code":"b","csr":"c"}`, `{"email":null}`, `[`, `{"email":1e999}`, "\xff", `{"email":"` + strings.Repeat(`\u0000`, 100) + `"}`} {
		f.Add([]byte(seed))
	}
	c := w.client(f, custody)
	f.Fuzz(func(t *testing.T, body []byte) {
		got := c.do(t, request(t, "POST", w.urls.Public+api.PathEnrol, body, "Content-Type", "application/json"))
		var p api.Problem
		if err := json.Unmarshal(got.body, &p); err != nil || got.StatusCode >= 500 || got.StatusCode < 400 || len(got.body) > 4096 {
			t.Fatalf("%q = %d %s", body, got.StatusCode, got.body)
		}
	})
}
