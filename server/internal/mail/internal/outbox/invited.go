package outbox

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// Unused is an invitation that nobody has used and that is still good.
type Unused struct {
	User          string // id
	Address, Name string
	Code          string // its id
	Message       string // of the mail that held it
	Sent, Expires time.Time
}

// Unused gives the invitations to write that were sent before a moment and are good beyond
// another, each once, and keeps the messages that it returns, all in one transaction. It says
// how many it gave. Whose mail came back is not written to.
func (b *Box) Unused(ctx context.Context, now, sentBefore, goodUntil time.Time, limit int, write func([]Unused) []Message) (given int, err error) {
	err = b.db.Transact(ctx, func(tx *pg.Tx) error {
		rows, err := tx.Query(ctx, `SELECT u.id, u.email, u.name, coalesce(g.code, ''), g.message, g.sent_at, g.expires_at
			FROM access.registration g JOIN access.user_account u ON u.id = g.user_id
			WHERE g.registered_at IS NULL AND g.reminded_at IS NULL AND g.message IS NOT NULL AND g.sent_at <= $1 AND g.expires_at > $2
				AND (g.bounced_at IS NULL OR g.bounced_at < g.sent_at) AND (u.left_at IS NULL OR u.left_at > $3)
			ORDER BY g.sent_at LIMIT $4 FOR UPDATE OF g SKIP LOCKED`, sentBefore, goodUntil, now, limit)
		found, err := pg.Collect(rows, err, func(r *pg.Rows) (u Unused, err error) {
			err = r.Scan(&u.User, &u.Address, &u.Name, &u.Code, &u.Message, &u.Sent, &u.Expires)
			return u, err
		})
		if given = len(found); err != nil || given == 0 {
			return err
		}
		var users []string
		for _, u := range found {
			users = append(users, u.User)
		}
		if _, err := tx.Exec(ctx, `UPDATE access.registration SET reminded_at = $2 WHERE user_id = ANY ($1::uuid[])`, pg.Array(users), now); err != nil {
			return err
		}
		return keep(ctx, tx, write(found), now)
	})
	if err != nil {
		return 0, fmt.Errorf("remind of invitations: %w", err)
	}
	return given, nil
}

// Bounced notes that the mail with an id came back, and what was said of it, if it is that of
// the last invitation of somebody, sent since a moment, or the reminder of it, and they have
// not registered yet. found says whether it was.
func (b *Box) Bounced(ctx context.Context, id string, now, since time.Time, said string) (found bool, err error) {
	n, err := b.db.Exec(ctx, `UPDATE access.registration SET bounced_at = $2, bounce = $4
		WHERE registered_at IS NULL AND sent_at > $3
			AND message IN ($1::uuid, (SELECT about::uuid FROM mail.message WHERE id = $1::uuid AND kind = 'reminder'))`, id, now, since, said)
	if err != nil {
		return false, fmt.Errorf("note a mail that came back: %w", err)
	}
	return n > 0, nil
}

// Keep puts messages into the outbox, but for those that are there already.
func (b *Box) Keep(ctx context.Context, messages []Message, now time.Time) error {
	return b.db.Transact(ctx, func(tx *pg.Tx) error { return keep(ctx, tx, messages, now) })
}
