package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mais/internal/pg"
)

// Card is a card with what the certificates on it say of it.
type Card struct {
	Last      CardUse // of the last key on it that was vouched for
	Issued    string  // its certificate's profile
	Holder    string
	Name      string
	FirstSeen time.Time
	Uses      int
	Live      int
	Held      int
	Holders   []string // identities, one for each use, that of Last first

	State      string // in-use, held, ended or returned
	ReturnedAt sql.NullTime
	ReturnedBy string
}

// CardFilter chooses cards; what is zero chooses all. All that is given must hold.
type CardFilter struct {
	IDs         []string // not nil: only these
	Text        string   // part of the id, GUID, holder or name, in lower case, or the whole serial
	State       string
	Level       string // of that of Last
	OtherHolder bool   // only those that more than one have had
	// With Confined only cards whose last certificate is of one of these Identities are chosen.
	Confined   bool
	Identities []string
	Now        time.Time
}

// A card is what the last use of it that was vouched for says, u with its certificate c. How it
// stands follows from all keys on it. $1 is the time that certificates are judged at.
const (
	lastUses = ` FROM ca.card_use u JOIN ca.certificate c USING (issuer, serial) LEFT JOIN ca.card_return r ON r.card = u.card AND r.after_use = u.n`
	isLast   = `$1::timestamptz IS NOT NULL AND u.vouched AND NOT EXISTS (SELECT FROM ca.card_use v WHERE v.vouched AND v.card = u.card AND v.n > u.n)`

	isLive = `b.status = 'active' AND b.not_before <= $1 AND b.not_after > $1`
	isHeld = `b.status = 'held' AND b.not_after > $1`

	// What the keys on each card that was chosen say together.
	cardsOf = ` FROM chosen JOIN ca.card_use u USING (n) JOIN ca.card k ON k.id = u.card JOIN ca.certificate c USING (issuer, serial)
		LEFT JOIN ca.witness w ON w.id = u.witness LEFT JOIN ca.card_return r ON r.card = u.card AND r.after_use = u.n
		CROSS JOIN LATERAL (SELECT count(*) AS uses, min(a.at) AS first_seen, array_agg(b.identity ORDER BY a.vouched DESC, a.n DESC) AS holders,
				count(*) FILTER (WHERE ` + isLive + `) AS live, count(*) FILTER (WHERE ` + isHeld + `) AS held
			FROM ca.card_use a JOIN ca.certificate b USING (issuer, serial) WHERE a.card = u.card) used`

	cardColumns = useColumns + `, c.profile, c.holder, c.name, used.first_seen, used.uses, used.live, used.held, used.holders,
		CASE WHEN used.live > 0 THEN 'in-use' WHEN used.held > 0 THEN 'held' WHEN r.card IS NOT NULL THEN 'returned' ELSE 'ended' END, r.at, coalesce(r.by, '')`
)

// onIt is that a key on the card u has a certificate b of which a condition holds.
func onIt(condition string) string {
	return `EXISTS (SELECT FROM ca.card_use a JOIN ca.certificate b USING (issuer, serial) WHERE a.card = u.card AND ` + condition + `)`
}

// states are the conditions of a state.
var states = map[string]string{
	"in-use":   onIt(isLive),
	"held":     onIt(isHeld) + ` AND NOT ` + onIt(isLive),
	"returned": `r.card IS NOT NULL AND NOT ` + onIt(isLive) + ` AND NOT ` + onIt(isHeld),
	"ended":    `r.card IS NULL AND NOT ` + onIt(isLive) + ` AND NOT ` + onIt(isHeld),
}

// where returns the filter's conditions and their arguments, the first of which is the time.
func (f CardFilter) where() (string, []any) {
	conditions, args := []string{isLast}, []any{f.Now}
	add := func(condition string, value any) {
		args = append(args, value)
		conditions = append(conditions, strings.ReplaceAll(condition, "?", "$"+strconv.Itoa(len(args))))
	}
	if serial, err := strconv.ParseUint(f.Text, 10, 32); err == nil {
		args = append(args, int64(serial))
		add(`(u.card LIKE ? OR u.guid LIKE ? OR c.holder LIKE ? OR lower(c.name) LIKE ? OR u.card_serial = $`+strconv.Itoa(len(args))+`)`, part(f.Text))
	} else if f.Text != "" {
		add(`(u.card LIKE ? OR u.guid LIKE ? OR c.holder LIKE ? OR lower(c.name) LIKE ?)`, part(f.Text))
	}
	if f.State != "" {
		conditions = append(conditions, states[f.State])
	}
	if f.Level != "" {
		add(`c.level = ?`, f.Level)
	}
	if f.OtherHolder {
		conditions = append(conditions, `u.card IN (SELECT a.card FROM ca.card_use a JOIN ca.certificate b USING (issuer, serial)
			WHERE a.card IS NOT NULL GROUP BY a.card HAVING min(b.identity) <> max(b.identity))`)
	}
	if f.IDs != nil {
		add(`u.card = ANY (?::text[])`, pg.Array(f.IDs))
	}
	if f.Confined {
		add(`c.identity = ANY (?::text[])`, pg.Array(texts(f.Identities)))
	}
	return strings.Join(conditions, " AND "), args
}

// Cards returns the cards that a filter chooses, the last seen first; limit 0 is all.
func Cards(ctx context.Context, q pg.Querier, f CardFilter, limit, offset int) ([]Card, error) {
	where, args := f.where()
	n := len(args)
	rows, err := q.Query(ctx, `WITH chosen AS MATERIALIZED (SELECT u.n`+lastUses+` WHERE `+where+
		fmt.Sprintf(` ORDER BY u.n DESC LIMIT nullif($%d::bigint, 0) OFFSET $%d)`, n+1, n+2)+
		` SELECT `+cardColumns+cardsOf+` ORDER BY u.n DESC`, append(args, limit, offset)...)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (c Card, err error) {
		return c, r.Scan(append(c.Last.fields(), &c.Issued, &c.Holder, &c.Name, &c.FirstSeen, &c.Uses, &c.Live, &c.Held, pg.Array(&c.Holders),
			&c.State, &c.ReturnedAt, &c.ReturnedBy)...)
	})
	if err != nil {
		return nil, fmt.Errorf("read cards: %w", err)
	}
	return found, nil
}

// CountCards returns how many a filter chooses.
func CountCards(ctx context.Context, q pg.Querier, f CardFilter) (n int, err error) {
	where, args := f.where()
	if err := q.QueryRow(ctx, `SELECT count(*)`+lastUses+` WHERE `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count cards: %w", err)
	}
	return n, nil
}

// CardsEverOf returns the ids of the cards that have ever held a key of an identity.
func CardsEverOf(ctx context.Context, q pg.Querier, identity string) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT u.card FROM ca.certificate c JOIN ca.card_use u USING (issuer, serial) WHERE c.identity = $1 AND u.card IS NOT NULL`, identity)
	ids, err := pg.Collect(rows, err, func(r *pg.Rows) (id string, err error) { return id, r.Scan(&id) })
	if err != nil {
		return nil, fmt.Errorf("read the cards of %s: %w", identity, err)
	}
	return texts(ids), nil
}

// LockCard reads a card for the transaction that will return it; others wait.
func LockCard(ctx context.Context, tx *pg.Tx, id string, now time.Time) (Card, error) {
	if err := lockCard(ctx, tx, id); err != nil {
		return Card{}, fmt.Errorf("lock card %s: %w", id, err)
	}
	found, err := Cards(ctx, tx, CardFilter{IDs: []string{id}, Now: now}, 1, 0)
	if err == nil && len(found) == 0 {
		err = pg.ErrNoRows
	}
	if err != nil {
		return Card{}, fmt.Errorf("lock card %s: %w", id, err)
	}
	return found[0], nil
}

// ReturnCard records that a card was given back after the last key on it. A card that was is
// left as it is.
func ReturnCard(ctx context.Context, tx *pg.Tx, id, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO ca.card_return (card, after_use, by) SELECT $1, max(u.n), $2 FROM ca.card_use u WHERE u.card = $1 AND u.vouched
		ON CONFLICT DO NOTHING`, id, by)
	if err != nil {
		return fmt.Errorf("return card %s: %w", id, err)
	}
	return nil
}
