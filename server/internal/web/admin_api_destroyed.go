package web

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
)

// destroyed records that a token which is no longer good was wiped. Nobody signs in with such a
// token, so that its key speaks for itself, by a signature. Whoever cannot sign learns nothing:
// neither whether there is such a certificate, nor how it stands.
func destroyed(ctx context.Context, c *call) (answer, error) {
	if !c.site.enrolled.Allow(c.verdict.Address(), time.Now()) {
		return answer{}, errTooMany
	}
	in, err := decode[api.Destroyed](c.Request)
	if err != nil {
		return answer{}, err
	}
	entry, err := c.site.signed(ctx, in)
	if err != nil {
		return answer{}, err
	}
	acting, event := withAct(ctx, c)
	err = c.site.opts.Authority.MarkDestroyed(acting, entry.Ref, in.At)
	switch {
	case errors.Is(err, ca.ErrNotAllowed):
		return answer{}, fmt.Errorf("%w: %w", errDestroyed, err)
	case err != nil && !errors.Is(err, ca.ErrAlready):
		return answer{}, err
	}
	c.audited = event.recorded
	c.event.Detail = map[string]string{"certificate": entry.Ref.String()}
	if entry, err = c.site.opts.Authority.Get(ctx, entry.Ref); err != nil {
		return answer{}, err
	}
	return json200(api.DestructionNoted{Serial: entry.Ref.Serial, At: entry.Destroyed.UTC()})
}

// signed returns the certificate that the request brings and whose key has signed, if it is one
// of the inventory, byte for byte.
func (s *Site) signed(ctx context.Context, in api.Destroyed) (ca.Entry, error) {
	sent, err := certs.ParseCertificates([]byte(in.Certificate))
	if err != nil || len(sent) != 1 || in.At.Year() < 2000 || in.At.Year() > 9999 {
		return ca.Entry{}, fault("certificate", "is not one certificate in PEM, or there is no time")
	}
	if err := certs.VerifyDestruction(sent[0], in.At, in.Signature); err != nil {
		return ca.Entry{}, fmt.Errorf("%w: %w", errDestroyed, err)
	}
	return s.recorded(ctx, sent[0])
}

func (s *Site) recorded(ctx context.Context, cert *x509.Certificate) (ca.Entry, error) {
	found, err := s.opts.Authority.Find(ctx, certs.SerialHex(cert.SerialNumber))
	if err != nil {
		return ca.Entry{}, err
	}
	for _, entry := range found {
		der, err := s.opts.Authority.DER(ctx, entry.Ref)
		if err != nil {
			return ca.Entry{}, err
		}
		if bytes.Equal(der, cert.Raw) {
			return entry, nil
		}
	}
	return ca.Entry{}, fmt.Errorf("%w: nobody issued it", errDestroyed)
}
