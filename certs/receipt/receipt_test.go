package receipt_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"mais/certs"
	"mais/certs/receipt"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// authority is a CA, or a leaf.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func certified(t testing.TB, by *authority, template *x509.Certificate) authority {
	t.Helper()
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = certs.NewSerial()
	parent := authority{template, key}
	if by != nil {
		parent = *by
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.cert, key.Public(), parent.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

func newCA(t testing.TB, name string, by *authority) authority {
	t.Helper()
	return certified(t, by, &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(4, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
		// As the ceremony makes the CA for sites and servers.
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	})
}

// newSigner makes who signs receipts, but for what change changes.
func newSigner(t testing.TB, by *authority, profile certs.Profile, change func(*x509.Certificate)) receipt.Signer {
	t.Helper()
	r, _ := certs.RulesOf(profile)
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "MAIS receipts"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(7 * 24 * time.Hour),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: r.Usages, UnknownExtKeyUsage: r.Own, Policies: []x509.OID{r.Policy},
	}
	if change != nil {
		change(template)
	}
	leaf := certified(t, by, template)
	return receipt.Signer{Key: leaf.key, Leaf: leaf.cert, Issuer: by.cert}
}

func sign(t testing.TB, s receipt.Signer, at time.Time) string {
	t.Helper()
	jws, err := s.Sign([]byte(`{"number":1}`), at)
	if err != nil {
		t.Fatal(err)
	}
	return jws
}

func TestVerify(t *testing.T) {
	root := newCA(t, "Root", nil)
	sites := newCA(t, "Sites 1", &root)
	s := newSigner(t, &sites, certs.ReceiptSigner, nil)
	jws := sign(t, s, now)
	for _, later := range []time.Duration{0, 10 * 365 * 24 * time.Hour} { // long after its signer's end
		got, err := receipt.Verify(jws+"\n", root.cert, now.Add(later))
		if err != nil || string(got.Payload) != `{"number":1}` || !got.SignedAt.Equal(now) || !got.Leaf.Equal(s.Leaf) {
			t.Errorf("Verify %s later = %q, %s, %v", later, got.Payload, got.SignedAt, err)
		}
	}
}

// TestVerifyRefuses holds everything else against it.
func TestVerifyRefuses(t *testing.T) {
	root, foreign := newCA(t, "Root", nil), newCA(t, "Root", nil)
	sites, others := newCA(t, "Sites 1", &root), newCA(t, "Sites 1", &foreign)
	good := newSigner(t, &sites, certs.ReceiptSigner, nil)
	jws := sign(t, good, now)
	parts := strings.Split(jws, ".")
	below := newCA(t, "an intermediate", &sites)
	stolen := good
	stolen.Key = newSigner(t, &sites, certs.ReceiptSigner, nil).Key
	for what, text := range map[string]string{
		"nothing":                    "",
		"no JWS":                     "receipt",
		"a JWS of nothing":           "..",
		"another payload":            parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"number":2}`)) + "." + parts[2],
		"another time":               reheaded(t, jws, func(h map[string]any) { h["iat"] = now.Unix() - 1 }),
		"no algorithm":               reheaded(t, jws, func(h map[string]any) { h["alg"] = "none" }),
		"another algorithm":          reheaded(t, jws, func(h map[string]any) { h["alg"] = "HS256" }),
		"another type":               reheaded(t, jws, func(h map[string]any) { h["typ"] = "JWT" }),
		"no chain":                   reheaded(t, jws, func(h map[string]any) { delete(h, "x5c") }),
		"a chain of one":             reheaded(t, jws, func(h map[string]any) { h["x5c"] = h["x5c"].([]any)[:1] }),
		"a chain of garble":          reheaded(t, jws, func(h map[string]any) { h["x5c"] = []string{"TUFJUw==", "TUFJUw=="} }),
		"cut short":                  jws[:len(jws)-8],
		"too much":                   jws + strings.Repeat("A", 300<<10),
		"a key that is not its":      sign(t, stolen, now),
		"another root's":             sign(t, newSigner(t, &others, certs.ReceiptSigner, nil), now),
		"below an issuer of its own": sign(t, newSigner(t, &below, certs.ReceiptSigner, nil), now),
		"signed before its signer":   sign(t, good, now.Add(-2*time.Hour)),
		"signed after its signer":    sign(t, good, now.Add(8*24*time.Hour)),
		"a server's":                 sign(t, newSigner(t, &sites, certs.ServerNode, nil), now),
		"a site's":                   sign(t, newSigner(t, &sites, certs.SiteToken, nil), now),
		"an OCSP responder's":        sign(t, newSigner(t, &sites, certs.OCSPSigner, nil), now),
		"without the usage":          sign(t, newSigner(t, &sites, certs.ReceiptSigner, func(c *x509.Certificate) { c.UnknownExtKeyUsage = nil }), now),
		"with another usage besides": sign(t, newSigner(t, &sites, certs.ReceiptSigner, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		}), now),
	} {
		if _, err := receipt.Verify(text, root.cert, now.AddDate(1, 0, 0)); !errors.Is(err, receipt.ErrInvalid) {
			t.Errorf("Verify(%s) = %v, want %v", what, err, receipt.ErrInvalid)
		}
	}
	if _, err := receipt.Verify(sign(t, good, now.Add(time.Hour)), root.cert, now); !errors.Is(err, receipt.ErrInvalid) {
		t.Errorf("Verify of one signed in an hour = %v, want %v", err, receipt.ErrInvalid)
	}
}

// reheaded changes the header and leaves the signature.
func reheaded(t *testing.T, jws string, change func(map[string]any)) string {
	t.Helper()
	first, rest, _ := strings.Cut(jws, ".")
	text, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatal(err)
	}
	h := map[string]any{}
	if err := json.Unmarshal(text, &h); err != nil {
		t.Fatal(err)
	}
	change(h)
	if text, err = json.Marshal(h); err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text) + "." + rest
}

// TestHeaderThatMustBeUnderstood: what a later version demands is not passed over.
func TestHeaderThatMustBeUnderstood(t *testing.T) {
	root := newCA(t, "Root", nil)
	sites := newCA(t, "Sites 1", &root)
	s := newSigner(t, &sites, certs.ReceiptSigner, nil)
	chain := []string{base64.StdEncoding.EncodeToString(s.Leaf.Raw), base64.StdEncoding.EncodeToString(s.Issuer.Raw)}
	options := new(jose.SignerOptions).WithType(receipt.Type).WithHeader("x5c", chain).WithHeader("iat", now.Unix()).
		WithHeader("crit", []string{"later"}).WithHeader("later", true)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: s.Key}, options)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receipt.Verify(jws, root.cert, now); !errors.Is(err, receipt.ErrInvalid) {
		t.Errorf("Verify with a critical header that is not known = %v, want %v", err, receipt.ErrInvalid)
	}
}

func FuzzVerify(f *testing.F) {
	root := newCA(f, "Root", nil)
	sites := newCA(f, "Sites 1", &root)
	jws := sign(f, newSigner(f, &sites, certs.ReceiptSigner, nil), now)
	f.Add(jws)
	f.Add(jws[:len(jws)/2])
	f.Add("e30.e30.e30")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := receipt.Verify(text, root.cert, now)
		if (err == nil) == (got.Leaf == nil) || err != nil && !errors.Is(err, receipt.ErrInvalid) {
			t.Errorf("Verify(%q) = %+v, %v", text, got, err)
		}
		if err == nil && string(got.Payload) != `{"number":1}` {
			t.Errorf("Verify(%q) gives a payload that nobody signed: %q", text, got.Payload)
		}
	})
}
