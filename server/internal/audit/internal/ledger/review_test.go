package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/internal/pg"
)

const (
	onePerson  = "5ad8b9f6-7c1e-4a52-9f0d-000000004729"
	oneSession = "a1d0c6e83f027327" // of the entries 840 to 859
)

// inlined puts a query's arguments into its text, as PostgreSQL sees them when it plans for one asking.
func inlined(sql string, args []any) string {
	for n := len(args); n > 0; n-- {
		sql = strings.ReplaceAll(sql, fmt.Sprintf("$%d", n), literal(args[n-1]))
	}
	return sql
}

func literal(arg any) string {
	if at, ok := arg.(time.Time); ok {
		return "'" + at.Format(time.RFC3339Nano) + "'::timestamptz"
	}
	return fmt.Sprintf("'%v'", arg)
}

// The questions of a review go by indexes and not through the whole ledger. Those for which the
// newest entries will do walk back by number, and stop. An address's depends on how common it is.
func TestReviewUsesItsIndexes(t *testing.T) {
	db := reviewed(t, 60_000).Open(t, pg.Audit)
	lastYear := time.Now().AddDate(0, -10, 0)
	for name, test := range map[string]struct {
		sql   string
		index string
	}{
		"user":     {asked(Choice{User: busyUser}), "event_user"},
		"agency":   {asked(Choice{Agency: "Agency 7"}), "event_pkey"},
		"person":   {asked(Choice{Person: onePerson}), "event_persons"},
		"opened":   {asked(Choice{Person: onePerson}), "event_opened_person"},
		"looks":    {asked(Choice{Act: "record.show"}), "event_pkey"},
		"act":      {asked(Choice{Act: "user.add"}), "event_act"},
		"kind":     {asked(Choice{Act: "alarm.*"}), "event_act"},
		"common":   {asked(Choice{Act: "page.*"}), "event_pkey"},
		"refused":  {asked(Choice{Outcome: "refused"}), "event_"},
		"old time": {asked(Choice{From: lastYear, To: lastYear.AddDate(0, 0, 1)}), "event_time"},
		"newest":   {asked(Choice{}), "event_pkey"},
		"named":    {inlined(namedSQL, []any{"user 7", 10}), "event_user"},
		"acts":     {actsSQL, "event_act"},
		"unmet":    {inlined(unmetSQL, []any{time.Now().AddDate(0, 0, -7), time.Now(), 10}), "event_unmet_time"},
		"failed":   {asked(Choice{Outcome: "failed"}), "event_outcome"},
		"figures":  {inlined(figuresSQL, []any{time.Now().AddDate(0, 0, -7), time.Now()}), "event_time"},
		"lookers":  {inlined(lookersSQL, []any{onePerson, 10}), "event_opened_person"},
		"alarms":   {inlined(strings.ReplaceAll(alarmsSQL, "NOT $2", "NOT true"), []any{1 << 60, true, 10}), "event_act"},
		"gaps":     {inlined(gapsSQL, []any{time.Now().AddDate(0, 0, -7), time.Now()}), "event_act"},
		"openers":  {inlined(openersSQL, []any{time.Now().Add(-time.Hour), time.Now()}), "event_time"},
		"listers":  {inlined(listersSQL, []any{time.Now().Add(-time.Hour), time.Now(), 500}), "event_"},
		"usual":    {inlined(usualSQL, []any{busyUser, time.Now().AddDate(0, 0, -28), time.Now(), "hour"}), "event_opened_user"},
		"habits":   {inlined(habitSQL, []any{busyUser, time.Now().AddDate(0, 0, -56), time.Now()}), "event_opened_user"},
		"tried":    {inlined(triedSQL, []any{busyUser, "audit.find", time.Now().Add(-time.Hour)}), "event_"},
		"numbered": {inlined(numberedSQL, []any{"CU/4711", 2}), "event_number"},
		"raised":   {inlined(raisedSQL, []any{"alarm.scraping", time.Now().Add(-time.Hour), busyUser, "10.0.0.1", ""}), "event_"},
	} {
		plan := planOf(t, db, test.sql)
		if !strings.Contains(plan, test.index) || strings.Contains(plan, "Seq Scan on event") {
			t.Errorf("%s: the plan does not go by %s:\n%s", name, test.index, plan)
		}
	}
	if plan := planOf(t, db, `SELECT id FROM audit.event WHERE site = 'x'`); !strings.Contains(plan, "Seq Scan on event") {
		t.Errorf("negative control: %s", plan)
	}
}

// What is random is found by the marks, though PostgreSQL would rather read everything.
func TestMarksAreUsed(t *testing.T) {
	db := reviewed(t, 60_000).Open(t, pg.Audit)
	for name, argument := range map[string]string{"of_request": "99999999-2222-4333-8444-555555555555", "of_session": oneSession} {
		var body string
		var settings string
		err := db.QueryRow(t.Context(), `SELECT prosrc, array_to_string(proconfig, ' ') FROM pg_proc WHERE oid = ('audit.' || $1)::regproc`, name).Scan(&body, &settings)
		if err != nil || !strings.Contains(settings, "enable_seqscan=off") {
			t.Fatalf("%s is set to %q, %v", name, settings, err)
		}
		asked := strings.NewReplacer("= number", "= '"+argument+"'", "= name", "= '"+argument+"'").Replace(body)
		err = db.Transact(t.Context(), func(tx *pg.Tx) error {
			if _, err := tx.Exec(t.Context(), `SET LOCAL enable_seqscan = off`); err != nil {
				return err
			}
			if plan := planOf(t, tx, asked); !strings.Contains(plan, "event_marks") {
				t.Errorf("%s does not go by the marks:\n%s", name, plan)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func asked(c Choice) string {
	c.Newest, c.Limit = true, 51
	return inlined(c.query())
}

func planOf(t *testing.T, db pg.Querier, sql string) string {
	t.Helper()
	rows, err := db.Query(t.Context(), `EXPLAIN `+sql)
	lines, err := pg.Collect(rows, err, func(r *pg.Rows) (line string, err error) {
		err = r.Scan(&line)
		return line, err
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return strings.Join(lines, "\n")
}

func ids(t *testing.T, db *pg.DB, c Choice) (found []int64) {
	t.Helper()
	for row, err := range Select(t.Context(), db, c) {
		var e struct{ ID int64 }
		if err == nil {
			err = json.Unmarshal(row, &e)
		}
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, e.ID)
	}
	return found
}

// Pages of what is asked for, put together, are all of it, each once, and the count says how many.
func TestPagesMakeTheWhole(t *testing.T) {
	d := reviewed(t, 3000)
	db := d.Open(t, pg.Audit)
	from := time.Now().AddDate(0, -6, 0)
	for name, c := range map[string]Choice{
		"all": {}, "user": {User: busyUser}, "person": {Person: onePerson}, "kind": {Act: "record.*"}, "refused in half a year": {Outcome: "refused", From: from},
		"users": {Users: []string{busyUser}}, "session": {Session: oneSession}, "several": {Agency: "Agency 5", Act: "record.show", Outcome: "allowed", To: from},
	} {
		whole := ids(t, db, c)
		var paged []int64
		page := c
		for page.Newest, page.Limit = true, 7; ; page.Before = paged[len(paged)-1] {
			some := ids(t, db, page)
			if len(some) == 0 {
				break
			}
			paged = append(paged, some...)
		}
		slices.Reverse(paged)
		if !slices.Equal(whole, paged) || len(whole) == 0 {
			t.Errorf("%s: %d entries, in pages %d", name, len(whole), len(paged))
		}
		if n, err := CountChoice(t.Context(), db, c); err != nil || n != len(whole) {
			t.Errorf("%s: CountChoice = %d, %v, want %d", name, n, err, len(whole))
		}
	}
	if found := ids(t, db, Choice{Users: []string{}}); len(found) != 0 {
		t.Errorf("nobody has %d entries", len(found))
	}
	if found := ids(t, db, Choice{From: time.Now().Add(time.Hour)}); len(found) != 0 {
		t.Errorf("the future has %d entries", len(found))
	}
}

func TestNamed(t *testing.T) {
	db := reviewed(t, 3000).Open(t, pg.Audit)
	found, err := FindNamed(t.Context(), db, "uSER 49", 100)
	if err != nil || len(found) != 11 || found[0].Name != "User 49" || found[0].Agency == "" { // 49 and 490 to 499
		t.Errorf("FindNamed = %+v, %v", found, err)
	}
}

// BenchmarkReview is what a page of each question takes at a million entries.
func BenchmarkReview(b *testing.B) {
	db := reviewed(b, 1_000_000).Open(b, pg.Audit)
	month := time.Now().AddDate(0, -1, 0)
	old := time.Now().AddDate(0, -9, 0)
	for name, c := range map[string]Choice{
		"newest": {}, "user": {User: busyUser}, "person": {Person: onePerson}, "session": {Session: oneSession}, "agency": {Agency: "Agency 7"},
		"refused": {Outcome: "refused"}, "failed": {Outcome: "failed"}, "request": {Request: "99999999-2222-4333-8444-555555555555"},
		"act": {Act: "page.find"}, "kind": {Act: "record.*"}, "rare_act": {Act: "user.add"}, "rare_agency": {Agency: "Nowhere"}, "rare_address": {Address: "192.0.2.1"}, "address": {Address: "10.0.5.5"}, "day_long_ago": {From: old, To: old.AddDate(0, 0, 1)},
		"user_month_act": {User: busyUser, From: month, Act: "record.show"}, "agency_failed": {Agency: "Agency 7", Outcome: "failed"},
	} {
		c.Newest, c.Limit = true, 51
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, err := range Select(b.Context(), db, c) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	b.Run("named", func(b *testing.B) {
		for b.Loop() {
			if _, err := FindNamed(b.Context(), db, "user 7", 200); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("export_of_a_month", func(b *testing.B) {
		n := 0
		for b.Loop() {
			for _, err := range Select(b.Context(), db, Choice{From: month}) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
	})
	b.Run("figures_of_a_month", func(b *testing.B) {
		for b.Loop() {
			if _, err := CountPeriod(b.Context(), db, month, time.Now()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("watch", func(b *testing.B) {
		for b.Loop() {
			if _, err := Openers(b.Context(), db, time.Now().AddDate(0, 0, -1), time.Now()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
