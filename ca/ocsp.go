package ca

import (
	"context"
	"errors"
	"fmt"
	"time"

	xocsp "golang.org/x/crypto/ocsp"

	"mais/ca/feed"
	"mais/ca/internal/ocsp"
	"mais/certs"
)

// errNotOurs: the certificate asked for, or one of several, is from another issuer.
var errNotOurs = errors.New("ca: the question is not for this responder")

// OCSP answers an OCSP request, in DER, with an OCSP response, in DER (RFC 6960, nonces as in
// RFC 9654), and says how long a cache may keep it: 0 is not at all. It never fails: a fault
// is an answer too.
//
//	good           issued by us and active, as of now
//	revoked        revoked, held (certificateHold) or superseded, with the time
//	unknown        never issued, as the inventory says
//	tryLater       the status, or our right to sign, is not known just now
//	unauthorized   another issuer's, or certificates of several issuers in one request
//	malformed      what is no request, has no good nonce, or more than 8 KiB
//
// Whether a certificate has expired is not looked at: it says so itself. An answer without
// nonce is signed once and kept; one with a nonce is signed for it, a bounded number a
// second, beyond which it is answered without, as RFC 9654 2.1 lets it be: the client decides.
func (c *CA) OCSP(ctx context.Context, request []byte) (response []byte, maxAge time.Duration) {
	a, err := c.answer(ctx, request)
	if err != nil {
		return c.fault(ctx, err), 0
	}
	return a.der, max(a.fresh.Sub(c.now()), 0)
}

// fault is the answer to what cannot be answered; it tells nothing of why.
func (c *CA) fault(ctx context.Context, err error) []byte {
	switch {
	case errors.Is(err, ocsp.ErrMalformed):
		return xocsp.MalformedRequestErrorResponse
	case errors.Is(err, errNotOurs):
		return xocsp.UnauthorizedErrorResponse
	case errors.Is(err, ErrStale), errors.Is(err, errNotReady), ctx.Err() != nil:
		return xocsp.TryLaterErrorResponse
	}
	c.log.ErrorContext(ctx, "an OCSP request can't be answered", "error", err)
	return xocsp.InternalErrorErrorResponse
}

func (c *CA) answer(ctx context.Context, request []byte) (answer, error) {
	asked, err := ocsp.Parse(request)
	if err != nil {
		return answer{}, err
	}
	r, err := c.responderFor(asked.IDs)
	if err != nil {
		return answer{}, err
	}
	by, err := c.credential(ctx, r.keyholder)
	if err != nil {
		return answer{}, err
	}
	alone := len(asked.IDs) == 1
	switch {
	case alone && asked.Nonce == nil:
		return c.kept(ctx, r, by, asked.IDs[0])
	case c.answers.live.take():
		return c.live(ctx, r, by, asked)
	case alone:
		return c.kept(ctx, r, by, asked.IDs[0])
	}
	return answer{}, fmt.Errorf("%w: too much is asked", errNotReady)
}

// responderFor returns who answers for all of the certificates: one signature cannot speak
// for two issuers.
func (c *CA) responderFor(ids []ocsp.CertID) (*responder, error) {
	for _, r := range c.responders {
		if !r.named(ids[0]) {
			continue
		}
		for _, id := range ids[1:] {
			if !r.named(id) {
				return nil, errNotOurs
			}
		}
		return r, nil
	}
	return nil, errNotOurs
}

// standingOf returns how a certificate stands, the zero standing for what was never issued,
// or ErrStale. Memory answers for what was asked before; no more than a few questions at a
// time go to the database, whose connections others need.
func (c *CA) standingOf(ctx context.Context, ref certs.Ref) (feed.Standing, error) {
	if !ourSerial(ref.Serial) {
		return feed.Standing{}, c.feed.Fresh()
	}
	s, known, err := c.feed.Remembered(ref)
	if err != nil || known {
		return s, err
	}
	select {
	case c.answers.asking <- struct{}{}:
		defer func() { <-c.answers.asking }()
	case <-ctx.Done():
		return feed.Standing{}, fmt.Errorf("%w: %w", ErrStale, ctx.Err())
	}
	if s, err = c.feed.Learn(ctx, ref); errors.Is(err, ErrUnknown) {
		return feed.Standing{}, nil
	}
	return s, err
}

// ourSerial reports whether a serial has the form of those that certs.NewSerial makes.
func ourSerial(hex string) bool { return len(hex) == 32 && hex[0] >= '4' && hex[0] <= '7' }
