package people

import (
	"context"
	"time"

	"mais/internal/pg"
)

// UseAnswer is what somebody answered to "Was this of use?" after a look.
type UseAnswer struct {
	Look   []byte // a digest that tells looks apart
	User   string // UUID
	Agency string // UUID
	Roles  []string
	Answer string // yes, partly, no, not-found
	Words  string
}

// Answer keeps an answer; a second one to the same look changes nothing.
func (r *Register) Answer(ctx context.Context, a UseAnswer) error {
	_, err := r.db.Exec(ctx, `INSERT INTO access.use_answer (look, user_id, agency, roles, answer, words)
		VALUES ($1, $2, $3, $4, $5, nullif($6, '')) ON CONFLICT DO NOTHING`, a.Look, a.User, a.Agency, pg.Array(a.Roles), a.Answer, a.Words)
	return wrap("keep an answer", err)
}

// Answered reports whether there is an answer to a look.
func (r *Register) Answered(ctx context.Context, look []byte) (is bool, err error) {
	err = r.db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM access.use_answer WHERE look = $1)`, look).Scan(&is)
	return is, wrap("read whether there is an answer", err)
}

// CountUse counts sign-ins, searches and looks by day, out of the ledger.
func (r *Register) CountUse(ctx context.Context) (at time.Time, err error) {
	err = r.db.QueryRow(ctx, `SELECT access.count_use()`).Scan(&at)
	return at, wrap("count how the service is used", err)
}

// UseWeek is what the users of an agency, or of all, did in a week.
type UseWeek struct {
	Agency                string // name; "" is all together
	From                  time.Time
	Active, Looked, Looks int
}

// UseWeeks returns the weeks since a Monday, of an agency by its name or, with "", of each and
// of all together.
func (r *Register) UseWeeks(ctx context.Context, agency string, since time.Time) ([]UseWeek, error) {
	rows, err := r.db.Query(ctx, `WITH used AS MATERIALIZED (
			SELECT agency, date_trunc('week', day::timestamp)::date AS week, user_id, sum(looks) AS looks FROM access.use_day
			WHERE day >= $2 AND ($1 = '' OR agency = $1) GROUP BY 1, 2, 3)
		SELECT agency, week, count(*), count(*) FILTER (WHERE looks > 0), sum(looks) FROM used GROUP BY 1, 2
		UNION ALL SELECT '', week, count(*), count(*) FILTER (WHERE looks > 0), sum(looks)
			FROM (SELECT week, user_id, sum(looks) AS looks FROM used GROUP BY 1, 2) AS each GROUP BY 2`, agency, day(since))
	weeks, err := pg.Collect(rows, err, func(r *pg.Rows) (w UseWeek, err error) {
		err = r.Scan(&w.Agency, &w.From, &w.Active, &w.Looked, &w.Looks)
		return w, err
	})
	return weeks, wrap("read how the service is used", err)
}

// UseAgency counts an agency's users who have not left.
type UseAgency struct {
	Agency                      string
	People, Registered, Readers int
	NeverLooked, Active, Looks  int
	Yes, Partly, No, NotFound   int
}

// UseAgencies returns every agency, or one by its name. Active and Looks are since recent,
// answers since a day before that.
func (r *Register) UseAgencies(ctx context.Context, agency string, recent, since time.Time) ([]UseAgency, error) {
	rows, err := r.db.Query(ctx, `WITH reader AS (
			SELECT DISTINCT ur.user_id FROM access.user_role ur JOIN access.permission p ON p.role = ur.role AND p.act = 'read'
		), who AS (
			SELECT u.agency, count(*) AS people, count(g.registered_at) AS registered,
				count(rd.user_id) FILTER (WHERE g.registered_at IS NOT NULL) AS readers,
				count(rd.user_id) FILTER (WHERE g.registered_at IS NOT NULL
					AND NOT EXISTS (SELECT FROM access.use_day d WHERE d.user_id = u.id AND d.looks > 0)) AS never
			FROM access.user_account u LEFT JOIN access.registration g ON g.user_id = u.id LEFT JOIN reader rd ON rd.user_id = u.id
			WHERE u.left_at IS NULL OR u.left_at > now() GROUP BY u.agency
		), used AS (SELECT agency, count(DISTINCT user_id) AS active, sum(looks) AS looks FROM access.use_day WHERE day >= $2 GROUP BY agency
		), said AS (SELECT agency, count(*) FILTER (WHERE answer = 'yes') AS yes, count(*) FILTER (WHERE answer = 'partly') AS partly,
				count(*) FILTER (WHERE answer = 'no') AS no, count(*) FILTER (WHERE answer = 'not-found') AS missing
			FROM access.use_answer WHERE day >= $3 GROUP BY agency)
		SELECT a.name, coalesce(w.people, 0), coalesce(w.registered, 0), coalesce(w.readers, 0), coalesce(w.never, 0), coalesce(used.active, 0),
			coalesce(used.looks, 0), coalesce(s.yes, 0), coalesce(s.partly, 0), coalesce(s.no, 0), coalesce(s.missing, 0)
		FROM access.agency a LEFT JOIN who w ON w.agency = a.id LEFT JOIN used ON used.agency = a.name LEFT JOIN said s ON s.agency = a.id
		WHERE $1 = '' OR a.name = $1 ORDER BY a.name`, agency, day(recent), day(since))
	agencies, err := pg.Collect(rows, err, func(r *pg.Rows) (u UseAgency, err error) {
		err = r.Scan(&u.Agency, &u.People, &u.Registered, &u.Readers, &u.NeverLooked, &u.Active, &u.Looks, &u.Yes, &u.Partly, &u.No, &u.NotFound)
		return u, err
	})
	return agencies, wrap("read who uses the service", err)
}

// UseMonth is how many of an agency registered in a month.
type UseMonth struct {
	Agency     string
	From       time.Time
	Registered int
}

// UseMonths returns the months since the first day of one in which anybody registered, those
// who have left since too.
func (r *Register) UseMonths(ctx context.Context, agency string, since time.Time) ([]UseMonth, error) {
	rows, err := r.db.Query(ctx, `SELECT a.name, date_trunc('month', g.registered_at AT TIME ZONE 'Europe/London')::date AS month, count(*)
		FROM access.registration g JOIN access.user_account u ON u.id = g.user_id JOIN access.agency a ON a.id = u.agency
		WHERE g.registered_at >= $2::date::timestamp AT TIME ZONE 'Europe/London' AND ($1 = '' OR a.name = $1) GROUP BY 1, 2 ORDER BY 2, 1`, agency, day(since))
	months, err := pg.Collect(rows, err, func(r *pg.Rows) (m UseMonth, err error) {
		err = r.Scan(&m.Agency, &m.From, &m.Registered)
		return m, err
	})
	return months, wrap("read who registered", err)
}

// UseWords are an answer's words. They may say more of somebody than they should: they are for
// governance officers.
type UseWords struct {
	Agency, Answer, Words string
	Day                   time.Time
}

// UseWords returns the last so many answers that have words, newest day first.
func (r *Register) UseWords(ctx context.Context, limit int) ([]UseWords, error) {
	rows, err := r.db.Query(ctx, `SELECT a.name, s.answer, s.words, s.day FROM access.use_answer s JOIN access.agency a ON a.id = s.agency
		WHERE s.words IS NOT NULL ORDER BY s.day DESC, s.look LIMIT $1`, limit)
	words, err := pg.Collect(rows, err, func(r *pg.Rows) (w UseWords, err error) {
		err = r.Scan(&w.Agency, &w.Answer, &w.Words, &w.Day)
		return w, err
	})
	return words, wrap("read answers", err)
}

// day is a date as PostgreSQL takes it.
func day(t time.Time) string { return t.Format(time.DateOnly) }
