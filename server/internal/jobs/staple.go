package jobs

import (
	"context"
	"crypto/tls"
	"time"
)

// stapleEvery is how often the answer that is sent with the server's certificate is asked
// for anew; it lasts some minutes.
const stapleEvery = time.Minute

// stapled is a certificate with the OCSP response that goes with it in the handshake.
type stapled struct {
	certificate tls.Certificate
	until       time.Time
}

// Staple keeps an OCSP response for the server's certificate until ctx ends (RFC 6066, 8), so
// that a client need not ask anybody. Where none can be had the certificate goes without.
func (n *Node) Staple(ctx context.Context) error {
	again := time.NewTicker(stapleEvery)
	defer again.Stop()
	failing := false
	for {
		err := n.staple(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			n.opts.Logger.WarnContext(ctx, "the server's certificate goes without an OCSP response", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		case <-n.renewed:
		}
	}
}

func (n *Node) staple(ctx context.Context) error {
	on := n.now.Load()
	der, until, err := n.opts.Issuer.Staple(ctx, on.certificate.Leaf)
	if err != nil {
		return err
	}
	with := &stapled{on.certificate, until}
	with.certificate.OCSPStaple = der
	n.stapled.Store(with)
	return nil
}

// GetCertificate is for tls.Config. The response goes with the certificate that it is about,
// and never past its end.
func (n *Node) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	on := n.now.Load()
	if with := n.stapled.Load(); with != nil && with.certificate.Leaf == on.certificate.Leaf && time.Now().Before(with.until) {
		return &with.certificate, nil
	}
	return &on.certificate, nil
}
