package issuance

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"

	"mais/certs"
)

// LintError says which rules a certificate breaks. Nothing was signed.
type LintError struct{ Faults []Fault }

// Fault is one broken rule: a name beginning with mais_ for our own, see rules.go, and
// otherwise zlint's name of it.
type Fault struct{ Rule, What string }

// ofKey are the rules that a requester can break, by the choice of a key.
var ofKey = []string{"mais_key", "mais_key_type", smallKey, "e_rsa_fermat_factorization", "e_rsa_exp_negative"}

// OfKey reports whether nothing but the requester's key is at fault.
func (e *LintError) OfKey() bool {
	return !slices.ContainsFunc(e.Faults, func(f Fault) bool { return !slices.Contains(ofKey, f.Rule) })
}

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
	tbs      string // of the twin: to be of the certificate

	once   sync.Once
	issued *Issued
	err    error
}

// Lint makes the twin and examines it by our own rules and by zlint's for RFC 5280 and its
// kin; those of the CA/Browser Forum are for the public web and leave our certificates no
// identity. It fails closed: a lint that cannot be run is a fault. The error for a broken
// rule is a *LintError. Whether the request proves possession of its key is seen by Issue.
func (p Prepared) Lint() (*Linted, error) {
	twin, err := p.twin()
	if err != nil {
		return nil, fmt.Errorf("lint: %w", err)
	}
	faults := append(ownFaults(twin, p), zlintFaults(twin)...)
	if len(faults) > 0 {
		return nil, fmt.Errorf("lint: %w", &LintError{faults})
	}
	return &Linted{prepared: p, tbs: string(twin.RawTBSCertificate)}, nil
}

// Subject returns who the certificate is for.
func (l *Linted) Subject() Subject { return l.prepared.subject }

// Issued is a certificate that one of our issuers signed. Only Linted.Issue makes one.
type Issued struct {
	ref     certs.Ref
	subject Subject
	cert    *x509.Certificate
	issuer  *x509.Certificate
	shard   int // below zero: none
}

// Issue has step-ca check the proof of possession and sign the certificate, through the
// gate. It signs at most once: asked again, as by a transaction that is tried again, it
// gives the same answer. The error wraps ErrRequest when the proof is none.
func (l *Linted) Issue(ctx context.Context) (*Issued, error) {
	l.once.Do(func() { l.issued, l.err = l.issue(ctx) })
	return l.issued, l.err
}

func (l *Linted) issue(ctx context.Context) (*Issued, error) {
	p := l.prepared
	release := p.issuer.gate.admit(l.tbs)
	cert, err := p.issuer.sign(ctx, p.request.proof, p.template)
	signature := release()
	if err != nil {
		// step-ca's errors have no kind, so the proof is checked here when it may be the reason.
		return nil, fmt.Errorf("issue under %s: %w", p.issuer.id, errors.Join(p.request.CheckProof(), err))
	}
	// crypto/x509 has checked the gate's signature with the issuer's key: what bears it is good.
	if string(cert.RawTBSCertificate) != l.tbs || signature == nil || !bytes.Equal(cert.Signature, signature) {
		return nil, fmt.Errorf("issue under %s: what came back is not what was prepared and signed", p.issuer.id)
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
