package duty_test

import (
	"testing"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/migrations"
)

// TestDecidable: the set of what somebody may decide on, which lists ask for, is of those changes
// of which the rule for one says so, whoever made them and whatever has become of them.
func TestDecidable(t *testing.T) {
	db := pgtest.New(t, camigrations.Set, migrations.Set).Owner()
	populate(t, db)
	var who []string
	for _, s := range staff {
		who = append(who, s.ID)
	}
	for n, c := range changes() {
		if c.Kind == api.RoleChange && n%10 != 0 {
			continue // who may decide does not depend on it
		}
		store(t, db, c, who[n%len(who)])
	}
	exec(t, db, `ALTER TABLE access.change DISABLE TRIGGER guard`)
	exec(t, db, `UPDATE access.change SET state = (ARRAY['waiting', 'waiting', 'waiting', 'draft', 'refused'])[1 + (random() * 4)::int],
		expires_at = CASE WHEN random() < .1 THEN now() ELSE now() + interval '1 day' END`)
	var may, not, wrong int
	err := db.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE one), count(*) FILTER (WHERE NOT one), count(*) FILTER (WHERE one <> several)
		FROM unnest($1::uuid[]) s, LATERAL (SELECT access.may_decide(s, c) AS one, c.id IN (SELECT access.decidable(s)) AS several FROM access.change c) AS asked`,
		pg.Array(who)).Scan(&may, &not, &wrong)
	if err != nil || wrong != 0 || may == 0 || not == 0 {
		t.Errorf("of %d that may be decided on and %d that may not, %d are told otherwise, %v", may, not, wrong, err)
	}
}
