package grounds_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mais/internal/pg"
)

// What the database refuses, whoever asks in plain SQL: its superuser too, and past
// replication's back door.
func TestGuards(t *testing.T) {
	f := newFixture(t)
	one := session(officer, "one")
	f.give(one, person)
	running, _ := f.begin(one, person)
	over, _ := f.begin(one, person2)
	if f.end(one, person2) != over.ID {
		t.Fatal("it was not ended")
	}
	reviewed, _ := f.begin(session(officer, "two"), person2)
	f.end(session(officer, "two"), person2)
	if err := f.Review(t.Context(), reviewed.ID, reviewer, true, "", func(*pg.Tx, string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	insert := func(columns, values string) string {
		return `INSERT INTO access.emergency (session, user_id, person, why, reason` + columns + `) VALUES (` + values + `)`
	}
	fresh := "5ad8b9f6-7c1e-4a52-9f0d-000000000003"
	f.people(fresh)
	ours := `sha256('one'), '` + officer + `', '` + fresh + `', '` + why + `', 'custody'`
	update := func(id, set string) string { return `UPDATE access.emergency SET ` + set + ` WHERE id = '` + id + `'` }
	review := func(who string) string {
		return `reviewed_at = now(), reviewer = '` + who + `', justified = true, note = ''`
	}
	for _, sql := range []string{
		`INSERT INTO access.purpose (session, person, reason) VALUES (sha256('over'), '` + person + `', 'custody')`,
		`INSERT INTO access.purpose (session, person, reason) VALUES (sha256('none'), '` + person + `', 'custody')`,
		`INSERT INTO access.purpose (session, person, reason) VALUES (sha256('two'), '` + person + `', '')`,
		`INSERT INTO access.purpose (session, person, reason, number) VALUES (sha256('two'), '` + person + `', 'custody', E'1\n2')`,
		`INSERT INTO access.purpose (session, person, reason, number) VALUES (sha256('two'), '` + person + `', 'custody', '` + strings.Repeat("1", 41) + `')`,
		`INSERT INTO access.purpose (session, person, reason, explanation) VALUES (sha256('two'), '` + person + `', 'other', E'a\tb')`,
		`INSERT INTO access.purpose (session, person, reason) VALUES (sha256('two'), gen_random_uuid(), 'custody')`,
		`DELETE FROM access.purpose`,
		`UPDATE access.purpose SET session = sha256('two')`, `UPDATE access.purpose SET person = gen_random_uuid()`,

		insert(``, strings.Replace(ours, "one", "over", 1)), insert(``, strings.Replace(ours, "one", "review", 1)),
		insert(``, strings.Replace(ours, "one", "none", 1)), insert(``, strings.Replace(ours, officer, reviewer, 1)),
		insert(``, strings.Replace(ours, fresh, person, 1)),                      // is on already
		insert(``, strings.Replace(ours, "'"+fresh+"'", "gen_random_uuid()", 1)), // nobody
		insert(`, number`, ours+`, E'1\n2'`), insert(`, number`, ours+`, '`+strings.Repeat("1", 41)+`'`), insert(`, explanation`, ours+`, E'a\tb'`),
		insert(`, explanation`, ours+`, '`+strings.Repeat("a", 201)+`'`),
		insert(``, strings.Replace(ours, why, "too short", 1)), insert(``, strings.Replace(ours, why, strings.Repeat("a", 501), 1)),
		insert(``, strings.Replace(ours, "'"+why, `E'a tab \t is no word`, 1)),
		insert(`, ends_at`, ours+`, now() + interval '31 minutes'`), insert(`, ends_at`, ours+`, 'infinity'`),
		insert(`, began_at, ends_at`, ours+`, now() + interval '1 minute', now() + interval '31 minutes'`),
		insert(`, began_at, ends_at`, ours+`, now() - interval '1 minute', now() + interval '29 minutes'`),
		insert(`, ended_at`, ours+`, now()`), insert(`, reviewed_at, reviewer, justified, note`, ours+`, now(), '`+reviewer+`', true, ''`),

		update(running.ID, `ends_at = ends_at + interval '1 minute'`), update(running.ID, `began_at = now(), ends_at = now() + interval '30 minutes'`),
		update(running.ID, `why = 'Something else altogether'`), update(running.ID, `reason = 'care'`), update(running.ID, `number = '2'`),
		update(running.ID, `explanation = 'x'`), update(running.ID, `person = gen_random_uuid()`), update(running.ID, `session = sha256('two')`),
		update(running.ID, `user_id = '`+clerk+`'`), update(running.ID, `id = gen_random_uuid()`),
		update(running.ID, `ended_at = now() - interval '1 second'`), update(running.ID, `ended_at = now() + interval '1 second'`),
		update(running.ID, `ended_at = ends_at`), update(over.ID, `ended_at = NULL`), update(over.ID, `ended_at = now()`),

		update(running.ID, review(away)), // is on

		update(over.ID, review(officer)), update(over.ID, review(gone)), update(over.ID, review(clerk)), update(over.ID, review(person)),
		update(over.ID, `reviewed_at = now()`), update(over.ID, `justified = true`), update(over.ID, `note = 'fine'`),
		update(over.ID, `reviewed_at = now(), reviewer = '`+reviewer+`', justified = true`),
		update(over.ID, `reviewed_at = now() - interval '1 day', reviewer = '`+reviewer+`', justified = true, note = ''`),
		update(over.ID, `reviewed_at = now(), reviewer = '`+reviewer+`', justified = true, note = '`+strings.Repeat("a", 1001)+`'`),
		update(reviewed.ID, `justified = false`), update(reviewed.ID, `note = 'on second thoughts'`), update(reviewed.ID, review(away)),
		update(reviewed.ID, `reviewed_at = NULL, reviewer = NULL, justified = NULL, note = NULL`),

		`DELETE FROM access.emergency`, `TRUNCATE access.emergency`, `DELETE FROM access.emergency WHERE false`,
	} {
		for _, as := range []string{`SELECT 1`, `SET LOCAL session_replication_role = replica`, `SET LOCAL ROLE mais_owner`} {
			err := f.d.Owner().Transact(t.Context(), func(tx *pg.Tx) error {
				if _, err := tx.Exec(t.Context(), as); err != nil {
					t.Fatal(err)
				}
				_, err := tx.Exec(t.Context(), sql)
				return err
			})
			if err == nil {
				t.Errorf("after %s the database takes %.200s", as, sql)
			}
		}
	}
	f.expire()
	if _, err := f.d.Owner().Exec(t.Context(), update(running.ID, `ended_at = now()`)); err == nil {
		t.Error("what is over can be ended")
	}
	for _, sql := range []string{update(over.ID, review(away)), `UPDATE access.purpose SET reason = 'care', given_at = now()`,
		insert(``, ours)} {
		f.exec(sql) // that the fixture is right
	}
}

// What the database refuses because there is so much of it already.
func TestGuardsOfNumbers(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO record.person (id, source, source_reference) SELECT gen_random_uuid(), 'crowd', n::text FROM generate_series(1, 501) n`)
	reasons := func(after, many int) string {
		return fmt.Sprintf(`INSERT INTO access.purpose (session, person, reason) SELECT sha256('one'), id, 'custody' FROM
			(SELECT id FROM record.person WHERE source = 'crowd' ORDER BY id OFFSET %d LIMIT %d) crowd`, after, many)
	}
	begin := func(session string, after int) string {
		return fmt.Sprintf(`INSERT INTO access.emergency (session, user_id, person, why, reason) SELECT sha256('%s'), '%s', id, '%s', 'custody' FROM
			(SELECT id FROM record.person WHERE source = 'crowd' ORDER BY id OFFSET %d LIMIT 1) one`, session, officer, why, after)
	}
	for _, step := range []struct {
		name, sql string
		ok        bool
	}{
		{"500 reasons", reasons(0, 500), true}, {"one more", reasons(500, 1), false},
		{"another for one of them", reasons(0, 1) + ` ON CONFLICT (session, person) DO UPDATE SET reason = 'care'`, true},
		{"the first", begin("one", 0), true}, {"the second", begin("two", 1), true}, {"the third", begin("two", 2), true},
		{"the fourth", begin("one", 3), false}, {"the fourth elsewhere", begin("two", 3), false},
		{"an end", `UPDATE access.emergency SET ended_at = now() WHERE session = sha256('one')`, true}, {"the next", begin("one", 3), true},
	} {
		if _, err := f.d.Owner().Exec(t.Context(), step.sql); (err == nil) != step.ok {
			t.Errorf("%s = %v, want it taken %v", step.name, err, step.ok)
		}
	}
}

// What mais_creds may do to the two tables, column by column, and that nobody else may
// anything.
func TestGrants(t *testing.T) {
	d := newFixture(t).d
	purpose := []string{"session", "person", "reason", "number", "explanation", "given_at"}
	emergency := []string{"id", "session", "user_id", "person", "why", "reason", "number", "explanation", "began_at", "ends_at",
		"ended_at", "reviewed_at", "reviewer", "justified", "note"}
	inserts := map[string][]string{"purpose": purpose[:5], "emergency": emergency[1:8]}
	updates := map[string][]string{"purpose": purpose[2:], "emergency": emergency[10:]}
	for _, role := range pg.Roles() {
		if role == pg.Migrator { // it works as the owner
			continue
		}
		db := d.Open(t, role)
		for table, columns := range map[string][]string{"purpose": purpose, "emergency": emergency} {
			check := func(sql string, may bool) {
				_, err := db.Exec(t.Context(), sql)
				if may != (err == nil) || !may && !strings.Contains(err.Error(), "permission denied") {
					t.Errorf("%s: %s = %v, want allowed %v", role, sql, err, may)
				}
			}
			for _, c := range columns {
				check(fmt.Sprintf(`SELECT %s FROM access.%s`, c, table), role == pg.Creds)
				check(fmt.Sprintf(`INSERT INTO access.%[2]s (%[1]s) SELECT %[1]s FROM access.%[2]s WHERE false`, c, table),
					role == pg.Creds && slices.Contains(inserts[table], c))
				check(fmt.Sprintf(`UPDATE access.%[2]s SET %[1]s = DEFAULT WHERE false`, c, table),
					role == pg.Creds && slices.Contains(updates[table], c))
			}
			check(`DELETE FROM access.`+table, role == pg.Creds && table == "purpose")
			check(`TRUNCATE access.`+table, false)
		}
	}
}
