package store

import (
	"context"
	"fmt"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// Preview is what a plan would do.
type Preview struct {
	Total   int // certificates in it
	Changes int // of them
	Raised  int // of Changes: they are revoked, and get another reason
	Already int // of them stand so already
	Nodes   int // of them are the service's own
	Along   int // certificates that are not in it and would go with those that are
	Own     bool
	// Losers would have no live certificate left: how many they are, and the first by holder.
	LosersAll int
	Losers    []string // identities
	Holders   []string
	Names     []string
	Among     []string // those of PreviewOf.Among that would
}

// PreviewOf says what to look at.
type PreviewOf struct {
	Plan  Plan
	Key   bool // everything with the keys of the plan's certificates ends, and what was revoked for less is raised
	Now   time.Time
	Among []string // identities
	Own   certs.Ref
	Limit int // of Losers
}

// ReadPreview foresees what package ca does to certificates and their lines; a test holds the
// two together.
func ReadPreview(ctx context.Context, q pg.Querier, of PreviewOf) (p Preview, err error) {
	err = q.QueryRow(ctx, previewSQL,
		of.Plan.ID, of.Plan.Act, of.Now, of.Key, pg.Array(texts(of.Among)), of.Own.Issuer, of.Own.Serial, of.Limit).Scan(
		&p.Total, &p.Changes, &p.Raised, &p.Already, &p.Nodes, &p.Along, &p.Own, &p.LosersAll,
		pg.Array(&p.Losers), pg.Array(&p.Holders), pg.Array(&p.Names), pg.Array(&p.Among))
	if err != nil {
		return Preview{}, fmt.Errorf("foresee plan %s: %w", of.Plan.ID, err)
	}
	return p, nil
}

// ReadLongPreview says of a long plan whether it has a certificate, and who of some would be left
// with nothing, lines left out of account.
func ReadLongPreview(ctx context.Context, q pg.Querier, of PreviewOf) (p Preview, err error) {
	err = q.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM ca.plan_item WHERE plan = $1 AND issuer = $2 AND serial = $3),
			(SELECT count(i.n) FROM ca.certificate c CROSS JOIN LATERAL (
				SELECT n FROM ca.plan_item WHERE plan = $1 AND issuer = c.issuer AND serial = c.serial LIMIT 1) AS i
				WHERE c.profile IN ('server', 'ocsp', 'receipt')),
			ARRAY(SELECT c.identity FROM ca.certificate c LEFT JOIN LATERAL (
				SELECT n FROM ca.plan_item WHERE plan = $1 AND issuer = c.issuer AND serial = c.serial LIMIT 1) AS i ON true
				WHERE c.identity = ANY ($4::text[]) AND c.status = 'active' AND c.not_after > $5 AND c.not_before <= $5
				GROUP BY c.identity HAVING bool_and(i.n IS NOT NULL) ORDER BY c.identity)`,
		of.Plan.ID, of.Own.Issuer, of.Own.Serial, pg.Array(texts(of.Among)), of.Now).Scan(&p.Own, &p.Nodes, pg.Array(&p.Among))
	if err != nil {
		return Preview{}, fmt.Errorf("foresee plan %s: %w", of.Plan.ID, err)
	}
	return p, nil
}

// Younger counts the certificates of a plan that began after a time.
func Younger(ctx context.Context, q pg.Querier, plan string, than time.Time) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT count(*) FROM ca.plan_item i JOIN ca.certificate c USING (issuer, serial) WHERE i.plan = $1 AND c.not_before > $2`, plan, than).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what began later of plan %s: %w", plan, err)
	}
	return n, nil
}

// Spared returns those of some identities who have a live certificate still when a plan has been
// carried out, and with it all that are under way: what waits of these counts as done. Of a line
// of renewals with a certificate in one of them nothing lives on.
func Spared(ctx context.Context, tx *pg.Tx, plan string, identities []string, now time.Time) ([]string, error) {
	rows, err := tx.Query(ctx, `
		WITH RECURSIVE live AS MATERIALIZED (
			SELECT issuer, serial, identity FROM ca.certificate
			WHERE identity = ANY ($2::text[]) AND status = 'active' AND not_after > $3 AND not_before <= $3
		), line AS (
			SELECT issuer AS of_issuer, serial AS of_serial, issuer, serial FROM live`+alongTheLine+`
		)
		SELECT DISTINCT v.identity FROM live v WHERE NOT EXISTS (
			SELECT FROM line l JOIN ca.certificate t ON t.issuer = l.issuer AND t.serial = l.serial
				JOIN ca.certificate k ON k.spki_sha256 = t.spki_sha256
				JOIN ca.plan_item i ON i.issuer = k.issuer AND i.serial = k.serial
				JOIN ca.plan p ON p.id = i.plan
			WHERE l.of_issuer = v.issuer AND l.of_serial = v.serial AND p.act <> 'release'
				AND ((k.issuer, k.serial) = (t.issuer, t.serial) OR p.reason = 1)
				AND (p.id = $1 AND i.result IN ('waiting', 'failed') OR p.confirmed_at IS NOT NULL AND p.finished_at IS NULL AND i.result = 'waiting'))`,
		plan, pg.Array(texts(identities)), now)
	spared, err := pg.Collect(rows, err, func(r *pg.Rows) (who string, err error) {
		err = r.Scan(&who)
		return who, err
	})
	if err != nil {
		return nil, fmt.Errorf("foresee who is spared by plan %s: %w", plan, err)
	}
	return spared, nil
}

// alongTheLine goes on from each certificate of line to what it renewed and what renewed it.
const alongTheLine = `
			UNION
			SELECT l.of_issuer, l.of_serial, n.issuer, n.serial
			FROM line l JOIN ca.certificate t ON t.issuer = l.issuer AND t.serial = l.serial
				CROSS JOIN LATERAL (
					SELECT p.issuer, p.serial FROM ca.certificate p WHERE p.issuer = t.replaces_issuer AND p.serial = t.replaces_serial
					UNION ALL
					SELECT s.issuer, s.serial FROM ca.certificate s WHERE s.replaces_issuer = t.issuer AND s.replaces_serial = t.serial
				) AS n`

// previewSQL goes from the plan's certificates (item) to their holders, to what those have
// besides (other), to the lines of that, and so to what goes along and who is left with
// nothing.
const previewSQL = `
		WITH RECURSIVE item AS MATERIALIZED (
			SELECT c.issuer, c.serial, c.identity, c.spki_sha256, c.holder, c.name,
				c.status = 'active' AND c.not_after > $3 AND c.not_before <= $3 AS live, c.status = 'revoked' AS revoked,
				CASE $2 WHEN 'revoke' THEN true WHEN 'hold' THEN c.status = 'held' OR c.status = 'active' AND c.not_after > $3 ELSE false END AS ends,
				CASE $2 WHEN 'revoke' THEN c.status <> 'revoked' OR $4 AND c.reason <> 1
					WHEN 'hold' THEN c.status = 'active' AND c.not_after > $3
					ELSE c.status = 'held' AND c.not_after > $3 END AS changes,
				CASE $2 WHEN 'revoke' THEN c.status = 'revoked' AND NOT ($4 AND c.reason <> 1) WHEN 'hold' THEN c.status = 'held' ELSE c.status = 'active' END AS already
			FROM ca.plan_item i JOIN ca.certificate c USING (issuer, serial) WHERE i.plan = $1
		), holder AS MATERIALIZED (
			SELECT DISTINCT identity FROM item WHERE ends
		), other AS MATERIALIZED (
			SELECT c.issuer, c.serial, c.identity, c.holder, c.name, c.status = 'active' AND c.not_after > $3 AND c.not_before <= $3 AS live
			FROM holder h JOIN ca.certificate c USING (identity)
			WHERE (c.status = 'active' OR $2 = 'revoke' AND c.status = 'held')
				AND NOT EXISTS (SELECT FROM item i WHERE i.ends AND i.issuer = c.issuer AND i.serial = c.serial)
		), line AS (
			SELECT issuer AS of_issuer, serial AS of_serial, issuer, serial FROM other` + alongTheLine + `
		), along AS MATERIALIZED (
			SELECT DISTINCT l.of_issuer AS issuer, l.of_serial AS serial FROM line l
			WHERE EXISTS (SELECT FROM item i WHERE i.ends AND i.issuer = l.issuer AND i.serial = l.serial)
				OR $4 AND EXISTS (SELECT FROM ca.certificate t JOIN item i ON i.spki_sha256 = t.spki_sha256
					WHERE i.ends AND t.issuer = l.issuer AND t.serial = l.serial)
		), loser AS MATERIALIZED (
			SELECT identity, max(holder) AS holder, max(name) AS name FROM (
				SELECT identity, holder, name, false AS stays FROM item WHERE live AND ends
				UNION ALL
				SELECT identity, holder, name, (issuer, serial) NOT IN (SELECT issuer, serial FROM along) FROM other WHERE live
			) AS had GROUP BY identity HAVING NOT bool_or(stays)
		), shown AS MATERIALIZED (
			SELECT identity, holder, name FROM loser ORDER BY holder, identity LIMIT $8
		)
		SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM item WHERE changes), (SELECT count(*) FROM item WHERE changes AND revoked), (SELECT count(*) FROM item WHERE already),
			(SELECT count(*) FROM item WHERE identity LIKE 'urn:mais:server:%'), (SELECT count(*) FROM along),
			EXISTS (SELECT FROM item WHERE ends AND issuer = $6 AND serial = $7) OR EXISTS (SELECT FROM along WHERE issuer = $6 AND serial = $7),
			(SELECT count(*) FROM loser), ARRAY(SELECT identity FROM shown ORDER BY holder, identity),
			ARRAY(SELECT holder FROM shown ORDER BY holder, identity), ARRAY(SELECT name FROM shown ORDER BY holder, identity),
			ARRAY(SELECT identity FROM loser WHERE identity = ANY ($5::text[]) ORDER BY identity)`
