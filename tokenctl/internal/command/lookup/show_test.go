package lookup

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

// at sets the clock for a test.
func at(t *testing.T, day string) {
	t.Helper()
	then, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	was := now
	now = func() time.Time { return then.Add(2 * time.Hour) }
	t.Cleanup(func() { now = was })
}

// What stands first is who it is, how old it is and what to do, in that order.
func TestShowBegins(t *testing.T) {
	at(t, "2010-11-22")
	r := api.Record{ID: "6f1a", Sections: map[string]map[string]api.Item{
		"service_user_details": {
			"surname": {Value: "Kettering"}, "first_name": {Value: "Tobias"}, "date_of_birth": {Value: "1978-02-14"},
			"aliases":         {Value: []any{map[string]any{"first_name": "Toby", "surname": "Kay"}, map[string]any{"surname": "Kettle"}}},
			"date_of_release": {Value: "2010-03-12", Certainty: "actual", AsAt: "2010-03-12"},
			"epex_number":     {State: api.StateWithheld},
		},
		"mental_health_summary": {"appropriate_adult_required": {Value: "yes", Source: "MAIS"}},
		"substance_misuse":      {"alcohol_withdrawal": {Value: "yes", AsAt: "2010-03-02", Source: "SystmOne"}},
	}}
	var out bytes.Buffer
	a := &app{&command.App{Screen: ui.NewScreen(&out, &bytes.Buffer{}, false)}}
	if err := a.printRecord(r); err != nil {
		t.Fatal(err)
	}
	const want = `Kettering, Tobias
Born 14 February 1978, 32 years old
Also known as Toby Kay, Kettle
Record 6f1a
Items withheld from your role, whether or not they are recorded: 1

Accurate on the day of release, 12 March 2010. 8 months old.
The newest entry that you may see is of 12 March 2010.
Treat the risks as at least this high: ask the person, and ring a contact.

Self-harm and suicide – Not recorded: ask
  Ask about self-harm and suicide now, and set the level of observation by the
  answer.
  - Not recorded, ask: suicide attempts, self-harm, self-harm that required
    resuscitation or outside hospital treatment.

Appropriate adult – Required if interviewed
  Ask an appropriate adult to come now, and do not interview without one.
  - Nobody suitable is named here: use the appropriate adult scheme.
  (from MAIS)

Alcohol, drugs and withdrawal – Recorded: act on it
  Withdrawal from alcohol can kill: get a health professional to assess now, and
  ask what they last drank and took, and when.
  - History of problematic withdrawal from alcohol.
  - Not recorded, ask: alcohol misuse, withdrawal from drugs, substance misuse,
    problematic drug use.
  (as at 2 March 2010, 8 months old; from SystmOne)
`
	begins, _, _ := strings.Cut(out.String(), "\nPhysical health")
	if diff := cmp.Diff(want, begins); diff != "" {
		t.Errorf("show begins (-want +got):\n%s", diff)
	}
}

func TestFoundRows(t *testing.T) {
	at(t, "2010-11-22")
	day := func(s string) *string { return &s }
	got := foundRows([]api.SearchResult{
		{ID: "1", Surname: "Kay", FirstName: "Ann", DateOfBirth: "1979-03-12", Released: day("2010-03-12"), Alerts: []string{"self_harm", "appropriate_adult"}},
		{ID: "2", Surname: "Abel", Released: day("2010-12-04"), Alias: &api.Name{FirstName: "Zed", Surname: "Kay"}},
		{ID: "3", Surname: "Abbot", Released: day("2010-11-23"), Alias: &api.Name{Surname: "Kaybert"}},
		{ID: "4", Surname: "Abba", Released: day("2010-11-22"), Alerts: []string{"brand_new"}},
		{ID: "5", Surname: "Aab", Released: day("spring")},
	})
	want := [][]string{
		{"ID", "SURNAME", "FIRST NAME", "ALSO KNOWN AS", "BORN", "RELEASED", "ALERTS"},
		{"1", "Kay", "Ann", "-", "1979-03-12", "2010-03-12", "Self-harm history, Appropriate adult"},
		{"2", "Abel", "", "Zed Kay", "", "in 12 days, 2010-12-04", "-"},
		{"3", "Abbot", "", "Kaybert", "", "tomorrow, 2010-11-23", "-"},
		{"4", "Abba", "", "-", "", "today, 2010-11-22", "Brand new"},
		{"5", "Aab", "", "-", "", "spring", "-"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("foundRows (-want +got):\n%s", diff)
	}
}
