package issuance

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"mais/certs"
)

func linted(t testing.TB, p Prepared) *Linted {
	t.Helper()
	l, err := p.Lint()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// issuerWith returns an issuer of people that has its key behind wrap.
func issuerWith(t testing.TB, wrap func(crypto.Signer) crypto.Signer) *Issuer {
	t.Helper()
	rootKey, key := newKey(t), newKey(t)
	root := signCA(t, "root", nil, rootKey, rootKey)
	i, err := NewIssuer("people-1", root, signCA(t, "people-1", root, rootKey, key), wrap(key), AddressesOf("http://pki.example.org", "people", "people-1"))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func preparedBy(t testing.TB, i *Issuer, r Request) Prepared {
	t.Helper()
	p, err := i.Prepare(testSubject(t, certs.PersonSoftware), r, now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wantNothing(t testing.TB, l *Linted) error {
	t.Helper()
	issued, err := l.Issue(context.Background())
	if err == nil || issued != nil {
		t.Errorf("Issue = %v, %v, want nothing and an error", issued, err)
	}
	return err
}

// signer counts what reaches the issuer's key, and may answer otherwise.
type signer struct {
	crypto.Signer
	signed int
	answer func(signature []byte) ([]byte, error)
}

func (s *signer) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	s.signed++
	signature, err := s.Signer.Sign(random, digest, opts)
	if err == nil && s.answer != nil {
		return s.answer(signature)
	}
	return signature, err
}

var errBroken = errors.New("the HSM is gone")

// Every signature comes from step-ca by the issuer's key: when that gives none, or a bad
// one, or another's, there is none.
func TestBrokenSignerStopsIssuing(t *testing.T) {
	for name, answer := range map[string]func([]byte) ([]byte, error){
		"none":      func([]byte) ([]byte, error) { return nil, errBroken },
		"empty":     func([]byte) ([]byte, error) { return nil, nil },
		"bad":       func(s []byte) ([]byte, error) { s[len(s)-1] ^= 1; return s, nil },
		"no number": func([]byte) ([]byte, error) { return noSignature, nil },
	} {
		t.Run(name, func(t *testing.T) {
			i := issuerWith(t, func(key crypto.Signer) crypto.Signer { return &signer{Signer: key, answer: answer} })
			wantNothing(t, linted(t, preparedBy(t, i, testRequest(t, noNames, newKey(t)))))
		})
	}
}

// The gate signs what was linted, once, and while it is being issued.
func TestGate(t *testing.T) {
	key := &signer{Signer: newKey(t)}
	g := newGate(key)
	sign := func(tbs string) error {
		_, err := g.SignMessage(rand.Reader, []byte(tbs), crypto.SHA256)
		return err
	}
	if err := sign("tbs"); !errors.Is(err, errNotAdmitted) {
		t.Errorf("SignMessage of what was not admitted = %v, want %v", err, errNotAdmitted)
	}
	release := g.admit("tbs")
	for _, other := range []string{"", "tb", "tbs ", "Tbs"} {
		if err := sign(other); !errors.Is(err, errNotAdmitted) {
			t.Errorf("SignMessage(%q) = %v, want %v", other, err, errNotAdmitted)
		}
	}
	if _, err := g.Sign(rand.Reader, make([]byte, 32), crypto.SHA256); !errors.Is(err, errNotAdmitted) {
		t.Errorf("Sign(a digest) = %v, want %v", err, errNotAdmitted)
	}
	if key.signed != 0 {
		t.Errorf("the key signed %d times before it was asked rightly", key.signed)
	}
	if err := sign("tbs"); err != nil {
		t.Errorf("SignMessage of what was admitted = %v", err)
	}
	if err := sign("tbs"); !errors.Is(err, errNotAdmitted) {
		t.Errorf("SignMessage once more = %v, want %v", err, errNotAdmitted)
	}
	if len(release()) == 0 {
		t.Error("release() returns no signature")
	}
	if err := sign("tbs"); !errors.Is(err, errNotAdmitted) {
		t.Errorf("SignMessage after release = %v, want %v", err, errNotAdmitted)
	}
	if key.signed != 1 || len(g.admitted) != 0 {
		t.Errorf("the key signed %d times and %d are still admitted, want once and none", key.signed, len(g.admitted))
	}
}

// A step-ca that changes a field is refused by the gate: nothing is signed at all.
func TestWhatWasNotLintedIsNotSigned(t *testing.T) {
	for name, change := range map[string]func(c *x509.Certificate){
		"another serial":    func(c *x509.Certificate) { c.SerialNumber = certs.NewSerial() },
		"a longer validity": func(c *x509.Certificate) { c.NotAfter = c.NotAfter.Add(time.Second) },
		"a CA":              func(c *x509.Certificate) { c.IsCA = true },
		"another usage":     func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} },
		"another name":      func(c *x509.Certificate) { c.Subject.CommonName = "admin" },
		"another hash":      func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA512 },
	} {
		t.Run(name, func(t *testing.T) {
			key := &signer{}
			i := issuerWith(t, func(s crypto.Signer) crypto.Signer { key.Signer = s; return key })
			honest := i.sign
			i.sign = func(ctx context.Context, proof *x509.CertificateRequest, template *x509.Certificate) (*x509.Certificate, error) {
				c := *template
				change(&c)
				return honest(ctx, proof, &c)
			}
			wantNothing(t, linted(t, preparedBy(t, i, testRequest(t, noNames, newKey(t)))))
			if key.signed != 0 {
				t.Errorf("the issuer's key signed %d times, want never", key.signed)
			}
		})
	}
}

// Nor is anything taken back that the gate did not sign, or did not sign so.
func TestWhatComesBackMustBeWhatWasSigned(t *testing.T) {
	other := newKey(t)
	tests := map[string]func(i *Issuer, good, template *x509.Certificate) (*x509.Certificate, error){
		"another signer's": func(i *Issuer, good, template *x509.Certificate) (*x509.Certificate, error) {
			parent := *i.cert
			parent.PublicKey = other.Public()
			der, err := x509.CreateCertificate(rand.Reader, template, &parent, good.PublicKey, other)
			if err != nil {
				return nil, err
			}
			return x509.ParseCertificate(der)
		},
		"a spoilt signature": func(_ *Issuer, good, _ *x509.Certificate) (*x509.Certificate, error) {
			c := *good
			c.Signature = slices.Clone(c.Signature)
			c.Signature[len(c.Signature)-1] ^= 1
			return &c, nil
		},
		"another certificate": func(i *Issuer, _, _ *x509.Certificate) (*x509.Certificate, error) { return i.cert, nil },
	}
	for name, swap := range tests {
		t.Run(name, func(t *testing.T) {
			p := testPrepared(t, certs.PersonSoftware)
			honest := p.issuer.sign
			p.issuer.sign = func(ctx context.Context, proof *x509.CertificateRequest, template *x509.Certificate) (*x509.Certificate, error) {
				good, err := honest(ctx, proof, template)
				if err != nil {
					return nil, err
				}
				return swap(p.issuer, good, template)
			}
			wantNothing(t, linted(t, p))
		})
	}
	t.Run("without the gate", func(t *testing.T) {
		p := testPrepared(t, certs.PersonSoftware)
		issued, err := linted(t, p).Issue(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		p.issuer.sign = func(context.Context, *x509.CertificateRequest, *x509.Certificate) (*x509.Certificate, error) {
			return issued.Certificate(), nil
		}
		wantNothing(t, linted(t, p))
	})
}

// Nobody gets a certificate for a key that they do not hold: step-ca checks the proof.
func TestUnprovenKeyIsNotCertified(t *testing.T) {
	good, err := certs.NewRequest(newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	unproven := slices.Clone(good)
	unproven[len(unproven)-1] ^= 1
	r, err := ParseRequest(unproven)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckProof(); !errors.Is(err, ErrRequest) {
		t.Errorf("CheckProof = %v, want %v", err, ErrRequest)
	}
	key := &signer{}
	i := issuerWith(t, func(s crypto.Signer) crypto.Signer { key.Signer = s; return key })
	if err := wantNothing(t, linted(t, preparedBy(t, i, r))); !errors.Is(err, ErrRequest) {
		t.Errorf("Issue for a key that is not proven = %v, want %v", err, ErrRequest)
	}
	if key.signed != 0 {
		t.Errorf("the issuer's key signed %d times, want never", key.signed)
	}
	if err := (Request{}).CheckProof(); !errors.Is(err, ErrRequest) {
		t.Errorf("CheckProof of no request = %v, want %v", err, ErrRequest)
	}
}

// The twin is what is issued but for the signature, under every sort of issuing key.
func TestTwin(t *testing.T) {
	p := testPrepared(t, certs.PersonSoftware)
	twin, err := p.twin()
	if err != nil {
		t.Fatal(err)
	}
	issued, err := linted(t, p).Issue(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	cert := issued.Certificate()
	if !bytes.Equal(twin.RawTBSCertificate, cert.RawTBSCertificate) || twin.SignatureAlgorithm != cert.SignatureAlgorithm {
		t.Error("the twin is not what was issued")
	}
	if err := twin.CheckSignatureFrom(p.issuer.cert); err == nil {
		t.Error("the twin is signed")
	}
	if err := cert.CheckSignatureFrom(p.issuer.cert); err != nil {
		t.Errorf("what was issued is not signed: %v", err)
	}
	for _, tbs := range [][]byte{nil, {}, {0x30, 0}, {0x30, 3, 2, 1, 7}, cert.RawTBSCertificate[:40]} {
		if got, err := withoutSignature(tbs); err == nil {
			t.Errorf("withoutSignature(%x) = %x, want an error", tbs, got)
		}
	}
}
