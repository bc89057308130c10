package ca

import (
	"context"
	"fmt"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// CancelCodes makes the open codes of an identity void that were made before a time, or with the zero
// time all of them, and returns how many they were. by says who did it, for the audit.
func (c *CA) CancelCodes(ctx context.Context, who certs.Identity, before time.Time, by string) (n int, err error) {
	if before.IsZero() {
		before = c.now().Add(maxCodeValidity) // whatever the clocks say
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := store.LockIdentity(ctx, tx, who.String()); err != nil {
			return err
		}
		cancelled, err := store.CancelOrdersBefore(ctx, tx, who.String(), before)
		if n = len(cancelled); err != nil || n == 0 {
			return err
		}
		for _, order := range cancelled {
			if err := c.report(ctx, tx, Act{What: "cancel-code", Identity: who, By: by, Order: order}); err != nil {
				return err
			}
		}
		return c.takeCodes(ctx, tx, cancelled)
	})
	if err != nil {
		return 0, fmt.Errorf("cancel the codes of %s: %w", who, err)
	}
	return n, nil
}
