package ca_test

import (
	"context"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/internal/pg"
)

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// responder returns the certificate that signed the answer about a token.
func (f fixture) responder(t testing.TB, token catest.Token) (*x509.Certificate, *ocsp.Response) {
	t.Helper()
	got, err := f.question(t, questionOf(t, token), token.Chain[0])
	if err != nil {
		t.Fatal(err)
	}
	return got.Certificate, got
}

func TestResponderCertificate(t *testing.T) {
	f := newResponder(t)
	for _, token := range []catest.Token{f.Person(t, "Jane Doe"), f.Server(t)} {
		cert, _ := f.responder(t, token)
		rules, err := certs.CheckLeaf(cert)
		if err != nil || rules.Profile != certs.OCSPSigner {
			t.Errorf("CheckLeaf = %v, %v, want profile %s", rules.Profile, err, certs.OCSPSigner)
		}
		noCheck := false
		for _, e := range cert.Extensions {
			noCheck = noCheck || e.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}) && string(e.Value) == "\x05\x00"
		}
		if !noCheck || len(cert.CRLDistributionPoints)+len(cert.OCSPServer)+len(cert.IssuingCertificateURL)+len(cert.URIs) != 0 {
			t.Errorf("no check %v, lists %v, OCSP %v", noCheck, cert.CRLDistributionPoints, cert.OCSPServer)
		}
		if life := cert.NotAfter.Sub(cert.NotBefore); life > 8*24*time.Hour {
			t.Errorf("it lives for %s, want a week", life)
		}
		found, err := f.Find(context.Background(), certs.SerialHex(cert.SerialNumber))
		if err != nil || len(found) != 1 || found[0].Identity.Kind() != certs.Server || found[0].Status != certs.Active {
			t.Errorf("the inventory has %+v, %v, want it active, of a server", found, err)
		}
	}
	if got := f.count(t, `SELECT count(*) FROM ca.certificate WHERE profile = 'ocsp' AND shard IS NULL`); got != 2 {
		t.Errorf("%d responders' certificates, want 2", got)
	}
}

// At two thirds of its life the next key takes over; the last is superseded.
func TestResponderRenews(t *testing.T) {
	f := newResponder(t, func(o *ca.Options) { o.Grace = 0 })
	ctx, now, person := context.Background(), time.Now(), f.Person(t, "Jane Doe")
	f.SetNow(func() time.Time { return now })
	first, _ := f.responder(t, person)
	now = now.Add(110 * time.Hour)
	if cert, _ := f.responder(t, person); !cert.Equal(first) {
		t.Error("renewed before two thirds of its life")
	}
	now = now.Add(3 * time.Hour)
	second, _ := f.responder(t, person)
	if second.Equal(first) || certs.SameKey(second.PublicKey, first.PublicKey) {
		t.Error("not renewed with a new key at two thirds of its life")
	}
	if _, err := f.Supersede(ctx); err != nil {
		t.Fatal(err)
	}
	if e, err := f.Find(ctx, certs.SerialHex(first.SerialNumber)); err != nil || e[0].Status != certs.Superseded {
		t.Errorf("the first is %v, %v, want superseded", e, err)
	}
	now = now.Add(30 * 24 * time.Hour) // nobody asked
	if cert, got := f.responder(t, person); cert.Equal(second) || got.NextUpdate.After(cert.NotAfter) {
		t.Error("an ended key signs")
	}
}

// When renewal fails the old key serves until it ends; no answer goes beyond it.
func TestResponderOutlivesAFault(t *testing.T) {
	var fail error
	f := newResponder(t, func(o *ca.Options) {
		record := o.Record
		o.Record = func(ctx context.Context, tx *pg.Tx, act ca.Act) error {
			if act.What == "issue-ocsp" && fail != nil {
				return fail
			}
			return record(ctx, tx, act)
		}
	})
	now, person := time.Now(), f.Person(t, "Jane Doe")
	f.SetNow(func() time.Time { return now })
	first, _ := f.responder(t, person)
	fail = errors.New("no audit")
	now = first.NotAfter.Add(-2 * time.Minute)
	cert, got := f.responder(t, person)
	if !cert.Equal(first) || got.NextUpdate.After(first.NotAfter) {
		t.Errorf("an answer until %s by a key until %s", got.NextUpdate, cert.NotAfter)
	}
	now = first.NotAfter
	if got := f.stands(t, person); got != "ocsp: error from server: try later" {
		t.Errorf("after its end: %q, want try later", got)
	}
	fail = nil
	if got := f.stands(t, person); got != "ocsp: error from server: try later" {
		t.Errorf("right after a fault: %q, want try later", got)
	}
	now = now.Add(11 * time.Second)
	if cert, _ := f.responder(t, person); cert.Equal(first) {
		t.Error("not renewed after the fault")
	}
}

// A responder asks for its own status, since nobody else does.
func TestResponderRevoked(t *testing.T) {
	f := newResponder(t)
	ctx, person := context.Background(), f.Person(t, "Jane Doe")
	first, _ := f.responder(t, person)
	ref := f.ResponderRef("people-1")
	if err := f.Hold(ctx, ref, "test"); err != nil {
		t.Fatal(err)
	}
	if got := f.stands(t, person); got != "ocsp: error from server: try later" {
		t.Errorf("while its certificate is held: %q, want try later", got)
	}
	if err := f.Revoke(ctx, ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	if cert, _ := f.responder(t, person); cert.Equal(first) || certs.SameKey(cert.PublicKey, first.PublicKey) {
		t.Error("a revoked key signs")
	}
}

func TestResponderIsANode(t *testing.T) {
	f := newFixture(t)
	if err := f.Respond(context.Background(), catest.Identity(t, certs.User)); err == nil {
		t.Error("Respond as a user = nil, want an error")
	}
}

// The node's server certificate and its responders' live side by side under one identity.
func TestResponderBesideServer(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.Grace = 0 })
	f.Follow(t)
	ctx, node := context.Background(), catest.Identity(t, certs.Server)
	issue := func() {
		if _, err := f.IssueServer(ctx, node, catest.Request(t, catest.Key(t)), []string{catest.DNSName}, nil); err != nil {
			t.Fatal(err)
		}
	}
	issue()
	if err := f.Respond(ctx, node); err != nil {
		t.Fatal(err)
	}
	issue()
	if n, err := f.Supersede(ctx); n != 1 || err != nil {
		t.Errorf("Supersede = %d, %v, want 1: the first server certificate", n, err)
	}
}

func TestStaple(t *testing.T) {
	f := newResponder(t)
	ctx, server := context.Background(), f.Server(t)
	staple := func() *ocsp.Response {
		der, until, err := f.Staple(ctx, server.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ocsp.ParseResponseForCert(der, server.Certificate, server.Chain[0])
		if err != nil || !got.NextUpdate.Equal(until) || time.Until(until) < 2*time.Minute {
			t.Fatalf("staple %v until %s, %v", got, until, err)
		}
		return got
	}
	if got := staple(); got.Status != ocsp.Good {
		t.Errorf("stapled %d, want good", got.Status)
	}
	if err := f.Revoke(ctx, server.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	if got := staple(); got.Status != ocsp.Revoked {
		t.Errorf("stapled %d, want revoked", got.Status)
	}
	forged := *server.Certificate
	forged.Raw = append([]byte(nil), forged.Raw...)
	forged.Raw[len(forged.Raw)-1] ^= 1
	for what, cert := range map[string]*x509.Certificate{"the root": f.Root(), "not what was issued": &forged} {
		if _, _, err := f.Staple(ctx, cert); !errors.Is(err, ca.ErrUnknown) {
			t.Errorf("Staple of %s = %v, want %v", what, err, ca.ErrUnknown)
		}
	}
}
