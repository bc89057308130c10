package ca_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	zx509 "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
	xocsp "golang.org/x/crypto/ocsp"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/ceremony"
	"mais/ca/internal/keydir"
	"mais/certs"
	"mais/internal/pg"
)

func derOf(t *testing.T, text []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatal("no PEM")
	}
	return block.Bytes
}

// again starts a node anew on the fixture's database, with another's keys or its own.
func (f fixture) again(t *testing.T, dir, name string) fixture {
	t.Helper()
	n := fixture{catest.New(t, f.db, func(o *ca.Options) { o.Dir, o.Node = dir, name }), f.db}
	n.Dir = dir
	return n
}

// lives runs a node's feed until stop.
func (f fixture) lives(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Feed().Run(ctx) }()
	for deadline := time.Now().Add(time.Minute); f.Feed().Fresh() != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the feed does not get going: %v", f.Feed().Fresh())
		}
	}
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the feed ended with %v", err)
		}
	}
}

// rootElsewhere takes the root's key to a directory of its own.
func rootElsewhere(t *testing.T, dir string) ceremony.RootKey {
	t.Helper()
	k := ceremony.RootKey{Dir: filepath.Join(t.TempDir(), "medium"), Passphrase: catest.RootPassphrase}
	if err := ceremony.CopyRoot(context.Background(), dir, k.Dir, k.Passphrase); err != nil {
		t.Fatal(err)
	}
	if err := ceremony.RemoveRootKey(context.Background(), dir, k.Dir, k.Passphrase); err != nil {
		t.Fatal(err)
	}
	return k
}

// signed requests the next generation of a series and has the root sign it.
func (f fixture) signed(t *testing.T, root ceremony.RootKey, series string) []byte {
	t.Helper()
	text, err := f.Request(context.Background(), series, "")
	if err != nil {
		t.Fatal(err)
	}
	request, err := ceremony.ParseSigningRequest(text)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := ceremony.Sign(context.Background(), root, request)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func (f fixture) installed(t *testing.T, root ceremony.RootKey, series string) (id string) {
	t.Helper()
	id, err := f.Install(context.Background(), f.signed(t, root, series), "test")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "ca")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// The issuing CAs of both series are rolled over, with the root's key elsewhere, while what
// the old ones issued goes on, renews, and can be revoked.
func TestRollOver(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	root, backup := rootElsewhere(t, f.Dir), copyDir(t, f.Dir)
	person, other, server := f.Person(t, "Jane Doe"), f.Person(t, "John Doe"), f.Server(t)
	for _, series := range []string{"people", "sites"} {
		if id := f.installed(t, root, series); id != series+"-2" {
			t.Errorf("Install = %s, want %s-2", id, series)
		}
	}
	stop := f.lives(t) // it was started before
	if _, err := f.Activate(ctx, "people", "test"); !errors.Is(err, ca.ErrDirectory) {
		t.Errorf("Activate by a process without the key = %v, want it refused", err)
	}
	next := f.again(t, f.Dir, "next")
	if _, err := next.Activate(ctx, "people", "test"); !errors.Is(err, ca.ErrNodes) || !strings.Contains(err.Error(), "people-2 on test") {
		t.Errorf("Activate beside a node that has not been restarted = %v, want %v", err, ca.ErrNodes)
	}
	stop()
	stopBackup := f.again(t, backup, "backup").lives(t)
	if _, err := next.Activate(ctx, "people", "test"); !errors.Is(err, ca.ErrNodes) || !strings.Contains(err.Error(), "people-2 on backup") {
		t.Errorf("Activate beside a backup node without the key = %v, want %v", err, ca.ErrNodes)
	}
	stopBackup()
	if issued := next.Person(t, "Before"); issued.Ref.Issuer != "people-1" {
		t.Errorf("before its activation %s issues", issued.Ref.Issuer)
	}
	if got := next.findings(t); !strings.Contains(got, "warning generation-people-2") {
		t.Errorf("Check = %q, want to be told that people-2 waits", got)
	}
	for _, series := range []string{"people", "sites"} {
		if id, err := next.Activate(ctx, series, "test"); err != nil || id != series+"-2" {
			t.Fatalf("Activate(%s) = %s, %v", series, id, err)
		}
	}
	if _, err := next.Activate(ctx, "people", "test"); !errors.Is(err, ca.ErrAlready) {
		t.Errorf("Activate again = %v, want %v", err, ca.ErrAlready)
	}
	if got := next.findings(t); !strings.Contains(got, "warning issuing-people: people-2 is active, and this node still issues from people-1") {
		t.Errorf("Check = %q, want to be told to restart", got)
	}
	if _, err := openAt(t, f, backup); !errors.Is(err, ca.ErrDirectory) || !strings.Contains(err.Error(), "lacks people-2.key") {
		t.Errorf("the backup node starts with %v, want to be told of the key it lacks", err)
	}

	now := f.again(t, f.Dir, "now")
	defer now.lives(t)()
	renewed, err := now.Renew(ctx, person.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	if renewed.Ref.Issuer != "people-2" || len(renewed.Chain) != 1 || renewed.Chain[0].CheckSignatureFrom(now.Root()) != nil {
		t.Errorf("a certificate of people-1 renews into %s", renewed.Ref.Issuer)
	}
	for _, cert := range []*x509.Certificate{person.Certificate, other.Certificate, renewed.Certificate} {
		if _, _, err := certs.CheckChain([]*x509.Certificate{cert}, now.Issuers(), time.Now()); err != nil {
			t.Errorf("CheckChain below %s = %v", cert.Issuer, err)
		}
		if ref, ok := now.RefOf(cert); !ok {
			t.Errorf("RefOf = %v, want it known", ref)
		}
	}
	now.checkServer(t, server)
	now.checkLists(t, other, renewed)
	now.checkAnswers(t, other, renewed)
}

func openAt(t *testing.T, f fixture, dir string) (*ca.CA, error) {
	t.Helper()
	return ca.Open(context.Background(), ca.Options{
		DB: f.db.Open(t, pg.CA), Source: f.db.Source(), Dir: dir, Unlock: catest.Unlock, PlainURL: catest.PlainURL, Node: "other",
		Record: func(context.Context, *pg.Tx, ca.Act) error { return nil },
	})
}

// checkServer: a node gets its next certificate from sites-2 for the key that sites pin.
func (f fixture) checkServer(t *testing.T, old catest.Token) {
	t.Helper()
	issued, err := f.IssueServer(context.Background(), catest.Identity(t, certs.Server), catest.Request(t, catest.Key(t)), []string{catest.DNSName}, nil)
	if err != nil {
		t.Fatal(err)
	}
	chain := append([]*x509.Certificate{issued.Certificate}, issued.Chain...)
	if err := certs.CheckServer(chain, f.Root(), catest.DNSName, time.Now()); err != nil || issued.Ref.Issuer != "sites-2" {
		t.Errorf("the server's certificate is of %s, %v, want of sites-2", issued.Ref.Issuer, err)
	}
	if err := certs.CheckServer([]*x509.Certificate{old.Certificate, old.Chain[0]}, f.Root(), catest.DNSName, time.Now()); err != nil {
		t.Errorf("the one of sites-1 = %v, want it good as well", err)
	}
}

// checkLists: what people-1 issued is revoked on lists of people-1, and the series' name
// has gone over to people-2.
func (f fixture) checkLists(t *testing.T, old catest.Token, renewed ca.Issued) {
	t.Helper()
	people1, _ := f.Authority("people-1")
	people2, _ := f.Authority("people-2")
	if err := f.Revoke(context.Background(), old.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	for name, signer := range map[string]*x509.Certificate{"people-1": people1, "people-2": people2, "people": people2} {
		list := f.list(t, name)
		if err := list.CheckSignatureFrom(signer); err != nil || lists(list, old.Ref) != (signer == people1) {
			t.Errorf("%s.crl: signature %v, lists the revoked one of people-1: %v", name, err, lists(list, old.Ref))
		}
	}
	if list := f.shard(t, old.Certificate); list.CheckSignatureFrom(people1) != nil || !lists(list, old.Ref) {
		t.Error("the shard that a certificate of people-1 names does not say that it is revoked")
	}
	if _, n := shardOf(t, renewed.Certificate); n < 1024 {
		t.Errorf("a certificate of people-2 names shard %d, which is of people-1", n)
	}
	if list := f.shard(t, renewed.Certificate); list.CheckSignatureFrom(people2) != nil {
		t.Error("the shard that a certificate of people-2 names is not of people-2")
	}
}

// checkAnswers asks OCSP about both generations.
func (f fixture) checkAnswers(t *testing.T, revoked catest.Token, good ca.Issued) {
	t.Helper()
	ctx := context.Background()
	if err := f.Respond(ctx, catest.Identity(t, certs.Server)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		cert *x509.Certificate
		id   string
		want int
	}{{revoked.Certificate, "people-1", xocsp.Revoked}, {good.Certificate, "people-2", xocsp.Good}} {
		issuer, _ := f.Authority(test.id)
		request, err := xocsp.CreateRequest(test.cert, issuer, &xocsp.RequestOptions{Hash: crypto.SHA1})
		if err != nil {
			t.Fatal(err)
		}
		der, _ := f.OCSP(ctx, request)
		answer, err := xocsp.ParseResponseForCert(der, test.cert, issuer)
		if err != nil || answer.Status != test.want {
			t.Errorf("OCSP below %s = %+v, %v, want status %d", test.id, answer, err, test.want)
		}
	}
}

// What the root signs of a request is what a ceremony would make, whatever the request says.
func TestSignedGenerationIsLikeTheFirst(t *testing.T) {
	f := newFixture(t)
	root := rootElsewhere(t, f.Dir)
	registry, err := lint.GlobalRegistry().Filter(lint.FilterOptions{IncludeSources: lint.SourceList{
		lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC8813, lint.Community,
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, series := range []string{"people", "sites"} {
		f.installed(t, root, series)
		first, next := authorityOf(t, f.Dir, series+"-1"), authorityOf(t, f.Dir, series+"-2")
		if next.Subject.CommonName != "Test CA "+series+"-2" || !bytes.Equal(next.RawIssuer, first.RawIssuer) || len(next.URIs) != 0 {
			t.Errorf("%s-2 is %v by %v", series, next.Subject, next.Issuer)
		}
		if got, want := extensions(next), extensions(first); got != want {
			t.Errorf("%s-2 has\n%s\nwant, as %s-1,\n%s", series, got, series, want)
		}
		parsed, err := zx509.ParseCertificate(next.Raw)
		if err != nil {
			t.Fatal(err)
		}
		for name, result := range zlint.LintCertificateEx(parsed, registry).Results {
			if result.Status >= lint.Notice {
				t.Errorf("%s-2: %s: %s %s", series, name, result.Status, result.Details)
			}
		}
	}
}

func authorityOf(t *testing.T, dir, id string) *x509.Certificate {
	t.Helper()
	cert, err := keydir.ReadCertificate(dir, id)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// extensions are those of a CA but for its key's name.
func extensions(cert *x509.Certificate) string {
	var b strings.Builder
	for _, e := range cert.Extensions {
		if !e.Id.Equal([]int{2, 5, 29, 14}) {
			b.WriteString(e.Id.String() + " " + strings.ToUpper(string(bytes.ToValidUTF8(e.Value, []byte(".")))) + "\n")
		}
	}
	return b.String()
}

// Each step may be run again, and a second CA of one name is not made.
func TestRotateAgain(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	root := rootElsewhere(t, f.Dir)
	request, err := f.Request(ctx, "people", "")
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Request(ctx, "people", "")
	if err != nil || !bytes.Equal(request, again) {
		t.Errorf("a second Request = %v, another: %v", err, !bytes.Equal(request, again))
	}
	if got := f.findings(t); !strings.Contains(got, "warning generation-people-2: a key for people-2 is made") {
		t.Errorf("Check = %q, want to be told of the request", got)
	}
	parsed, err := ceremony.ParseSigningRequest(request)
	if err != nil || parsed.ID != "people-2" || parsed.PlainURL != catest.PlainURL {
		t.Fatalf("ParseSigningRequest = %+v, %v", parsed, err)
	}
	first, err := ceremony.Sign(ctx, root, parsed)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ceremony.Sign(ctx, root, parsed)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{second, second} {
		if id, err := f.Install(ctx, text, "test"); err != nil || id != "people-2" {
			t.Errorf("Install = %s, %v", id, err)
		}
	}
	if _, err := f.Install(ctx, first, "test"); !errors.Is(err, ca.ErrNotAllowed) || !strings.Contains(err.Error(), "number 2, and number 3 is known") {
		t.Errorf("Install with an older list = %v, want it refused", err)
	}
	elsewhere := fixtureOf(t, f)
	another, err := elsewhere.Request(ctx, "people", "")
	if err != nil {
		t.Fatal(err)
	}
	if parsed, err = ceremony.ParseSigningRequest(another); err != nil {
		t.Fatal(err)
	}
	if _, err := ceremony.Sign(ctx, root, parsed); !errors.Is(err, ceremony.ErrNotAllowed) || !strings.Contains(err.Error(), "another people-2") {
		t.Errorf("Sign of a second people-2 = %v, want it refused", err)
	}
	if id := f.installed(t, root, "people"); id != "people-3" {
		t.Errorf("the generation after people-2 is %s", id)
	}
}

// TestWithdrawRequest: a request that is taken back leaves no key, no file and no finding, what the root
// signed of it is refused, and the next request is another.
func TestWithdrawRequest(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	root := rootElsewhere(t, f.Dir)
	fresh := root
	if fresh.Dir = filepath.Join(t.TempDir(), "copy"); os.CopyFS(fresh.Dir, os.DirFS(root.Dir)) != nil {
		t.Fatal("the root's medium cannot be copied")
	}
	if _, err := f.WithdrawRequest(ctx, "people", "test"); !errors.Is(err, ca.ErrNoRequest) {
		t.Errorf("Withdraw of nothing = %v, want %v", err, ca.ErrNoRequest)
	}
	signed := f.signed(t, root, "people")
	if id, err := f.WithdrawRequest(ctx, "people", "test"); err != nil || id != "people-2" {
		t.Fatalf("Withdraw = %s, %v", id, err)
	}
	if left, err := filepath.Glob(filepath.Join(f.Dir, "people-2.*")); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	if got := f.findings(t); strings.Contains(got, "generation-people-2") {
		t.Errorf("Check = %q, want no word of it", got)
	}
	if _, err := f.Install(ctx, signed, "test"); !errors.Is(err, ca.ErrDirectory) {
		t.Errorf("Install of what was withdrawn = %v, want it refused", err)
	}
	if _, err := f.Request(ctx, "people", ""); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(f.Dir, "people-2.csr")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Request(ctx, "people", ""); !errors.Is(err, ca.ErrDirectory) {
		t.Errorf("Request beside a key that was left = %v, want it refused", err)
	}
	if _, err := f.WithdrawRequest(ctx, "people", "test"); err != nil {
		t.Errorf("Withdraw of a key that was left: %v", err)
	}
	if id := f.installed(t, fresh, "people"); id != "people-2" {
		t.Errorf("after that people goes on with %s", id)
	}
	if _, err := f.WithdrawRequest(ctx, "people", "test"); !errors.Is(err, ca.ErrNoRequest) {
		t.Errorf("Withdraw of what is installed = %v, want %v", err, ca.ErrNoRequest)
	}
}

// fixtureOf is another service with the same keys, on a database of its own.
func fixtureOf(t *testing.T, f fixture) fixture {
	t.Helper()
	dir := catest.Dir(t)
	n := newFixture(t, func(o *ca.Options) { o.Dir = dir })
	n.Dir = dir
	return n
}

func TestInstallRefuses(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	root := rootElsewhere(t, f.Dir)
	good := f.signed(t, root, "people")
	strange := filepath.Join(t.TempDir(), "ca")
	if _, err := ceremony.Init(ctx, catest.Ceremony(strange)); err != nil {
		t.Fatal(err)
	}
	text, err := f.Request(ctx, "people", "")
	if err != nil {
		t.Fatal(err)
	}
	request, err := ceremony.ParseSigningRequest(text[:bytes.Index(text, []byte("-----BEGIN X509 CRL"))])
	if err != nil {
		t.Fatal(err)
	}
	stranger := ceremony.RootKey{Dir: strange, Passphrase: catest.RootPassphrase}
	foreign, err := ceremony.Sign(ctx, stranger, request)
	if err != nil {
		t.Fatal(err)
	}
	certificate, list := good[:bytes.Index(good, []byte("-----BEGIN X509 CRL"))], good[bytes.Index(good, []byte("-----BEGIN X509 CRL")):]
	flipped := bytes.Clone(good)
	flipped[200] ^= 1
	for name, text := range map[string][]byte{
		"nothing": nil, "what another root signed": foreign, "a certificate alone": certificate, "a list alone": list,
		"one cut short": good[:len(good)/2], "one with a bit flipped": flipped,
		"two certificates": append(bytes.Clone(certificate), good...), "far too much": bytes.Repeat(good, 200),
		"another root's certificate with our list": append(bytes.Clone(foreign[:bytes.Index(foreign, []byte("-----BEGIN X509 CRL"))]), list...),
	} {
		if id, err := f.Install(ctx, text, "test"); err == nil {
			t.Errorf("Install of %s = %s, want an error", name, id)
		}
	}
	if err := os.Remove(filepath.Join(f.Dir, "people-2.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Install(ctx, good, "test"); !errors.Is(err, ca.ErrDirectory) {
		t.Errorf("Install without the key = %v, want %v", err, ca.ErrDirectory)
	}
	overwrite(t, f.Dir, "people-1.crt", f.Dir)
	if _, err := f.Request(ctx, "pets", ""); !errors.Is(err, ca.ErrUnknown) {
		t.Errorf("Request for pets = %v, want %v", err, ca.ErrUnknown)
	}
	if _, err := ceremony.Sign(ctx, ceremony.RootKey{Dir: root.Dir, Passphrase: catest.Unlock}, request); err == nil {
		t.Error("Sign with a wrong passphrase = nil error")
	}
}

// An issuing CA that the root revokes takes everything below it along, on every node.
func TestRevokedByRoot(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	person, site := f.Person(t, "Jane Doe"), f.Server(t)
	node := f.again(t, copyDir(t, f.Dir), "other")
	root := rootElsewhere(t, f.Dir)
	for name, r := range map[string]ceremony.Revocation{
		"a reason for people": {ID: "people-1", Reason: "certificateHold"}, "nobody": {ID: "people-7", Reason: "keyCompromise"}, "the root": {ID: "root", Reason: "keyCompromise"},
	} {
		if _, err := ceremony.NextRootList(ctx, root, f.RootListPEM(), r); err == nil {
			t.Errorf("NextRootList for %s = nil error", name)
		}
	}
	list, err := ceremony.NextRootList(ctx, root, f.RootListPEM(), ceremony.Revocation{ID: "people-1", Reason: "keyCompromise"})
	if err != nil {
		t.Fatal(err)
	}
	if ids, err := f.RevokedIn(list); err != nil || len(ids) != 1 || ids[0] != "people-1" {
		t.Errorf("RevokedIn = %v, %v, want people-1", ids, err)
	}
	if n, err := f.EndBelow(ctx, "people-1", "test", func(int) {}); err != nil || n != 1 {
		t.Errorf("EndBelow = %d, %v, want 1", n, err)
	}
	if err := f.InstallRootList(ctx, list, "test"); err != nil {
		t.Fatal(err)
	}
	if err := node.RefreshRootList(ctx); err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string]fixture{"this node": f, "the other": node, "one that starts": f.again(t, f.Dir, "new")} {
		if got := n.list(t, "root"); got.Number.Int64() != 2 || len(got.RevokedCertificateEntries) != 1 || got.RevokedCertificateEntries[0].ReasonCode != 1 {
			t.Errorf("%s has the root's list %v", name, got)
		}
		if _, _, err := certs.CheckChain([]*x509.Certificate{person.Certificate}, n.Issuers(), time.Now()); !errors.Is(err, certs.ErrForeign) {
			t.Errorf("%s: CheckChain below what the root has revoked = %v, want %v", name, err, certs.ErrForeign)
		}
		if _, ok := n.RefOf(person.Certificate); ok {
			t.Errorf("%s: RefOf knows what is below a revoked CA", name)
		}
		if _, _, err := certs.CheckChain([]*x509.Certificate{site.Certificate}, n.Issuers(), time.Now()); err != nil {
			t.Errorf("%s: what is below the other series = %v, want it good", name, err)
		}
		i := invitation(t)
		if _, err := n.ask(n.invite(t, i), catest.Request(t, catest.Key(t))); err == nil || !strings.Contains(err.Error(), "the root has revoked people-1") {
			t.Errorf("%s: Enrol under a revoked CA = %v, want it refused", name, err)
		}
		if got := n.findings(t); !strings.Contains(got, "fault issuing-people: nothing can be issued") {
			t.Errorf("%s: Check = %q, want a fault", name, got)
		}
	}
	old, err := os.ReadFile(filepath.Join(catest.Dir(t), "root.crl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.InstallRootList(ctx, old, "test"); !errors.Is(err, ca.ErrNotAllowed) {
		t.Errorf("InstallRootList of an older one = %v, want it refused", err)
	}
	next, err := ceremony.NextRootList(ctx, root, nil, ceremony.Revocation{})
	if err != nil {
		t.Fatal(err)
	}
	if ids, err := f.RevokedIn(next); err != nil || len(ids) != 0 {
		t.Errorf("RevokedIn of a renewed list = %v, %v", ids, err)
	}
	if err := f.InstallRootList(ctx, next, "test"); err != nil || !f.stillListed(t) {
		t.Errorf("a renewed list = %v, keeps people-1 revoked: %v", err, f.stillListed(t))
	}
	f.installed(t, root, "people")
	after := f.again(t, f.Dir, "after")
	if _, err := after.Activate(ctx, "people", "test"); err != nil {
		t.Fatal(err)
	}
	if p := f.again(t, f.Dir, "last").Person(t, "Anew"); p.Ref.Issuer != "people-2" {
		t.Errorf("after the roll-over %s issues", p.Ref.Issuer)
	}
}

func (f fixture) stillListed(t *testing.T) bool {
	return len(f.list(t, "root").RevokedCertificateEntries) == 1
}

// A root's list that is only in the database is checked like any other.
func TestForgedRootListInTheDatabase(t *testing.T) {
	ctx := context.Background()
	f := newFixture(t)
	strange := filepath.Join(t.TempDir(), "ca")
	if _, err := ceremony.Init(ctx, catest.Ceremony(strange)); err != nil {
		t.Fatal(err)
	}
	forged, err := ceremony.NextRootList(ctx, ceremony.RootKey{Dir: strange, Passphrase: catest.RootPassphrase}, nil, ceremony.Revocation{ID: "people-1", Reason: "keyCompromise"})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.InstallRootList(ctx, forged, "test"); err == nil {
		t.Error("InstallRootList of another root's = nil error")
	}
	if _, err := f.db.Owner().Exec(ctx, `INSERT INTO ca.root_list (number, der, added_by) VALUES (2, $1, 'sql')`, derOf(t, forged)); err != nil {
		t.Fatal(err)
	}
	if err := f.RefreshRootList(ctx); err == nil || f.list(t, "root").Number.Int64() != 1 {
		t.Errorf("a forged list in the database = %v, number %d is used", err, f.list(t, "root").Number)
	}
}

func TestGenerationsAreGuarded(t *testing.T) {
	f := newFixture(t)
	f.installed(t, rootElsewhere(t, f.Dir), "people")
	for what, statement := range map[string]string{
		"activate twice":       `UPDATE ca.issuer SET activated_at = now(), activated_by = 'x' WHERE id = 'people-1'`,
		"take it back":         `UPDATE ca.issuer SET activated_at = NULL, activated_by = NULL WHERE id = 'people-1'`,
		"change a certificate": `UPDATE ca.issuer SET certificate = '' WHERE id = 'people-2'`,
		"activate the root":    `UPDATE ca.issuer SET activated_at = now(), activated_by = 'x' WHERE id = 'root'`,
		"activate for nobody":  `UPDATE ca.issuer SET activated_at = now(), activated_by = '' WHERE id = 'people-2'`,
		"delete":               `DELETE FROM ca.issuer WHERE id = 'people-2'`,
		"delete a list":        `DELETE FROM ca.root_list`,
		"change a list":        `UPDATE ca.root_list SET der = ''`,
		"record it as active":  `INSERT INTO ca.issuer (id, series, certificate, activated_at, activated_by) VALUES ('people-9', 'people', '', now(), 'x')`,
	} {
		if _, err := f.db.Owner().Exec(context.Background(), statement); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
