package ledger

import (
	"context"
	"fmt"
	"strings"
	"testing"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/migrations"
)

const busyUser = "11111111-2222-4333-8444-000000000007"

// filled returns a database with n entries of two years: of 500 users and 20,000 people, half of
// them opened records, the others searches.
func filled(tb testing.TB, n int) *pgtest.Database {
	tb.Helper()
	d := pgtest.New(tb, camigrations.Set, migrations.Set)
	_, err := d.Owner().Exec(context.Background(), fmt.Sprintf(`
		ALTER TABLE audit.event DISABLE TRIGGER durable;
		INSERT INTO audit.event (at, act, outcome, user_id, persons, detail)
		SELECT now() - interval '2 years' * (%[1]d - i) / %[1]d,
			CASE i %% 4 WHEN 0 THEN 'record.show' WHEN 1 THEN 'record.print' ELSE 'record.search' END, 'allowed',
			format('11111111-2222-4333-8444-%%s', lpad((i * 7919 %% 500)::text, 12, '0'))::uuid,
			ARRAY[format('5ad8b9f6-7c1e-4a52-9f0d-%%s', lpad((i::bigint * 104729 %% 20000)::text, 12, '0'))::uuid], '{}'
		FROM generate_series(1, %[1]d) AS i;
		ALTER TABLE audit.event ENABLE ALWAYS TRIGGER durable;
		ANALYZE audit.event`, n))
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// The questions about opened records go by their indexes, also once PostgreSQL plans for any
// parameter. The negative control shows that the test can tell.
func TestOpenedUsesItsIndexes(t *testing.T) {
	db := filled(t, 60_000).Open(t, pg.Audit)
	for _, test := range []struct {
		name, parameters, sql, arguments, index string
	}{
		{"about", "uuid, int", aboutSQL, `'5ad8b9f6-7c1e-4a52-9f0d-000000000042', 100`, "event_opened_person"},
		{"of", "uuid, timestamptz, int", ofSQL, `'` + busyUser + `', now() - interval '30 days', 50`, "event_opened_user"},
		{"count", "text[], uuid[], timestamptz[], timestamptz[]", countSQL,
			`'{x}', '{` + busyUser + `}', ARRAY[now() - interval '1 hour'], ARRAY[now()]`, "event_opened_user"},
		{"negative_control", "uuid", strings.Replace(`SELECT id FROM audit.event WHERE `+opened+` AND persons[1] = $1`, "IN (", "IN ('x', ", 1),
			`'5ad8b9f6-7c1e-4a52-9f0d-000000000042'`, ""},
	} {
		plan := explain(t, db, test.name, test.parameters, test.sql, test.arguments)
		if uses := strings.Contains(plan, test.index) && !strings.Contains(plan, "Seq Scan"); uses != (test.index != "") {
			t.Errorf("%s: the plan uses an index = %v, want %q:\n%s", test.name, uses, test.index, plan)
		}
	}
}

func explain(t *testing.T, db *pg.DB, name, parameters, sql, arguments string) (plan string) {
	t.Helper()
	err := db.Transact(t.Context(), func(tx *pg.Tx) error {
		_, err := tx.Exec(t.Context(), fmt.Sprintf(`SET LOCAL plan_cache_mode = force_generic_plan; PREPARE %s (%s) AS %s`, name, parameters, sql))
		if err != nil {
			return err
		}
		rows, err := tx.Query(t.Context(), fmt.Sprintf(`EXPLAIN EXECUTE %s (%s)`, name, arguments))
		lines, err := pg.Collect(rows, err, func(r *pg.Rows) (line string, err error) {
			err = r.Scan(&line)
			return line, err
		})
		plan = strings.Join(lines, "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestCountRefusesToMislead(t *testing.T) {
	db := pgtest.New(t, camigrations.Set, migrations.Set).Open(t, pg.Audit)
	if counts, err := Count(t.Context(), db, Spans{}); err != nil || len(counts) != 0 {
		t.Errorf("Count of no spans = %v, %v, want none", counts, err)
	}
	if counts, err := Count(t.Context(), db, Spans{emergencies: []string{"x"}}); err == nil {
		t.Errorf("Count of a broken span = %v, want an error", counts)
	}
}
