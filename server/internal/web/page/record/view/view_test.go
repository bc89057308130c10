package view_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"mais/server/api"
	"mais/server/internal/web/page/record/view"
	"mais/server/internal/web/page/record/viewtest"
)

var reader = view.Reader{Now: time.Date(2010, 11, 22, 14, 29, 0, 0, time.UTC)}

// item returns the item of a key, of the first entry if there are many.
func item(t *testing.T, r view.Record, key string) view.Item {
	t.Helper()
	for _, s := range r.Sections {
		for _, i := range s.All() {
			if i.Key == key {
				return i
			}
		}
	}
	t.Fatalf("no item %s", key)
	return view.Item{}
}

func TestItems(t *testing.T) {
	r := view.Of(viewtest.Sample(), reader)
	for key, want := range map[string]struct {
		state view.State
		text  string
	}{
		"service_user_details.surname":                     {view.Recorded, "Kettering"},
		"service_user_details.aliases":                     {view.Recorded, "Toby Kay; Ketter"},
		"service_user_details.date_of_birth":               {view.Recorded, "14 February 1978"},
		"service_user_details.date_of_release":             {view.Recorded, "12 March 2010"},
		"service_user_details.directed_address":            {view.NotRecorded, ""},
		"service_user_details.epex_number":                 {view.Withheld, ""},
		"service_user_details.preferred_contact":           {view.Recorded, "Mary Kettering, Mother, 01632 960015, Not suitable as appropriate adult"},
		"physical_health.asthma":                           {view.Recorded, "Unknown"},
		"physical_health.brain_injuries":                   {view.Refused, ""},
		"mental_health_summary.appropriate_adult_required": {view.Recorded, "Yes"},
		"mental_health_summary.significant_other_contact":  {view.NotRecorded, ""},
		"substance_misuse.substances":                      {view.Recorded, "Opiates, Stimulants"},
		"violence_to_others.violence_towards":              {view.Recorded, "Those in authority, Other: hostel staff"},
		"agencies_involved.kind":                           {view.Recorded, "Community GP"},
		"agencies_involved.telephone":                      {view.Recorded, "01632 960301"},
		"agencies_involved.out_of_hours":                   {view.NotRecorded, ""},
		"release_medication.prescriptions":                 {view.Withheld, ""},
	} {
		if i := item(t, r, key); i.State != want.state || i.Text() != want.text {
			t.Errorf("%s is %s %q, want %s %q", key, i.State, i.Text(), want.state, want.text)
		}
	}
}

// What is withheld has nothing, whatever the record that came should hold.
func TestWithheldHoldsNothing(t *testing.T) {
	r := viewtest.Worst(func(n int) string { return strings.Repeat("canary", n)[:n] })
	for _, s := range r.Sections {
		for name, i := range s {
			i.State = api.StateWithheld
			s[name] = i
		}
	}
	out := view.Of(r, reader)
	if !out.Withheld() || out.Emergency() {
		t.Errorf("Withheld() = %v, Emergency() = %v, want true and false", out.Withheld(), out.Emergency())
	}
	for _, s := range out.Sections {
		for _, i := range s.All() {
			want := view.Item{Key: i.Key, Name: i.Name, Label: i.Label, Coded: i.Coded, Sub: i.Sub, Colour: i.Colour, State: view.Withheld}
			if diff := cmp.Diff(want, i); diff != "" {
				t.Errorf("%s is withheld and holds (-want +got):\n%s", i.Key, diff)
			}
		}
	}
	if len(out.Contacts.Ring) > 0 {
		t.Errorf("withheld contacts are there to ring: %v", out.Contacts.Ring)
	}
}

// A state that nobody knows, and no state without a value, show nothing.
func TestStrangeStates(t *testing.T) {
	r := viewtest.Empty()
	viewtest.Set(r, "physical_health.epilepsy", api.Item{State: "sealed", Value: "yes"})
	viewtest.Set(r, "physical_health.asthma", api.Item{})
	out := view.Of(r, reader)
	if i := item(t, out, "physical_health.epilepsy"); i.State != view.Withheld || i.Text() != "" {
		t.Errorf("a strange state is %s %q, want withheld and nothing", i.State, i.Text())
	}
	if i := item(t, out, "physical_health.asthma"); i.State != view.NotRecorded {
		t.Errorf("a recorded nothing is %s, want not_recorded", i.State)
	}
}

func TestMoot(t *testing.T) {
	r := viewtest.Empty()
	viewtest.Say(r, "violence_to_others.mappa", "no")
	viewtest.Say(r, "violence_to_others.violence", "unknown")
	viewtest.Say(r, "violence_to_others.serious_violence", "yes")
	out := view.Of(r, reader)
	for name, want := range map[string][2]bool{ // moot, due
		"mappa_level": {true, false}, "violence_towards": {false, false}, "serious_violence_kinds": {false, true},
		"discriminatory_towards": {false, false}, "hramm": {false, true},
	} {
		if i := item(t, out, "violence_to_others."+name); i.Moot() != want[0] || i.Due() != want[1] {
			t.Errorf("%s: Moot() = %v, Due() = %v, want %v", name, i.Moot(), i.Due(), want)
		}
	}
}

// What hangs on what is the dataset's to say.
func TestHangsOn(t *testing.T) {
	text, err := os.ReadFile("../../../../record/testdata/dataset.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var dataset struct {
		Sections []struct {
			Name  string
			Items []struct{ Name, When string }
		}
	}
	if err := yaml.Unmarshal(text, &dataset); err != nil {
		t.Fatal(err)
	}
	for _, s := range dataset.Sections {
		for _, i := range s.Items {
			r := viewtest.Empty()
			if i.When != "" {
				viewtest.Say(r, s.Name+"."+i.When, "no")
			}
			if got := item(t, view.Of(r, reader), s.Name+"."+i.Name); got.Sub != (i.When != "") || got.Moot() != got.Sub {
				t.Errorf("%s hangs on another: %v, and is moot below a no: %v; the dataset says %q", i.Name, got.Sub, got.Moot(), i.When)
			}
		}
	}
}

func TestPerson(t *testing.T) {
	r := viewtest.Sample()
	viewtest.Say(r, "service_user_details.interpreter_needed", "yes")
	viewtest.Say(r, "service_user_details.aliases", []any{alias("A"), alias("B"), alias("C"), alias("D"), alias("E")})
	want := view.Person{Name: "KETTERING, Tobias James", Full: "Tobias James Kettering", Born: "14 February 1978 (32)",
		Aliases: []string{"Kay A", "Kay B", "Kay C"}, More: 2, Interpreter: "Needed: speaks English"}
	if diff := cmp.Diff(want, view.Of(r, reader).Person); diff != "" {
		t.Errorf("Person (-want +got):\n%s", diff)
	}
	viewtest.Withhold(r, "service_user_details.surname", "service_user_details.first_name", "service_user_details.date_of_birth")
	if got := view.Of(r, reader).Person; !strings.Contains(got.Name, "withheld") || !strings.Contains(got.Born, "Withheld") {
		t.Errorf("a withheld name is %q, born %q, want both to say so", got.Name, got.Born)
	}
	found := api.SearchResult{ID: viewtest.ID, Surname: "Kettering", FirstName: "Tobias James", DateOfBirth: "1978-02-14"}
	if got := view.HeadOf(found, reader.Now, "looks").Person; got.Name != want.Name || got.Born != want.Born {
		t.Errorf("HeadOf(found) = %+v, want the name and birth of %+v", got, want)
	}
}

func alias(surname string) any { return map[string]any{"first_name": "Kay", "surname": surname} }

func TestCards(t *testing.T) {
	cards := view.Of(viewtest.Sample(), reader).Cards
	if len(cards) != 5 {
		t.Fatalf("%d cards, want 5", len(cards))
	}
	for _, c := range cards {
		if got := append(append([]string{}, c.First...), c.More...); len(c.First) == 0 || !cmp.Equal(got, c.Lines) {
			t.Errorf("%s shows %q and then %q, want all of %q", c.Kind, c.First, c.More, c.Lines)
		}
	}
}
