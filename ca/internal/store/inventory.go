package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// Filter chooses certificates; what is zero chooses all. All that is given must hold.
type Filter struct {
	Text   string // part of the holder or the name, in lower case
	Serial string // part of the serial, beside Text
	Status string // of ca.certificate; or expired, or live: active and not expired at Now
	// Profile and Issuer are exact.
	Profile, Issuer string
	Card            string // id of the card that holds its key
	// With Confined only certificates of these Identities are chosen.
	Confined      bool
	Identities    []string
	NoNodes       bool // none of the service's own
	ExpiresFrom   time.Time
	ExpiresBefore time.Time
	IssuedFrom    time.Time
	IssuedBefore  time.Time
	Now           time.Time
}

// where returns the filter's conditions, put together of fixed parts, and their arguments;
// the first is $first. c is the name of ca.certificate.
func (f Filter) where(first int) (string, []any) {
	var conditions []string
	var args []any
	add := func(condition string, values ...any) {
		for _, v := range values {
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(first+len(args)), 1)
			args = append(args, v)
		}
		conditions = append(conditions, condition)
	}
	if f.Text != "" && f.Serial != "" {
		add(`(c.holder LIKE ? OR lower(c.name) LIKE ? OR c.serial LIKE ?)`, part(f.Text), part(f.Text), part(f.Serial))
	} else if f.Text != "" {
		add(`(c.holder LIKE ? OR lower(c.name) LIKE ?)`, part(f.Text), part(f.Text))
	}
	switch f.Status {
	case "":
	case "expired":
		add(`c.not_after <= ?`, f.Now)
	case "live":
		add(`c.status = 'active' AND c.not_after > ? AND c.not_before <= ?`, f.Now, f.Now)
	default:
		add(`c.status = ?`, f.Status)
	}
	for _, exact := range []struct{ condition, value string }{{`c.profile = ?`, f.Profile}, {`c.issuer = ?`, f.Issuer}} {
		if exact.value != "" {
			add(exact.condition, exact.value)
		}
	}
	if f.Card != "" {
		add(`EXISTS (SELECT FROM ca.card_use u WHERE u.issuer = c.issuer AND u.serial = c.serial AND u.card = ?)`, f.Card)
	}
	if f.Confined {
		add(`c.identity = ANY (?::text[])`, pg.Array(texts(f.Identities)))
	}
	if f.NoNodes {
		add(`c.identity NOT LIKE 'urn:mais:server:%'`)
	}
	for _, bound := range []struct {
		condition string
		at        time.Time
	}{{`c.not_after >= ?`, f.ExpiresFrom}, {`c.not_after < ?`, f.ExpiresBefore}, {`c.issued_at >= ?`, f.IssuedFrom}, {`c.issued_at < ?`, f.IssuedBefore}} {
		if !bound.at.IsZero() {
			add(bound.condition, bound.at)
		}
	}
	if len(conditions) == 0 {
		return "true", nil
	}
	return strings.Join(conditions, " AND "), args
}

// part is a pattern for text anywhere in a column; what LIKE takes for a pattern of its own
// means itself.
func part(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// orders are the orders of a page, each without ties.
var orders = map[string]string{
	"issued": `c.issued_at, c.issuer, c.serial`, "-issued": `c.issued_at DESC, c.issuer DESC, c.serial DESC`,
	"expires": `c.not_after, c.issuer, c.serial`, "-expires": `c.not_after DESC, c.issuer DESC, c.serial DESC`,
	"holder": `c.holder, c.issued_at DESC, c.issuer, c.serial`, "-holder": `c.holder DESC, c.issued_at DESC, c.issuer, c.serial`,
	"status": `c.status, c.issued_at DESC, c.issuer, c.serial`, "-status": `c.status DESC, c.issued_at DESC, c.issuer, c.serial`,
}

// Sorts reports whether a page can be in an order.
func Sorts(order string) bool { return orders[order] != "" }

// Page returns the certificates that a filter chooses, in an order that Sorts knows.
func Page(ctx context.Context, q pg.Querier, f Filter, order string, limit, offset int) ([]Certificate, error) {
	where, args := f.where(3)
	rows, err := q.Query(ctx, `SELECT `+certificateColumns+` FROM ca.certificate c WHERE `+where+` ORDER BY `+orders[order]+` LIMIT $1 OFFSET $2`,
		append([]any{limit, offset}, args...)...)
	return collect(rows, err)
}

// CountCertificates returns how many a filter chooses.
func CountCertificates(ctx context.Context, q pg.Querier, f Filter) (n int, err error) {
	where, args := f.where(1)
	if err := q.QueryRow(ctx, `SELECT count(*) FROM ca.certificate c WHERE `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count certificates: %w", err)
	}
	return n, nil
}

// Older returns the certificates that a filter chooses and that were issued before last, the
// newest first; with a zero last, from the newest on.
func Older(ctx context.Context, q pg.Querier, f Filter, last Certificate, limit int) ([]Certificate, error) {
	after, args := "", []any{limit}
	if last.Ref != (certs.Ref{}) {
		after, args = `(c.issued_at, c.issuer, c.serial) < ($2, $3, $4) AND `, append(args, last.IssuedAt, last.Ref.Issuer, last.Ref.Serial)
	}
	where, more := f.where(len(args) + 1)
	rows, err := q.Query(ctx, `SELECT `+certificateColumns+` FROM ca.certificate c WHERE `+after+where+
		` ORDER BY c.issued_at DESC, c.issuer DESC, c.serial DESC LIMIT $1`, append(args, more...)...)
	return collect(rows, err)
}

// DER returns a certificate's bytes.
func DER(ctx context.Context, q pg.Querier, ref certs.Ref) (der []byte, err error) {
	if err := q.QueryRow(ctx, `SELECT der FROM ca.certificate WHERE issuer = $1 AND serial = $2`, ref.Issuer, ref.Serial).Scan(&der); err != nil {
		return nil, fmt.Errorf("read certificate %s: %w", ref, err)
	}
	return der, nil
}

// Line returns what a certificate renewed and what renewed it, however that stands, oldest
// first and itself left out.
func Line(ctx context.Context, q pg.Querier, ref certs.Ref) ([]Certificate, error) {
	rows, err := q.Query(ctx, `
		WITH RECURSIVE line AS (
			SELECT $1::text AS issuer, $2::text AS serial, NULL::text AS replaces_issuer, NULL::text AS replaces_serial
			UNION
			SELECT n.issuer, n.serial, n.replaces_issuer, n.replaces_serial FROM line l
				JOIN ca.certificate t ON t.issuer = l.issuer AND t.serial = l.serial
				JOIN ca.certificate n ON n.issuer = t.replaces_issuer AND n.serial = t.replaces_serial
					OR n.replaces_issuer = t.issuer AND n.replaces_serial = t.serial
		)
		SELECT `+certificateColumns+` FROM ca.certificate
		WHERE (issuer, serial) IN (SELECT issuer, serial FROM line) AND (issuer, serial) <> ($1, $2) ORDER BY issued_at, issuer, serial`,
		ref.Issuer, ref.Serial)
	return collect(rows, err)
}

// Past is a change of a certificate's status as its history has it.
type Past struct {
	Number  int64
	Status  string
	At      time.Time
	FirstAt time.Time     // of one that a restored database was told again: since when it was so; else zero
	Reason  sql.NullInt16 // RFC 5280, 5.3.1
	// RaisedFrom is of a raise to keyCompromise: the reason before.
	RaisedFrom sql.NullInt16
	By         string
	// Plan is the plan whose item the certificate was, with its note; "" where there was none,
	// as of what went along with another.
	Plan, Note string
}

// History returns the changes of a certificate's status, oldest first. An item's result is
// recorded in the transaction of its change, between the change before and this one.
func History(ctx context.Context, q pg.Querier, ref certs.Ref) ([]Past, error) {
	rows, err := q.Query(ctx, `
		WITH s AS MATERIALIZED (
			SELECT number, status, at, first_at, reason, status_by, coalesce(lag(at) OVER (ORDER BY number), '-infinity') AS before,
				CASE WHEN status = 'revoked' AND lag(status) OVER (ORDER BY number) = 'revoked' THEN lag(reason) OVER (ORDER BY number) END AS raised_from
			FROM ca.status_change WHERE issuer = $1 AND serial = $2
		)
		SELECT s.number, s.status, s.at, s.first_at, s.reason, s.raised_from, coalesce(s.status_by, ''), coalesce(p.id::text, ''), coalesce(p.note, '')
		FROM s LEFT JOIN LATERAL (
			SELECT p.id, p.note FROM ca.plan_item i JOIN ca.plan p ON p.id = i.plan
			WHERE i.issuer = $1 AND i.serial = $2 AND i.result = 'done' AND i.at > s.before AND i.at <= s.at
				AND p.act = CASE s.status WHEN 'held' THEN 'hold' WHEN 'active' THEN 'release' WHEN 'revoked' THEN 'revoke' END
			ORDER BY i.at DESC LIMIT 1
		) p ON true ORDER BY s.number`, ref.Issuer, ref.Serial)
	changes, err := pg.Collect(rows, err, func(r *pg.Rows) (c Past, err error) {
		var first sql.NullTime
		err = r.Scan(&c.Number, &c.Status, &c.At, &first, &c.Reason, &c.RaisedFrom, &c.By, &c.Plan, &c.Note)
		c.FirstAt = first.Time
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the changes of %s: %w", ref, err)
	}
	return changes, nil
}
