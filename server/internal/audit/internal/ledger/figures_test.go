package ledger

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/internal/pg"
)

// counted is how many days stand counted.
func counted(t *testing.T, db *pg.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), `SELECT count(*) FROM audit.day`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func figures(t *testing.T, db *pg.DB, days, until int) Figures {
	t.Helper()
	f, err := CountPeriod(t.Context(), db, time.Now().AddDate(0, 0, -days), time.Now().AddDate(0, 0, until))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func closeDays(t *testing.T, db *pg.DB, most int) int {
	t.Helper()
	n, err := CloseDays(t.Context(), db, most)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFiguresOfCountedDays: the figures are the same while no day stands counted, while some do,
// and when all do that are over; each entry counts in them once, and today's are among them.
func TestFiguresOfCountedDays(t *testing.T) {
	d := reviewed(t, 30_000)
	db := d.Open(t, pg.Audit)
	periods := [][2]int{{27, 1}, {91, 1}, {60, -20}, {370, 1}, {1, 0}, {0, 1}}
	var live []Figures
	for _, p := range periods {
		live = append(live, figures(t, db, p[0], p[1]))
	}
	var looks, told int
	if err := d.Owner().QueryRow(t.Context(), `SELECT count(*) FROM audit.event WHERE `+opened).Scan(&looks); err != nil {
		t.Fatal(err)
	}
	for _, day := range live[3].Days {
		told += day.Looks
	}
	if told != looks || looks == 0 || len(live[0].Agencies) != 8 || len(live[0].Unmet) < 27 {
		t.Fatalf("%d looks of %d, %d agencies, %d refusals by day", told, looks, len(live[0].Agencies), len(live[0].Unmet))
	}
	for _, most := range []int{350, 1000, 1000} {
		closeDays(t, db, most)
		for n, p := range periods {
			if diff := cmp.Diff(live[n], figures(t, db, p[0], p[1])); diff != "" {
				t.Errorf("of %d to %d, with %d days counted (-live +counted):\n%s", p[0], p[1], counted(t, db), diff)
			}
		}
	}
	if n := counted(t, db); n < 364 || n > 367 {
		t.Errorf("%d days stand counted, want those of a year that are over", n)
	}
}

// TestDayWaitsForItsEntries: a day is not counted while a transaction is open that has recorded
// something in it, and then with that.
func TestDayWaitsForItsEntries(t *testing.T) {
	d := reviewed(t, 3000)
	db := d.Open(t, pg.Audit)
	before := figures(t, db, 3, 1)
	err := d.Owner().Transact(t.Context(), func(tx *pg.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO audit.event (at, act, outcome, agency) VALUES (now() - interval '3 days', 'record.show', 'allowed', 'Late')`)
		if n := closeDays(t, db, 1000); n != 0 {
			t.Errorf("%d days were counted while an entry was on its way", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := closeDays(t, db, 1000); n < 360 {
		t.Errorf("%d days were counted afterwards", n)
	}
	if after := figures(t, db, 3, 1); len(after.Agencies) != len(before.Agencies)+1 {
		t.Errorf("%d agencies, then %d: the late entry is not in", len(before.Agencies), len(after.Agencies))
	}
}

// TestCountedDaysStay: no login role writes what was counted, and the owner does not change it.
func TestCountedDaysStay(t *testing.T) {
	d := reviewed(t, 1000)
	closeDays(t, d.Open(t, pg.Audit), 1000)
	tables := []string{"midnight", "day", "day_hour", "day_agency", "day_unmet"}
	for _, role := range append([]pg.Role{""}, pg.Roles()...) {
		for _, table := range tables {
			for _, sql := range []string{`UPDATE audit.` + table + ` SET day = day`, `DELETE FROM audit.` + table, `TRUNCATE audit.` + table + ` CASCADE`, `INSERT INTO audit.` + table + ` SELECT * FROM audit.` + table} {
				if err := as(t, d.Owner(), role, sql); err == nil {
					t.Errorf("%s may %s", role, sql)
				}
			}
		}
		if err := as(t, d.Owner(), role, `SELECT audit.close_day(current_date)`); err == nil && role != "" && role != pg.Migrator {
			t.Errorf("%s has a day counted that is not over", role)
		}
	}
}

// as runs a statement as a login role, "" for the superuser, and takes it back.
func as(t *testing.T, db *pg.DB, role pg.Role, sql string) error {
	t.Helper()
	var failed error
	tx := func(tx *pg.Tx) error {
		if role != "" {
			if _, err := tx.Exec(t.Context(), `SET LOCAL ROLE `+string(role)); err != nil {
				t.Fatal(err)
			}
		}
		_, failed = tx.Exec(t.Context(), sql)
		return context.Canceled
	}
	_ = db.Transact(t.Context(), tx)
	return failed
}
