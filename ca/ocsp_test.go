package ca_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/internal/pg"
)

// newResponder is a CA that follows its feed and answers OCSP.
func newResponder(t testing.TB, adjust ...func(*ca.Options)) fixture {
	t.Helper()
	f := newFixture(t, adjust...)
	f.respond(t)
	return f
}

func (f fixture) respond(t testing.TB) {
	t.Helper()
	f.Follow(t)
	if err := f.Respond(context.Background(), catest.Identity(t, certs.Server)); err != nil {
		t.Fatal(err)
	}
}

// question asks for a serial of an issuer.
func question(t testing.TB, issuer *x509.Certificate, serial *big.Int, hash crypto.Hash) []byte {
	t.Helper()
	der, err := ocsp.CreateRequest(&x509.Certificate{SerialNumber: serial}, issuer, &ocsp.RequestOptions{Hash: hash})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func questionOf(t testing.TB, token catest.Token) []byte {
	t.Helper()
	return question(t, token.Chain[0], token.Certificate.SerialNumber, crypto.SHA1)
}

// withNonce adds a nonce to a question, by encoding/asn1 and byte by byte.
func withNonce(t testing.TB, question, nonce []byte) []byte {
	t.Helper()
	var outer struct {
		TBS struct{ List asn1.RawValue }
	}
	if _, err := asn1.Unmarshal(question, &outer); err != nil {
		t.Fatal(err)
	}
	value, err := asn1.Marshal(nonce)
	if err != nil {
		t.Fatal(err)
	}
	type tbs struct {
		List       asn1.RawValue
		Extensions []pkix.Extension `asn1:"explicit,tag:2"`
	}
	der, err := asn1.Marshal(struct{ TBS tbs }{tbs{outer.TBS.List, []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}, Value: value}}}})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// ask asks a question and has golang.org/x/crypto/ocsp check the answer's signatures up to
// the issuer.
func (f fixture) question(t testing.TB, der []byte, issuer *x509.Certificate) (*ocsp.Response, error) {
	t.Helper()
	response, _ := f.OCSP(context.Background(), der)
	return ocsp.ParseResponse(response, issuer)
}

// stands says in words how OCSP has a token.
func (f fixture) stands(t testing.TB, token catest.Token) string {
	t.Helper()
	got, err := f.question(t, questionOf(t, token), token.Chain[0])
	if err != nil {
		return err.Error()
	}
	return [...]string{"good", "revoked", "unknown"}[got.Status] + " " + ca.Reason(got.RevocationReason).String()
}

func TestOCSP(t *testing.T) {
	f := newResponder(t, func(o *ca.Options) { o.Grace = 0 })
	ctx := context.Background()
	person, renewed, server := f.Person(t, "a"), f.Person(t, "b"), f.Server(t)
	if want := []string{catest.PlainURL + "/ocsp"}; len(person.Certificate.OCSPServer) != 1 || person.Certificate.OCSPServer[0] != want[0] {
		t.Errorf("the certificate names the responders %q, want %q", person.Certificate.OCSPServer, want)
	}
	for _, step := range []struct {
		what  string
		act   func() error
		token catest.Token
		want  string
	}{
		{"a person", nil, person, "good unspecified"},
		{"the server", nil, server, "good unspecified"},
		{"held", func() error { return f.Hold(ctx, person.Ref, "test") }, person, "revoked certificateHold"},
		{"released", func() error { return f.Release(ctx, person.Ref, "test") }, person, "good unspecified"},
		{"revoked", func() error { return f.Revoke(ctx, person.Ref, ca.KeyCompromise, "test") }, person, "revoked keyCompromise"},
		{"superseded", func() error {
			_, err := f.Renew(ctx, renewed.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
			_, failed := f.Supersede(ctx)
			return errors.Join(err, failed)
		}, renewed, "revoked superseded"},
		{"revoked for no reason", func() error { return f.Revoke(ctx, server.Ref, ca.Unspecified, "test") }, server, "revoked unspecified"},
	} {
		if step.act != nil {
			if err := step.act(); err != nil {
				t.Fatal(err)
			}
		}
		if got := f.stands(t, step.token); got != step.want {
			t.Errorf("%s: OCSP says %q, want %q", step.what, got, step.want)
		}
	}
	entry, err := f.Get(ctx, person.Ref)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.question(t, questionOf(t, person), person.Chain[0])
	if err != nil || !got.RevokedAt.Equal(entry.StatusAt.UTC().Truncate(time.Second)) {
		t.Errorf("OCSP says revoked at %v, %v, the inventory %v", got.RevokedAt, err, entry.StatusAt)
	}
}

func TestOCSPUnknownAndUnauthorized(t *testing.T) {
	f := newResponder(t)
	person := f.Person(t, "Jane Doe")
	people, sites := f.Issuers()[0], f.Issuers()[1]
	serial := person.Certificate.SerialNumber
	otherKey := *people
	otherKey.RawSubjectPublicKeyInfo = sites.RawSubjectPublicKeyInfo
	for _, test := range []struct {
		what     string
		question []byte
		issuer   *x509.Certificate
		want     string
	}{
		{"by SHA-256", question(t, people, serial, crypto.SHA256), people, "good"},
		{"never issued", question(t, people, certs.NewSerial(), crypto.SHA1), people, "unknown"},
		{"a serial that cannot be ours", question(t, people, big.NewInt(1), crypto.SHA1), people, "unknown"},
		{"a serial of another issuer of ours", question(t, sites, serial, crypto.SHA1), sites, "unknown"},
		{"a serial below zero", question(t, people, big.NewInt(-7), crypto.SHA256), people, "unknown"},
		{"the root's", question(t, f.Root(), serial, crypto.SHA1), people, "ocsp: error from server: unauthorized"},
		{"a stranger's", question(t, person.Certificate, serial, crypto.SHA1), people, "ocsp: error from server: unauthorized"},
		{"our name, another key", question(t, &otherKey, serial, crypto.SHA1), people, "ocsp: error from server: unauthorized"},
		{"by SHA-512", question(t, people, serial, crypto.SHA512), people, "ocsp: error from server: unauthorized"},
		{"rubbish", []byte("rubbish"), people, "ocsp: error from server: malformed"},
		{"9 KiB", make([]byte, 9<<10), people, "ocsp: error from server: malformed"},
		{"an empty nonce", withNonce(t, question(t, people, serial, crypto.SHA1), nil), people, "ocsp: error from server: malformed"},
		{"a long nonce", withNonce(t, question(t, people, serial, crypto.SHA1), make([]byte, 129)), people, "ocsp: error from server: malformed"},
	} {
		got, err := f.question(t, test.question, test.issuer)
		said := ""
		if err != nil {
			said = err.Error()
		} else {
			said = [...]string{"good", "revoked", "unknown"}[got.Status]
		}
		if said != test.want {
			t.Errorf("%s: OCSP says %q, want %q", test.what, said, test.want)
		}
	}
}

// together asks the questions in one request.
func together(t testing.TB, questions ...[]byte) []byte {
	t.Helper()
	type request struct {
		TBS struct{ List []asn1.RawValue }
	}
	var all request
	for _, q := range questions {
		var one request
		if _, err := asn1.Unmarshal(q, &one); err != nil {
			t.Fatal(err)
		}
		all.TBS.List = append(all.TBS.List, one.TBS.List...)
	}
	der, err := asn1.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// Several certificates of one issuer are answered under one signature, of two never.
func TestOCSPOfSeveral(t *testing.T) {
	f := newResponder(t)
	f.SetLive(0, 1)
	ctx := context.Background()
	good, bad, server := f.Person(t, "a"), f.Person(t, "b"), f.Server(t)
	if err := f.Revoke(ctx, bad.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	if response, _ := f.OCSP(ctx, together(t, questionOf(t, good), questionOf(t, server))); !bytes.Equal(response, ocsp.UnauthorizedErrorResponse) {
		t.Errorf("of two issuers = %x, want unauthorized", response)
	}
	both := together(t, questionOf(t, good), questionOf(t, bad))
	response, age := f.OCSP(ctx, both)
	for token, want := range map[*catest.Token]int{&good: ocsp.Good, &bad: ocsp.Revoked} {
		got, err := ocsp.ParseResponseForCert(response, token.Certificate, token.Chain[0])
		if err != nil || got.Status != want || age != 0 {
			t.Errorf("of two certificates = %v, %v for %s, want %d", got, err, age, want)
		}
	}
	if response, _ := f.OCSP(ctx, both); !bytes.Equal(response, ocsp.TryLaterErrorResponse) {
		t.Errorf("beyond the rate = %x, want try later", response)
	}
}

// What this node revokes it refuses at once; another on the same database once it has heard.
func TestOCSPOnAnotherNode(t *testing.T) {
	f := newResponder(t)
	other := fixture{catest.New(t, f.db), f.db}
	other.respond(t)
	ctx := context.Background()
	for range 5 {
		person := f.Person(t, "Jane Doe")
		for name, node := range map[string]fixture{"this": f, "the other": other} {
			if got := node.stands(t, person); got != "good unspecified" {
				t.Fatalf("%s node says %q, want good", name, got)
			}
		}
		if err := f.Revoke(ctx, person.Ref, ca.KeyCompromise, "test"); err != nil {
			t.Fatal(err)
		}
		if got := f.stands(t, person); got != "revoked keyCompromise" {
			t.Errorf("right after the revocation this node says %q", got)
		}
		if !lists(f.shard(t, person.Certificate), person.Ref) || !lists(other.shard(t, person.Certificate), person.Ref) {
			t.Error("right after the revocation the shard does not list it")
		}
		if err := other.Feed().CatchUp(ctx, f.Feed().Number()); err != nil {
			t.Fatal(err)
		}
		if got := other.stands(t, person); got != "revoked keyCompromise" {
			t.Errorf("after the feed the other node says %q", got)
		}
	}
}

func TestOCSPTryLater(t *testing.T) {
	const later = "ocsp: error from server: try later"
	t.Run("before Respond", func(t *testing.T) {
		f := newFixture(t)
		f.Follow(t)
		if got := f.stands(t, f.Person(t, "Jane Doe")); got != later {
			t.Errorf("OCSP says %q, want %q", got, later)
		}
	})
	t.Run("without a feed", func(t *testing.T) {
		f := newFixture(t)
		if err := f.Respond(context.Background(), catest.Identity(t, certs.Server)); err != nil {
			t.Fatal(err)
		}
		if got := f.stands(t, f.Person(t, "Jane Doe")); got != later {
			t.Errorf("OCSP says %q, want %q", got, later)
		}
	})
	t.Run("without a database", func(t *testing.T) {
		var pool *pg.DB
		f := newResponder(t, func(o *ca.Options) { pool, o.StaleAfter = o.DB, 3*time.Second })
		person := f.Person(t, "Jane Doe")
		if got := f.stands(t, person); got != "good unspecified" {
			t.Fatalf("OCSP says %q, want good", got)
		}
		pool.Close()
		eventually(t, "stale", func() bool { return errors.Is(f.Feed().Fresh(), ca.ErrStale) })
		unknown := question(t, f.Issuers()[0], big.NewInt(1), crypto.SHA1)
		for what, der := range map[string][]byte{
			"what was good": questionOf(t, person), "with a nonce": withNonce(t, questionOf(t, person), []byte("0123456789")), "what was never issued": unknown,
		} {
			if got, err := f.question(t, der, f.Issuers()[0]); err == nil || err.Error() != later {
				t.Errorf("%s: OCSP says %v, %v, want %q", what, got, err, later)
			}
		}
	})
	t.Run("whoever asks has gone", func(t *testing.T) {
		f := newResponder(t)
		person := f.Person(t, "Jane Doe")
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		response, age := f.OCSP(ctx, questionOf(t, person))
		if !bytes.Equal(response, ocsp.TryLaterErrorResponse) || age != 0 {
			t.Errorf("OCSP = %x for %s, want try later", response, age)
		}
	})
}

func TestOCSPCache(t *testing.T) {
	f := newResponder(t)
	f.SetLive(0, 3)
	ctx, now, person := context.Background(), time.Now(), f.Person(t, "Jane Doe")
	f.SetNow(func() time.Time { return now })
	first, age := f.OCSP(ctx, questionOf(t, person))
	if age <= 2*time.Minute || age > 5*time.Minute/2 {
		t.Errorf("an answer may be kept for %s, want half of five minutes", age)
	}
	bySHA256, _ := f.OCSP(ctx, question(t, person.Chain[0], person.Certificate.SerialNumber, crypto.SHA256))
	now = now.Add(2 * time.Minute)
	again, age := f.OCSP(ctx, questionOf(t, person))
	if !bytes.Equal(first, again) || bytes.Equal(first, bySHA256) || age > time.Minute {
		t.Errorf("two minutes later: the same answer %v, for %s; another question's %v", bytes.Equal(first, again), age, bytes.Equal(first, bySHA256))
	}
	now = now.Add(time.Minute)
	if later, _ := f.OCSP(ctx, questionOf(t, person)); bytes.Equal(first, later) {
		t.Error("an answer in the second half of its life is given out")
	}
	nonce := []byte("a nonce of 16 by")
	for n := range 5 {
		response, age := f.OCSP(ctx, withNonce(t, questionOf(t, person), nonce))
		if got, want := bytes.Contains(response, nonce), n < 3; got != want || got && age != 0 {
			t.Errorf("question %d with a nonce: in the answer %v, to be kept for %s, want %v", n+1, got, age, want)
		}
		if got, err := ocsp.ParseResponse(response, person.Chain[0]); err != nil || got.Status != ocsp.Good {
			t.Errorf("question %d with a nonce = %v, %v, want good", n+1, got, err)
		}
	}
	if got, err := f.question(t, question(t, person.Chain[0], certs.NewSerial(), crypto.SHA1), person.Chain[0]); err == nil {
		t.Errorf("beyond the rate a stranger's serial is answered with %v, want try later", got.Status)
	}
}

// Many at once, while things change: never good after the commit is known here.
func TestOCSPConcurrently(t *testing.T) {
	f := newResponder(t)
	ctx := context.Background()
	var all sync.WaitGroup
	for range 6 {
		person := f.Person(t, "Jane Doe")
		all.Go(func() {
			if err := f.Revoke(ctx, person.Ref, ca.KeyCompromise, "test"); err != nil {
				t.Error(err)
			}
			if got := f.stands(t, person); got != "revoked keyCompromise" {
				t.Errorf("after the revocation: %q", got)
			}
		})
		for range 4 {
			all.Go(func() {
				for n := range 20 {
					der := questionOf(t, person)
					if n%2 == 0 {
						der = withNonce(t, der, []byte{byte(n), 1, 2})
					}
					if _, err := f.question(t, der, person.Chain[0]); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
}

// openssl asks and judges: signature, responder, nonce, times.
func TestOpenSSLAsks(t *testing.T) {
	f := newResponder(t)
	ctx, dir := context.Background(), t.TempDir()
	person, server := f.Person(t, "Jane Doe"), f.Server(t)
	run := func(token catest.Token, more ...string) string {
		issuer, subject := pemFile(t, dir, "CERTIFICATE", token.Chain[0].Raw), []string{"-serial", "0x5" + strings.Repeat("0", 31)}
		if token.Certificate != nil {
			subject = []string{"-cert", pemFile(t, dir, "CERTIFICATE", token.Certificate.Raw)}
		}
		asked := filepath.Join(dir, "question")
		ask := slices.Concat([]string{"ocsp"}, more, []string{"-issuer", issuer}, subject)
		if out, err := exec.Command(openssl(t), append(slices.Clone(ask), "-reqout", asked)...).CombinedOutput(); err != nil {
			t.Fatalf("openssl asks: %v: %s", err, out)
		}
		response, _ := f.OCSP(ctx, read(t, asked))
		// Without -no_nonce it would put another nonce into the question that it reads.
		out, _ := exec.Command(openssl(t), append(ask, "-no_nonce", "-CAfile", pemFile(t, dir, "CERTIFICATE", f.Root().Raw),
			"-reqin", asked, "-respin", file(t, dir, response))...).CombinedOutput()
		return string(out)
	}
	for _, test := range []struct {
		what  string
		act   func() error
		token catest.Token
		args  []string
		want  []string
	}{
		{"a person", nil, person, nil, []string{"Response verify OK", ": good"}},
		{"without nonce", nil, person, []string{"-no_nonce"}, []string{"Response verify OK", ": good"}},
		{"by SHA-256", nil, person, []string{"-sha256"}, []string{"Response verify OK", ": good"}},
		{"the server", nil, server, nil, []string{"Response verify OK", ": good"}},
		{"held", func() error { return f.Hold(ctx, person.Ref, "test") }, person, nil, []string{"Response verify OK", ": revoked", "certificateHold"}},
		{"revoked", func() error { return f.Revoke(ctx, person.Ref, ca.KeyCompromise, "test") }, person, nil,
			[]string{"Response verify OK", ": revoked", "keyCompromise", "Revocation Time"}},
		{"never issued", nil, catest.Token{Issued: ca.Issued{Chain: server.Chain}}, nil,
			[]string{"Response verify OK", ": unknown"}},
	} {
		if test.act != nil {
			if err := test.act(); err != nil {
				t.Fatal(err)
			}
		}
		got := run(test.token, test.args...)
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: openssl says %q, want %q in it", test.what, got, want)
			}
		}
		if strings.Contains(got, "nonce") && test.what != "without nonce" {
			t.Errorf("%s: openssl says of the nonce: %q", test.what, got)
		}
	}
}
