package people

import (
	"context"

	"mais/internal/pg"
)

// Listed is a person on the list of a change.
type Listed struct {
	Name, Address, Agency string
	Roles                 []string
}

// ListedRole counts the people on a list by agency and role; Role is "" for those without any.
type ListedRole struct {
	Agency, Role string
	Level        string // that the role demands
	Emergency    bool   // the role can give itself emergency access
	People       int
}

// List is the list of a change: its first people, and the counts of all.
type List struct {
	First    []Listed
	Roles    []ListedRole
	Agencies map[string]int // people by agency
	Later    int            // start later than today
	Endless  int            // have no last day
	Unvetted int            // have no vetting noted
}

const rolesOfItem = `jsonb_array_elements_text(CASE jsonb_typeof(i.after -> 'roles') WHEN 'array' THEN i.after -> 'roles' ELSE '[]' END)`

// List returns the list of a change, with some of its people, limit at most: first those who get an
// office, then those whose role at most every tenth on it gets, then those who get a role with
// emergency access, and then in its order. Whoever decides does not look through twenty thousand.
func (r *Register) List(ctx context.Context, change string, limit int) (l List, err error) {
	rows, err := r.db.Query(ctx, `WITH given AS MATERIALIZED (
			SELECT i.n, g.role FROM access.change_item i, `+rolesOfItem+` AS g (role) WHERE i.change = $1
		), weight AS MATERIALIZED (
			SELECT o.name, CASE WHEN o.office THEN 0 WHEN n.people * 10 <= (SELECT count(*) FROM access.change_item i WHERE i.change = $1) THEN 1
					WHEN EXISTS (SELECT FROM access.permission p WHERE p.role = o.name AND p.act = 'emergency') THEN 2 ELSE 3 END AS grave, n.people
				FROM access.role o, LATERAL (SELECT count(*) AS people FROM given WHERE given.role = o.name) n
		), gravest AS MATERIALIZED (
			SELECT given.n, min(w.grave) AS grave, min(w.people) AS people FROM given JOIN weight w ON w.name = given.role GROUP BY given.n
		)
		SELECT i.after ->> 'name', i.after ->> 'email', a.name, ARRAY(SELECT `+rolesOfItem+`)
		FROM access.change_item i JOIN access.agency a ON a.id::text = i.after ->> 'agency' LEFT JOIN gravest g ON g.n = i.n
		WHERE i.change = $1 ORDER BY coalesce(g.grave, 4), g.people, i.n LIMIT $2`, change, limit)
	l.First, err = pg.Collect(rows, err, func(r *pg.Rows) (p Listed, err error) {
		return p, r.Scan(&p.Name, &p.Address, &p.Agency, pg.Array(&p.Roles))
	})
	if err != nil {
		return List{}, wrap("read the list of change "+change, err)
	}
	rows, err = r.db.Query(ctx, `SELECT a.name, coalesce(o.name, ''), coalesce(o.level, ''),
			EXISTS (SELECT FROM access.permission p WHERE p.role = o.name AND p.act = 'emergency'), count(*)
		FROM access.change_item i JOIN access.agency a ON a.id::text = i.after ->> 'agency'
		LEFT JOIN LATERAL `+rolesOfItem+` AS given (role) ON true LEFT JOIN access.role o ON o.name = given.role
		WHERE i.change::text = $1 GROUP BY a.name, o.name ORDER BY a.name, o.name`, change)
	l.Roles, err = pg.Collect(rows, err, func(r *pg.Rows) (n ListedRole, err error) {
		return n, r.Scan(&n.Agency, &n.Role, &n.Level, &n.Emergency, &n.People)
	})
	if err != nil {
		return List{}, wrap("count the list of change "+change, err)
	}
	err = r.countList(ctx, change, &l)
	return l, wrap("count the list of change "+change, err)
}

func (r *Register) countList(ctx context.Context, change string, l *List) error {
	type counted struct {
		agency                string
		n, later, end, vetted int
	}
	rows, err := r.db.Query(ctx, `SELECT a.name, count(*), count(*) FILTER (WHERE nullif(i.after ->> 'starts', '') > current_date::text),
			count(*) FILTER (WHERE coalesce(i.after ->> 'ends', '') = ''), count(*) FILTER (WHERE coalesce(i.after ->> 'vetting', '') = '')
		FROM access.change_item i JOIN access.agency a ON a.id::text = i.after ->> 'agency' WHERE i.change::text = $1 GROUP BY a.name`, change)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (c counted, err error) {
		return c, r.Scan(&c.agency, &c.n, &c.later, &c.end, &c.vetted)
	})
	l.Agencies = make(map[string]int, len(found))
	for _, c := range found {
		l.Agencies[c.agency] = c.n
		l.Later, l.Endless, l.Unvetted = l.Later+c.later, l.Endless+c.end, l.Unvetted+c.vetted
	}
	return err
}

// AlsoInvited counts the changes of an agency that wait, besides one, and invite somebody with an
// address too, by themselves or on a list.
func (r *Register) AlsoInvited(ctx context.Context, besides, address, agency string) (n int, err error) {
	err = r.db.QueryRow(ctx, `SELECT count(*) FROM access.change c WHERE c.state = 'waiting' AND c.expires_at > now() AND c.id::text <> $1
		AND (c.kind = 'user.invite' AND c.after ->> 'email' = $2 AND c.agency::text = $3 OR c.kind = 'users.invite' AND EXISTS (
			SELECT FROM access.change_item i WHERE i.change = c.id AND i.after ->> 'email' = $2 AND i.after ->> 'agency' = $3))`, besides, address, agency).Scan(&n)
	return n, wrap("look who else invites somebody", err)
}
