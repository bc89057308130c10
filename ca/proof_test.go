package ca_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"slices"
	"strings"
	"testing"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

// unproven spoils the signature of a request.
func unproven(csr []byte) []byte {
	csr = slices.Clone(csr)
	csr[len(csr)-1] ^= 1
	return csr
}

// Nothing is issued, handed out again or spent for a request that does not prove possession
// of its key.
func TestUnprovenRequests(t *testing.T) {
	f := newFixture(t)
	code, csr := f.invite(t, invitation(t)), catest.Request(t, catest.Key(t))
	_, err := f.ask(code, unproven(csr))
	wantRefused(t, "an unproven request", err, ca.BadRequest)
	if n := f.certificates(t) + f.count(t, `SELECT count(*) FROM ca.subject_key`); n != 0 {
		t.Errorf("an unproven request left %d certificates and keys, want none", n)
	}
	issued, err := f.ask(code, csr)
	if err != nil {
		t.Fatalf("the same code with the proof = %v, want a certificate", err)
	}
	_, err = f.ask(code, unproven(csr))
	wantRefused(t, "the same request again without the proof", err, ca.BadRequest)

	next := catest.Request(t, catest.Key(t))
	_, err = f.Renew(context.Background(), issued.Ref, unproven(next), ca.Evidence{})
	wantRefused(t, "an unproven renewal", err, ca.BadRequest)
	if _, err := f.Renew(context.Background(), issued.Ref, next, ca.Evidence{}); err != nil {
		t.Fatal(err)
	}
	_, err = f.Renew(context.Background(), issued.Ref, unproven(next), ca.Evidence{})
	wantRefused(t, "the same renewal again without the proof", err, ca.BadRequest)
	if n := f.certificates(t); n != 2 {
		t.Errorf("%d certificates issued, want two", n)
	}
}

// A profile's key types are those of its settings, and no weak key is among them.
func TestKeyTypes(t *testing.T) {
	small, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), big.NewInt(40000).FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsa2048, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	request := func(key crypto.Signer) []byte {
		t.Helper()
		csr, err := certs.NewRequest(key)
		if err != nil {
			t.Fatal(err)
		}
		return csr
	}
	f := newFixture(t)
	for name, csr := range map[string][]byte{"RSA of a software token": request(rsa2048), "a private key of 40000": request(small)} {
		_, err := f.ask(f.invite(t, invitation(t)), csr)
		wantRefused(t, name, err, ca.BadRequest)
	}
	if _, err := f.ask(f.invite(t, invitation(t)), request(p384)); err != nil {
		t.Errorf("P-384 of a software token = %v, want a certificate", err)
	}
	set := newFixture(t, func(o *ca.Options) {
		o.Keys = map[certs.Profile][]certs.KeyType{certs.PersonSoftware: {certs.P256, certs.RSA2048}}
	})
	if _, err := set.ask(set.invite(t, invitation(t)), request(rsa2048)); err != nil {
		t.Errorf("RSA where the settings have it = %v, want a certificate", err)
	}
	_, err = set.ask(set.invite(t, invitation(t)), request(p384))
	wantRefused(t, "P-384 where the settings have it not", err, ca.BadRequest)
}

// Where no key of ours would be certified, an invitation says so, and names the rule.
func TestInviteNamesTheRule(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) {
		o.Keys = map[certs.Profile][]certs.KeyType{certs.PersonSoftware: {certs.RSA4096}}
	})
	_, err := f.Invite(context.Background(), invitation(t))
	if err == nil || !strings.Contains(err.Error(), "mais_key_type") {
		t.Errorf("Invite = %v, want an error that names mais_key_type", err)
	}
}

// A right code is looked up without a write, so that an enrolment waits for one commit.
func TestRightCodeWritesOnce(t *testing.T) {
	f := newFixture(t)
	code := f.invite(t, invitation(t))
	before := f.count(t, `SELECT xmin::text::bigint FROM ca.enrolment_order`)
	// The try is right, and what comes after it fails.
	_, err := f.ask(code, unproven(catest.Request(t, catest.Key(t))))
	wantRefused(t, "an unproven request", err, ca.BadRequest)
	if after := f.count(t, `SELECT xmin::text::bigint FROM ca.enrolment_order`); after != before {
		t.Errorf("the order was written by transaction %d after %d, want no write", after, before)
	}
}
