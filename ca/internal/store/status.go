package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// Fate is what a certificate's status becomes.
type Fate struct {
	Status string
	Reason int       // RFC 5280, 5.3.1; counts for revocation only
	Since  time.Time // for revocation: since when the key is compromised; zero: that is not said
	By     string
	At     time.Time // since when it is so, of what a restored database is told again; zero: now
}

// SetStatus changes the status of certificates that the transaction has locked; the schema's
// triggers number each change and refuse one that may not be. None is invalid since before it
// began, nor since later than was said before or the clock of the database says.
func SetStatus(ctx context.Context, tx *pg.Tx, refs []certs.Ref, f Fate) error {
	var issuers, serials []string
	for _, r := range refs {
		issuers, serials = append(issuers, r.Issuer), append(serials, r.Serial)
	}
	n, err := tx.Exec(ctx, `UPDATE ca.certificate SET status = $3, reason = $4, status_by = $5, status_at = coalesce($7, status_at),
			invalidity_at = CASE WHEN $6::timestamptz IS NULL THEN invalidity_at ELSE least(invalidity_at, greatest($6, not_before), clock_timestamp()) END
		WHERE (issuer, serial) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
		pg.Array(issuers), pg.Array(serials), f.Status, f.Reason, f.By, timeOrNull(f.Since), timeOrNull(f.At))
	if err == nil && n != int64(len(refs)) {
		err = pg.ErrNoRows
	}
	if err != nil {
		return fmt.Errorf("set the status of %v: %w", refs, err)
	}
	return nil
}

func timeOrNull(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }

// SetDestroyed records when a certificate's token was destroyed; the schema refuses a second
// time, what is still good, and a time before it ended. A clock ahead of the database's counts
// as the database's.
func SetDestroyed(ctx context.Context, tx *pg.Tx, ref certs.Ref, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE ca.certificate SET destroyed_at = least($3, clock_timestamp()) WHERE issuer = $1 AND serial = $2`, ref.Issuer, ref.Serial, at)
	if err != nil {
		return fmt.Errorf("record that the token of %s is destroyed: %w", ref, err)
	}
	return nil
}

// SupersedeOthersLater sets when the other active certificates of an identity that have a
// profile end, unless that is set already; with issuer, those of one issuer only.
func SupersedeOthersLater(ctx context.Context, tx *pg.Tx, identity, profile, issuer string, keep certs.Ref, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE ca.certificate SET supersede_after = $4
		WHERE identity = $1 AND (issuer, serial) <> ($2, $3) AND status = 'active' AND supersede_after IS NULL
			AND profile = $5 AND $6 IN ('', issuer)`,
		identity, keep.Issuer, keep.Serial, at, profile, issuer)
	if err != nil {
		return fmt.Errorf("set when the earlier certificates of %s are superseded: %w", identity, err)
	}
	return nil
}

// Standing is how a certificate stood as of a numbered change.
type Standing struct {
	Status string
	Reason int       // RFC 5280, 5.3.1; 0 when it is active
	At     time.Time // when it came to stand so
	SHA256 []byte
	Number int64 // the last change committed when it was read
}

// ReadStanding reads a certificate's status and the counter in one snapshot.
func ReadStanding(ctx context.Context, q pg.Querier, ref certs.Ref) (s Standing, err error) {
	err = q.QueryRow(ctx, `SELECT c.status, coalesce(c.reason, 0), c.status_at, c.sha256, n.number FROM ca.certificate c, ca.status_counter n
		WHERE c.issuer = $1 AND c.serial = $2`, ref.Issuer, ref.Serial).Scan(&s.Status, &s.Reason, &s.At, &s.SHA256, &s.Number)
	if err != nil {
		return Standing{}, fmt.Errorf("read the status of %s: %w", ref, err)
	}
	return s, nil
}

// Change is a row of ca.status_change.
type Change struct {
	Number int64
	Ref    certs.Ref
	Status string
	At     time.Time
	// Reason and Since are the certificate's as they are when this is read. A certificate
	// that has changed once more has another change to come, which sets them right.
	Reason int
	Since  time.Time
	SHA256 []byte // of the certificate
}

// Changes returns up to limit changes of status after a number, in order. Each carries the
// number of the change before it plus one, or a row is missing.
func Changes(ctx context.Context, q pg.Querier, after int64, limit int) ([]Change, error) {
	rows, err := q.Query(ctx, `SELECT n.number, n.issuer, n.serial, n.status, n.at, coalesce(c.reason, 0), c.status_at, c.sha256
		FROM ca.status_change n JOIN ca.certificate c USING (issuer, serial) WHERE n.number > $1 ORDER BY n.number LIMIT $2`, after, limit)
	changes, err := pg.Collect(rows, err, func(r *pg.Rows) (c Change, err error) {
		err = r.Scan(&c.Number, &c.Ref.Issuer, &c.Ref.Serial, &c.Status, &c.At, &c.Reason, &c.Since, &c.SHA256)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("read changes of status: %w", err)
	}
	return changes, nil
}
