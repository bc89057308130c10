package ledger

import (
	"context"
	"time"

	"mais/internal/pg"
)

// The statements of the watch for unusual use, which a test explains.
var (
	// The lock is the transaction's, so that a node that dies lets go of it.
	lockSQL = `SELECT pg_try_advisory_xact_lock(7219064211)`

	openersSQL = `SELECT user_id::text, coalesce(max(user_name), ''), coalesce(max(agency), ''), count(DISTINCT persons[1]), count(*),
			count(*) FILTER (WHERE coalesce(detail ->> 'reason', '') = ''), max(at)
		FROM audit.event WHERE ` + opened + ` AND at >= $1 AND at < $2 AND user_id IS NOT NULL GROUP BY user_id ORDER BY user_id`

	// Who was in the lists that somebody was given, each person once.
	listersSQL = `SELECT user_id::text, coalesce(max(user_name), ''), coalesce(max(agency), ''), count(DISTINCT p)
		FROM audit.event, unnest(persons) AS p WHERE act COLLATE "C" IN ('record.search', 'record.identify', 'audit.find') AND ` + seldom + ` AND outcome = 'allowed'
			AND at >= $1 AND at < $2 AND user_id IS NOT NULL GROUP BY user_id HAVING count(DISTINCT p) > $3 ORDER BY user_id`

	// The median of the days, so that one busy day, which may have been the first of a theft, makes no habit.
	usualSQL = `SELECT coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY most), 0) FROM (
		SELECT max(n) AS most FROM (SELECT date_trunc('day', at) AS day, count(DISTINCT persons[1]) AS n FROM audit.event
			WHERE ` + opened + ` AND user_id = $1 AND at >= $2 AND at < $3 GROUP BY date_trunc('day', at), date_trunc($4, at)) AS by_time GROUP BY day) AS by_day`

	habitSQL = `SELECT extract(hour FROM at AT TIME ZONE 'Europe/London')::int AS hour, extract(isodow FROM at AT TIME ZONE 'Europe/London')::int AS weekday,
			to_char(at AT TIME ZONE 'Europe/London', 'YYYY-MM-DD') AS day
		FROM audit.event WHERE ` + opened + ` AND user_id = $1 AND at >= $2 AND at < $3 GROUP BY hour, weekday, day`

	troubleSQL = `SELECT coalesce(user_id::text, ''), coalesce(max(user_name), ''), coalesce(max(agency), ''),
			coalesce(host(CASE WHEN user_id IS NULL THEN address END), ''), count(*)
		FROM audit.event WHERE outcome <> 'allowed' AND outcome = $1 AND at >= $2 AND at < $3 AND act NOT LIKE 'alarm.%'
		GROUP BY user_id, CASE WHEN user_id IS NULL THEN address END HAVING count(*) > $4 ORDER BY 1, 4`

	unreviewedSQL = `SELECT b.detail ->> 'emergency_id', b.user_id::text, coalesce(b.user_name, ''), coalesce(b.agency, ''), b.at
		FROM audit.event b WHERE b.act COLLATE "C" = 'emergency.begin' AND ` + seldomOf("b") + ` AND b.outcome = 'allowed' AND b.at >= $1 AND b.at < $2 AND b.detail ? 'emergency_id'
			AND NOT EXISTS (SELECT FROM audit.event r WHERE r.act COLLATE "C" = 'emergency.review' AND ` + seldomOf("r") + ` AND r.outcome = 'allowed'
				AND r.detail ->> 'emergency_id' = b.detail ->> 'emergency_id')
			AND NOT EXISTS (SELECT FROM audit.event a WHERE a.act COLLATE "C" = 'alarm.unreviewed' AND ` + seldomOf("a") + ` AND a.at >= $3
				AND a.user_id = b.user_id AND a.detail ->> 'about' = b.detail ->> 'emergency_id')
		ORDER BY b.id LIMIT 100`

	// The greatest count of the alarms of a kind, -1 where there is none. A count is believed if it is one: others append too.
	raisedSQL = `SELECT coalesce(max(CASE WHEN detail ->> 'count' ~ '^[0-9]{1,9}$' THEN (detail ->> 'count')::bigint ELSE 0 END), -1) FROM audit.event WHERE act COLLATE "C" = $1 AND ` + seldom + ` AND at >= $2 AND user_id IS NOT DISTINCT FROM $3::uuid
		AND ($3 IS NOT NULL OR address IS NOT DISTINCT FROM $4::inet) AND coalesce(detail ->> 'about', '') = $5`
)

// Lock reports whether this transaction is the only one of its kind, on every node.
func Lock(ctx context.Context, tx *pg.Tx) (mine bool, err error) {
	err = tx.QueryRow(ctx, lockSQL).Scan(&mine)
	return mine, err
}

// Opener is somebody who opened records in a period.
type Opener struct {
	User, Name, Agency   string
	People, Looks, Unwhy int // Unwhy: looks without a reason
	Last                 time.Time
}

// Openers returns who opened records in a period.
func Openers(ctx context.Context, q pg.Querier, from, to time.Time) ([]Opener, error) {
	rows, err := q.Query(ctx, openersSQL, from, to)
	return pg.Collect(rows, err, func(r *pg.Rows) (o Opener, err error) {
		err = r.Scan(&o.User, &o.Name, &o.Agency, &o.People, &o.Looks, &o.Unwhy, &o.Last)
		return o, err
	})
}

// Lister is somebody who was given lists of people in a period.
type Lister struct {
	User, Name, Agency string
	People             int
}

// Listers returns whose lists had more than so many people in a period.
func Listers(ctx context.Context, q pg.Querier, from, to time.Time, more int) ([]Lister, error) {
	rows, err := q.Query(ctx, listersSQL, from, to, more)
	return pg.Collect(rows, err, func(r *pg.Rows) (l Lister, err error) {
		err = r.Scan(&l.User, &l.Name, &l.Agency, &l.People)
		return l, err
	})
}

// Usual returns how many people's records a user opened on the middle one of the days on which they
// opened any, in its busiest "hour", or in the "day".
func Usual(ctx context.Context, q pg.Querier, user string, from, to time.Time, unit string) (n int, err error) {
	err = q.QueryRow(ctx, usualSQL, user, from, to, unit).Scan(&n)
	return n, err
}

// Habit is an hour of a day on which a user opened records. Hours and days are London's, Monday is 1.
type Habit struct {
	Hour, Weekday int
	Day           string
}

// Habits returns when a user opened records in a period.
func Habits(ctx context.Context, q pg.Querier, user string, from, to time.Time) ([]Habit, error) {
	rows, err := q.Query(ctx, habitSQL, user, from, to)
	return pg.Collect(rows, err, func(r *pg.Rows) (h Habit, err error) {
		err = r.Scan(&h.Hour, &h.Weekday, &h.Day)
		return h, err
	})
}

// Trouble is how often somebody, or an address where nobody is known, did not get what was asked for.
type Trouble struct {
	User, Name, Agency, Address string
	Count                       int
}

// Troubles returns who had an outcome more than so often in a period.
func Troubles(ctx context.Context, q pg.Querier, outcome string, from, to time.Time, more int) ([]Trouble, error) {
	rows, err := q.Query(ctx, troubleSQL, outcome, from, to, more)
	return pg.Collect(rows, err, func(r *pg.Rows) (t Trouble, err error) {
		err = r.Scan(&t.User, &t.Name, &t.Agency, &t.Address, &t.Count)
		return t, err
	})
}

// Unreviewed is an emergency access without a review.
type Unreviewed struct {
	Emergency, User, Name, Agency string
	Began                         time.Time
}

// FindUnreviewed returns emergency accesses that began in a period and were not reviewed, nor is
// there an alarm about them since then.
func FindUnreviewed(ctx context.Context, q pg.Querier, from, to, since time.Time) ([]Unreviewed, error) {
	rows, err := q.Query(ctx, unreviewedSQL, from, to, since)
	return pg.Collect(rows, err, func(r *pg.Rows) (u Unreviewed, err error) {
		err = r.Scan(&u.Emergency, &u.User, &u.Name, &u.Agency, &u.Began)
		return u, err
	})
}

// Raised returns the greatest "count" of the alarms of an act since then about the same user or,
// where none is known, address; -1: there is none.
func Raised(ctx context.Context, q pg.Querier, act string, since time.Time, user, address, about string) (most int, err error) {
	err = q.QueryRow(ctx, raisedSQL, act, since, orNull(user), orNull(address), about).Scan(&most)
	return most, err
}
