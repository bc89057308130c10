package view_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/web/page/record/view"
	"mais/server/internal/web/page/record/viewtest"
)

// Who answers at night comes first, and otherwise the form's order holds.
func TestRingFirst(t *testing.T) {
	var got []string
	for _, c := range view.Of(viewtest.Sample(), reader).Contacts.Ring {
		got = append(got, c.Who+" "+c.OutOfHours.Number)
	}
	want := []string{"J. Pryce +441632960102", "Mersea Vale Crisis Team +441632960399", "Mary Kettering ", "A. Lindqvist ",
		"Larkhill Surgery ", "Northmoor Probation "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("to ring (-want +got):\n%s", diff)
	}
}

// Somebody marked unsuitable in one place is so in each.
func TestUnsuitable(t *testing.T) {
	r := viewtest.Empty()
	marked := viewtest.Contact("Mary Kettering", "Mother", "01632 960015", "")
	marked["unsuitable"] = "yes"
	viewtest.Say(r, "service_user_details.preferred_contact", marked)
	viewtest.Say(r, "mental_health_summary.significant_other_as_appropriate_adult", "yes")
	viewtest.Say(r, "mental_health_summary.significant_other_contact", viewtest.Contact("Mary Kettering", "Mother", "01632 960015", ""))
	viewtest.Say(r, "mental_health_summary.professional_as_appropriate_adult", "yes")
	viewtest.Say(r, "mental_health_summary.professional_contact", viewtest.Contact("A. Lindqvist", "", "01632 960120", ""))
	got := map[string][2]bool{}
	for _, c := range view.Of(r, reader).Contacts.Ring {
		got[c.As] = [2]bool{c.Unsuitable, c.Wanted}
	}
	want := map[string][2]bool{"Mother (preferred contact)": {true, false}, "Mother (significant other)": {true, true}, "Professional contact": {false, true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unsuitable, wanted (-want +got):\n%s", diff)
	}
}

// No one named, withheld and not recorded are three answers to whom to ring.
func TestSilent(t *testing.T) {
	r := viewtest.Empty()
	viewtest.Say(r, "service_user_details.preferred_contact", map[string]any{"none_named": "yes"})
	viewtest.Withhold(r, "service_user_details.main_health_professional")
	viewtest.Say(r, "mental_health_summary.professional_as_appropriate_adult", "no")
	var got []string
	for _, i := range view.Of(r, reader).Contacts.Silent {
		got = append(got, i.Name+" "+string(i.State)+" "+i.Text())
	}
	want := []string{"preferred_contact recorded Asked: no one named", "main_health_professional withheld ", "significant_other_contact not_recorded "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("silent (-want +got):\n%s", diff)
	}
}

// Whom the person wants as appropriate adult is not cut off by those who answer at night; who
// is unsuitable, or has no number, is not brought forward.
func TestFirst(t *testing.T) {
	night, day := view.Field{Text: "01632 960102"}, view.Field{Text: "01632 960015"}
	var many []view.Contact
	for _, who := range []string{"a", "b", "c"} {
		many = append(many, view.Contact{Who: who, OutOfHours: night})
	}
	wanted := view.Contact{Who: "w", Day: day, Wanted: true}
	unsuitable, unreached := wanted, wanted
	unsuitable.Unsuitable, unreached.Day = true, view.Field{}
	for name, test := range map[string]struct {
		last view.Contact
		want string
	}{
		"wanted": {wanted, "aw bcz"}, "unsuitable": {unsuitable, "ab cwz"}, "without a number": {unreached, "ab cwz"},
	} {
		first, rest := view.Contacts{Ring: append(slices.Clone(many), test.last, view.Contact{Who: "z"})}.First(2)
		got := ""
		for _, c := range slices.Concat(first, []view.Contact{{Who: " "}}, rest) {
			got += c.Who
		}
		if got != test.want {
			t.Errorf("%s: First(2) = %q, want %q", name, got, test.want)
		}
	}
	if first, rest := (view.Contacts{}).First(2); len(first)+len(rest) != 0 {
		t.Errorf("of nobody First(2) = %v, %v", first, rest)
	}
}
