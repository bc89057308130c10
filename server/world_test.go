package server

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/people"
	"mais/server/migrations"
)

// Where callers of the tests come from. Nobody recognises strange.
const (
	custody = "127.0.0.1" // Custody's network
	ward    = "127.0.0.3" // Ward's
	strange = "127.0.0.2"
)

// world is a running server with one agency and two sites.
type world struct {
	*Server
	urls     URLs
	dir      string
	custody  string // site ids
	ward     string
	owner    *pg.DB // the CA's login role: plain SQL on certificates
	finished chan error
	stop     context.CancelFunc
}

const testPatience = 2 * time.Minute

// shared is the server that most tests share, started by the first of them.
var shared struct {
	sync.Once
	*world
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if w := shared.world; w != nil {
		w.stop()
		if err := <-w.finished; err != nil {
			fmt.Fprintln(os.Stderr, "the server ended with:", err)
			code = 1
		}
		os.RemoveAll(w.dir)
	}
	os.Exit(code)
}

// sharedWorld returns the server that most tests share.
func sharedWorld(t testing.TB) *world {
	t.Helper()
	shared.Do(func() {
		var dir string
		if dir, shared.err = os.MkdirTemp("", "mais-server-"); shared.err == nil {
			shared.world, shared.err = startWorld(t, dir, testLog(), nil, nil)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.world
}

// newWorld returns a server of the test's own, on a database of its own.
func newWorld(t *testing.T, change func(*config.Server)) *world {
	t.Helper()
	source := pgtest.New(t, camigrations.Set, migrations.Set).Source()
	return startedWorld(t, change, &source)
}

// newWholeWorld is newWorld with an embedded PostgreSQL of its own.
func newWholeWorld(t *testing.T, change func(*config.Server)) *world {
	t.Helper()
	return startedWorld(t, change, nil)
}

func startedWorld(t *testing.T, change func(*config.Server), source *pg.Source) *world {
	t.Helper()
	return loggingWorld(t, testLog(), change, source)
}

func loggingWorld(t *testing.T, log *slog.Logger, change func(*config.Server), source *pg.Source) *world {
	t.Helper()
	dir, err := os.MkdirTemp("", "mais-server-") // t.TempDir's names are long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	w, err := startWorld(t, dir, log, change, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.stop()
		if err := <-w.finished; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		os.RemoveAll(dir)
	})
	return w
}

func testSettings(dir string) *config.Server {
	settings := config.Default(dir)
	settings.Names = []string{"localhost", "127.0.0.1"}
	settings.Listen = config.Listen{Public: "127.0.0.1:0", Mutual: "127.0.0.1:0", Plain: "127.0.0.1:0", Ops: "127.0.0.1:0"}
	settings.Limits.EnrolmentsPerMinute = 6000
	return settings
}

func testLog() *slog.Logger {
	if os.Getenv("MAIS_TEST_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// startWorld makes a server in dir, over source unless that is nil.
func startWorld(t testing.TB, dir string, log *slog.Logger, change func(*config.Server), source *pg.Source) (*world, error) {
	settings := testSettings(dir)
	if change != nil {
		change(settings)
	}
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	w := &world{dir: dir, finished: make(chan error, 1)}
	if err := config.WriteSecret(settings.UnlockPath(), catest.Unlock); err != nil {
		return nil, err
	}
	if err := os.Rename(catest.Dir(t), KeyDir(settings)); err != nil {
		return nil, err
	}
	w.Server = newServer(settings, log)
	database := w.openDatabase
	if source != nil {
		database = func(context.Context) error { w.source = *source; return nil }
	}
	if err := w.open(ctx, database); err != nil {
		return nil, err
	}
	if err := w.populate(ctx); err != nil {
		return nil, err
	}
	if err := w.run(); err != nil {
		return nil, err
	}
	return w, nil
}

// run serves until stop and returns when the server is ready.
func (w *world) run() error {
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	ready := make(chan struct{})
	go func() {
		w.finished <- w.Run(ctx, func(urls URLs) error {
			w.urls = urls
			close(ready)
			return nil
		})
	}()
	select {
	case <-ready:
		return nil
	case err := <-w.finished:
		return fmt.Errorf("not ready: %w", err)
	}
}

var testEvent = audit.Event{UserName: "test", AuthMethod: "system"}

func (w *world) populate(ctx context.Context) (err error) {
	if w.owner, err = w.source.Open(ctx, pg.CA); err != nil {
		return err
	}
	w.onClose(w.owner.Close)
	agency, err := w.host.AddAgency(ctx, "Agency", "police", testEvent)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		name, network string
		id            *string
	}{{"Custody", custody + "/32", &w.custody}, {"Ward", ward + "/32", &w.ward}} {
		if *s.id, err = w.host.AddSite(ctx, agency, s.name, testEvent); err != nil {
			return err
		}
		if err := w.host.AddSubnet(ctx, *s.id, netip.MustParsePrefix(s.network), testEvent); err != nil {
			return err
		}
	}
	return w.recognises(ctx, netip.MustParseAddr(ward)) // the last that was added
}

// recognises waits until the server has heard of an address, so that the first caller is not
// refused for coming too early.
func (w *world) recognises(ctx context.Context, from netip.Addr) error {
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !w.authn.Recognises(from) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
	}
	return nil
}

// letsIn waits until the server has heard that an address is a site's, so that nobody of the site is
// refused for coming too early.
func (w *world) letsIn(t *testing.T, site, from string) {
	t.Helper()
	who, err := certs.NewIdentity(certs.Site, site)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the site's network is known", func() bool { return w.authn.Admits(t.Context(), who, remote(from)) == nil })
}

// token is an enrolled user.
type token struct {
	user  string
	email string
	ref   certs.Ref
	tls   tls.Certificate
}

var users struct {
	sync.Mutex
	n int
}

// enrolled registers a user of the sites and enrols them over the public listener.
func (w *world) enrolled(t *testing.T, role string, sites ...string) token {
	t.Helper()
	users.Lock()
	users.n++
	email := fmt.Sprintf("user%d@agency.example", users.n)
	users.Unlock()
	id, err := w.host.AddUser(t.Context(), people.User{
		Email: email, Name: "Test User", Agency: "Agency", Sites: sites, Roles: []string{role},
	}, testEvent)
	if err != nil {
		t.Fatal(err)
	}
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	k := w.enrol(t, certs.User, id, email, key, w.near(sites...))
	k.email = email
	return k
}

// near returns an address at one of the sites.
func (w *world) near(sites ...string) string {
	if slices.Contains(sites, w.ward) {
		return ward
	}
	return custody
}

// enrol invites an identity and enrols it from an address.
func (w *world) enrol(t *testing.T, kind certs.Kind, id, holder string, key crypto.Signer, from string) token {
	t.Helper()
	who, err := certs.NewIdentity(kind, id)
	if err != nil {
		t.Fatal(err)
	}
	code, err := w.Host().Tokens.Invite(t.Context(), who, holder, "Test")
	if err != nil {
		t.Fatal(err)
	}
	csr, err := certs.NewRequest(key)
	if err != nil {
		t.Fatal(err)
	}
	var issued api.IssuedCertificate
	got := w.client(t, from).post(t, w.urls.Public+api.PathEnrol, api.EnrolRequest{Email: holder, Code: code, CSR: string(certs.EncodeRequest(csr))})
	got.decode(t, http.StatusCreated, &issued)
	return w.tokenOf(t, id, issued, key)
}

func (w *world) tokenOf(t *testing.T, user string, issued api.IssuedCertificate, key crypto.Signer) token {
	t.Helper()
	chain, err := certs.ParseCertificates([]byte(issued.Certificate + issued.Chain))
	if err != nil {
		t.Fatal(err)
	}
	ref, ok := w.authority.RefOf(chain[0])
	if !ok {
		t.Fatalf("RefOf does not know the issuer of %v", chain[0].SerialNumber)
	}
	return token{user: user, ref: ref, tls: tls.Certificate{Certificate: [][]byte{chain[0].Raw, chain[1].Raw}, PrivateKey: key, Leaf: chain[0]}}
}

// client is a caller from one address, perhaps with a certificate.
type client struct {
	http.Client
	transport *http.Transport
}

func (w *world) client(t testing.TB, from string, certificates ...tls.Certificate) *client {
	t.Helper()
	transport := &http.Transport{
		DialContext: dialer(from).DialContext, ForceAttemptHTTP2: true, TLSClientConfig: w.clientTLS(certificates...),
		MaxConnsPerHost: 64, // of many callers at once none is to meet limits.connections_per_source
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{http.Client{
		Transport: transport, Timeout: testPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, transport}
}

func dialer(from string) *net.Dialer {
	return &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: testPatience}
}

// clientTLS checks the server as tokenctl does and presents the certificate, if there is
// one, whatever the server's list of issuers says.
func (w *world) clientTLS(certificates ...tls.Certificate) *tls.Config {
	return &tls.Config{
		ServerName: "localhost", ClientSessionCache: tls.NewLRUClientSessionCache(8),
		InsecureSkipVerify: true, // VerifyConnection checks more
		VerifyConnection: func(state tls.ConnectionState) error {
			return certs.CheckServer(state.PeerCertificates, w.authority.Root(), state.ServerName, time.Now())
		},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if len(certificates) == 0 {
				return &tls.Certificate{}, nil
			}
			return &certificates[0], nil
		},
	}
}

// dial opens a bare connection, without ALPN.
func (w *world) dial(t *testing.T, to net.Listener, from string, certificates ...tls.Certificate) *tls.Conn {
	t.Helper()
	conn, err := tls.DialWithDialer(dialer(from), "tcp", to.Addr().String(), w.clientTLS(certificates...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(testPatience))
	return conn
}

// reply is an answer, read to its end.
type reply struct {
	*http.Response
	body []byte
}

func (c *client) try(r *http.Request) (reply, error) {
	response, err := c.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return reply{response, body}, err
}

// do asks, and asks once more for what may be asked twice: the connection of whoever's certificate
// falls is closed, perhaps in the midst of a request.
func (c *client) do(t *testing.T, r *http.Request) reply {
	t.Helper()
	got, err := c.try(r)
	if err != nil && r.Method == http.MethodGet {
		got, err = c.try(r.Clone(r.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (c *client) get(t *testing.T, url string, headers ...string) reply {
	t.Helper()
	return c.do(t, request(t, "GET", url, nil, headers...))
}

// status is that of a get, or 0 when the connection is cut meanwhile, as it is from whoever is being ended.
func (c *client) status(t *testing.T, url string) int {
	t.Helper()
	got, err := c.try(request(t, "GET", url, nil))
	if err != nil {
		return 0
	}
	return got.StatusCode
}

func (c *client) post(t *testing.T, url string, body any, headers ...string) reply {
	t.Helper()
	if body == nil {
		return c.do(t, request(t, "POST", url, nil, headers...))
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return c.do(t, request(t, "POST", url, text, append([]string{"Content-Type", "application/json"}, headers...)...))
}

func request(t *testing.T, method, url string, body []byte, headers ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func (r reply) decode(t *testing.T, status int, into any) {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("%s %s = %d %s, want %d", r.Request.Method, r.Request.URL.Path, r.StatusCode, r.body, status)
	}
	if err := json.Unmarshal(r.body, into); err != nil {
		t.Fatalf("%s %s: %v in %s", r.Request.Method, r.Request.URL.Path, err, r.body)
	}
}

// wantProblem asserts status and type, and returns the problem.
func (r reply) wantProblem(t *testing.T, status int, kind string) api.Problem {
	t.Helper()
	var p api.Problem
	if r.StatusCode != status || json.Unmarshal(r.body, &p) != nil || p.Type != api.ProblemPrefix+kind {
		t.Fatalf("%s %s = %d %s, want %d %s", r.Request.Method, r.Request.URL.Path, r.StatusCode, r.body, status, kind)
	}
	return p
}

// entry is an audit entry as the tests look at it.
type entry struct {
	Act, Outcome, Reason, Address, URI, User, Session string
	Detail                                            map[string]string
}

// entries returns the audit's entries that where, a condition on audit.event, picks.
func (w *world) entries(t *testing.T, where string, args ...any) []entry {
	t.Helper()
	rows, err := w.health.Query(t.Context(), `SELECT act, outcome, coalesce(reason, ''), coalesce(host(address), ''), coalesce(uri, ''),
		coalesce(user_id::text, ''), coalesce(session, ''), coalesce(detail::text, '{}') FROM audit.event WHERE `+where+` ORDER BY id`, args...)
	found, err := pg.Collect(rows, err, func(rows *pg.Rows) (e entry, err error) {
		var detail []byte
		if err := rows.Scan(&e.Act, &e.Outcome, &e.Reason, &e.Address, &e.URI, &e.User, &e.Session, &detail); err != nil {
			return e, err
		}
		return e, json.Unmarshal(detail, &e.Detail)
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// audited asserts that the request is exactly one entry, and returns it.
func (w *world) audited(t *testing.T, r reply, act string, outcome audit.Outcome) entry {
	t.Helper()
	found := w.entries(t, "request = $1", r.Header.Get("Request-Id"))
	if len(found) != 1 || found[0].Act != act || found[0].Outcome != string(outcome) {
		t.Fatalf("the audit of %s %s = %+v, want one entry %s %s", r.Request.Method, r.Request.URL.Path, found, act, outcome)
	}
	return found[0]
}

// eventually waits until check holds.
func eventually(t *testing.T, what string, check func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testPatience)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !check() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("not in time: %s", what)
		}
	}
}

// ageSession makes the session of a certificate of the shared world look unused for a time, which takes
// the schema's owner: the session's guard has to be switched off.
func (w *world) ageSession(t *testing.T, serial, unused string) {
	t.Helper()
	source, stop, err := pg.Attach(t.Context(), pg.ClusterOptions{Dir: DatabaseDir(w.settings)})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	db, err := source.Open(t.Context(), pg.Migrator)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Transact(t.Context(), func(tx *pg.Tx) error {
		_, err := tx.Exec(t.Context(), `ALTER TABLE access.session DISABLE TRIGGER guard`)
		if err == nil {
			_, err = tx.Exec(t.Context(), `UPDATE access.session SET seen_at = now() - $2::interval WHERE serial = $1`, serial, unused)
		}
		if err == nil {
			_, err = tx.Exec(t.Context(), `ALTER TABLE access.session ENABLE ALWAYS TRIGGER guard`)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ownerOf returns a pool that may change the register by plain SQL.
func (w *world) ownerOf(t *testing.T) *pg.DB {
	t.Helper()
	db, leave, err := w.Server.owner(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close(); leave() })
	return db
}

// keyOf returns an issuing CA's certificate and its key.
func (w *world) keyOf(t *testing.T, id string) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	cert, ok := w.authority.Authority(id)
	if !ok {
		t.Fatalf("Authority(%q) is not there", id)
	}
	sealed, err := os.ReadFile(filepath.Join(KeyDir(w.settings), id+".key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := certs.ParseKey(sealed, catest.Unlock.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func remote(a string) netip.Addr { return netip.MustParseAddr(a) }
