// Package lost is the SQL of reports that a card was lost: codes that were asked for, the
// wrong tries at them, and the one use of each. [Open] logs in as mais_register.
//
// It holds nothing: [Box.Spend] has its caller do that while it keeps everybody else from the
// same code, and spends the code only when it was done.
package lost

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"mais/internal/pg"
)

// MaxTries is how many wrong tries a code takes; the schema holds the same number.
const MaxTries = 5

// Box is the open table. It is safe for concurrent use, and for several nodes.
type Box struct{ db *pg.DB }

// Open logs in to the database; the caller closes the box.
func Open(ctx context.Context, source pg.Source) (*Box, error) {
	db, err := source.Open(ctx, pg.Register)
	if err != nil {
		return nil, fmt.Errorf("open the reports of losses: %w", err)
	}
	return &Box{db}, nil
}

// Close closes the pool.
func (b *Box) Close() error { return b.db.Close() }

// Report is a code that somebody asked for.
type Report struct {
	ID      string // of the code; it is no secret
	User    string // UUID
	From    netip.Addr
	Asked   time.Time
	Expires time.Time
}

// userLocks is the space of advisory locks on who has lost something.
const userLocks = 0x105700

// Bounds are how many codes are sent in one user's name. Whoever is refused has a code in their
// mail that was sent and is good for a while still, whatever others asked before them, so that
// nobody can keep the report of a loss from its victim by asking first.
type Bounds struct {
	Good   int           // at a time, for one source that asks
	Total  int           // at a time, for all sources
	Fresh  time.Duration // a code that ends sooner does not count as good
	Source netip.Prefix  // the addresses that are one source with the one that asks
	// In the 24 hours before, from one source and from all. After so many there is one good code
	// at a time, whoever asked for it.
	ADay, TotalADay int
}

// sending is how long a code counts of which nobody has said whether it was sent.
const sending = time.Minute

// Add records a report and the hash of its secret, unless the bounds forbid another in the
// user's name: added is then false. What could not be sent counts for nothing.
func (b *Box) Add(ctx context.Context, r Report, secretHash []byte, bounds Bounds) (added bool, err error) {
	err = b.db.Transact(ctx, func(tx *pg.Tx) error {
		added = false
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, userLocks, r.User); err != nil {
			return err
		}
		var c counted
		err := tx.QueryRow(ctx, `
			SELECT count(*) FILTER (WHERE good AND here), count(*) FILTER (WHERE good), count(*) FILTER (WHERE here), count(*) FROM (
				SELECT used_at IS NULL AND tries < $5 AND expires_at > $2::timestamptz + make_interval(secs => $3) AS good, asked_from <<= $4::inet AS here
				FROM access.lost_report
				WHERE user_id = $1 AND asked_at > $2::timestamptz - interval '24 hours'
					AND (sent OR sent IS NULL AND asked_at > $2::timestamptz - make_interval(secs => $6))) counted`,
			r.User, r.Asked, bounds.Fresh.Seconds(), bounds.Source.String(), MaxTries, sending.Seconds()).Scan(&c.here, &c.good, &c.hereToday, &c.today)
		if err != nil || !bounds.allow(c) {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO access.lost_report (id, secret_sha256, user_id, asked_from, asked_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			r.ID, secretHash, r.User, r.From.String(), r.Asked, r.Expires)
		added = err == nil
		return err
	})
	if err != nil {
		return false, fmt.Errorf("record a report of a loss: %w", err)
	}
	return added, nil
}

// counted is what was sent in one user's name: that is good, from the source that asks and from
// all, and in the last 24 hours likewise.
type counted struct{ here, good, hereToday, today int }

func (b Bounds) allow(c counted) bool {
	if c.hereToday >= b.ADay || c.today >= b.TotalADay {
		return c.good == 0
	}
	return c.here < b.Good && c.good < b.Total
}

// Sent says whether a code was sent. The word stays.
func (b *Box) Sent(ctx context.Context, id string, sent bool) error {
	if _, err := b.db.Exec(ctx, `UPDATE access.lost_report SET sent = $2 WHERE id = $1 AND sent IS NULL`, id, sent); err != nil {
		return fmt.Errorf("record whether a code was sent: %w", err)
	}
	return nil
}

// Tried is how a code stands.
type Tried struct {
	User  string
	Right bool // the secret was
	Tries int  // wrong ones, this one among them
	Used  bool
	Over  bool // it has expired
}

// Good reports whether the code may be spent.
func (t Tried) Good() bool { return t.Right && t.Tries < MaxTries && !t.Used && !t.Over }

// Try says how the code with an id stands at now. A wrong secret counts as a try in the same
// statement, so that a thousand guesses at once are counted like a thousand in turn. known is
// false where there is no such code.
func (b *Box) Try(ctx context.Context, id string, secretHash []byte, now time.Time) (t Tried, known bool, err error) {
	err = b.db.QueryRow(ctx, `
		WITH wrong AS (
			UPDATE access.lost_report SET tries = least(tries + 1, $3)
			WHERE id = $1 AND secret_sha256 <> $2 AND used_at IS NULL RETURNING tries)
		SELECT user_id, secret_sha256 = $2, coalesce((SELECT tries FROM wrong), tries), used_at IS NOT NULL, expires_at <= $4
		FROM access.lost_report WHERE id = $1`, id, secretHash, MaxTries, now).Scan(&t.User, &t.Right, &t.Tries, &t.Used, &t.Over)
	if errors.Is(err, pg.ErrNoRows) {
		return Tried{}, false, nil
	}
	if err != nil {
		return Tried{}, false, fmt.Errorf("try a code: %w", err)
	}
	return t, true, nil
}

// Spend lets hold be done with a good code and spends it, once, with all others of its user: of
// many at the same time the others wait, and find it used. When hold fails the codes stay as
// they are, to be tried again. spent is false for a code that is not good any more. hold may be
// called again when the transaction is tried again, so it must do no harm twice.
func (b *Box) Spend(ctx context.Context, id string, from netip.Addr, now time.Time, hold func(context.Context) (held int, err error)) (spent bool, err error) {
	err = b.db.Transact(ctx, func(tx *pg.Tx) error {
		spent = false
		user, err := lockUser(ctx, tx, id)
		if err != nil {
			return err
		}
		var good bool
		err = tx.QueryRow(ctx, `SELECT used_at IS NULL AND tries < $2 AND expires_at > $3 FROM access.lost_report WHERE id = $1 FOR UPDATE`,
			id, MaxTries, now).Scan(&good)
		if err != nil || !good {
			return err
		}
		held, err := hold(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE access.lost_report SET used_at = $2, used_from = $3, held = $4 WHERE id = $1`, id, now, from.String(), held); err != nil {
			return err
		}
		// Whoever has read the mail once would otherwise hold everything again, as soon as it was released.
		_, err = tx.Exec(ctx, `UPDATE access.lost_report SET tries = $2 WHERE user_id = $1 AND used_at IS NULL AND expires_at > $3`, user, MaxTries, now)
		spent = err == nil
		return err
	})
	if err != nil {
		return false, fmt.Errorf("spend a code: %w", err)
	}
	return spent, nil
}

// lockUser keeps the other codes of a code's user as they are, and returns the user.
func lockUser(ctx context.Context, tx *pg.Tx, id string) (user string, err error) {
	if err := tx.QueryRow(ctx, `SELECT user_id FROM access.lost_report WHERE id = $1`, id).Scan(&user); err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, userLocks, user)
	return user, err
}

// Sweep forgets reports that were asked for before a moment.
func (b *Box) Sweep(ctx context.Context, before time.Time) error {
	if _, err := b.db.Exec(ctx, `DELETE FROM access.lost_report WHERE asked_at < $1`, before); err != nil {
		return fmt.Errorf("forget old reports of losses: %w", err)
	}
	return nil
}
