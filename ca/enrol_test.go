package ca_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
)

// fixture is a CA, its database and an invitation.
type fixture struct {
	*catest.CA
	db *pgtest.Database
}

func newFixture(t testing.TB, adjust ...func(*ca.Options)) fixture {
	t.Helper()
	db := pgtest.New(t, migrations.Set)
	return fixture{catest.New(t, db, adjust...), db}
}

func invitation(t testing.TB) ca.Invitation {
	t.Helper()
	return ca.Invitation{Identity: catest.Identity(t, certs.User), Holder: "jane@example.org", Name: "Jane Doe", By: "test"}
}

func (f fixture) invite(t testing.TB, i ca.Invitation) string {
	t.Helper()
	code, err := f.Invite(context.Background(), i)
	if err != nil {
		t.Fatal(err)
	}
	return code.Reveal()
}

// ask enrols with the holder of invitation and a request.
func (f fixture) ask(code string, csr []byte) (ca.Issued, error) {
	return f.CA.CA.Enrol(context.Background(), ca.Enrolment{Code: code, Holder: "jane@example.org", CSR: csr, By: "127.0.0.1"})
}

func (f fixture) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	if err := f.db.Owner().QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (f fixture) certificates(t testing.TB) int {
	t.Helper()
	return f.count(t, `SELECT count(*) FROM ca.certificate`)
}

func wantRefused(t testing.TB, what string, err error, cause ca.Cause) {
	t.Helper()
	if got, _ := ca.CauseOf(err); !errors.Is(err, ca.ErrRefused) || got != cause {
		t.Errorf("%s = %v because of %q, want %v because of %q", what, err, got, ca.ErrRefused, cause)
	}
	if err != nil && strings.Contains(err.Error(), string(cause)) {
		t.Errorf("%s tells its cause: %v", what, err)
	}
}

func TestEnrol(t *testing.T) {
	f := newFixture(t)
	i := invitation(t)
	code := f.invite(t, i)
	key := catest.Key(t)
	issued, err := f.ask(code, catest.Request(t, key))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := certs.IdentityOf(issued.Certificate); err != nil || got != i.Identity {
		t.Errorf("identity = %v, %v, want %v", got, err, i.Identity)
	}
	if _, _, err := certs.CheckChain([]*x509.Certificate{issued.Certificate}, f.Issuers(), time.Now()); err != nil {
		t.Errorf("CheckChain = %v", err)
	}
	if ref, ok := f.RefOf(issued.Certificate); !ok || ref != issued.Ref {
		t.Errorf("RefOf = %v, %v, want %v", ref, ok, issued.Ref)
	}
	entry, err := f.Get(context.Background(), issued.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if entry.Identity != i.Identity || entry.Status != certs.Active || entry.Level != certs.Software || !entry.Live(time.Now()) || entry.IssuedBy != "127.0.0.1" {
		t.Errorf("recorded as %+v", entry)
	}
	var whats []string
	for _, act := range f.Acts() {
		whats = append(whats, act.What)
	}
	if want := []string{"invite", "enrol"}; !slices.Equal(whats, want) {
		t.Errorf("acts = %v, want %v", whats, want)
	}
	if act := f.Acts()[1]; act.Ref != issued.Ref || act.Identity != i.Identity || !act.Fingerprint.Matches(issued.Certificate.Raw) {
		t.Errorf("act = %+v", act)
	}
}

func TestSiteAndServer(t *testing.T) {
	f := newFixture(t)
	site := f.Enrol(t, ca.Invitation{Identity: catest.Identity(t, certs.Site), Holder: "Custody North", Name: "Custody North", DNSNames: []string{"North.LOCALHOST"}, By: "test"})
	if r, err := certs.CheckLeaf(site.Certificate); err != nil || r.Profile != certs.SiteToken || !slices.Equal(site.Certificate.DNSNames, []string{"north.localhost"}) {
		t.Errorf("site: %v, %v for %v", r.Profile, err, site.Certificate.DNSNames)
	}
	server := f.Server(t)
	if err := certs.CheckServer([]*x509.Certificate{server.Certificate, server.Chain[0]}, f.Root(), "localhost", time.Now()); err != nil {
		t.Errorf("CheckServer(localhost) = %v", err)
	}
	if err := certs.CheckServer([]*x509.Certificate{server.Certificate, server.Chain[0]}, f.Root(), "127.0.0.1", time.Now()); err != nil {
		t.Errorf("CheckServer(127.0.0.1) = %v", err)
	}
	if err := certs.CheckServer([]*x509.Certificate{site.Certificate, site.Chain[0]}, f.Root(), "north.localhost", time.Now()); err == nil {
		t.Error("CheckServer took a site's certificate")
	}
}

// What could not be issued is refused when it is invited.
func TestInviteRefuses(t *testing.T) {
	f := newFixture(t)
	for name, spoil := range map[string]func(i *ca.Invitation){
		"nobody":                       func(i *ca.Invitation) { i.Identity = certs.Identity{} },
		"a server":                     func(i *ca.Invitation) { i.Identity = catest.Identity(t, certs.Server) },
		"no holder":                    func(i *ca.Invitation) { i.Holder = " " },
		"a holder that does not print": func(i *ca.Invitation) { i.Holder = "jane\x00@example.org" },
		"a long holder":                func(i *ca.Invitation) { i.Holder = strings.Repeat("a", 321) },
		"no name":                      func(i *ca.Invitation) { i.Name = "" },
		"a name with markup entities":  func(i *ca.Invitation) { i.Name = "a&amp;b" },
		"a long name":                  func(i *ca.Invitation) { i.Name = strings.Repeat("a", 65) },
		"host names of a person":       func(i *ca.Invitation) { i.DNSNames = []string{"localhost"} },
		"a year":                       func(i *ca.Invitation) { i.Expires = 365 * 24 * time.Hour },
		"names outside the deployment": func(i *ca.Invitation) {
			i.Identity, i.DNSNames = catest.Identity(t, certs.Site), []string{"example.net"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			i := invitation(t)
			spoil(&i)
			if code, err := f.Invite(context.Background(), i); err == nil || code != (ca.Code{}) {
				t.Errorf("Invite = %v, %v, want an error", code, err)
			}
		})
	}
	if n := f.count(t, `SELECT count(*) FROM ca.enrolment_order`); n != 0 {
		t.Errorf("%d orders recorded, want none", n)
	}
}

func TestEnrolRefuses(t *testing.T) {
	f := newFixture(t)
	csr := catest.Request(t, catest.Key(t))
	ask := func(e ca.Enrolment) error {
		_, err := f.CA.CA.Enrol(context.Background(), e)
		return err
	}
	code := f.invite(t, invitation(t))
	good := ca.Enrolment{Code: code, Holder: "jane@example.org", CSR: csr}
	wantRefused(t, "garbage for a request", ask(ca.Enrolment{Code: code, Holder: good.Holder, CSR: []byte("x")}), ca.BadRequest)
	wantRefused(t, "garbage for a code", ask(ca.Enrolment{Code: "hello", Holder: good.Holder, CSR: csr}), ca.BadCode)
	wantRefused(t, "a code never given", ask(ca.Enrolment{Code: ca.NewCode().Reveal(), Holder: good.Holder, CSR: csr}), ca.UnknownCode)
	wantRefused(t, "another holder", ask(ca.Enrolment{Code: code, Holder: "john@example.org", CSR: csr}), ca.WrongHolder)

	expired := invitation(t)
	expired.Expires = time.Nanosecond
	wantRefused(t, "an expired code", ask(ca.Enrolment{Code: f.invite(t, expired), Holder: good.Holder, CSR: csr}), ca.CodeExpired)

	again := invitation(t)
	first := f.invite(t, again)
	f.invite(t, again)
	wantRefused(t, "a code replaced by a later one", ask(ca.Enrolment{Code: first, Holder: good.Holder, CSR: csr}), ca.CodeCanceled)

	if n := f.certificates(t); n != 0 {
		t.Errorf("%d certificates issued, want none", n)
	}
	good.Holder = "  JANE@example.org "
	if err := ask(good); err != nil {
		t.Errorf("the right code after that = %v, want a certificate", err)
	}
}

// A holder that no order and no database could hold is a wrong one like any other, and
// counts as a try.
func TestHoldersThatDoNotPrint(t *testing.T) {
	f := newFixture(t)
	code, csr := f.invite(t, invitation(t)), catest.Request(t, catest.Key(t))
	for n, holder := range []string{"jane\x00@example.org", "jane\xff@example.org", "jane\n@example.org", strings.Repeat("a", 1<<16)} {
		_, err := f.CA.CA.Enrol(context.Background(), ca.Enrolment{Code: code, Holder: holder, CSR: csr})
		wantRefused(t, "a holder that does not print", err, ca.WrongHolder)
		if tries := f.count(t, `SELECT tries FROM ca.enrolment_order`); tries != n+1 {
			t.Errorf("%d tries counted, want %d", tries, n+1)
		}
		_, err = f.CA.CA.Enrol(context.Background(), ca.Enrolment{Code: ca.NewCode().Reveal(), Holder: holder, CSR: csr})
		wantRefused(t, "a code never given", err, ca.UnknownCode)
	}
}

// Of invitations at once all are answered, and one code is good.
func TestInvitationsAtOnce(t *testing.T) {
	f := newFixture(t)
	i := invitation(t)
	var all sync.WaitGroup
	codes := make(chan string, 20)
	for range cap(codes) {
		all.Go(func() {
			code, err := f.Invite(context.Background(), i)
			if err != nil {
				t.Error(err)
				return
			}
			codes <- code.Reveal()
		})
	}
	all.Wait()
	close(codes)
	if n := f.count(t, `SELECT count(*) FROM ca.enrolment_order WHERE used_at IS NULL AND cancelled_at IS NULL`); n != 1 {
		t.Errorf("%d orders are open, want 1", n)
	}
	served, csr := 0, catest.Request(t, catest.Key(t))
	for code := range codes {
		if _, err := f.ask(code, csr); err == nil {
			served++
		} else {
			wantRefused(t, "a code replaced by a later one", err, ca.CodeCanceled)
		}
	}
	if served != 1 {
		t.Errorf("%d codes were good, want 1", served)
	}
}

// Five wrong tries end a code, counted on its id, and the right one then no longer helps.
func TestWrongTriesAreCounted(t *testing.T) {
	f := newFixture(t)
	code := f.invite(t, invitation(t))
	wrong := code[:len(code)-11] + "00000-00000"
	csr := catest.Request(t, catest.Key(t))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := f.ask(wrong, csr)
			if cause, _ := ca.CauseOf(err); cause != ca.WrongSecret {
				t.Errorf("a wrong code = %v because of %q, want %q", err, cause, ca.WrongSecret)
			}
		})
	}
	all.Wait()
	if n := f.count(t, `SELECT tries FROM ca.enrolment_order`); n != 5 {
		t.Errorf("%d tries counted, want 5", n)
	}
	_, err := f.ask(code, csr)
	wantRefused(t, "the right code after five wrong ones", err, ca.CodeTries)
}

func TestFourWrongTriesAreForgiven(t *testing.T) {
	f := newFixture(t)
	code := f.invite(t, invitation(t))
	csr := catest.Request(t, catest.Key(t))
	for range 4 {
		_, err := f.ask(code[:len(code)-11]+"00000-00000", csr)
		wantRefused(t, "a wrong code", err, ca.WrongSecret)
	}
	if _, err := f.ask(code, csr); err != nil {
		t.Errorf("the right code after four wrong ones = %v", err)
	}
}

// A connection that broke before the answer costs nothing, for ten minutes, to the same key.
func TestRepeatedEnrolment(t *testing.T) {
	f := newFixture(t)
	now := time.Now()
	f.SetNow(func() time.Time { return now })
	code := f.invite(t, invitation(t))
	csr := catest.Request(t, catest.Key(t))
	first, err := f.ask(code, csr)
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(9 * time.Minute)
	second, err := f.ask(code, csr)
	if err != nil || second.Ref != first.Ref || !second.Repeated || !second.Certificate.Equal(first.Certificate) {
		t.Errorf("the same request again = %v, %v, want %v", second.Ref, err, first.Ref)
	}
	_, err = f.ask(code, catest.Request(t, catest.Key(t)))
	wantRefused(t, "a used code with another key", err, ca.CodeUsed)
	now = now.Add(2 * time.Minute)
	_, err = f.ask(code, csr)
	wantRefused(t, "the same request after eleven minutes", err, ca.CodeUsed)
}

func TestRevokedIsNotRepeated(t *testing.T) {
	f := newFixture(t)
	code, csr := f.invite(t, invitation(t)), catest.Request(t, catest.Key(t))
	issued, err := f.ask(code, csr)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Revoke(context.Background(), issued.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	_, err = f.ask(code, csr)
	wantRefused(t, "the same request after revocation", err, ca.CodeUsed)
}

func TestDatabaseHoldsNoUsableCode(t *testing.T) {
	f := newFixture(t)
	code := f.invite(t, invitation(t))
	var row string
	if err := f.db.Owner().QueryRow(context.Background(), `SELECT o::text FROM ca.enrolment_order o`).Scan(&row); err != nil {
		t.Fatal(err)
	}
	secret := strings.ReplaceAll(code, "-", "")[9:]
	if strings.Contains(row, secret) || strings.Contains(row, code) {
		t.Errorf("the row %q holds the secret", row)
	}
}

// 200 clients with keys of their own and one code: one certificate.
func TestOneCodeOneCertificate(t *testing.T) {
	f := newFixture(t)
	code := f.invite(t, invitation(t))
	const clients = 200
	requests := make([][]byte, clients)
	for n := range requests {
		requests[n] = catest.Request(t, catest.Key(t))
	}
	served := make(chan ca.Issued, clients)
	start := make(chan struct{})
	var all sync.WaitGroup
	for _, csr := range requests {
		all.Go(func() {
			<-start
			issued, err := f.ask(code, csr)
			if err == nil {
				served <- issued
				return
			}
			if cause, _ := ca.CauseOf(err); cause != ca.CodeUsed {
				t.Errorf("a client that lost = %v because of %q, want %q", err, cause, ca.CodeUsed)
			}
		})
	}
	close(start)
	all.Wait()
	if len(served) != 1 || f.certificates(t) != 1 {
		t.Errorf("%d clients served and %d certificates recorded, want 1 and 1", len(served), f.certificates(t))
	}
}

// The same client 50 times at once gets one certificate 50 times.
func TestOneKeyAtOnce(t *testing.T) {
	f := newFixture(t)
	code, csr := f.invite(t, invitation(t)), catest.Request(t, catest.Key(t))
	var mu sync.Mutex
	refs := map[certs.Ref]int{}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			issued, err := f.ask(code, csr)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			refs[issued.Ref]++
		})
	}
	all.Wait()
	if len(refs) != 1 {
		t.Errorf("certificates %v, want one", refs)
	}
}

func TestKeyOfAnotherSubject(t *testing.T) {
	f := newFixture(t)
	key := catest.Key(t)
	if _, err := f.ask(f.invite(t, invitation(t)), catest.Request(t, key)); err != nil {
		t.Fatal(err)
	}
	code := f.invite(t, invitation(t))
	_, err := f.ask(code, catest.Request(t, key))
	wantRefused(t, "another subject's key", err, ca.KeyOfAnother)
	if _, err := f.ask(code, catest.Request(t, catest.Key(t))); err != nil {
		t.Errorf("the code with a key of its own = %v, want it unspent", err)
	}
}

func TestExposedKeyIsNotCertifiedAgain(t *testing.T) {
	f := newFixture(t)
	key, i := catest.Key(t), invitation(t)
	issued, err := f.ask(f.invite(t, i), catest.Request(t, key))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Revoke(context.Background(), issued.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	_, err = f.ask(f.invite(t, i), catest.Request(t, key))
	wantRefused(t, "a compromised key", err, ca.KeyExposed)
}

// Without its audit entry nothing is issued and the code stays good.
func TestNoAuditNoCertificate(t *testing.T) {
	audit := errors.New("no audit today")
	fail := false
	f := newFixture(t, func(o *ca.Options) {
		o.Record = func(context.Context, *pg.Tx, ca.Act) error {
			if fail {
				return audit
			}
			return nil
		}
	})
	code, csr := f.invite(t, invitation(t)), catest.Request(t, catest.Key(t))
	fail = true
	if _, err := f.ask(code, csr); !errors.Is(err, audit) {
		t.Errorf("Enrol = %v, want %v", err, audit)
	}
	if _, err := f.Invite(context.Background(), invitation(t)); !errors.Is(err, audit) {
		t.Errorf("Invite = %v, want %v", err, audit)
	}
	if n := f.certificates(t); n != 0 {
		t.Errorf("%d certificates recorded, want none", n)
	}
	fail = false
	issued, err := f.ask(code, csr)
	if err != nil {
		t.Fatal(err)
	}
	fail = true
	if err := f.Revoke(context.Background(), issued.Ref, ca.Unspecified, "test"); !errors.Is(err, audit) {
		t.Errorf("Revoke = %v, want %v", err, audit)
	}
	if entry, err := f.Get(context.Background(), issued.Ref); err != nil || entry.Status != certs.Active {
		t.Errorf("status = %v, %v, want active", entry.Status, err)
	}
}

type brokenSigner struct{ crypto.Signer }

func (brokenSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("the HSM is gone")
}

// step-ca makes every signature: broken, nothing is issued, nothing recorded, no code spent.
func TestBrokenSigning(t *testing.T) {
	f := newFixture(t)
	code, csr := f.invite(t, invitation(t)), catest.Request(t, catest.Key(t))
	issued, err := f.ask(code, csr)
	if err != nil {
		t.Fatal(err)
	}
	second := f.invite(t, invitation(t))
	before := len(f.Acts())
	for _, series := range []string{"people", "sites"} {
		if err := f.WrapSigner(series, catest.PlainURL, func(s crypto.Signer) crypto.Signer { return brokenSigner{s} }); err != nil {
			t.Fatal(err)
		}
	}
	other := catest.Request(t, catest.Key(t))
	if _, err := f.ask(second, other); err == nil || errors.Is(err, ca.ErrRefused) {
		t.Errorf("Enrol = %v, want a failure", err)
	}
	if _, err := f.Renew(context.Background(), issued.Ref, other, ca.Evidence{}); err == nil || errors.Is(err, ca.ErrRefused) {
		t.Errorf("Renew = %v, want a failure", err)
	}
	if _, err := f.IssueServer(context.Background(), catest.Identity(t, certs.Server), other, []string{"localhost"}, nil); err == nil {
		t.Error("IssueServer = nil error, want a failure")
	}
	if n := f.certificates(t); n != 1 || len(f.Acts()) != before {
		t.Errorf("%d certificates and %d acts more, want 1 and none", n, len(f.Acts())-before)
	}
	if err := f.WrapSigner("people", catest.PlainURL, func(s crypto.Signer) crypto.Signer { return s }); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ask(second, other); err != nil {
		t.Errorf("Enrol once it is mended = %v", err)
	}
}

// What is asked for beside the key has no effect, through the whole enrolment; package
// issuance tests more of it.
func TestRequestCannotChooseAnything(t *testing.T) {
	f := newFixture(t)
	i := invitation(t)
	isCA, err := asn1.Marshal(struct{ IsCA bool }{true})
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject:         pkix.Name{CommonName: "admin\x00" + strings.Repeat("x", 64<<10)},
		DNSNames:        []string{"localhost"},
		URIs:            []*url.URL{catest.Identity(t, certs.User).URI()},
		ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 19}, Critical: true, Value: isCA}},
	}, catest.Key(t))
	if err != nil {
		t.Fatal(err)
	}
	issued, err := f.ask(f.invite(t, i), der)
	if err != nil {
		t.Fatal(err)
	}
	cert := issued.Certificate
	if id, err := certs.IdentityOf(cert); err != nil || id != i.Identity || cert.IsCA || cert.Subject.CommonName != "Jane Doe" || len(cert.DNSNames) > 0 {
		t.Errorf("issued to %v, CA %v, for %q with names %v", id, cert.IsCA, cert.Subject.CommonName, cert.DNSNames)
	}
}
