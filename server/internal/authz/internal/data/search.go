package data

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/internal/pg"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

const details = "service_user_details."

// Search returns who fits q, the best first and then by surname, in one statement. It
// compares names and aliases, the latter only when d allows aliases; matches show what d
// allows. q must have passed its Check. The error is ErrNotAllowed when q asks for an item
// that d does not allow.
func (s *Store) Search(ctx context.Context, d policy.Decision, q record.Query) (record.Found, error) {
	if !mayAsk(d, q) {
		return record.Found{}, fmt.Errorf("search: %w", ErrNotAllowed)
	}
	key := searchKey{d.Key(), q.Surname != "", q.FirstName != "", q.DateOfBirth != "", q.Exact}
	plan := s.searches.get(key, func() *searchPlan { return newSearchPlan(d, key) })
	found := record.Found{}
	rows, err := s.reader(d).Query(ctx, plan.sql, searchArgs(q)...)
	matches, err := pg.Collect(rows, err, func(r *pg.Rows) (record.Match, error) { return plan.scan(r, q, &found) })
	if err != nil {
		return record.Found{}, fmt.Errorf("search: %w", err)
	}
	for _, m := range matches {
		if !m.ID.IsZero() { // the row of nobody, which has the time
			found.Matches = append(found.Matches, m)
		}
	}
	found.Truncated = found.Total > len(found.Matches)
	return found, nil
}

func mayAsk(d policy.Decision, q record.Query) bool {
	return d.Act() == policy.Read && !q.Empty() &&
		(q.Surname == "" || d.Allows(details+"surname")) &&
		(q.FirstName == "" || d.Allows(details+"first_name")) &&
		(q.DateOfBirth == "" || d.Allows(details+"date_of_birth"))
}

// searchArgs gives each name as the bounds of its prefix, unless it is whole: with a pattern
// in a parameter, PostgreSQL would not use the index once it plans for any value.
func searchArgs(q record.Query) []any {
	var args []any
	for _, name := range []string{q.Surname, q.FirstName} {
		if name == "" {
			continue
		}
		key := record.NormaliseName(name)
		args = append(args, key)
		if !q.Exact {
			args = append(args, key+"\U0010FFFF")
		}
	}
	if q.DateOfBirth != "" {
		args = append(args, string(q.DateOfBirth))
	}
	return args
}

// searchKey tells statements apart: by the decision's key and by the criteria given.
type searchKey struct {
	decision                               string
	surname, firstName, dateOfBirth, exact bool
}

type searchPlan struct {
	sql    string
	alerts []string // the items of the alert columns
	always []string // allowed alert items that are constants
}

func newSearchPlan(d policy.Decision, key searchKey) *searchPlan {
	plan := &searchPlan{}
	var shown, order []string
	for _, name := range nameColumns {
		if !d.Allows(details + name) {
			shown = append(shown, "NULL AS "+name)
			continue
		}
		shown = append(shown, details+name)
		order = append(order, name)
	}
	order = append(order, "person")
	named, where := criteria(key, d.Allows(details+"aliases"))
	aliases, joins := "NULL, NULL", ""
	if named != "" {
		shown, order = append(shown, "rank"), append([]string{"rank"}, order...)
		if d.Allows(details + "aliases") {
			aliases, joins = "alias.first_names, alias.surnames", aliasesOfFound
		}
	}
	raised, alertJoins := plan.alertColumns(d)
	plan.sql = fmt.Sprintf(`WITH %s found AS MATERIALIZED (
			SELECT person, count(*) OVER () AS total, %s FROM record.service_user_details %s
			ORDER BY %s LIMIT %d)
		SELECT now(), found.person, found.total, found.surname, found.first_name, found.date_of_birth::text,
			found.date_of_release::text, %s%s
		FROM (VALUES (1)) AS always LEFT JOIN found ON true%s
		ORDER BY %[4]s`,
		named, strings.Join(shown, ", "), where, strings.Join(order, ", "), record.MaxFound, aliases, raised, joins+alertJoins)
	return plan
}

// aliasesOfFound reads the aliases of those whom only an alias found; which of them it was is
// for NormaliseName to say.
const aliasesOfFound = ` LEFT JOIN LATERAL (
	SELECT array_agg(coalesce(first_name, '') ORDER BY ordinal) AS first_names, array_agg(coalesce(surname, '') ORDER BY ordinal) AS surnames
	FROM record.alias WHERE person = found.person AND found.rank >= 2) AS alias ON true`

// criteria returns the subquery of the names that fit, if any are asked for, and what
// follows FROM service_user_details. A person's rank is that of their best name: 0 when it is
// what was typed, 1 when it begins so, and 2 more for an alias.
func criteria(key searchKey, aliases bool) (named, where string) {
	var names, whole []string
	param := 0
	name := func(column string) {
		whole = append(whole, fmt.Sprintf("%s = $%d", column, param+1))
		if key.exact {
			param++
			return
		}
		names = append(names, fmt.Sprintf("%s ~>=~ $%d AND %[1]s ~<~ $%[3]d", column, param+1, param+2))
		param += 2
	}
	if key.surname {
		name("surname_key")
	}
	if key.firstName {
		name("first_name_key")
	}
	if len(whole) > 0 {
		rank := fmt.Sprintf("2 * is_alias::int + (NOT (%s))::int", strings.Join(whole, " AND "))
		if key.exact {
			rank, names = "2 * is_alias::int", whole
		}
		if !aliases {
			names = append(names, "NOT is_alias")
		}
		named = fmt.Sprintf("named AS (SELECT person, min(%s) AS rank FROM record.search_name WHERE %s GROUP BY person),",
			rank, strings.Join(names, " AND "))
		where = "JOIN named USING (person)"
	}
	if key.dateOfBirth {
		where += fmt.Sprintf(" WHERE service_user_details.date_of_birth = $%d", param+1)
	}
	return named, where
}

// alertColumns returns SQL for whether each allowed alert item holds a yes. LIMIT keeps the
// planner from reading whole tables for the few people found.
func (p *searchPlan) alertColumns(d policy.Decision) (columns, joins string) {
	for _, s := range record.Dictionary() {
		var raise []string
		for _, i := range s.Items {
			switch {
			case !d.Allows(i.Key()) || !slices.Contains(record.AlertItems(), i.Key()):
			case i.Type == record.Constant:
				p.always = append(p.always, i.Key())
			default:
				p.alerts = append(p.alerts, i.Key())
				raise = append(raise, fmt.Sprintf("%s = 'yes' AS %[1]s", i.Name))
				columns += fmt.Sprintf(", coalesce(%s.%s, false)", s.Table, i.Name)
			}
		}
		if raise != nil {
			joins += fmt.Sprintf(" LEFT JOIN LATERAL (SELECT %s FROM record.%s WHERE person = found.person LIMIT 1) AS %[2]s ON true",
				strings.Join(raise, ", "), s.Table)
		}
	}
	return columns, joins
}

// scan reads one row, which is of nobody when nothing was found.
func (p *searchPlan) scan(r *pg.Rows, q record.Query, found *record.Found) (record.Match, error) {
	var asOf time.Time
	var total sql.NullInt64
	var id, surname, firstName, born, released sql.NullString
	var firstNames, surnames []string
	raised := make([]bool, len(p.alerts))
	into := []any{&asOf, &id, &total, &surname, &firstName, &born, &released, pg.Array(&firstNames), pg.Array(&surnames)}
	for n := range raised {
		into = append(into, &raised[n])
	}
	if err := r.Scan(into...); err != nil {
		return record.Match{}, err
	}
	found.AsOf, found.Total = asOf, int(total.Int64)
	if !id.Valid {
		return record.Match{}, nil
	}
	person, err := record.ParsePersonID(id.String)
	if err != nil {
		return record.Match{}, err
	}
	return record.Match{ID: person, Surname: surname.String, FirstName: firstName.String, DateOfBirth: record.Day(born.String),
		Released: record.Day(released.String), Alerts: p.raised(raised), Alias: fitting(q, firstNames, surnames)}, nil
}

// fitting returns the alias that fits best, the first of them in the record's order.
func fitting(q record.Query, firstNames, surnames []string) (best record.Name) {
	fit := record.Misfit
	for n := range firstNames {
		alias := record.Name{FirstName: firstNames[n], Surname: surnames[n]}
		if f := q.Fits(alias.FirstName, alias.Surname); f > fit {
			best, fit = alias, f
		}
	}
	return best
}

func (p *searchPlan) raised(columns []bool) []string {
	yes := map[string]bool{}
	for _, key := range p.always {
		yes[key] = true
	}
	for n, key := range p.alerts {
		yes[key] = columns[n]
	}
	return record.Alerts(func(key string) bool { return yes[key] })
}
