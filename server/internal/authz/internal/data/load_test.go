package data_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"

	"mais/internal/pg"
	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
	"mais/server/internal/record/synthetic"
)

var mayImport = policy.DecideSystem("import", policy.Create)

// rows counts the rows of all tables of schema record.
func rows(t *testing.T, owner *pg.DB) (total int) {
	t.Helper()
	tables := map[string]bool{}
	for c := range schemaColumns(t, owner) {
		tables[c.table] = true
	}
	for table := range tables {
		var n int
		if err := owner.QueryRow(t.Context(), `SELECT count(*) FROM record.`+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		total += n
	}
	return total
}

func TestLoadSkipsWhatIsKnown(t *testing.T) {
	d := newDatabase(t)
	s := open(t, d)
	first := load(t, s, synthetic.People(1500, 1, today))
	before := rows(t, d.Owner())
	again := load(t, s, synthetic.People(1500, 1, today))
	if first != (data.Loaded{New: 1500}) || again != (data.Loaded{Known: 1500}) {
		t.Errorf("Load = %+v, then %+v; want 1500 new, then 1500 known", first, again)
	}
	if after := rows(t, d.Owner()); after != before {
		t.Errorf("rows after the second load = %d, want %d as after the first", after, before)
	}
	if more := load(t, s, synthetic.People(1510, 1, today)); more != (data.Loaded{New: 10, Known: 1500}) {
		t.Errorf("Load of ten more = %+v", more)
	}
}

// An error of the sequence, of the caller's step or of the database leaves nothing behind.
func TestLoadIsAllOrNothing(t *testing.T) {
	d := newDatabase(t)
	s := open(t, d)
	broken := errors.New("row 1203 is broken")
	var halfway iter.Seq2[record.Person, error] = func(yield func(record.Person, error) bool) {
		for p, err := range synthetic.People(1202, 1, today) {
			if !yield(p, err) {
				return
			}
		}
		yield(record.Person{}, broken)
	}
	fail := func(*pg.Tx, data.Loaded) error { return broken }
	nobody := recordtest.Canary()
	delete(nobody.Sections["service_user_details"][0], "date_of_birth")
	for _, test := range []struct {
		name   string
		people iter.Seq2[record.Person, error]
		before func(*pg.Tx, data.Loaded) error
		want   func(error) bool
	}{
		{"sequence", halfway, nothing, func(err error) bool { return errors.Is(err, broken) }},
		{"before the commit", synthetic.People(10, 1, today), fail, func(err error) bool { return errors.Is(err, broken) }},
		{"the same twice", people(recordtest.Canary(), recordtest.Canary()), nothing, func(err error) bool { return pg.IsUnique(err, "person_source_reference") }},
		{"a required item missing", people(nobody), nothing, func(err error) bool { return sqlState(err) == "23502" }},
	} {
		if _, err := s.Load(t.Context(), mayImport, test.people, test.before, nil); !test.want(err) {
			t.Errorf("%s: Load error = %v", test.name, err)
		}
		if n := rows(t, d.Owner()); n != 0 {
			t.Errorf("%s: %d rows are left", test.name, n)
		}
	}
}

func TestLoadTellsProgressAndCounts(t *testing.T) {
	s := open(t, newDatabase(t))
	var told []int
	var counted data.Loaded
	_, err := s.Load(t.Context(), mayImport, synthetic.People(2500, 1, today),
		func(_ *pg.Tx, count data.Loaded) error { counted = count; return nil },
		func(read int) { told = append(told, read) })
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{1000, 2000, 2500}; !slices.Equal(told, want) || counted.New != 2500 {
		t.Errorf("progress = %v, count before the commit %+v; want %v and 2500 new", told, counted, want)
	}
}

// A cancelled load ends at once and leaves nothing.
func TestLoadIsCancelled(t *testing.T) {
	d := newDatabase(t)
	s := open(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := s.Load(ctx, mayImport, synthetic.People(1_000_000, 1, today), nothing, func(int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("Load error = %v, want %v", err, context.Canceled)
	}
	if n := rows(t, d.Owner()); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// Two loads at once take turns, and the second finds the first's records known.
func TestLoadsTakeTurns(t *testing.T) {
	s := open(t, newDatabase(t))
	type result struct {
		count data.Loaded
		err   error
	}
	results := make(chan result)
	for range 2 {
		go func() {
			count, err := s.Load(context.Background(), mayImport, synthetic.People(300, 1, today), nothing, nil)
			results <- result{count, err}
		}()
	}
	var sum data.Loaded
	for range 2 {
		r := <-results
		if r.err != nil {
			t.Fatal(r.err)
		}
		sum.New, sum.Known = sum.New+r.count.New, sum.Known+r.count.Known
	}
	if sum != (data.Loaded{New: 300, Known: 300}) {
		t.Errorf("two loads together = %+v, want 300 new and 300 known", sum)
	}
}

func TestLoadNeedsADecisionForEverything(t *testing.T) {
	s := open(t, newDatabase(t))
	some := policy.NewGrants([]policy.Permission{{Role: "tester", Item: "physical_health.asthma", Act: policy.Create}}).Decide([]string{"tester"}, policy.Create)
	for _, d := range []policy.Decision{{}, some, readingAudience(record.Full)} {
		if _, err := s.Load(t.Context(), d, synthetic.People(1, 1, today), nothing, nil); !errors.Is(err, data.ErrNotAllowed) {
			t.Errorf("Load by a decision to %v %d items: %v, want %v", d.Act(), len(d.Items()), err, data.ErrNotAllowed)
		}
	}
}
