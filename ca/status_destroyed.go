package ca

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// clockSkew is how far ahead the clock of a token's machine may be.
const clockSkew = 10 * time.Minute

// destroyedSlack is how much before its end a token may have been destroyed, by a clock that
// is slow. The schema holds to it too.
const destroyedSlack = 5 * time.Minute

// MarkDestroyed records that the token of a certificate was destroyed at a time, by its
// holder's word; see certs.VerifyDestruction for how they prove that they held it. It takes
// what is no longer good, once: ErrNotAllowed for what is active or on hold and has not
// expired, and for a time before the certificate ended or after now; ErrAlready for what was
// destroyed before, and ErrUnknown.
func (c *CA) MarkDestroyed(ctx context.Context, ref certs.Ref, at time.Time) error {
	err := c.db.Transact(ctx, func(tx *pg.Tx) error {
		cert, _, err := store.LockLine(ctx, tx, ref, false)
		switch {
		case errors.Is(err, pg.ErrNoRows):
			return ErrUnknown
		case err != nil:
			return err
		case cert.DestroyedAt.Valid:
			return ErrAlready
		case (cert.Status == string(certs.Active) || cert.Status == string(certs.Held)) && c.now().Before(cert.NotAfter):
			return notAllowed("it is " + cert.Status)
		case at.Before(ended(cert).Add(-destroyedSlack)) || at.After(c.now().Add(clockSkew)):
			return notAllowed("the time is not between its end and now")
		}
		if err := store.SetDestroyed(ctx, tx, ref, at); err != nil {
			return err
		}
		act, err := actOn("destroy", cert, "its holder")
		if err != nil {
			return err
		}
		return c.report(ctx, tx, act)
	})
	if err != nil {
		return fmt.Errorf("record that the token of %s is destroyed: %w", ref, err)
	}
	return nil
}

// ended is when a certificate that is no longer good ceased to be.
func ended(cert store.Certificate) time.Time {
	if changed := cert.Status != string(certs.Active) && cert.Status != string(certs.Held); changed && cert.StatusAt.Before(cert.NotAfter) {
		return cert.StatusAt
	}
	return cert.NotAfter
}
