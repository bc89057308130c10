package creds

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"mais/internal/pg"
)

// MaxTries is how many wrong tries a code of a mail takes; the schema holds the same number.
const MaxTries = 5

// Reset is a code that somebody asked for.
type Reset struct {
	ID     string // it is no secret
	User   string
	From   netip.Addr
	Source netip.Prefix // the addresses that count as one with it
	Life   time.Duration
}

// Bounds on codes in one user's name: for one source and for all, of those that are good and of
// those asked for within a day. Who is refused has a good code in their mail, whoever asked for
// it, or had plenty. No more than resetsInAll are sent, whatever became of them: else anybody
// could fill a holder's mail, and who reads it would have ever new codes to try.
const (
	resetsHere  = 2
	resetsGood  = 3
	resetsADay  = 12
	resetsInAll = 48
	resetLocks  = 0x9a55
)

// AddReset records a reset and the hash of its secret, unless the bounds forbid another.
func (s *Store) AddReset(ctx context.Context, r Reset, hash []byte) (added bool, err error) {
	err = s.db.Transact(ctx, func(tx *pg.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, resetLocks, r.User); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `
			INSERT INTO access.password_reset (id, secret_sha256, user_id, asked_from, asked_at, expires_at)
			SELECT $1, $2, $3::uuid, $4::inet, now(), now() + $5 * interval '1 second' FROM (
				SELECT count(*) FILTER (WHERE good AND here) AS here, count(*) FILTER (WHERE good) AS good,
					count(*) FILTER (WHERE here) AS today, count(*) AS in_all
				FROM (SELECT used_at IS NULL AND tries < $6 AND expires_at > now() AS good, asked_from <<= $7::inet AS here
					FROM access.password_reset WHERE user_id = $3::uuid AND asked_at > now() - interval '1 day') r) c
			WHERE c.here < $8 AND c.good < $9 AND c.in_all < $11 AND (c.today < $10 OR c.good = 0)`,
			r.ID, hash, r.User, r.From.String(), r.Life.Seconds(), MaxTries, r.Source.String(), resetsHere, resetsGood, resetsADay, resetsInAll)
		added = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("record a code: %w", err)
	}
	return added, nil
}

// TryReset counts a try of a code before its second proof is looked at, so that a thousand at
// once are counted like a thousand in turn, and returns whose code it is, if it is good now;
// ErrUnknown if not.
func (s *Store) TryReset(ctx context.Context, id string, hash []byte) (user string, err error) {
	var good bool
	err = s.db.QueryRow(ctx, `UPDATE access.password_reset SET tries = tries + 1 WHERE id = $1 AND used_at IS NULL AND tries < $3
		RETURNING user_id::text, secret_sha256 = $2 AND expires_at > now()`, id, hash, MaxTries).Scan(&user, &good)
	if errors.Is(err, pg.ErrNoRows) || err == nil && !good {
		return "", ErrUnknown
	}
	if err != nil {
		return "", fmt.Errorf("try a code: %w", err)
	}
	return user, nil
}
