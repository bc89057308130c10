package store

import (
	"context"
	"fmt"

	"mais/internal/pg"
)

// SpentOnPassword records that an order, which tx has spent, was for a password.
func SpentOnPassword(ctx context.Context, tx *pg.Tx, id string) error {
	if _, err := tx.Exec(ctx, `INSERT INTO ca.order_password (order_id) VALUES ($1)`, id); err != nil {
		return fmt.Errorf("record what an order was spent on: %w", err)
	}
	return nil
}
