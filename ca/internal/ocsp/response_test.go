package ocsp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	xocsp "golang.org/x/crypto/ocsp"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// signer returns a key and its certificate, which signs for itself.
func signer(t testing.TB) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "responder"}, NotBefore: now, NotAfter: now.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, cert
}

func id(serial byte) CertID {
	return CertID{Hash: crypto.SHA256, NameHash: []byte("name"), KeyHash: []byte("key"), Serial: []byte{serial}}
}

// What is written is what golang.org/x/crypto/ocsp reads, signature included.
func TestResponse(t *testing.T) {
	key, cert := signer(t)
	for what, want := range map[string]Single{
		"good":        {ID: id(1), Status: Good},
		"revoked":     {ID: id(2), Status: Revoked, RevokedAt: now.Add(-time.Hour), Reason: 1},
		"unspecified": {ID: id(3), Status: Revoked, RevokedAt: now.Add(-time.Hour)},
		"unknown":     {ID: id(4), Status: Unknown},
	} {
		want.ThisUpdate, want.NextUpdate = now, now.Add(5*time.Minute)
		der, err := Response{KeyHash: []byte("12345678901234567890"), ProducedAt: now, Singles: []Single{want}}.Sign(key, cert.Raw)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(der, []byte{0xa0, 3, 0x0a, 1, 0}) { // RFC 5280, 5.3.1
			t.Errorf("%s: the reason unspecified is written out", what)
		}
		got, err := xocsp.ParseResponse(der, cert)
		if err != nil {
			t.Errorf("%s: x/crypto/ocsp says %v", what, err)
			continue
		}
		if got.Status != int(want.Status) || got.SerialNumber.Int64() != int64(want.ID.Serial[0]) || got.IssuerHash != crypto.SHA256 ||
			got.RevocationReason != want.Reason || !got.RevokedAt.Equal(want.RevokedAt) ||
			!got.ThisUpdate.Equal(want.ThisUpdate) || !got.NextUpdate.Equal(want.NextUpdate) || !got.ProducedAt.Equal(now) ||
			string(got.ResponderKeyHash) != "12345678901234567890" || !bytes.Equal(got.Certificate.Raw, cert.Raw) {
			t.Errorf("%s: %+v was written, x/crypto/ocsp reads %+v", what, want, got)
		}
	}
}

// encoding/asn1 finds the nonce where RFC 6960, 4.2.1 puts it, and every single answer.
func TestResponseOfSeveralWithNonce(t *testing.T) {
	key, cert := signer(t)
	r := Response{KeyHash: make([]byte, 20), ProducedAt: now, Nonce: []byte("a nonce of mine")}
	for n := range byte(3) {
		r.Singles = append(r.Singles, Single{ID: id(n + 1), Status: Status(n), RevokedAt: now, ThisUpdate: now, NextUpdate: now.Add(time.Minute)})
	}
	der, err := r.Sign(key, cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	var outer struct {
		Status asn1.Enumerated
		Bytes  struct {
			Type asn1.ObjectIdentifier
			DER  []byte
		} `asn1:"explicit,tag:0"`
	}
	var basic struct {
		Data struct {
			Responder  asn1.RawValue
			Produced   time.Time `asn1:"generalized"`
			Singles    []asn1.RawValue
			Extensions []pkix.Extension `asn1:"explicit,tag:1"`
		}
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
		Certs     []asn1.RawValue `asn1:"explicit,tag:0"`
	}
	if rest, err := asn1.Unmarshal(der, &outer); err != nil || len(rest) > 0 {
		t.Fatal(err, rest)
	}
	if rest, err := asn1.Unmarshal(outer.Bytes.DER, &basic); err != nil || len(rest) > 0 {
		t.Fatal(err, rest)
	}
	want, _ := asn1.Marshal([]byte("a nonce of mine"))
	if e := basic.Data.Extensions; len(e) != 1 || !e[0].Id.Equal(nonceOID) || !bytes.Equal(e[0].Value, want) {
		t.Errorf("extensions %v, want the nonce %x", e, want)
	}
	if len(basic.Data.Singles) != 3 || len(basic.Certs) != 1 || !bytes.Equal(basic.Certs[0].FullBytes, cert.Raw) {
		t.Errorf("%d answers and %d certificates, want 3 and the signer's", len(basic.Data.Singles), len(basic.Certs))
	}
}

func TestSignRefuses(t *testing.T) {
	key, cert := signer(t)
	strange := id(1)
	strange.Hash = 0
	for what, r := range map[string]Response{
		"nothing":                    {KeyHash: make([]byte, 20), ProducedAt: now},
		"a hash that we do not know": {KeyHash: make([]byte, 20), ProducedAt: now, Singles: []Single{{ID: strange}}},
		"a year past 9999":           {KeyHash: make([]byte, 20), ProducedAt: now.AddDate(9000, 0, 0), Singles: []Single{{ID: id(1)}}},
	} {
		if _, err := r.Sign(key, cert.Raw); err == nil {
			t.Errorf("Sign of %s = nil error, want one", what)
		}
	}
}
