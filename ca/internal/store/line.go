package store

import (
	"context"
	"fmt"

	"mais/certs"
	"mais/internal/pg"
)

// identityLocks is the class of our advisory locks (pg_locks.classid), the letters "ca".
const identityLocks = 0x6361

// cardLocks is the class of those on cards, "cb": a client has a say in the name of a card, and
// must not make an identity wait by it.
const cardLocks = 0x6362

// LockIdentity makes this transaction wait for every other that invites, issues to, or
// changes the status of, the same identity. It comes before any other lock. It does not hold
// back plain SQL: the rows that matter are locked as well.
func LockIdentity(ctx context.Context, tx *pg.Tx, identity string) error {
	// Two identities of one hash wait for each other, which does no harm.
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, identityLocks, identity); err != nil {
		return fmt.Errorf("lock %s: %w", identity, err)
	}
	return nil
}

// lockIdentityOf is LockIdentity for the identity that a certificate was issued to, for good.
func lockIdentityOf(ctx context.Context, tx *pg.Tx, ref certs.Ref) error {
	n, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext(identity)) FROM ca.certificate WHERE issuer = $2 AND serial = $3`,
		identityLocks, ref.Issuer, ref.Serial)
	if err == nil && n != 1 {
		err = pg.ErrNoRows
	}
	if err != nil {
		return fmt.Errorf("lock the identity of certificate %s: %w", ref, err)
	}
	return nil
}

// Member is a certificate of a line.
type Member struct {
	Certificate
	Replaced bool // by the one that was named, or by what that one replaced
}

// LockLine locks the line of a certificate: all that came of one enrolment by renewal, before
// it and after it and beside it. It returns the certificate itself, however it stands, and
// its relatives that are active or held, oldest first. With sameKey it takes in the lines of
// all other certificates with its key. Until the transaction ends none of them is renewed or
// changes, and the identity gets no others.
func LockLine(ctx context.Context, tx *pg.Tx, ref certs.Ref, sameKey bool) (named Certificate, relatives []Member, err error) {
	if err := lockIdentityOf(ctx, tx, ref); err != nil {
		return Certificate{}, nil, err
	}
	// UNION drops what was met before, and the order is that of the locks.
	rows, err := tx.Query(ctx, `
		WITH RECURSIVE back AS (
			SELECT issuer, serial, replaces_issuer, replaces_serial FROM ca.certificate
				WHERE issuer = $1 AND serial = $2
					OR $3 AND spki_sha256 = (SELECT spki_sha256 FROM ca.certificate WHERE issuer = $1 AND serial = $2)
			UNION
			SELECT c.issuer, c.serial, c.replaces_issuer, c.replaces_serial
				FROM back b JOIN ca.certificate c ON c.issuer = b.replaces_issuer AND c.serial = b.replaces_serial
		), line AS (
			SELECT issuer, serial FROM back WHERE replaces_serial IS NULL
			UNION
			SELECT c.issuer, c.serial FROM line l JOIN ca.certificate c ON c.replaces_issuer = l.issuer AND c.replaces_serial = l.serial
		)
		SELECT `+certificateColumns+`, (issuer, serial) IN (SELECT issuer, serial FROM back) FROM ca.certificate
		WHERE (issuer, serial) IN (SELECT issuer, serial FROM line)
			AND (status IN ('active', 'held') OR issuer = $1 AND serial = $2)
		ORDER BY issued_at, issuer, serial FOR UPDATE`, ref.Issuer, ref.Serial, sameKey)
	line, err := pg.Collect(rows, err, func(r *pg.Rows) (m Member, err error) {
		err = r.Scan(append(m.fields(), &m.Replaced)...)
		return m, err
	})
	if err != nil {
		return Certificate{}, nil, fmt.Errorf("lock the line of %s: %w", ref, err)
	}
	for _, m := range line {
		if m.Ref == ref {
			named = m.Certificate
		} else {
			relatives = append(relatives, m)
		}
	}
	return named, relatives, nil
}
