package ledger

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"mais/internal/pg"
)

// The statements of a review, which a test explains. Only mais_audit may ask them.
var (
	// namedSQL goes from user to user along the index, and to the last entry of each that has a
	// name: it reads two entries for a user, not all of them.
	namedSQL = `WITH RECURSIVE of AS (
			(SELECT user_id FROM audit.event WHERE user_id IS NOT NULL ORDER BY user_id LIMIT 1)
			UNION ALL
			SELECT (SELECT e.user_id FROM audit.event e WHERE e.user_id > of.user_id AND e.user_id IS NOT NULL ORDER BY e.user_id LIMIT 1)
			FROM of WHERE of.user_id IS NOT NULL)
		SELECT of.user_id::text, last.user_name, coalesce(last.agency, '')
		FROM of CROSS JOIN LATERAL (SELECT e.user_name, e.agency FROM audit.event e
			WHERE e.user_id = of.user_id AND e.user_id IS NOT NULL AND e.user_name <> '' ORDER BY e.id DESC LIMIT 1) AS last
		WHERE position(lower($1) IN lower(last.user_name)) > 0 ORDER BY last.user_name, 1 LIMIT $2`

	// What was not allowed, by the word that its reason begins with.
	unmetSQL = `SELECT outcome, coalesce(split_part(reason, ':', 1), '') AS why, coalesce(host(address), ''), coalesce(user_id::text, ''), coalesce(max(user_name), ''),
			coalesce(agency, ''), count(*), min(at), max(at), max(id)
		FROM audit.event WHERE outcome <> 'allowed' AND at >= $1 AND at < $2
		GROUP BY outcome, why, address, user_id, agency ORDER BY count(*) DESC, max(id) DESC LIMIT $3`

	// Who opened a person's record, one line a user.
	lookersSQL = `SELECT coalesce(user_id::text, ''), coalesce(max(user_name), ''), coalesce(max(agency), ''), count(*), min(at), max(at)
		FROM audit.event WHERE ` + opened + ` AND persons[1] = $1 GROUP BY user_id ORDER BY max(at) DESC LIMIT $2`

	alarmsSQL = `SELECT to_jsonb(e), (SELECT to_jsonb(s) FROM audit.event s
			WHERE ` + settles + ` AND s.outcome = 'allowed' AND s.detail ->> 'alarm' = e.id::text ORDER BY s.id LIMIT 1)
		FROM audit.event e WHERE e.act COLLATE "C" >= 'alarm.' AND e.act COLLATE "C" < 'alarm/' AND e.act <> 'alarm.settled' AND ` + seldomOf("e") + `
			AND ($1::bigint IS NULL OR e.id < $1)
			AND (NOT $2 OR NOT EXISTS (SELECT FROM audit.event s WHERE ` + settles + ` AND s.outcome = 'allowed' AND s.detail ->> 'alarm' = e.id::text))
		ORDER BY e.id DESC LIMIT $3`
)

// settles picks the entries s that settle an alarm.
var settles = `s.act COLLATE "C" = 'alarm.settled' AND ` + seldomOf("s")

// seldomOf is seldom of the entries that an alias stands for.
func seldomOf(alias string) string {
	return strings.NewReplacer("act IN", alias+".act IN", "outcome =", alias+".outcome =").Replace(seldom)
}

// Named is a user as the ledger knows them.
type Named struct{ ID, Name, Agency string }

// FindNamed returns the users whose last name in the ledger holds a text, at most limit.
func FindNamed(ctx context.Context, q pg.Querier, part string, limit int) ([]Named, error) {
	rows, err := q.Query(ctx, namedSQL, part, limit)
	return pg.Collect(rows, err, func(r *pg.Rows) (n Named, err error) {
		err = r.Scan(&n.ID, &n.Name, &n.Agency)
		return n, err
	})
}

// Unmet is what was refused or failed in the same way.
type Unmet struct {
	Outcome, Why, Address, User, Name, Agency string
	Count                                     int
	First, Last                               time.Time
	LastID                                    int64
}

// FindUnmet returns what was not allowed in a period, in groups, the largest first.
func FindUnmet(ctx context.Context, q pg.Querier, from, to time.Time, limit int) ([]Unmet, error) {
	rows, err := q.Query(ctx, unmetSQL, from, to, limit)
	return pg.Collect(rows, err, func(r *pg.Rows) (u Unmet, err error) {
		err = r.Scan(&u.Outcome, &u.Why, &u.Address, &u.User, &u.Name, &u.Agency, &u.Count, &u.First, &u.Last, &u.LastID)
		return u, err
	})
}

// Looker is somebody who opened a person's record.
type Looker struct {
	User, Name, Agency string
	Looks              int
	First, Last        time.Time
}

// Lookers returns who opened a person's record, the last first.
func Lookers(ctx context.Context, q pg.Querier, person string, limit int) ([]Looker, error) {
	rows, err := q.Query(ctx, lookersSQL, person, limit)
	return pg.Collect(rows, err, func(r *pg.Rows) (l Looker, err error) {
		err = r.Scan(&l.User, &l.Name, &l.Agency, &l.Looks, &l.First, &l.Last)
		return l, err
	})
}

// Alarm is an entry of an alarm with the one that settled it, if there is one.
type Alarm struct{ Raised, Settled json.RawMessage }

// Alarms returns alarms before a number, 0 for all, the last first; open: those only that nobody
// has settled.
func Alarms(ctx context.Context, q pg.Querier, before int64, open bool, limit int) ([]Alarm, error) {
	rows, err := q.Query(ctx, alarmsSQL, orNull(before), open, limit)
	return pg.Collect(rows, err, func(r *pg.Rows) (a Alarm, err error) {
		var raised, settled []byte
		err = r.Scan(&raised, &settled)
		a.Raised, a.Settled = raised, settled
		return a, err
	})
}

// CountChoice returns how many entries a choice has; its limit does not count.
func CountChoice(ctx context.Context, q pg.Querier, c Choice) (n int, err error) {
	w := c.condition()
	with, of := c.from(w)
	err = q.QueryRow(ctx, with+`SELECT count(*) FROM `+of+` WHERE `+w.String(), w.args...).Scan(&n)
	return n, err
}

// Last returns the number of the last entry.
func Last(ctx context.Context, q pg.Querier) (id int64, err error) {
	err = q.QueryRow(ctx, `SELECT coalesce(max(id), 0) FROM audit.event`).Scan(&id)
	return id, err
}

// orNull returns v, or NULL when it is zero.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// AlarmToSettle returns an alarm, the zero Alarm for none, and lets nobody else settle it before
// the transaction ends.
func AlarmToSettle(ctx context.Context, tx *pg.Tx, id int64) (Alarm, error) {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(72190642, ($1::bigint % 2147483647)::int)`, id); err != nil {
		return Alarm{}, err
	}
	found, err := Alarms(ctx, tx, id+1, false, 1)
	if err != nil || len(found) == 0 {
		return Alarm{}, err
	}
	var of struct{ ID int64 }
	if err := json.Unmarshal(found[0].Raised, &of); err != nil || of.ID != id {
		return Alarm{}, err
	}
	return found[0], nil
}
