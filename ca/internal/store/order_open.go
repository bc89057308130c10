package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/internal/pg"
)

// OrderOpen reports whether an order of an identity with this secret can still be spent at a
// time. It counts no try: it is for whoever made the code.
func OrderOpen(ctx context.Context, q pg.Querier, id string, secretHash []byte, identity string, at time.Time) (open bool, err error) {
	err = q.QueryRow(ctx, `SELECT used_at IS NULL AND cancelled_at IS NULL AND tries < 5 AND expires_at > $4
		FROM ca.enrolment_order WHERE id = $1 AND secret_sha256 = $2 AND identity = $3`, id, secretHash, identity, at).Scan(&open)
	if errors.Is(err, pg.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for order %s: %w", id, err)
	}
	return open, nil
}
