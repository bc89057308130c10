package record_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

// Each item is seen exactly when it is allowed, and a withheld one looks alike whether or
// not anything is recorded.
func TestViewCutsEveryItem(t *testing.T) {
	canary, id := recordtest.Canary(), record.NewPersonID()
	for _, key := range record.Keys() {
		only := func(k string) bool { return k == key }
		full, empty := encode(t, record.View(id, canary.Sections, only)), encode(t, record.View(id, nil, only))
		want := []string{key}
		if mustLookup(t, key).Type == record.Constant {
			want = nil
		}
		if got := recordtest.Found(full); !slices.Equal(got, want) {
			t.Errorf("View(allows %s) shows the markers of %v, want %v", key, got, want)
		}
		if got := recordtest.Found(empty); got != nil {
			t.Errorf("View of nothing shows %v", got)
		}
	}
	none := func(string) bool { return false }
	if full, empty := encode(t, record.View(id, canary.Sections, none)), encode(t, record.View(id, nil, none)); full != empty {
		t.Errorf("withheld records differ:\n%s\n%s", full, empty)
	}
}

func TestViewOfManyRows(t *testing.T) {
	entry := func(text, source string, asAt record.Day) record.Entry {
		return record.Entry{State: record.Recorded, Value: record.Word(text), AsAt: asAt, Source: source}
	}
	rows := map[string][]record.Row{"agencies_involved": {
		{"name": entry("Larkhill Surgery", "ePEX", "2010-02-02"), "kind": entry("community_gp", "ePEX", "2010-02-02")},
		{"name": entry("Team North", "DELIUS", "2010-01-01")},
		{"name": entry("Team South", "ePEX", "2010-03-01")},
	}}
	got := record.View(record.NewPersonID(), rows, func(string) bool { return true }).Sections["agencies_involved"]
	want := map[string]record.Entry{
		"kind": {State: record.Recorded, Value: record.Series{record.Word("community_gp"), nil, nil}, AsAt: "2010-02-02", Source: "ePEX"},
		"name": {State: record.Recorded, Value: record.Series{record.Word("Larkhill Surgery"), record.Word("Team North"), record.Word("Team South")},
			AsAt: "2010-01-01", Source: "ePEX, DELIUS"},
		"address": {}, "telephone": {}, "out_of_hours": {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("View of many rows (-want +got):\n%s", diff)
	}
}

func TestAlerts(t *testing.T) {
	canary, id := recordtest.Canary(), record.NewPersonID()
	allow := func(keys ...string) func(string) bool {
		return func(key string) bool { return slices.Contains(keys, key) }
	}
	for _, test := range []struct {
		allowed []string
		want    []string
	}{
		{nil, []string{}},
		{[]string{"mental_health_summary.appropriate_adult_required"}, []string{"appropriate_adult"}},
		{[]string{"violence_to_others.mappa", "mental_health_summary.self_harm", "suicide_and_self_harm.self_harm_history"}, []string{"self_harm", "mappa"}},
	} {
		if got := record.View(id, canary.Sections, allow(test.allowed...)).Alerts(); !slices.Equal(got, test.want) {
			t.Errorf("alerts with %v allowed = %v, want %v", test.allowed, got, test.want)
		}
	}
}

func encode(t *testing.T, r record.Record) string {
	t.Helper()
	text, err := json.Marshal(r.Sections)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
