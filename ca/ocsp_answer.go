package ca

import (
	"context"
	"fmt"
	"time"

	"mais/ca/feed"
	"mais/ca/internal/ocsp"
	"mais/certs"
)

// answerLife is the time from thisUpdate to nextUpdate: how long a relying party may go on
// believing what a revocation has overtaken. An answer is given out for half of it.
const answerLife = 5 * time.Minute

// kept returns the answer for one certificate from the cache, or signs it for the cache.
// That the status is current is asked of the feed every time.
func (c *CA) kept(ctx context.Context, r *responder, by *credential, id ocsp.CertID) (answer, error) {
	s, err := c.standingOf(ctx, r.ref(id))
	if err != nil {
		return answer{}, err
	}
	if s.Status == "" { // strangers can think up any number of serials: signed, but not without bound, and not kept
		if !c.answers.live.take() {
			return answer{}, fmt.Errorf("%w: too much that was never issued is asked for", errNotReady)
		}
		return c.sign(r, by, []ocsp.CertID{id}, []feed.Standing{s}, nil)
	}
	key := answerKey{r.ref(id), id.Hash}
	if a, ok := c.answers.get(key, by, s.AsOf, c.now()); ok {
		return a, nil
	}
	c.answers.signing.Lock() // one signs for all who ask the same at once
	defer c.answers.signing.Unlock()
	if a, ok := c.answers.get(key, by, s.AsOf, c.now()); ok {
		return a, nil
	}
	a, err := c.sign(r, by, []ocsp.CertID{id}, []feed.Standing{s}, nil)
	if err == nil {
		a.fresh, a.asOf = a.signedAt.Add(a.nextUpdate.Sub(a.signedAt)/2), s.AsOf
		c.answers.put(key, a)
	}
	return a, err
}

// live signs an answer for this request alone.
func (c *CA) live(ctx context.Context, r *responder, by *credential, asked ocsp.Request) (answer, error) {
	var standings []feed.Standing
	for _, id := range asked.IDs {
		s, err := c.standingOf(ctx, r.ref(id))
		if err != nil {
			return answer{}, err
		}
		standings = append(standings, s)
	}
	return c.sign(r, by, asked.IDs, standings, asked.Nonce)
}

// ref returns the name in the inventory of what a CertID means, once it is the issuer's.
func (r *responder) ref(id ocsp.CertID) certs.Ref {
	return certs.Ref{Issuer: r.issuer.ID(), Serial: id.SerialHex()}
}

// sign puts into words how certificates stand and signs it. The answer ends before the
// certificate that signs it, and before the issuer.
func (c *CA) sign(r *responder, by *credential, ids []ocsp.CertID, standings []feed.Standing, nonce []byte) (answer, error) {
	now := c.now().UTC().Truncate(time.Second)
	next := now.Add(answerLife)
	for _, end := range []time.Time{by.cert.NotAfter, r.issuer.Certificate().NotAfter} {
		if next.After(end) {
			next = end
		}
	}
	if !next.After(now) {
		return answer{}, fmt.Errorf("%w: %s or the key that signs for it has ended", errNotReady, r.issuer.ID())
	}
	response := ocsp.Response{KeyHash: by.keyHash, ProducedAt: now, Nonce: nonce}
	for n, id := range ids {
		response.Singles = append(response.Singles, singleOf(id, standings[n], now, next))
	}
	der, err := response.Sign(by.key, by.cert.Raw)
	return answer{der: der, by: by, signedAt: now, nextUpdate: next}, err
}

// singleOf maps our statuses to those of RFC 6960. The zero standing is of what was never
// issued; every status but active is revoked.
func singleOf(id ocsp.CertID, s feed.Standing, now, next time.Time) ocsp.Single {
	single := ocsp.Single{ID: id, ThisUpdate: now, NextUpdate: next}
	switch s.Status {
	case certs.Active:
		single.Status = ocsp.Good
	case "":
		single.Status = ocsp.Unknown
	default:
		single.Status, single.RevokedAt, single.Reason = ocsp.Revoked, s.Since.UTC().Truncate(time.Second), s.Reason
	}
	return single
}
