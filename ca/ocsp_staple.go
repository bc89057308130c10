package ca

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"time"

	"mais/ca/internal/ocsp"
)

// Staple returns the OCSP response, in DER, for a certificate of ours, to be sent with it in
// the handshake (RFC 6066, 8), and when it ends: after that a server sends none. It is for
// tls.Certificate.OCSPStaple, and should be asked for again every minute. It returns
// ErrUnknown for what is not in the inventory and otherwise what OCSP would, revoked included.
func (c *CA) Staple(ctx context.Context, leaf *x509.Certificate) (der []byte, nextUpdate time.Time, err error) {
	a, err := c.staple(ctx, leaf)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("staple: %w", err)
	}
	return a.der, a.nextUpdate, nil
}

func (c *CA) staple(ctx context.Context, leaf *x509.Certificate) (answer, error) {
	ref, ok := c.RefOf(leaf)
	if !ok {
		return answer{}, fmt.Errorf("%w: it is not from an issuer of ours", ErrUnknown)
	}
	if _, err := c.feed.Status(ctx, ref, sha256.Sum256(leaf.Raw)); err != nil {
		return answer{}, err
	}
	for _, r := range c.responders {
		if r.issuer.ID() == ref.Issuer {
			by, err := c.credential(ctx, r.keyholder)
			if err != nil {
				return answer{}, err
			}
			n := r.names[crypto.SHA1]
			return c.kept(ctx, r, by, ocsp.CertID{Hash: crypto.SHA1, NameHash: n.name, KeyHash: n.key, Serial: leaf.SerialNumber.Bytes()})
		}
	}
	return answer{}, fmt.Errorf("%w: %s", ErrUnknown, ref)
}
