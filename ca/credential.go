package ca

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"mais/ca/internal/issuance"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// renewAfterFailure is the wait before a certificate of this process's own is asked for once
// more, so that strangers' questions do not become transactions.
const renewAfterFailure = 10 * time.Second

// keyholder signs in the name of this process with a key that one issuing CA certifies.
type keyholder struct {
	profile certs.Profile
	issuer  *issuance.Issuer
	now     atomic.Pointer[credential]
	turn    chan struct{} // of one: to issue the next certificate
	retry   time.Time     // not before; for who has the turn
}

func newKeyholder(i *issuance.Issuer, p certs.Profile) *keyholder {
	return &keyholder{profile: p, issuer: i, turn: make(chan struct{}, 1)}
}

// keyholders says what a keyholder's certificates are called, and their issue in the audit.
var keyholders = map[certs.Profile]struct{ name, act string }{
	certs.OCSPSigner:    {"MAIS OCSP responder", "issue-ocsp"},
	certs.ReceiptSigner: {"MAIS receipts", "issue-receipt"},
}

// credential is a key that lives in this process's memory only, and its certificate.
type credential struct {
	key     crypto.Signer
	cert    *x509.Certificate
	ref     certs.Ref
	keyHash []byte    // SHA-1: how a response names its signer
	renew   time.Time // from when a successor is sought
}

// credential returns the key to sign with, and renews it when it is time. While it is being
// renewed, and when that fails, the old one serves until it ends.
func (c *CA) credential(ctx context.Context, r *keyholder) (*credential, error) {
	have := r.now.Load()
	good, err := c.serves(ctx, have)
	switch {
	case err != nil:
		return nil, err
	case good && c.now().Before(have.renew):
		return have, nil
	case good:
		select {
		case r.turn <- struct{}{}:
		default:
			return have, nil // another is at it
		}
	default:
		select {
		case r.turn <- struct{}{}:
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", errNotReady, ctx.Err())
		}
	}
	defer func() { <-r.turn }()
	if now := r.now.Load(); now != have {
		return now, nil // another was at it
	}
	next, err := c.renewCredential(ctx, r)
	if err != nil && good {
		return have, nil
	}
	return next, err
}

// serves reports whether answers may be signed with a credential. That of a responder says
// that nobody need ask for its status, so this node asks. Superseded is no fault: that is what a
// restart does to its predecessor. What is held waits for its release.
func (c *CA) serves(ctx context.Context, have *credential) (bool, error) {
	if have == nil || c.now().Before(have.cert.NotBefore) || !c.now().Before(have.cert.NotAfter) {
		return false, nil
	}
	s, err := c.standingOf(ctx, have.ref)
	if s.Status == certs.Held {
		err = fmt.Errorf("%w: its certificate %s is held", errNotReady, have.ref)
	}
	return s.Status == certs.Active || s.Status == certs.Superseded, err
}

// renewCredential is for who has the turn.
func (c *CA) renewCredential(ctx context.Context, r *keyholder) (*credential, error) {
	if c.now().Before(r.retry) {
		return nil, fmt.Errorf("%w: the last attempt to certify its key has just failed", errNotReady)
	}
	next, err := c.issueCredential(ctx, r)
	if err != nil {
		r.retry = c.now().Add(renewAfterFailure)
		cause, detail := CauseOf(err)
		c.log.ErrorContext(ctx, "a key of this process's own can't be certified", "profile", r.profile, "issuer", r.issuer.ID(), "error", err, "cause", cause, "detail", detail)
		return nil, fmt.Errorf("%w: %w", errNotReady, err)
	}
	r.retry = time.Time{}
	r.now.Store(next)
	return next, nil
}

// issueCredential certifies a new key in the way of every certificate. The node's earlier
// certificates for this issuer are superseded after the grace period: their keys are gone.
func (c *CA) issueCredential(ctx context.Context, r *keyholder) (*credential, error) {
	node := c.node.Load()
	if node == nil {
		return nil, errors.New("it is not known which node this is")
	}
	key, err := certs.NewKey()
	if err != nil {
		return nil, err
	}
	linted, err := c.lintKeyholder(r, *node, key)
	if err != nil {
		return nil, err
	}
	var issued Issued
	err = c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
		if err := store.LockIdentity(ctx, tx, node.String()); err != nil {
			return err
		}
		origin := store.Origin{Holder: node.String(), By: node.String(), At: c.now()}
		if issued, err = c.issue(ctx, tx, linted, origin, keyholders[r.profile].act); err != nil {
			return err
		}
		return store.SupersedeOthersLater(ctx, tx, node.String(), string(r.profile), r.issuer.ID(), issued.Ref, c.now().Add(c.grace))
	})
	if err != nil {
		return nil, err
	}
	life := issued.Certificate.NotAfter.Sub(issued.Certificate.NotBefore)
	keyHash, err := hashOfKey(crypto.SHA1, issued.Certificate)
	return &credential{key, issued.Certificate, issued.Ref, keyHash, issued.Certificate.NotBefore.Add(life * 2 / 3)}, err
}

func (c *CA) lintKeyholder(r *keyholder, node certs.Identity, key crypto.Signer) (*issuance.Linted, error) {
	csr, err := certs.NewRequest(key)
	if err != nil {
		return nil, err
	}
	request, err := issuance.ParseRequest(csr)
	if err != nil {
		return nil, err
	}
	rules, _ := certs.RulesOf(r.profile)
	prepared, err := r.issuer.Prepare(issuance.Subject{
		Identity: node, Name: keyholders[r.profile].name, Rules: rules, Validity: c.validity[rules.Profile], Keys: c.keys[rules.Profile],
	}, request, c.now())
	if err != nil {
		return nil, err
	}
	return prepared.Lint()
}
