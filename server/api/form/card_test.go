package form

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
)

var kinds = []Kind{SelfHarm, AppropriateAdult, Alcohol, Health, Violence}

// card returns the card of a kind.
func card(t *testing.T, r api.Record, kind Kind) Card {
	t.Helper()
	cards := Cards(r)
	var got []Kind
	for _, c := range cards {
		got = append(got, c.Kind)
	}
	if !slices.Equal(got, kinds) {
		t.Fatalf("cards of %v, want %v", got, kinds)
	}
	return cards[slices.Index(kinds, kind)]
}

func TestCards(t *testing.T) {
	for _, test := range []struct {
		name  string
		items map[string]api.Item
		want  Card
	}{
		{"an attempt, and what is known of it", map[string]api.Item{
			"suicide_and_self_harm.suicide_attempts":             {Value: "yes", AsAt: "2010-03-12", Source: "ePEX"},
			"suicide_and_self_harm.last_attempt_before_release":  {Value: "3 months"},
			"suicide_and_self_harm.self_harm_history":            {Value: "yes", AsAt: "2010-03-11", Source: "P-NOMIS"},
			"suicide_and_self_harm.last_self_harm":               {Value: "Ligature made from bedding.\nIn prison, first night."},
			"mental_health_summary.self_harm":                    {Value: "yes"},
			"suicide_and_self_harm.self_harm_hospital_treatment": {Value: "yes", Details: "Two nights"},
			"risk_factors.triggers_and_warning_signs":            {Value: "Bad news by telephone", AsAt: "2010-03-12", Source: "ePEX"},
		}, Card{Kind: SelfHarm, Title: "Self-harm and suicide", State: Raised, Status: "Recorded: act on it", Alerts: []string{"suicide", "self_harm"},
			Lines: []string{
				"History of suicide attempts, within how long before release: 3 months.",
				"History of self-harm, last attempt: Ligature made from bedding. In prison, first night.",
				"Self-harm that required resuscitation or outside hospital treatment: Two nights.",
				"Triggers and warning signs: Bad news by telephone.",
			},
			Advice: Alert("suicide").Advice, AsAt: "2010-03-11", Source: "P-NOMIS, ePEX"}},
		{"the two places disagree", map[string]api.Item{
			"suicide_and_self_harm.suicide_attempts":             {Value: "unknown"},
			"suicide_and_self_harm.self_harm_history":            {Value: "yes", Source: "ePEX"},
			"mental_health_summary.self_harm":                    {Value: "no", Source: "SystmOne"},
			"suicide_and_self_harm.self_harm_hospital_treatment": {State: api.StateRefused},
		}, Card{Kind: SelfHarm, Title: "Self-harm and suicide", State: Raised, Status: "Recorded: act on it", Alerts: []string{"self_harm"},
			Lines: []string{
				"History of self-harm.",
				"Asked, refused to say: self-harm that required resuscitation or outside hospital treatment.",
				"Unknown, ask: suicide attempts.",
				"Answered no: self-harm (summary of mental health).",
			},
			Advice: Alert("self_harm").Advice, Source: "ePEX"}},
		{"illnesses, with notes beside a no", map[string]api.Item{
			"physical_health.epilepsy":       {Value: "yes", Details: "Takes tablets"},
			"physical_health.diabetes":       {Value: "no", Details: "Was told once that he has it"},
			"physical_health.asthma":         {Value: "yes"},
			"physical_health.heart_problems": {State: api.StateNotRecorded},
			"physical_health.brain_injuries": {Value: "no"},
		}, Card{Kind: Health, Title: "Physical health", State: Raised, Status: "Recorded: act on it", Alerts: []string{"epilepsy", "asthma"},
			Lines: []string{
				"History of epilepsy: Takes tablets.",
				"History of asthma.",
				"Diabetes: no. Was told once that he has it.",
				"Not recorded, ask: heart problems.",
				"Answered no: brain injuries.",
			},
			Advice: "Get a health professional to assess, ask about medicine that is due, and call an ambulance if they become unwell."}},
		{"violence, and who manages it", map[string]api.Item{
			"violence_to_others.serious_violence":       {Value: "yes"},
			"violence_to_others.serious_violence_kinds": {Value: []any{"carrying_weapons", "arson"}},
			"violence_to_others.violence":               {Value: "yes"},
			"violence_to_others.violence_towards":       {Value: []string{"environmental_police", "other"}, Other: "dog handlers"},
			"violence_to_others.mappa":                  {Value: "yes"},
			"violence_to_others.mappa_category":         {Value: "2"},
			"violence_to_others.mappa_level":            {Value: "unknown"},
			"violence_to_others.visor":                  {Value: "no"},
			"violence_to_others.hramm":                  {Value: "yes"},
		}, Card{Kind: Violence, Title: "Violence to others", State: Raised, Status: "Recorded: act on it",
			Alerts: []string{"serious_violence", "violence", "mappa"},
			Lines: []string{
				"History of serious violence to others: carrying weapons, arson.",
				"History of violence to others, towards: environmental: police, dog handlers.",
				"Registered with MAPPA, category 2, level unknown.",
				"Registered with HRAMM.",
				"Answered no: VISOR.",
			},
			Advice: Alert("serious_violence").Advice + " " + Alert("mappa").Advice}},
		{"all answered no", map[string]api.Item{
			"substance_misuse.alcohol_withdrawal":        {Value: "no", AsAt: "2010-03-12", Source: "SystmOne"},
			"substance_misuse.alcohol_misuse":            {Value: "no", AsAt: "2010-03-10", Source: "SystmOne"},
			"substance_misuse.drug_withdrawal":           {Value: "no"},
			"substance_misuse.substance_misuse":          {Value: "no"},
			"mental_health_summary.problematic_drug_use": {Value: "no"},
		}, Card{Kind: Alcohol, Title: "Alcohol, drugs and withdrawal", State: Answered, Status: "Answered no: still ask",
			Lines:  []string{"Answered no: withdrawal from alcohol, alcohol misuse, withdrawal from drugs, substance misuse, problematic drug use."},
			Advice: subjects[2].ask + " A no on the day it was asked is not the same as no risk.", AsAt: "2010-03-10", Source: "SystmOne"}},
	} {
		if diff := cmp.Diff(test.want, card(t, record(test.items), test.want.Kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// A no needs an answer to every question: whatever is missing makes another condition of it.
func TestANoNeedsEveryAnswer(t *testing.T) {
	for _, s := range subjects {
		for _, q := range s.questions {
			for answer, want := range map[api.Item]Condition{
				{Value: "yes"}: Raised, {Value: "no"}: Answered, {Value: "unknown"}: Unsure, {Value: "perhaps"}: Unsure, {}: Unsure, {Value: 3}: Unsure,
				{State: api.StateNotRecorded}: Unsure, {State: api.StateRefused}: Unsure, {State: api.StateWithheld}: Hidden, {State: "later"}: Unsure,
			} {
				items := map[string]api.Item{}
				for _, other := range s.questions {
					items[other.key] = api.Item{Value: "no"}
				}
				items[q.key] = answer
				got := card(t, record(items), s.kind)
				if got.State != want || got.Status == "" || got.Advice == "" || (got.State == Raised) != (got.Alerts != nil) {
					t.Errorf("with %s %+v: %+v, want %s", q.key, answer, got, want)
				}
				if got.State == Unsure && !strings.Contains(got.Status, "ask") {
					t.Errorf("with %s %+v the status is %q: it must ask", q.key, answer, got.Status)
				}
				if said := strings.Join(got.Lines, "\n"); q.twin == "" && !strings.Contains(strings.ToLower(said), strings.ToLower(q.short)) && want != Raised {
					t.Errorf("with %s %+v no line names it:\n%s", q.key, answer, said)
				}
			}
		}
	}
}

func TestCardsOfNothing(t *testing.T) {
	for _, c := range Cards(api.Record{}) {
		if c.State != Unsure || c.Status != "Not recorded: ask" || len(c.Lines) == 0 {
			t.Errorf("card of an empty record = %+v, want not recorded", c)
		}
	}
	withheld := map[string]api.Item{}
	for _, s := range Sections() {
		for _, i := range s.Items {
			withheld[s.Name+"."+i.Name] = api.Item{State: api.StateWithheld}
		}
	}
	for _, c := range Cards(record(withheld)) {
		if c.State != Hidden || c.Status != "Withheld from your role: ask" || c.AsAt != "" || c.Source != "" {
			t.Errorf("card of a withheld record = %+v, want withheld", c)
		}
	}
}

// Every alert belongs to a card that asks the questions which raise it, and no card asks
// another: so a card is raised exactly when one of its alerts is.
func TestCardsAskWhatAlertsRaise(t *testing.T) {
	for _, s := range subjects {
		var asked, raising []string
		for _, q := range s.questions {
			asked = append(asked, q.key)
		}
		for _, w := range Warnings() {
			if w.Kind == s.kind {
				raising = append(raising, w.Items...)
			}
		}
		slices.Sort(asked)
		slices.Sort(raising)
		if diff := cmp.Diff(raising, asked); diff != "" {
			t.Errorf("the card %s (-alerts +questions):\n%s", s.kind, diff)
		}
	}
}

// Every key that a card reads is an item of the form.
func TestCardsReadTheForm(t *testing.T) {
	var known, read []string
	for _, s := range Sections() {
		for _, i := range s.Items {
			known = append(known, s.Name+"."+i.Name)
		}
	}
	for _, s := range subjects {
		for _, q := range slices.Concat(s.questions, s.also) {
			read = append(read, q.key)
			for _, e := range q.with {
				read = append(read, e.key)
			}
			if q.twin != "" {
				read = append(read, q.twin)
			}
		}
	}
	for _, c := range candidates {
		read = append(read, c.choice, c.contact)
	}
	for _, key := range read {
		if !slices.Contains(known, key) {
			t.Errorf("a card reads %s, which the form does not have", key)
		}
	}
}

func TestAdults(t *testing.T) {
	const other, professional, preferred = "mental_health_summary.significant_other_", "mental_health_summary.professional_", "service_user_details.preferred_contact"
	rose := map[string]any{"name": "Rose Kay", "relationship": "Mother", "telephone": "01632 960101", "out_of_hours": "07700 900123"}
	unsuitable := map[string]any{"name": "Rose Kay", "relationship": "Mother", "telephone": "01632 960101", "unsuitable": "yes"}
	for _, test := range []struct {
		name  string
		items map[string]api.Item
		want  []string
	}{
		{"nothing", nil, []string{"Nobody suitable is named here: use the appropriate adult scheme."}},
		{"wishes", map[string]api.Item{other + "as_appropriate_adult": {Value: "yes"}, other + "contact": {Value: rose},
			professional + "as_appropriate_adult": {Value: "no"}},
			[]string{"Would like Rose Kay (mother): out of hours 07700 900123, telephone 01632 960101.", "Does not want a professional as appropriate adult."}},
		{"unsuitable wins, wherever it stands", map[string]api.Item{other + "as_appropriate_adult": {Value: "yes"}, other + "contact": {Value: rose},
			preferred + "_as_appropriate_adult": {State: api.StateNotRecorded}, preferred: {Value: unsuitable}},
			[]string{"Nobody suitable is named here: use the appropriate adult scheme.", "Not suitable as appropriate adult: Rose Kay (mother)."}},
		{"unsuitable as health professional", map[string]api.Item{preferred + "_as_appropriate_adult": {Value: "yes"}, preferred: {Value: rose},
			mainProfessional: {Value: unsuitable}},
			[]string{"Nobody suitable is named here: use the appropriate adult scheme.", "Not suitable as appropriate adult: Rose Kay (mother)."}},
		{"without a number", map[string]api.Item{preferred + "_as_appropriate_adult": {Value: "yes"}, preferred: {Value: map[string]any{"name": "Dr Hall"}}},
			[]string{"Would like Dr Hall: no telephone number is recorded."}},
		{"withheld", map[string]api.Item{other + "as_appropriate_adult": {State: api.StateWithheld}},
			[]string{"Whom they would like is withheld from your role: use the appropriate adult scheme."}},
	} {
		if diff := cmp.Diff(test.want, adults(record(test.items))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestBrief(t *testing.T) {
	long := strings.Repeat("drinks ", 40)
	got := brief("  " + long)
	if !strings.HasPrefix(got, "drinks drinks") || !strings.HasSuffix(got, "drinks … (in full below)") || len(got) > maxBrief+30 {
		t.Errorf("brief of a long note = %q", got)
	}
	if got, want := brief("a\n\n b\tc.\nD\r\n"), "a; b c. D"; got != want {
		t.Errorf("brief = %q, want %q", got, want)
	}
	if got := brief(strings.Repeat("é", 400)); !strings.HasPrefix(got, strings.Repeat("é", maxBrief)+" …") {
		t.Errorf("brief of one long word = %q", got)
	}
}
