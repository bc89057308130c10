package data_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
	"mais/server/internal/record/synthetic"
)

const today record.Day = "2010-11-22"

func open(t testing.TB, d *pgtest.Database) *data.Store {
	t.Helper()
	store, err := data.Open(context.Background(), d.Source())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// reading is a decision to read these items.
func reading(keys ...string) policy.Decision {
	var permissions []policy.Permission
	for _, key := range keys {
		permissions = append(permissions, policy.Permission{Role: "tester", Item: key, Act: policy.Read})
	}
	return policy.NewGrants(permissions).Decide([]string{"tester"}, policy.Read)
}

// readingAudience is a decision to read what an audience may see.
func readingAudience(a record.Audience) policy.Decision {
	var keys []string
	for _, key := range record.Keys() {
		if i, _ := record.Lookup(key); i.Audience <= a {
			keys = append(keys, key)
		}
	}
	return reading(keys...)
}

func people(all ...record.Person) iter.Seq2[record.Person, error] {
	return func(yield func(record.Person, error) bool) {
		for _, p := range all {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func nothing(*pg.Tx, data.Loaded) error { return nil }

func load(t testing.TB, s *data.Store, people iter.Seq2[record.Person, error]) data.Loaded {
	t.Helper()
	count, err := s.Load(context.Background(), policy.DecideSystem("import", policy.Create), people, nothing, nil)
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// one returns the only person that a search finds.
func one(t testing.TB, s *data.Store, q record.Query) record.PersonID {
	t.Helper()
	found, err := s.Search(context.Background(), readingAudience(record.Full), q)
	if err != nil || len(found.Matches) != 1 {
		t.Fatalf("Search(%+v) = %+v, %v, want one person", q, found, err)
	}
	return found.Matches[0].ID
}

// What was loaded is read again whole, by one who may see everything.
func TestReadWhatWasLoaded(t *testing.T) {
	s := open(t, newDatabase(t))
	all := []record.Person{recordtest.Canary()}
	for p, err := range synthetic.People(40, 1, today) {
		if err != nil {
			t.Fatal(err)
		}
		p.Sections["service_user_details"][0]["surname"] = // to find each by
			record.Entry{State: record.Recorded, Value: record.Word(fmt.Sprint("Person", len(all)+100)), AsAt: today, Source: "test"}
		all = append(all, p)
	}
	if got := load(t, s, people(all...)); got != (data.Loaded{New: len(all)}) {
		t.Fatalf("Load = %+v, want %d new", got, len(all))
	}
	everything := func(string) bool { return true }
	for _, p := range all {
		id := one(t, s, record.Query{Surname: string(p.Sections["service_user_details"][0]["surname"].Value.(record.Word))})
		got, err := s.Read(t.Context(), readingAudience(record.Full), id)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(record.View(id, p.Sections, everything), got, cmp.Comparer(func(a, b record.PersonID) bool { return a == b })); diff != "" {
			t.Errorf("%s (-loaded +read):\n%s", p.Reference, diff)
		}
	}
}

// Each item alone, and each audience: what the decision allows comes out and nothing else.
func TestReadIsCutToTheDecision(t *testing.T) {
	s := open(t, newDatabase(t))
	load(t, s, people(recordtest.Canary()))
	id := one(t, s, record.Query{Surname: "canary"})
	decisions := []policy.Decision{reading(), readingAudience(record.Restricted), readingAudience(record.Full)}
	for _, key := range record.Keys() {
		decisions = append(decisions, reading(key))
	}
	for _, d := range decisions {
		got, err := s.Read(t.Context(), d, id)
		if err != nil {
			t.Errorf("Read(%v): %v", d.Items(), err)
			continue
		}
		text, err := json.Marshal(got.Sections)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(d.Items(), func(key string) bool { i, _ := record.Lookup(key); return i.Type == record.Constant })
		if diff := cmp.Diff(want, recordtest.Found(string(text)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Read(%v) shows the markers (-want +got):\n%s", d.Items(), diff)
		}
		for _, key := range record.Keys() {
			i, _ := record.Lookup(key)
			if withheld := got.Sections[i.Section][i.Name].State == record.Withheld; withheld == d.Allows(key) {
				t.Errorf("Read(%v): %s withheld = %t", d.Items(), key, withheld)
			}
		}
	}
}

func TestReadRefusesAndMisses(t *testing.T) {
	s := open(t, newDatabase(t))
	if _, err := s.Read(t.Context(), readingAudience(record.Full), record.NewPersonID()); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("Read of nobody: %v, want %v", err, data.ErrNotFound)
	}
	for _, d := range []policy.Decision{{}, policy.DecideSystem("import", policy.Create)} {
		if _, err := s.Read(t.Context(), d, record.NewPersonID()); !errors.Is(err, data.ErrNotAllowed) {
			t.Errorf("Read by a decision to %v: %v, want %v", d.Act(), err, data.ErrNotAllowed)
		}
		if _, err := s.Search(t.Context(), d, record.Query{Surname: "smith"}); !errors.Is(err, data.ErrNotAllowed) {
			t.Errorf("Search by a decision to %v: %v, want %v", d.Act(), err, data.ErrNotAllowed)
		}
	}
}

// A person in whom nothing but what is required was recorded has no rows in most tables.
func TestReadOfAnEmptyRecord(t *testing.T) {
	s := open(t, newDatabase(t))
	load(t, s, people(named("empty", "Bare", "Tom", "1980-01-01")))
	got, err := s.Read(t.Context(), readingAudience(record.Full), one(t, s, record.Query{Surname: "bare"}))
	if err != nil {
		t.Fatal(err)
	}
	recorded := []string{}
	for _, key := range record.Keys() {
		i, _ := record.Lookup(key)
		if got.Sections[i.Section][i.Name].State != record.NotRecorded {
			recorded = append(recorded, i.Name)
		}
	}
	if want := []string{"first_name", "surname", "date_of_birth", "appropriate_adult_required"}; !slices.Equal(recorded, want) {
		t.Errorf("recorded items = %v, want %v", recorded, want)
	}
}

// named is a person with the least a record needs.
func named(reference, surname, firstName string, born record.Day, aliases ...record.Fields) record.Person {
	e := func(v record.Value) record.Entry {
		return record.Entry{State: record.Recorded, Value: v, AsAt: today, Source: "test"}
	}
	row := record.Row{"surname": e(record.Word(surname)), "first_name": e(record.Word(firstName)), "date_of_birth": e(record.Word(born))}
	if aliases != nil {
		row["aliases"] = e(record.Rows(aliases))
	}
	return record.Person{Source: "test", Reference: reference, Sections: map[string][]record.Row{"service_user_details": {row}}}
}
