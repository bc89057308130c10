package ledger

import (
	"context"
	"time"

	"mais/internal/pg"
)

const (
	// figuresSQL counts a period of London's days. Those that are over stand counted already
	// (migration 00017); the rest is counted now. One statement sees one state of both, so that no
	// entry is counted twice or left out in between.
	figuresSQL = `WITH span AS MATERIALIZED (
			SELECT first, after, least(after, greatest(first, (SELECT max(day) + 1 FROM audit.day))) AS live
			FROM (SELECT ($1::timestamptz AT TIME ZONE 'Europe/London')::date AS first, ($2::timestamptz AT TIME ZONE 'Europe/London')::date AS after) AS asked
		), live AS MATERIALIZED (
			SELECT date_trunc('hour', at AT TIME ZONE 'Europe/London') AS hour, outcome, CASE WHEN outcome <> 'allowed' THEN coalesce(split_part(reason, ':', 1), '') END AS why,
				coalesce(agency, '') AS agency, user_id, count(*) AS n
			FROM audit.event WHERE (` + opened + ` OR outcome <> 'allowed') AND at >= (SELECT live::timestamp AT TIME ZONE 'Europe/London' FROM span)
				AND at < (SELECT after::timestamp AT TIME ZONE 'Europe/London' FROM span)
			GROUP BY 1, 2, 3, 4, 5
		), looks AS MATERIALIZED (SELECT hour, agency, user_id, n FROM live WHERE outcome = 'allowed'
		), lookers AS (
			SELECT agency, count(*) AS n FROM (SELECT agency, u AS user_id FROM audit.day_agency, span, unnest(users) AS u WHERE day >= first AND day < live
				UNION SELECT agency, user_id FROM looks WHERE user_id IS NOT NULL) AS who GROUP BY agency
		), agencies AS (
			SELECT agency, sum(n) AS n FROM (SELECT agency, looks AS n FROM audit.day_agency, span WHERE day >= first AND day < live
				UNION ALL SELECT agency, n FROM looks) AS parts GROUP BY agency
		)
		SELECT 'day', d.day::text, 0, '', d.looks, d.lookers FROM audit.day d, span WHERE d.day >= first AND d.day < live AND d.looks > 0
		UNION ALL SELECT 'day', hour::date::text, 0, '', sum(n), count(DISTINCT user_id) FROM looks GROUP BY 2
		UNION ALL SELECT 'hour', '', hour, '', sum(n), 0 FROM (SELECT hour, looks AS n FROM audit.day_hour, span WHERE day >= first AND day < live
			UNION ALL SELECT extract(hour FROM hour)::int, n FROM looks) AS parts GROUP BY hour
		UNION ALL SELECT 'agency', agency, 0, '', a.n, coalesce(l.n, 0) FROM agencies a LEFT JOIN lookers l USING (agency)
		UNION ALL SELECT outcome, day::text, 0, why, entries, 0 FROM audit.day_unmet, span WHERE day >= first AND day < live
		UNION ALL SELECT outcome, hour::date::text, 0, why, sum(n), 0 FROM live WHERE outcome <> 'allowed' GROUP BY 1, 2, 4
		ORDER BY 1, 5 DESC, 2, 3, 4`

	closeDaysSQL = `SELECT audit.close_days($1)`
)

// Tally is a number of looks, and of who looked, under a day, an hour or an agency.
type Tally struct {
	Key            string
	Hour           int
	Looks, Lookers int
}

// UnmetDay is how often something was not allowed on a day.
type UnmetDay struct {
	Day, Outcome, Why string
	Count             int
}

// Figures are the numbers of a period.
type Figures struct {
	Days, Hours, Agencies []Tally
	Unmet                 []UnmetDay
}

// CountPeriod returns the numbers of the days from that of a time to the one before another's.
// Days and hours are London's.
func CountPeriod(ctx context.Context, q pg.Querier, from, to time.Time) (f Figures, err error) {
	rows, err := q.Query(ctx, figuresSQL, from, to)
	_, err = pg.Collect(rows, err, func(r *pg.Rows) (none struct{}, err error) {
		var what, why string
		var t Tally
		err = r.Scan(&what, &t.Key, &t.Hour, &why, &t.Looks, &t.Lookers)
		f.add(what, why, t)
		return none, err
	})
	return f, err
}

// add puts a row where it belongs. What is no tally of looks is an outcome.
func (f *Figures) add(what, why string, t Tally) {
	switch what {
	case "day":
		f.Days = append(f.Days, t)
	case "hour":
		f.Hours = append(f.Hours, t)
	case "agency":
		f.Agencies = append(f.Agencies, t)
	default:
		f.Unmet = append(f.Unmet, UnmetDay{Day: t.Key, Outcome: what, Why: why, Count: t.Looks})
	}
}

// CloseDays counts days that are over for good, at most so many, and says how many.
func CloseDays(ctx context.Context, q pg.Querier, most int) (n int, err error) {
	err = q.QueryRow(ctx, closeDaysSQL, most).Scan(&n)
	return n, err
}
