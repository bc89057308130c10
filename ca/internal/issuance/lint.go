package issuance

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"

	"mais/certs"
)

// LintError says which rules a certificate breaks. Nothing was signed.
type LintError struct{ Faults []Fault }

// Fault is one broken rule: a name beginning with mais_ for our own, see rules.go, and
// otherwise zlint's name of it.
type Fault struct{ Rule, What string }

// Error names every broken rule.
func (e *LintError) Error() string {
	text := "the certificate would break"
	for n, f := range e.Faults {
		if n > 0 {
			text += ";"
		}
		text += " " + f.Rule + ": " + f.What
	}
	return text
}

// Linted is a prepared certificate whose twin was found good.
type Linted struct {
	prepared Prepared
	tbs      []byte // of the twin: to be of the certificate

	once   sync.Once
	issued *Issued
	err    error
}

// Lint signs the twin and examines it by our own rules and by zlint's for RFC 5280 and its
// kin; those of the CA/Browser Forum are for the public web and leave our certificates no
// identity. It fails closed: a lint that cannot be run is a fault. The error for a broken
// rule is a *LintError.
func (p Prepared) Lint() (*Linted, error) {
	twin, err := p.twin()
	if err != nil {
		return nil, fmt.Errorf("lint: %w", err)
	}
	faults := append(ownFaults(twin, p), zlintFaults(twin.Raw)...)
	if len(faults) > 0 {
		return nil, fmt.Errorf("lint: %w", &LintError{faults})
	}
	return &Linted{prepared: p, tbs: twin.RawTBSCertificate}, nil
}

func (p Prepared) twin() (*x509.Certificate, error) {
	if p.issuer == nil {
		return nil, errors.New("nothing is prepared")
	}
	der, err := x509.CreateCertificate(rand.Reader, p.template, p.issuer.lookalike, p.request.key, p.issuer.throwaway)
	if err != nil {
		return nil, fmt.Errorf("sign the twin: %w", err)
	}
	return x509.ParseCertificate(der)
}

// Subject returns who the certificate is for.
func (l *Linted) Subject() Subject { return l.prepared.subject }

// KeyHash returns the SHA-256 of the SubjectPublicKeyInfo of the key to be certified.
func (l *Linted) KeyHash() []byte { return l.prepared.request.KeyHash() }

// Issued is a certificate that one of our issuers signed. Only Linted.Issue makes one.
type Issued struct {
	ref     certs.Ref
	subject Subject
	cert    *x509.Certificate
	issuer  *x509.Certificate
	shard   int // below zero: none
}

// Issue has step-ca sign the certificate and compares it with its twin. It signs at most
// once: asked again, as by a transaction that is tried again, it gives the same answer.
func (l *Linted) Issue(ctx context.Context) (*Issued, error) {
	l.once.Do(func() { l.issued, l.err = l.issue(ctx) })
	return l.issued, l.err
}

func (l *Linted) issue(ctx context.Context) (*Issued, error) {
	p := l.prepared
	cert, err := p.issuer.sign(ctx, p.request.proof, p.template)
	if err != nil {
		return nil, fmt.Errorf("issue under %s: %w", p.issuer.id, err)
	}
	if string(cert.RawTBSCertificate) != string(l.tbs) {
		return nil, fmt.Errorf("issue under %s: what was signed is not what was prepared", p.issuer.id)
	}
	if err := cert.CheckSignatureFrom(p.issuer.cert); err != nil {
		return nil, fmt.Errorf("issue under %s: %w", p.issuer.id, err)
	}
	ref := certs.Ref{Issuer: p.issuer.id, Serial: certs.SerialHex(cert.SerialNumber)}
	return &Issued{ref, p.subject, cert, p.issuer.cert, p.shard()}, nil
}

// shard returns the number of the revocation list that the certificate names, or -1.
func (p Prepared) shard() int {
	if p.subject.Rules.NoCheck {
		return -1
	}
	return p.issuer.addresses.shardOf(p.template.SerialNumber)
}

// Ref returns the certificate's name in the inventory.
func (i *Issued) Ref() certs.Ref { return i.ref }

// Subject returns who it is for.
func (i *Issued) Subject() Subject { return i.subject }

// Certificate returns the certificate; the caller does not change it.
func (i *Issued) Certificate() *x509.Certificate { return i.cert }

// Issuer returns the certificate of the CA that signed it.
func (i *Issued) Issuer() *x509.Certificate { return i.issuer }

// Shard returns the number of the revocation list that the certificate names; ok is false
// when it names none.
func (i *Issued) Shard() (n int, ok bool) { return i.shard, i.shard >= 0 }
