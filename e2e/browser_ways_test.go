package e2e_test

import (
	"testing"
)

// officersMinute is the shortest way from the sign-in page to the record, its other pages,
// and out.
func officersMinute(t *testing.T, h hands) {
	t.Helper()
	signIn(t, h)
	find(t, h, "brackenridge", 1)
	reason(t, h, "custody", "NG/4471/10")
	record := h.path(t)
	says(t, h, "Brackenridge", "Withheld")
	for _, way := range []string{toPrint, toLooks, toHistory} {
		h.open(t, record)
		h.press(t, way)
		says(t, h, "Brackenridge")
	}
	h.open(t, record)
	h.press(t, toEmergency)
	h.fill(t, "#why", "Unconscious in the cell; the paramedic asks what he takes")
	h.press(t, toBegin)
	at(t, h, record)
	says(t, h, "400 mg")
	h.press(t, toEnd)
	at(t, h, record)
	silent(t, h, full...)
	signOut(t, h)
}

// byKeyboard counts what an officer without a mouse does.
func byKeyboard(t *testing.T, k *keyboard) {
	before := k.seen.count()
	signIn(t, k)
	find(t, k, "brackenridge", 1)
	reason(t, k, "custody", "NG/4471/10")
	t.Logf("from the sign-in page to the record: %d requests without assets, %d tab stops, %d keys, of which %d are the name and the number",
		k.seen.count()-before, k.stops, k.struck, len("brackenridge"+"NG/4471/10"))
	k.open(t, "/")
	signOut(t, k)
	*k = keyboard{tab: k.tab}
	officersMinute(t, k)
	t.Logf("the whole journey: %d tab stops, %d keys", k.stops, k.struck)
	k.seen.faultless(t)
}

// inForcedColours looks at the record in the reader's own colours. What is told by colour
// alone would be gone; the picture is for people to judge.
func inForcedColours(t *testing.T, b *tab, i *inspector) {
	b.forceColours(t)
	signIn(t, b)
	find(t, b, "brackenridge", 1)
	reason(t, b, "custody", "NG/4471/10")
	if !js[bool](t, b, `matchMedia("(forced-colors: active)").matches`) {
		t.Error("the colours are not forced")
	}
	for _, v := range b.axe(t) {
		t.Errorf("forced colours: %s", v)
	}
	i.keep(t, b, "record-forced-colours", false)
	signOut(t, b)
	b.seen.faultless(t)
}

// looksAreAudited demands an event for each kind of act of the journeys.
func looksAreAudited(t *testing.T, s *service, p *person) {
	acts := map[string]int{}
	for _, e := range s.audit(t, func(e event) bool { return e.UserName == "Journey sergeant" && e.Outcome == "allowed" }) {
		acts[e.Act]++
	}
	for _, act := range []string{"session.start", "record.search", "record.identify", "record.reason", "record.show", "record.print", "record.looked",
		"emergency.begin", "emergency.end", "record.recent", "session.end"} {
		if acts[act] == 0 {
			t.Errorf("the audit has no %s of %s; it has %v", act, p.email, acts)
		}
	}
}
