package outbox

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// Ending is a certificate that ends soon or has ended, and that nothing succeeds.
type Ending struct {
	Subject
	Hours int // the threshold that it has come under; 0: it has ended
}

// Horizon says what is looked for before an end.
type Horizon struct {
	Now   time.Time
	Hours []int         // before the end of a person's certificate
	Past  time.Duration // what has ended longer ago is left alone
	Limit int           // certificates at a time
}

// overdueHours bounds how early a site's or a node's renewal can be overdue: a quarter of the
// longest life that the settings allow, in hours.
const overdueHours = 90 * 24 / 4

// succeeded is true of a certificate c that another active one of the same holder replaces.
// Moments are parameters: $1 is now.
const succeeded = `EXISTS (SELECT FROM ca.certificate n WHERE n.identity = c.identity AND n.status = 'active' AND n.not_after > c.not_after
	AND n.not_after > $1 AND (n.profile = c.profile OR (n.replaces_issuer, n.replaces_serial) = (c.issuer, c.serial)))`

// Notice looks for active certificates that have come under a threshold, gives those that are
// new to write, and keeps the messages that it returns. A person's come under the shortest of
// the given hours that they are within, not counting those above half of their life; those of
// sites and nodes, which renew by themselves, when less than a quarter of it is left; and all
// when they have ended. Nothing is noticed of people who have left. It says how many it gave; at
// Limit there may be more.
func (b *Box) Notice(ctx context.Context, h Horizon, write func([]Ending) []Message) (n int, err error) {
	longest := overdueHours
	for _, hours := range h.Hours {
		longest = max(longest, hours)
	}
	err = b.db.Transact(ctx, func(tx *pg.Tx) error {
		rows, err := tx.Query(ctx, `WITH due AS (
				SELECT c.issuer, c.serial, CASE
					WHEN c.not_after <= $1 THEN 0
					WHEN c.identity LIKE 'urn:mais:user:%' THEN (SELECT min(hours) FROM unnest($2::int[]) AS t (hours)
						WHERE c.not_after <= $1 + hours * interval '1 hour' AND hours * interval '2 hours' <= c.not_after - c.not_before)
					WHEN c.not_after - $1 < (c.not_after - c.not_before) / 4
						THEN greatest(1, ceil(extract(epoch FROM c.not_after - c.not_before) / 4 / 3600))::int
					END AS hours
				FROM ca.certificate c`+subjectJoins+`
				WHERE c.not_after > $3 AND c.not_after <= $4 AND c.status = 'active'
					AND (c.identity LIKE 'urn:mais:user:%' AND (u.left_at IS NULL OR u.left_at > $1) OR c.profile IN ('site', 'server'))
					AND NOT `+succeeded+`
			), noticed AS (
				INSERT INTO mail.notice (issuer, serial, hours, noticed_at)
				SELECT issuer, serial, hours, $1 FROM due d WHERE hours IS NOT NULL
					AND NOT EXISTS (SELECT FROM mail.notice o WHERE (o.issuer, o.serial, o.hours) = (d.issuer, d.serial, d.hours))
				LIMIT $5
				ON CONFLICT DO NOTHING RETURNING issuer, serial, hours
			)
			SELECT `+subjectColumns+`, noticed.hours FROM noticed JOIN ca.certificate c USING (issuer, serial)`+subjectJoins+`
			ORDER BY c.not_after, c.serial`,
			h.Now, pg.Array(h.Hours), h.Now.Add(-h.Past), h.Now.Add(time.Duration(longest)*time.Hour), h.Limit)
		endings, err := pg.Collect(rows, err, scanEnding)
		if err != nil {
			return err
		}
		n = len(endings)
		return keep(ctx, tx, write(endings), h.Now)
	})
	if err != nil {
		return 0, fmt.Errorf("look for certificates that end: %w", err)
	}
	return n, nil
}

func scanEnding(r *pg.Rows) (e Ending, err error) {
	err = r.Scan(append(e.fields(), &e.Hours)...)
	return e, err
}

// Digest gives what was noticed since the last digest, and is not succeeded by now, to write
// to the administrators, and keeps the messages that it returns. It does so when the last
// digest is older than every.
func (b *Box) Digest(ctx context.Context, now time.Time, every time.Duration, write func([]Ending, []Administrator) []Message) error {
	err := b.db.Transact(ctx, func(tx *pg.Tx) error {
		var due bool
		err := tx.QueryRow(ctx, `SELECT at <= $1 FROM mail.position WHERE reader = 'expiries' FOR UPDATE`, now.Add(-every)).Scan(&due)
		if err != nil || !due {
			return err
		}
		endings, err := untold(ctx, tx, now)
		if err != nil || len(endings) == 0 {
			return err
		}
		administrators, err := administrators(ctx, tx)
		if err != nil {
			return err
		}
		if err := keep(ctx, tx, write(endings, administrators), now); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE mail.position SET at = $1 WHERE reader = 'expiries'`, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("tell administrators what ends: %w", err)
	}
	return nil
}

// untold marks what administrators have not been told as told, and returns each certificate
// of it that still matters, once.
func untold(ctx context.Context, tx *pg.Tx, now time.Time) ([]Ending, error) {
	rows, err := tx.Query(ctx, `WITH told AS (
			UPDATE mail.notice SET told_at = $1 WHERE told_at IS NULL RETURNING issuer, serial, hours
		), last AS (
			SELECT issuer, serial, min(hours) AS hours FROM told GROUP BY issuer, serial
		)
		SELECT `+subjectColumns+`, last.hours FROM last JOIN ca.certificate c USING (issuer, serial)`+subjectJoins+`
		WHERE c.status = 'active' AND (u.left_at IS NULL OR u.left_at > $1) AND NOT `+succeeded+`
		ORDER BY c.not_after, c.serial`, now)
	return pg.Collect(rows, err, scanEnding)
}
