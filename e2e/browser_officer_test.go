package e2e_test

import (
	"strings"
	"sync"
	"testing"
)

// peopleToFind are loaded once into the demo that the journeys share.
var peopleToFind sync.Once

// browserDemo is the shared demo with the people whom the journeys are about.
func browserDemo(t testing.TB) *service {
	t.Helper()
	s := sharedDemo(t)
	peopleToFind.Do(func() {
		columns, cells := brackenridge()
		s.load(t, columns, cells)
		columns, cells = worst(t)
		s.load(t, columns, cells)
		s.importPeople(t, manyNamesakes())
	})
	return s
}

// officersNight is once every page inspected, once the way without scripts, once by keyboard
// alone, then the colours and the paper.
func officersNight(t *testing.T, s *service, g *gallery) {
	p := s.join(t, "sergeant", "police_officer", custody)
	c := newChromium(t, s, p)
	t.Log(c.version(t))
	i := &inspector{g, "officer"}
	t.Run("every page", func(t *testing.T) { everyPageOfAnOfficer(t, c.tab(t), i) })
	t.Run("without scripts", func(t *testing.T) {
		b := c.tab(t)
		b.withoutScripts(t)
		officersMinute(t, b)
		b.seen.faultless(t)
	})
	t.Run("by keyboard", func(t *testing.T) { byKeyboard(t, &keyboard{tab: c.tab(t)}) })
	t.Run("forced colours", func(t *testing.T) { inForcedColours(t, c.tab(t), i) })
	t.Run("print", func(t *testing.T) { prints(t, c.tab(t), i, "brackenridge", "worstcase") })
	t.Run("audit", func(t *testing.T) { looksAreAudited(t, s, p) })
}

// everyPageOfAnOfficer inspects each page that an officer can come to.
func everyPageOfAnOfficer(t *testing.T, b *tab, i *inspector) {
	b.open(t, "/")
	i.look(t, b, "sign-in")
	b.press(t, toSignIn)
	i.look(t, b, "find")
	faultyFinds(t, b, i)
	b.open(t, "/find")
	find(t, b, "brackenridge", 1)
	i.look(t, b, "results")
	b.press(t, toResult)
	i.look(t, b, "reason")
	b.press(t, toReason)
	if b.status != 422 {
		t.Errorf("no reason: status = %d, want 422", b.status)
	}
	i.look(t, b, "reason-error")
	b.choose(t, `input[name="reason"][value="custody"]`)
	b.fill(t, "#number", "NG/4471/10")
	b.press(t, toReason)
	theRecord(t, b, i)
	record := b.path(t)
	for _, page := range []struct{ name, way string }{{"print", toPrint}, {"looks", toLooks}, {"history", toHistory}} {
		b.open(t, record)
		b.press(t, page.way)
		i.look(t, b, page.name)
		silent(t, b, full...)
	}
	b.open(t, record)
	emergency(t, b, i)
	for _, name := range []string{"recent", "access", "contacts", "practice", "help", "accessibility", "privacy"} {
		b.open(t, "/"+name)
		if b.status != 200 {
			t.Errorf("/%s: status = %d, want 200", name, b.status)
		}
		i.look(t, b, name)
	}
	b.open(t, "/locked") // by hand: the session has just been used
	says(t, b, "The session goes on")
	i.look(t, b, "locked-in-use")
	b.open(t, "/nowhere")
	if b.status != 404 {
		t.Errorf("/nowhere: status = %d, want 404", b.status)
	}
	i.look(t, b, "not-found")
	b.open(t, record)
	b.press(t, toSignOut)
	i.look(t, b, "signed-out")
	b.open(t, "/locked")
	says(t, b, "Sign in again")
	i.look(t, b, "locked")
}

// full are words of brackenridge's record that are for clinicians.
var full = []string{"ipolar", "Dissociative", "antipsychotic", "ntipsychotic", "mood_stabilisers", "ood stabiliser", "400 mg", "000000"}

// faultyFinds are searches that find nobody, too many, or are none.
func faultyFinds(t *testing.T, b *tab, i *inspector) {
	t.Helper()
	b.press(t, toFind)
	if b.status != 422 {
		t.Errorf("an empty search: status = %d, want 422", b.status)
	}
	i.look(t, b, "find-error")
	b.open(t, "/find")
	b.fill(t, "#date-of-birth-day", "30")
	b.fill(t, "#date-of-birth-month", "2")
	b.fill(t, "#date-of-birth-year", "1978")
	b.enter(t)
	if typed := js[string](t, b, `document.querySelector("#date-of-birth-year").value`); b.status != 422 || typed != "1978" {
		t.Errorf("30 February: status = %d, the year that was typed = %q, want 422 and 1978", b.status, typed)
	}
	b.seen.faultless(t)
	b.open(t, "/find")
	find(t, b, "zzzzzz", 0)
	i.look(t, b, "nobody")
	says(t, b, "not")
	b.open(t, "/find")
	find(t, b, "Brakenridge", 0) // one letter short
	b.press(t, "#results li a")
	says(t, b, "Brackenridge")
	b.open(t, "/find")
	b.fill(t, "#family-name", "overmany")
	b.enter(t)
	i.look(t, b, "too-many")
	b.open(t, "/find")
	b.fill(t, "#date-of-birth-day", "14")
	b.fill(t, "#date-of-birth-month", "2")
	b.fill(t, "#date-of-birth-year", "1978")
	b.enter(t)
	if b.count(t, toResult) == 0 {
		t.Errorf("a birth date alone finds nobody:\n%s", b.text(t))
	}
}

// theRecord looks at what has to be seen at once, and at what must not be seen.
func theRecord(t *testing.T, b *tab, i *inspector) {
	t.Helper()
	for _, first := range []string{"h1", "[data-card]", "#age"} {
		b.aboveFold(t, first)
	}
	if n := b.count(t, "[data-card]"); n != 5 {
		t.Errorf("%d cards, want 5", n)
	}
	i.look(t, b, "record")
	for item, want := range map[string]string{
		"primary_diagnosis": "withheld", "prescriptions": "withheld", "epex_number": "withheld", "brain_injuries": "not_recorded",
		"heart_problems": "refused", "asthma": "recorded", "epilepsy": "recorded",
	} {
		if got := b.state(t, item); got != want {
			t.Errorf("%s is %s, want %s", item, got, want)
		}
	}
	says(t, b, "Brackenridge", "8 months old", "Withheld", "Not recorded", "refused to say")
	silent(t, b, full...)
	for _, word := range full {
		if strings.Contains(b.source(t), word) {
			t.Errorf("the record's HTML holds %q", word)
		}
	}
}

// state is what the page says of an item: recorded, not_recorded, refused or withheld.
func (b *tab) state(t testing.TB, item string) string {
	t.Helper()
	return js[string](t, b, `(document.querySelector("[data-item=`+item+`]") || {dataset: {state: "missing"}}).dataset.state`)
}

// emergency opens what is withheld, and closes it again.
func emergency(t *testing.T, b *tab, i *inspector) {
	t.Helper()
	record := b.path(t)
	b.press(t, toEmergency)
	i.look(t, b, "emergency")
	b.press(t, toBegin)
	if b.status != 422 {
		t.Errorf("no reason for the emergency: status = %d, want 422", b.status)
	}
	i.look(t, b, "emergency-error")
	b.fill(t, "#why", "Unconscious in the cell; the paramedic asks what he takes")
	b.press(t, toBegin)
	at(t, b, record)
	if got := b.state(t, "prescriptions"); got != "recorded" {
		t.Errorf("in an emergency prescriptions are %s, want recorded", got)
	}
	i.look(t, b, "record-emergency")
	says(t, b, "400 mg")
	b.press(t, toPrint)
	silent(t, b, full...)
	b.open(t, record)
	b.press(t, toEnd)
	at(t, b, record)
	silent(t, b, full...)
	b.seen.faultless(t)
}
