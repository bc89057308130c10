package record_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

func mustLookup(t *testing.T, key string) record.Item {
	t.Helper()
	i, ok := record.Lookup(key)
	if !ok {
		t.Fatalf("no item %s", key)
	}
	return i
}

func TestEntryJSON(t *testing.T) {
	recorded := func(v record.Value) record.Entry {
		return record.Entry{State: record.Recorded, Value: v, AsAt: "2010-03-12", Source: "ePEX"}
	}
	const provenance = `"as_at":"2010-03-12","source":"ePEX"}`
	asthma, substance, release := recorded(record.Word("yes")), recorded(record.Word("other")), recorded(record.Word("2010-12-01"))
	asthma.Details, substance.Other, release.Certainty = "inhaler", "gambling", "estimated"
	for _, test := range []struct {
		name  string
		entry record.Entry
		want  string
	}{
		{"not recorded", record.Entry{}, `{"state":"not_recorded"}`},
		{"withheld", record.Entry{State: record.Withheld, Value: record.Word("yes"), Source: "ePEX"}, `{"state":"withheld"}`},
		{"refused", record.Entry{State: record.Refused, AsAt: "2010-03-12", Source: "ePEX"}, `{"state":"refused",` + provenance},
		{"details", asthma, `{"value":"yes","details":"inhaler",` + provenance},
		{"other", substance, `{"value":"other","other":"gambling",` + provenance},
		{"certainty", release, `{"value":"2010-12-01","certainty":"estimated",` + provenance},
		{"set", recorded(record.Words{"opiates", "other"}), `{"value":["opiates","other"],` + provenance},
		{"contact", recorded(record.Fields{"telephone": "0151 496 0001", "name": "A B"}), `{"value":{"name":"A B","telephone":"0151 496 0001"},` + provenance},
		{"list of none", recorded(record.Rows{}), `{"value":[],` + provenance},
		{"series", recorded(record.Series{record.Word("probation"), nil}), `{"value":["probation",null],` + provenance},
	} {
		got, err := json.Marshal(test.entry)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if string(got) != test.want {
			t.Errorf("%s: Marshal = %s, want %s", test.name, got, test.want)
		}
	}
}

// What is written and read again is the same, for every item in every state it can have.
func TestCellsRoundTrip(t *testing.T) {
	for _, key := range record.Keys() {
		i := mustLookup(t, key)
		entries := []record.Entry{recordtest.Entry(i), {}}
		switch {
		case i.Type == record.Constant:
			entries = entries[:1]
		case i.Type == record.Tri:
			entries = append(entries, record.Entry{State: record.Refused, AsAt: "2010-01-02", Source: "a person"})
		case i.Type == record.List:
			entries = append(entries, record.Entry{State: record.Recorded, Value: record.Rows{}, AsAt: "2010-01-02", Source: "ePEX"})
		case i.Certainty:
			entries = append(entries, record.Entry{State: record.Recorded, Value: record.Word("unknown"), Certainty: "unknown", AsAt: "2010-01-02", Source: "ePEX"})
		}
		for _, want := range entries {
			got := i.Entry(i.Cells(want), i.Entries(want))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: read back (-written +read):\n%s", key, diff)
			}
		}
	}
}

func TestCanaryIsARightRecord(t *testing.T) {
	if faults := recordtest.Canary().Check("2010-01-01"); len(faults) > 0 {
		t.Errorf("Check(canary) = %v, want nothing", faults)
	}
}

func TestItemCheck(t *testing.T) {
	word := func(w string) record.Entry {
		return record.Entry{State: record.Recorded, Value: record.Word(w), AsAt: "2010-01-01", Source: "ePEX"}
	}
	with := func(e record.Entry, change func(*record.Entry)) record.Entry { change(&e); return e }
	contact := func(f record.Fields) record.Entry {
		return with(word(""), func(e *record.Entry) { e.Value = f })
	}
	const contactKey, release = "service_user_details.preferred_contact", "service_user_details.date_of_release"
	for _, test := range []struct {
		key   string
		entry record.Entry
		want  string // the first fault; "" for none
	}{
		{"service_user_details.surname", record.Entry{}, "surname: is required"},
		{"service_user_details.surname", word("O’Neill-Łukasz"), ""},
		{"service_user_details.surname", word("a\nb"), "surname: holds the control character U+000A"},
		{"service_user_details.surname", word("a\u202eb"), "surname: holds the control character U+202E"},
		{"service_user_details.surname", word("a\xff"), "surname: is not UTF-8"},
		{"service_user_details.surname", word(string(make([]byte, 201))), "surname: is longer than 200 characters"},
		{"service_user_details.date_of_birth", word("1978-02-30"), "date_of_birth: is not a date from 1900-01-01 to 2100-12-31 as YYYY-MM-DD"},
		{"service_user_details.date_of_birth", word("2010-02-02"), "date_of_birth: lies in the future"},
		{release, with(word("2010-12-01"), func(e *record.Entry) { e.Certainty = "estimated" }), ""},
		{release, word("2010-12-01"), "date_of_release_certainty: is not one of actual, estimated, unknown"},
		{release, with(word("2010-12-01"), func(e *record.Entry) { e.Certainty = "unknown" }), "date_of_release: cannot be given when its certainty is unknown"},
		{"physical_health.asthma", word("perhaps"), "asthma: is not one of yes, no, unknown, refused"},
		{"physical_health.asthma", with(word("no"), func(e *record.Entry) { e.Details = "line\nline" }), ""},
		{"physical_health.asthma", record.Entry{Details: "inhaler"}, "asthma_details: stands without a value"},
		{"mental_health_summary.significant_dates_self_harm", with(word("no"), func(e *record.Entry) { e.Details = "May" }), "significant_dates_self_harm_details: stands only beside a yes"},
		{"mental_health_diagnosis.primary_diagnosis", with(word("dementia"), func(e *record.Entry) { e.Other = "x" }), `primary_diagnosis_other: stands only beside "other"`},
		{"substance_misuse.substances", with(word(""), func(e *record.Entry) { e.Value = record.Words{"opiates", "opiates"} }), "substances: names opiates twice"},
		{contactKey, contact(record.Fields{"none_named": "yes"}), ""},
		{contactKey, contact(record.Fields{"none_named": "yes", "name": "A"}), "preferred_contact_none_named: stands beside a contact"},
		{contactKey, contact(record.Fields{"unsuitable": "yes", "telephone": "1"}), "preferred_contact_unsuitable: stands without a name"},
		{"physical_health.asthma", with(word("no"), func(e *record.Entry) { e.AsAt = "2010-01-03" }), "asthma_as_at: lies in the future"},
		{"physical_health.asthma", with(word("no"), func(e *record.Entry) { e.Source = "" }), "asthma_source: is empty"},
	} {
		faults := mustLookup(t, test.key).Check(test.entry, "2010-01-02")
		got := ""
		if len(faults) > 0 {
			got = faults[0].Error()
		}
		if got != test.want {
			t.Errorf("%s: Check(%+v) = %q, want %q", test.key, test.entry, got, test.want)
		}
	}
}

func TestSectionCheckWhen(t *testing.T) {
	section, _ := record.LookupSection("substance_misuse")
	row := record.Row{}
	for _, i := range section.Items {
		row[i.Name] = recordtest.Entry(i)
	}
	for _, answer := range []string{"no", "unknown", ""} {
		e := row["substance_misuse"]
		e.Value = record.Word(answer)
		if answer == "" {
			e = record.Entry{}
		}
		row["substance_misuse"] = e
		want := []record.Fault{{Column: "substances", Problem: "is given without a yes to substance_misuse"}}
		if diff := cmp.Diff(want, section.Check(row, "2010-01-01")); diff != "" {
			t.Errorf("Check with substance_misuse %q (-want +got):\n%s", answer, diff)
		}
	}
}
