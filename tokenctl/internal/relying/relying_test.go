package relying

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"mais/certs"
	"mais/server/api"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// authority issues, and publishes at a server that a test steers.
type authority struct {
	tb     testing.TB
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	answer http.HandlerFunc
	at     string
}

func newAuthority(tb testing.TB) *authority {
	tb.Helper()
	a := &authority{tb: tb}
	var err error
	if a.key, err = certs.NewKey(); err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "issuer"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1}}
	a.cert = a.sign(template, template)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.answer(w, r) }))
	tb.Cleanup(server.Close)
	a.at = server.URL
	return a
}

func (a *authority) sign(template, parent *x509.Certificate) *x509.Certificate {
	a.tb.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, a.key.Public(), a.key)
	if err != nil {
		a.tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.tb.Fatal(err)
	}
	return cert
}

// party has a certificate that names the authority's addresses.
func (a *authority) party() Party {
	leaf := a.sign(&x509.Certificate{SerialNumber: big.NewInt(77), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		CRLDistributionPoints: []string{a.at + "/crl/people/1.crl"}, OCSPServer: []string{a.at + "/ocsp"}}, a.cert)
	return Party{Leaf: leaf, Issuer: a.cert, Now: now}
}

func (a *authority) list(from, until time.Time, shard string, revoked ...int64) []byte {
	a.tb.Helper()
	template := &x509.RevocationList{Number: big.NewInt(5), ThisUpdate: from, NextUpdate: until}
	for _, serial := range revoked {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(serial), RevocationTime: from})
	}
	if shard != "" {
		name, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte(shard)})
		if err != nil {
			a.tb.Fatal(err)
		}
		template.ExtraExtensions = []pkix.Extension{{Id: oidIssuingDistributionPoint, Critical: true, Value: name}}
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, a.cert, a.key)
	if err != nil {
		a.tb.Fatal(err)
	}
	return der
}

func says(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Write(body) }
}

func (a *authority) check(t *testing.T, name string, got api.CheckItem, state, says string) {
	t.Helper()
	if got.State != state || !strings.Contains(got.Says, says) || (got.Do == "") != (state == OK) {
		t.Errorf("%s: %+v, want %s saying %q", name, got, state, says)
	}
}

func TestCRL(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	p := a.party()
	at := p.Leaf.CRLDistributionPoints[0]
	day := 24 * time.Hour
	for _, test := range []struct {
		name        string
		answer      http.HandlerFunc
		state, says string
	}{
		{"fresh shard", says(a.list(now.Add(-time.Hour), now.Add(day), at)), OK, "number 5 with 0 entries is 1h0m0s old"},
		{"full list", says(a.list(now, now.Add(day), "", 12)), OK, "1 entries"},
		{"old", says(a.list(now.Add(-10*time.Hour), now.Add(time.Minute), at)), Warning, "is 10h0m0s old"},
		{"too old", says(a.list(now.Add(-10*time.Hour), now.Add(-time.Minute), at)), Fault, "should have been replaced"},
		{"of tomorrow", says(a.list(now.Add(day), now.Add(2*day), at)), Fault, "in the future"},
		{"another shard", says(a.list(now, now.Add(day), a.at+"/crl/people/11.crl")), Fault, "of other certificates"},
		{"a shard whose name begins alike", says(a.list(now, now.Add(day), at+"x")), Fault, "of other certificates"},
		{"a stranger's", says(other.list(now, now.Add(day), at)), Fault, "does not hold"},
		{"itself revoked", says(a.list(now, now.Add(day), at, 77)), Fault, "refuses this token"},
		{"garbage", says([]byte("<html>")), Fault, "does not hold"},
		{"not there", http.NotFound, Fault, "status 404"},
		{"elsewhere", http.RedirectHandler("/x", http.StatusFound).ServeHTTP, Fault, "status 302"},
		{"cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Fault, "cannot be had"},
	} {
		a.answer = test.answer
		a.check(t, test.name, p.CRL(t.Context()), test.state, test.says)
	}
	p.Leaf.CRLDistributionPoints = []string{"https://mais.example/x", "http://mais.example/y"}
	a.check(t, "over TLS", p.CRL(t.Context()), Fault, "as RFC 5280")
	p.Leaf.CRLDistributionPoints = nil
	a.check(t, "no address", p.CRL(t.Context()), Warning, "names no revocation list")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.Leaf.CRLDistributionPoints = []string{at}
	a.check(t, "interrupted", p.CRL(ctx), Fault, "cannot be had")
}

func respond(t *testing.T, issuer, signer *x509.Certificate, key *ecdsa.PrivateKey, said ocsp.Response) []byte {
	der, err := ocsp.CreateResponse(issuer, signer, said, key)
	if err != nil {
		t.Error(err)
	}
	return der
}

func TestOCSP(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	p := a.party()
	answer := func(by *authority, status int, from, until time.Time) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			asked, err := ocsp.ParseRequest(body)
			if err != nil || r.Header.Get("Content-Type") != "application/ocsp-request" {
				t.Errorf("the request cannot be read: %v, %s", err, r.Header)
				return
			}
			w.Write(respond(t, by.cert, by.cert, by.key, ocsp.Response{Status: status, SerialNumber: asked.SerialNumber, ThisUpdate: from, NextUpdate: until, RevokedAt: from}))
		}
	}
	for _, test := range []struct {
		name        string
		answer      http.HandlerFunc
		state, says string
	}{
		{"good", answer(a, ocsp.Good, now, now.Add(time.Hour)), OK, "good, is 0s old and holds for another 1h0m0s"},
		{"too old", answer(a, ocsp.Good, now.Add(-time.Hour), now.Add(-time.Minute)), Fault, "should have been replaced"},
		{"revoked", answer(a, ocsp.Revoked, now, now.Add(time.Hour)), Fault, "refuses this token"},
		{"unknown", answer(a, ocsp.Unknown, now, now.Add(time.Hour)), Fault, "refuses this token"},
		{"try later", says(ocsp.TryLaterErrorResponse), Fault, "does not hold"},
		{"a stranger's", answer(other, ocsp.Good, now, now.Add(time.Hour)), Fault, "does not hold"},
		{"too long", says(make([]byte, maxOCSP+1)), Fault, "longer than"},
	} {
		a.answer = test.answer
		a.check(t, test.name, p.OCSP(t.Context()), test.state, test.says)
	}
	// The issuer has signed them all; one only may answer.
	signer := func(profile certs.Profile, from, until time.Time, usages ...x509.ExtKeyUsage) http.HandlerFunc {
		rules, _ := certs.RulesOf(profile)
		key, err := certs.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(9), NotBefore: from, NotAfter: until,
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: usages, Policies: []x509.OID{rules.Policy}}, a.cert, key.Public(), a.key)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return says(respond(t, a.cert, cert, key, ocsp.Response{Status: ocsp.Good, SerialNumber: p.Leaf.SerialNumber, ThisUpdate: now, NextUpdate: now.Add(time.Hour), Certificate: cert}))
	}
	from, until, ocspSigning := now.Add(-time.Hour), now.Add(time.Hour), x509.ExtKeyUsageOCSPSigning
	for _, test := range []struct {
		name        string
		answer      http.HandlerFunc
		state, says string
	}{
		{"a responder", signer(certs.OCSPSigner, from, until, ocspSigning), OK, "good"},
		{"a person", signer(certs.PersonSoftware, from, until, x509.ExtKeyUsageClientAuth), Fault, "no OCSP responder"},
		{"a person who may sign", signer(certs.PersonSoftware, from, until, ocspSigning), Fault, "no OCSP responder"},
		{"a responder who may not", signer(certs.OCSPSigner, from, until, x509.ExtKeyUsageClientAuth), Fault, "no OCSP responder"},
		{"who may do more", signer(certs.OCSPSigner, from, until, ocspSigning, x509.ExtKeyUsageClientAuth), Fault, "no OCSP responder"},
		{"of yesterday", signer(certs.OCSPSigner, from, now.Add(-time.Minute), ocspSigning), Fault, "holds from"},
		{"of tomorrow", signer(certs.OCSPSigner, now.Add(time.Minute), until, ocspSigning), Fault, "holds from"},
	} {
		a.answer = test.answer
		a.check(t, test.name, p.OCSP(t.Context()), test.state, test.says)
	}
	p.Leaf.OCSPServer = nil
	a.check(t, "no address", p.OCSP(t.Context()), Warning, "names no OCSP responder")
}

func TestClock(t *testing.T) {
	a := &authority{tb: t}
	for _, test := range []struct {
		off, took   time.Duration
		state, says string
	}{
		{time.Second, 0, OK, "agree to within 1s"},
		{-20 * time.Second, time.Minute, OK, "agree"}, // the exchange took longer than that
		{10 * time.Second, time.Second, Warning, "the clock here is 10s behind"},
		{-time.Hour, time.Second, Fault, "1h0m0s ahead of"},
	} {
		before := now.Add(-test.took / 2)
		a.check(t, test.off.String(), Clock(now.Add(test.off), before, before.Add(test.took)), test.state, test.says)
	}
}

func TestServer(t *testing.T) {
	a := newAuthority(t)
	for left, state := range map[time.Duration]string{20 * 24 * time.Hour: OK, 5 * 24 * time.Hour: Warning, time.Hour: Fault, -time.Hour: Fault} {
		leaf := a.sign(&x509.Certificate{SerialNumber: big.NewInt(9), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(left)}, a.cert)
		a.check(t, left.String(), Server([]*x509.Certificate{leaf}, now), state, "09")
	}
	a.check(t, "none", Server(nil, now), Fault, "no certificate")
}
