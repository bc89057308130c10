package outbox

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// KindAlert is the kind of the messages of alerts, which are about the number of the last.
const KindAlert = "alert"

// Officer is a governance officer who may be written to of alerts.
type Officer struct {
	User, Address, Name string
	Told                int64 // the number of the last alert that they were told of
}

// Alerts gives the officers to write to whose last message of alerts is from before a moment, and
// keeps the messages that it returns, all in one transaction: of several nodes one writes. It says
// how many it kept.
func (b *Box) Alerts(ctx context.Context, now, before time.Time, write func([]Officer) []Message) (kept int, err error) {
	err = b.db.Transact(ctx, func(tx *pg.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(7219064212)`); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT u.id, u.email, u.name, coalesce(max(m.about::bigint), 0)
			FROM access.user_account u JOIN access.user_role r ON r.user_id = u.id
			LEFT JOIN mail.message m ON m.recipient = u.email AND m.kind = $3
			WHERE r.role = 'governance_officer' AND (u.left_at IS NULL OR u.left_at > $1)
			GROUP BY u.id HAVING coalesce(max(m.created_at) <= $2, true) ORDER BY u.email`, now, before, KindAlert)
		officers, err := pg.Collect(rows, err, func(r *pg.Rows) (o Officer, err error) {
			err = r.Scan(&o.User, &o.Address, &o.Name, &o.Told)
			return o, err
		})
		if err != nil {
			return err
		}
		messages := write(officers)
		kept = len(messages)
		return keep(ctx, tx, messages, now)
	})
	if err != nil {
		return 0, fmt.Errorf("write of alerts: %w", err)
	}
	return kept, nil
}
