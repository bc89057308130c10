package certs_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"math/big"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"mais/certs"
)

const id = "7d4f0c8e-8f5f-4a52-9d2b-1c6f6f0f5a11"

var now = time.Date(2026, 3, 12, 2, 14, 0, 0, time.UTC)

func TestIdentityHasOneSpelling(t *testing.T) {
	for _, uri := range []string{
		"", "urn:mais:user:", "urn:mais:user:" + strings.ToUpper(id), "URN:mais:user:" + id, "urn:mais:admin:" + id,
		"urn:mais:user:" + id + ":x", "urn:mais:user:" + id + "?x", "urn:mais:user:00000000-0000-0000-0000-000000000000",
		"urn:mais:user:{" + id + "}", "urn:mais:user:" + strings.ReplaceAll(id, "-", ""), "https://mais/" + id,
	} {
		if got, err := certs.ParseIdentity(uri); err == nil {
			t.Errorf("ParseIdentity(%q) = %v, want an error", uri, got)
		}
	}
	for _, kind := range []certs.Kind{certs.User, certs.Site, certs.Server} {
		want, err := certs.NewIdentity(kind, id)
		if err != nil {
			t.Fatal(err)
		}
		got, err := certs.ParseIdentity(want.String())
		if err != nil || got != want || got.Kind() != kind || got.ID() != id {
			t.Errorf("ParseIdentity(%q) = %v, %v", want, got, err)
		}
	}
}

func TestZeroValuesAreNothing(t *testing.T) {
	var nobody certs.Identity
	if !nobody.IsZero() || nobody.String() != "nobody" || nobody.ID() != "" || nobody.URI() != nil {
		t.Errorf("the zero Identity is %v", nobody)
	}
	if (certs.Fingerprint{}).Matches(nil) || (certs.Pin{}).Matches(&x509.Certificate{}) {
		t.Error("a zero pin matches")
	}
	if certs.Level(0).String() != "none" || certs.Level(200).String() != "none" {
		t.Error("an unknown level has a name")
	}
}

func TestSerials(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		n := certs.NewSerial()
		s := certs.SerialHex(n)
		if n.Sign() <= 0 || len(s) != 32 || s[0] < '4' || s[0] > '7' || seen[s] {
			t.Fatalf("NewSerial() = %s", s)
		}
		seen[s] = true
		if got, err := certs.ParseSerial(strings.ToUpper(s[:2] + ":" + s[2:])); err != nil || got != s {
			t.Fatalf("ParseSerial(%q) = %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", ":", "0", "00", "-1", "0x12", "g", strings.Repeat("a", 41), "1;DROP"} {
		if got, err := certs.ParseSerial(s); err == nil {
			t.Errorf("ParseSerial(%q) = %q, want an error", s, got)
		}
	}
}

func TestCheckKey(t *testing.T) {
	p256, p384, p224 := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P384()), ecKey(t, elliptic.P224())
	weak, strong := rsaKey(t, 1024), rsaKey(t, 2048)
	three := strong.PublicKey
	three.E = 3
	huge := rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 16383), E: 65537}
	for _, c := range []struct {
		name string
		key  crypto.PublicKey
		ok   bool
	}{
		{"P-256", p256.Public(), true}, {"P-384", p384.Public(), true}, {"RSA 2048", strong.Public(), true},
		{"P-224", p224.Public(), false}, {"RSA 1024", weak.Public(), false}, {"RSA e=3", &three, false},
		{"RSA 16384", &huge, false}, {"none", nil, false},
		{"published P-256", publishedKey(t), false},
		{"RSA of a card of 2017", &rsa.PublicKey{N: factorable(t), E: 65537}, false},
		//lint:ignore SA1019 a key off the curve cannot be made otherwise
		{"off the curve", &ecdsa.PublicKey{Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)}, false},
	} {
		if err := certs.CheckKey(c.key); (err == nil) != c.ok || err != nil && !errors.Is(err, certs.ErrBadKey) {
			t.Errorf("CheckKey(%s) = %v, want ok %v", c.name, err, c.ok)
		}
	}
}

// factorable is a modulus of 2048 bits that the authors of the ROCA detector published as one that
// it has to find (crocs-muni/roca, roca/tests/data/mod03.txt).
func factorable(t *testing.T) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString("9dcd7420e420c270a68060eb8b5aa7457a9f6648f86fafed2775cc1f79ae962f1e63f1b9e51c55f9ea6fdc7332e9b0058c9ff2eb1fc89855"+
		"029cf6aafe21e689feb38ac9ffb12f1ce371bb5d0e9aae64161abce74b4244bf68f1edb4411f756a097c8929c14740245ea355f8332d1aa36bb50c7dcb4505da8de0"+
		"2e4e53d38f8df06097da7524df0df93db48eac8cc4af2d3a16257eb2b2adca6ba464e5974fa92550d31b1babf161e7692d00b86e3dd886ecab4abfbe1a8f8cc263ff"+
		"4af55cdb45f4249a5193925f5e983d762f0b6800943eb0267b08f42ed311ce1f5c86eacbc8ce4d3cb7a2fee1ef5641423a1cf4114e5ecf50034a60a412523af9e6f4"+
		"aa11", 16)
	if !ok || n.BitLen() != 2048 {
		t.Fatal("the modulus is not one of 2048 bits")
	}
	return n
}

// publishedKey is the example key of RFC 9500, 2.3.
func publishedKey(t *testing.T) crypto.PublicKey {
	t.Helper()
	point, err := hex.DecodeString("04422548f88fb782ffb5eca3744452c72a1e558fbd6f73be5e48e93232cc45c5b16c4cd10c4cb8d5b8a17139e94882c8992572993425f41419ab7e90a42a494272")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// authority is an issuing CA of the test's own making.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string, parent *authority, permitted ...string) authority {
	t.Helper()
	key := ecKey(t, elliptic.P256())
	template := &x509.Certificate{
		SerialNumber: certs.NewSerial(), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomains: permitted, PermittedDNSDomainsCritical: len(permitted) > 0,
	}
	if parent == nil {
		parent = &authority{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.cert, key.Public(), parent.key)
	if err != nil {
		t.Fatal(err)
	}
	return authority{parse(t, der), key}
}

func parse(t *testing.T, der []byte) *x509.Certificate {
	t.Helper()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func (a authority) issue(t *testing.T, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	who, err := certs.NewIdentity(certs.User, id)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := certs.RulesOf(certs.PersonSoftware)
	template := &x509.Certificate{
		SerialNumber: certs.NewSerial(), Subject: pkix.Name{CommonName: "An Officer"},
		NotBefore: now.Add(-time.Minute), NotAfter: now.Add(r.Validity),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: r.Usages,
		Policies: []x509.OID{r.Policy}, URIs: []*url.URL{who.URI()},
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, ecKey(t, elliptic.P256()).Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, der)
}

// TestCheckChain holds what Go's verifier lets through as a client certificate against the
// profile on top of it.
func TestCheckChain(t *testing.T) {
	ours, foreign := newAuthority(t, "People 1", nil), newAuthority(t, "People 1", nil)
	good := ours.issue(t, nil)
	site, _ := certs.RulesOf(certs.SiteToken)
	for _, c := range []struct {
		name  string
		chain []*x509.Certificate
		want  error
	}{
		{"good", []*x509.Certificate{good}, nil},
		{"good with its issuer", []*x509.Certificate{good, ours.cert}, nil},
		{"none", nil, certs.ErrNoCertificate},
		{"the CA itself", []*x509.Certificate{ours.cert}, certs.ErrProfile},
		{"same name, another key", []*x509.Certificate{foreign.issue(t, nil)}, certs.ErrForeign},
		{"an intermediate of the holder's", []*x509.Certificate{newAuthority(t, "x", &ours).issue(t, nil)}, certs.ErrForeign},
		{"601 certificates", repeat(good, 601), certs.ErrProfile},
		{"no EKU", one(ours.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = nil })), certs.ErrProfile},
		{"any EKU", one(ours.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} })), certs.ErrProfile},
		{"server EKU too", one(ours.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = site.Usages })), certs.ErrProfile},
		{"keyEncipherment", one(ours.issue(t, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })), certs.ErrProfile},
		{"a CA by us", one(ours.issue(t, func(c *x509.Certificate) { c.IsCA = true })), certs.ErrProfile},
		{"no policy", one(ours.issue(t, func(c *x509.Certificate) { c.Policies = nil })), certs.ErrProfile},
		{"two policies", one(ours.issue(t, func(c *x509.Certificate) { c.Policies = append(c.Policies, site.Policy) })), certs.ErrProfile},
		{"a site's policy", one(ours.issue(t, func(c *x509.Certificate) { c.Policies = []x509.OID{site.Policy} })), certs.ErrProfile},
		{"no identity", one(ours.issue(t, func(c *x509.Certificate) { c.URIs = nil })), certs.ErrProfile},
		{"two identities", one(ours.issue(t, func(c *x509.Certificate) { c.URIs = append(c.URIs, c.URIs[0]) })), certs.ErrProfile},
		{"a host name", one(ours.issue(t, func(c *x509.Certificate) { c.DNSNames = []string{"localhost"} })), certs.ErrProfile},
		{"an address", one(ours.issue(t, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv6loopback} })), certs.ErrProfile},
		{"expired", one(ours.issue(t, func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) })), certs.ErrExpired},
		{"not yet", one(ours.issue(t, func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) })), certs.ErrExpired},
	} {
		_, r, err := certs.CheckChain(c.chain, []*x509.Certificate{ours.cert}, now)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("CheckChain(%s) = %v, want %v", c.name, err, c.want)
		}
		if err == nil && r.Profile != certs.PersonSoftware {
			t.Errorf("CheckChain(%s) gave profile %q", c.name, r.Profile)
		}
	}
}

func one(c *x509.Certificate) []*x509.Certificate { return []*x509.Certificate{c} }

func repeat(c *x509.Certificate, n int) (out []*x509.Certificate) {
	for range n {
		out = append(out, c)
	}
	return out
}

func TestKeyFiles(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	for _, passphrase := range [][]byte{nil, []byte("correct horse battery")} {
		text, err := certs.EncodeKey(key, passphrase)
		if err != nil {
			t.Fatal(err)
		}
		if encrypted := bytes.Contains(text, []byte("ENCRYPTED")); encrypted != (passphrase != nil) {
			t.Errorf("EncodeKey with a passphrase %v is encrypted %v", passphrase != nil, encrypted)
		}
		got, err := certs.ParseKey(text, passphrase)
		if err != nil || !certs.SameKey(got.Public(), key.Public()) {
			t.Errorf("ParseKey(EncodeKey) = %v", err)
		}
		if passphrase == nil {
			continue
		}
		for _, wrong := range [][]byte{nil, []byte("correct horse batterz")} {
			if _, err := certs.ParseKey(text, wrong); !errors.Is(err, certs.ErrPassphrase) {
				t.Errorf("ParseKey with the wrong passphrase = %v, want ErrPassphrase", err)
			}
		}
	}
}

func TestRequestAsksForNothing(t *testing.T) {
	der, err := certs.NewRequest(ecKey(t, elliptic.P256()))
	if err != nil {
		t.Fatal(err)
	}
	back, err := certs.DecodeRequest(certs.EncodeRequest(der))
	if err != nil || !bytes.Equal(back, der) {
		t.Fatalf("DecodeRequest(EncodeRequest) = %v", err)
	}
	csr, err := x509.ParseCertificateRequest(back)
	if err != nil || csr.Subject.String() != "" || len(csr.Extensions) != 0 {
		t.Errorf("the request asks for %q, %d extensions, %v", csr.Subject, len(csr.Extensions), err)
	}
}

func TestPins(t *testing.T) {
	ca := newAuthority(t, "Sites 1", nil)
	f := certs.FingerprintOf(ca.cert.Raw)
	got, err := certs.ParseFingerprint(f.String())
	if err != nil || !got.Matches(ca.cert.Raw) || got.Matches(ca.cert.Raw[1:]) {
		t.Errorf("ParseFingerprint(%s) = %v, %v", f, got, err)
	}
	for _, s := range []string{"", "sha256:", f.String()[:70], f.String() + "00", "sha1:" + f.String()[7:], "sha256:" + strings.Repeat("z", 64)} {
		if _, err := certs.ParseFingerprint(s); err == nil {
			t.Errorf("ParseFingerprint(%q) is taken", s)
		}
	}
	if certs.PinOf(ca.cert).Matches(newAuthority(t, "Sites 1", nil).cert) {
		t.Error("a pin matches another key")
	}
}

func TestParseRef(t *testing.T) {
	for text, want := range map[string]certs.Ref{
		"7F:0a": {Serial: "7f0a"}, " people-1/7F 0A ": {Issuer: "people-1", Serial: "7f0a"}, "root/01": {Issuer: "root", Serial: "01"},
		"sites-12/ 7f": {Issuer: "sites-12", Serial: "7f"}, "": {}, "people-1/": {}, "/7f": {}, "a/b/7f": {}, "PEOPLE-1/7f": {}, "people-/7f": {},
		"1-people/7f": {}, "people-1-2/7f": {}, "people-1/../7f": {}, strings.Repeat("a", 33) + "/7f": {}, "people-123456789/7f": {}, "people-1/0": {},
	} {
		got, err := certs.ParseRef(text)
		if got != want || (err == nil) != (want != certs.Ref{}) {
			t.Errorf("ParseRef(%q) = %v, %v, want %v", text, got, err, want)
		}
		issuer, _, named := strings.Cut(text, "/")
		if _, bad := certs.ParseRef(issuer + "/7f"); errors.Is(err, certs.ErrIssuer) != (named && bad != nil) {
			t.Errorf("ParseRef(%q) = %v", text, err)
		}
	}
}
