package data

import (
	"fmt"
	"strings"
	"testing"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
	"mais/server/internal/record/synthetic"
	"mais/server/migrations"
)

// TestSearchPlansUseTheIndexes: once PostgreSQL plans for any value, as it does for a
// prepared statement in the end, no search by name or number reads a table from end to end.
func TestSearchPlansUseTheIndexes(t *testing.T) {
	db := pgtest.New(t, camigrations.Set, migrations.Set)
	s, err := Open(t.Context(), db.Source())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	load := policy.DecideSystem("import", policy.Create)
	if _, err := s.Load(t.Context(), load, synthetic.People(3000, 1, "2010-11-22"), func(*pg.Tx, Loaded) error { return nil }, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Owner().Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
	d := everything()
	for _, test := range []struct {
		key   searchKey
		index string
	}{
		{searchKey{surname: true}, "search_name_surname"},
		{searchKey{surname: true, exact: true}, "search_name_surname"},
		{searchKey{surname: true, firstName: true}, "search_name_"},
		{searchKey{surname: true, firstName: true, exact: true}, "search_name_"},
		{searchKey{firstName: true}, "search_name_first_name"},
		{searchKey{firstName: true, dateOfBirth: true, exact: true}, "search_name_first_name"},
	} {
		plan := explain(t, db, newSearchPlan(d, test.key).sql)
		if !strings.Contains(plan, test.index) {
			t.Errorf("search by %+v does not use the index %s:\n%s", test.key, test.index, plan)
		}
		for _, table := range []string{"search_name", "service_user_details", "alias", "physical_health"} {
			if strings.Contains(plan, "Seq Scan on "+table) {
				t.Errorf("search by %+v reads all of %s:\n%s", test.key, table, plan)
			}
		}
	}
	plan := explain(t, db, identifiedSQL)
	if strings.Contains(plan, "Seq Scan") || !strings.Contains(plan, "person_prison_number") || !strings.Contains(plan, "person_pnc_number") {
		t.Errorf("search by a number reads everybody:\n%s", plan)
	}
}

// everything is a decision to read every item.
func everything() policy.Decision {
	var permissions []policy.Permission
	for _, key := range record.Keys() {
		permissions = append(permissions, policy.Permission{Role: "tester", Item: key, Act: policy.Read})
	}
	return policy.NewGrants(permissions).Decide([]string{"tester"}, policy.Read)
}

// explain returns the plan that PostgreSQL makes for a statement and any values.
func explain(t *testing.T, db *pgtest.Database, sql string) string {
	t.Helper()
	var lines []string
	err := db.Owner().Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE explained AS "+sql); err != nil {
			return err
		}
		rows, err := tx.Query(t.Context(), "EXPLAIN EXECUTE explained"+nulls(sql))
		lines, err = pg.Collect(rows, err, func(r *pg.Rows) (line string, err error) { err = r.Scan(&line); return line, err })
		if err != nil {
			return err
		}
		_, err = tx.Exec(t.Context(), "DEALLOCATE explained")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// nulls are as many values as a statement has parameters.
func nulls(sql string) string {
	n := 1
	for strings.Contains(sql, fmt.Sprintf("$%d", n+1)) {
		n++
	}
	return "(NULL" + strings.Repeat(", NULL", n-1) + ")"
}
