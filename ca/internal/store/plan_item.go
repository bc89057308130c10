package store

import (
	"context"
	"database/sql"
	"fmt"

	"mais/certs"
	"mais/internal/pg"
)

// The results of an item that names no certificate, and of one that has none yet.
const (
	Waiting   = "waiting"
	Unknown   = "unknown"
	BadLine   = "bad-line"
	Duplicate = "duplicate"
)

// PlanItem is a row of ca.plan_item, with how its certificate stands now.
type PlanItem struct {
	N        int
	Line     int
	Text     string
	Ref      certs.Ref
	Identity string
	Holder   string
	Status   string
	Result   string
	Detail   string
	At       sql.NullTime
}

// LastItem returns the number of a plan's last item, 0 when it has none.
func LastItem(ctx context.Context, q pg.Querier, plan string) (n int, err error) {
	if err := q.QueryRow(ctx, `SELECT coalesce(max(n), 0) FROM ca.plan_item WHERE plan = $1`, plan).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the items of plan %s: %w", plan, err)
	}
	return n, nil
}

// AddFiltered adds what a filter chooses to a plan that the transaction has locked, oldest
// first and numbered after last: at most limit.
func AddFiltered(ctx context.Context, tx *pg.Tx, plan string, last int, f Filter, limit int) (added int, err error) {
	where, args := f.where(4)
	n, err := tx.Exec(ctx, `INSERT INTO ca.plan_item (plan, n, issuer, serial)
		SELECT $1, $2 + row_number() OVER (), found.issuer, found.serial
		FROM (SELECT c.issuer, c.serial FROM ca.certificate c WHERE `+where+` ORDER BY c.issued_at, c.issuer, c.serial LIMIT $3) AS found
		ON CONFLICT (plan, issuer, serial) WHERE serial IS NOT NULL DO NOTHING`,
		append([]any{plan, last, limit}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("add certificates to plan %s: %w", plan, err)
	}
	return int(n), nil
}

// Lines are lines of a file of serials, as the arrays that AddLines takes. Fault says why a
// line is none; then its serial is empty.
type Lines struct {
	Line                         []int64
	Text, Issuer, Serial, Faults []string
}

// Add adds a line.
func (l *Lines) Add(line int, text, issuer, serial, fault string) {
	l.Line, l.Text, l.Issuer = append(l.Line, int64(line)), append(l.Text, text), append(l.Issuer, issuer)
	l.Serial, l.Faults = append(l.Serial, serial), append(l.Faults, fault)
}

// AddLines adds lines to a plan that the transaction has locked, numbered after last. Each
// becomes an item: a certificate that the confinement of f chooses, or why there is none. A
// line that was added before changes nothing; a line of number 0 is not known again.
func AddLines(ctx context.Context, tx *pg.Tx, plan string, last int, f Filter, l Lines) error {
	_, err := tx.Exec(ctx, `
		WITH typed AS (
			SELECT t.*, row_number() OVER (PARTITION BY nullif(line, 0), CASE line WHEN 0 THEN place END ORDER BY place) AS again
			FROM unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS t (line, text, issuer, serial, fault, place)
		), fresh AS (
			SELECT t.* FROM typed t WHERE t.again = 1
				AND (t.line = 0 OR NOT EXISTS (SELECT FROM ca.plan_item i WHERE i.plan = $1 AND i.line = t.line))
		), found AS (
			SELECT DISTINCT ON (f.place) f.place, f.line, f.text, f.fault, c.issuer, c.serial, count(c.serial) OVER (PARTITION BY f.place) AS many
			FROM fresh f LEFT JOIN ca.certificate c ON c.serial = f.serial AND f.issuer IN ('', c.issuer)
				AND (NOT $8 OR c.identity = ANY ($9::text[]))
			ORDER BY f.place
		), judged AS (
			SELECT f.*, CASE
				WHEN f.fault <> '' OR f.many > 1 THEN 'bad-line'
				WHEN f.serial IS NULL THEN 'unknown'
				WHEN row_number() OVER (PARTITION BY f.issuer, f.serial ORDER BY f.many > 1, f.place) > 1
					OR EXISTS (SELECT FROM ca.plan_item i WHERE i.plan = $1 AND i.issuer = f.issuer AND i.serial = f.serial) THEN 'duplicate'
				ELSE 'waiting' END AS result
			FROM found f
		)
		INSERT INTO ca.plan_item (plan, n, line, text, issuer, serial, result, detail)
		SELECT $1, $2 + row_number() OVER (ORDER BY j.place), nullif(j.line, 0), CASE WHEN j.result <> 'waiting' THEN j.text END,
			CASE j.result WHEN 'waiting' THEN j.issuer END, CASE j.result WHEN 'waiting' THEN j.serial END, j.result,
			CASE WHEN j.fault <> '' THEN j.fault
				WHEN j.many > 1 THEN 'Several issuers have used this serial: write ISSUER/SERIAL.'
				WHEN j.result = 'unknown' THEN 'There is no such certificate, or it is not yours to administer.'
				WHEN j.result = 'duplicate' THEN 'The plan has this certificate already.'
				ELSE '' END
		FROM judged j`,
		plan, last, pg.Array(l.Line), pg.Array(texts(l.Text)), pg.Array(texts(l.Issuer)), pg.Array(texts(l.Serial)), pg.Array(texts(l.Faults)),
		f.Confined, pg.Array(texts(f.Identities)))
	if err != nil {
		return fmt.Errorf("add lines to plan %s: %w", plan, err)
	}
	return nil
}

const itemColumns = `i.n, coalesce(i.line, 0), coalesce(i.text, ''), coalesce(i.issuer, ''), coalesce(i.serial, ''), coalesce(c.identity, ''),
	coalesce(c.holder, ''), coalesce(c.status, ''), i.result, i.detail, i.at`

// Items returns up to limit items of a plan after number n, in order; with waiting only those
// that wait.
func Items(ctx context.Context, q pg.Querier, plan string, after, limit int, waiting bool) ([]PlanItem, error) {
	condition := ""
	if waiting {
		condition = ` AND i.result = 'waiting'`
	}
	rows, err := q.Query(ctx, `SELECT `+itemColumns+` FROM ca.plan_item i LEFT JOIN ca.certificate c USING (issuer, serial)
		WHERE i.plan = $1 AND i.n > $2`+condition+` ORDER BY i.n LIMIT $3`, plan, after, limit)
	items, err := pg.Collect(rows, err, func(r *pg.Rows) (i PlanItem, err error) {
		err = r.Scan(&i.N, &i.Line, &i.Text, &i.Ref.Issuer, &i.Ref.Serial, &i.Identity, &i.Holder, &i.Status, &i.Result, &i.Detail, &i.At)
		return i, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the items of plan %s: %w", plan, err)
	}
	return items, nil
}

// Results returns how many items of a plan have each result.
func Results(ctx context.Context, q pg.Querier, plan string) (map[string]int, error) {
	rows, err := q.Query(ctx, `SELECT result, count(*) FROM ca.plan_item WHERE plan = $1 GROUP BY result`, plan)
	type count struct {
		result string
		n      int
	}
	counts, err := pg.Collect(rows, err, func(r *pg.Rows) (c count, err error) {
		err = r.Scan(&c.result, &c.n)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("count the results of plan %s: %w", plan, err)
	}
	results := map[string]int{}
	for _, c := range counts {
		results[c.result] = c.n
	}
	return results, nil
}

// FirstOf returns the certificate of a plan that names one.
func FirstOf(ctx context.Context, q pg.Querier, plan string) (ref certs.Ref, err error) {
	err = q.QueryRow(ctx, `SELECT issuer, serial FROM ca.plan_item WHERE plan = $1 AND serial IS NOT NULL ORDER BY n LIMIT 1`, plan).Scan(&ref.Issuer, &ref.Serial)
	if err != nil {
		return certs.Ref{}, fmt.Errorf("read the certificate of plan %s: %w", plan, err)
	}
	return ref, nil
}
