package e2e_test

import (
	"strings"
	"testing"
)

// nursesShift is a clinician's look at the same record: all of it, and nothing to open in an
// emergency.
func nursesShift(t *testing.T, s *service, g *gallery) {
	c, i := newChromium(t, s, s.join(t, "liaison", "clinician", liaison)), &inspector{g, "nurse"}
	b := c.tab(t)
	signIn(t, b)
	find(t, b, "brackenridge", 1)
	reason(t, b, "care", "RiO 1002")
	record := b.path(t)
	for _, first := range []string{"h1", "[data-card]", "#age"} {
		b.aboveFold(t, first)
	}
	i.look(t, b, "record")
	for item, want := range map[string]string{
		"primary_diagnosis": "recorded", "prescriptions": "recorded", "epex_number": "recorded", "brain_injuries": "not_recorded", "heart_problems": "refused",
	} {
		if got := b.state(t, item); got != want {
			t.Errorf("%s is %s, want %s", item, got, want)
		}
	}
	says(t, b, "Bipolar affective disorder", "Dissociative seizures", "400 mg at night")
	silent(t, b, "Withheld")
	if n := b.count(t, toEmergency); n != 0 {
		t.Errorf("emergency access is offered %d times to somebody from whom nothing is withheld", n)
	}
	b.open(t, record+"/emergency")
	i.look(t, b, "emergency-nothing")
	for _, page := range []struct{ name, way string }{{"print", toPrint}, {"looks", toLooks}, {"history", toHistory}} {
		b.open(t, record)
		b.press(t, page.way)
		i.look(t, b, page.name)
	}
	for _, name := range []string{"recent", "access"} {
		b.open(t, "/"+name)
		i.look(t, b, name)
	}
	signOut(t, b)
	b.seen.faultless(t)
	prints(t, c.tab(t), i, "worstcase")
	k := unscripted(t, c)
	nursesMinute(t, k)
	t.Logf("the nurse's journey: %d tab stops, %d keys", k.stops, k.struck)
	k.seen.faultless(t)
}

// unscripted are hands without a mouse in a browser that runs no script.
func unscripted(t *testing.T, c *chromium) *keyboard {
	b := c.tab(t)
	b.withoutScripts(t)
	return &keyboard{tab: b}
}

// nursesMinute is the nurse's journey, with any hands.
func nursesMinute(t *testing.T, h hands) {
	t.Helper()
	signIn(t, h)
	find(t, h, "brackenridge", 1)
	reason(t, h, "care", "RiO 1003")
	record := h.path(t)
	says(t, h, "400 mg at night")
	for _, way := range []string{toPrint, toLooks, toHistory} {
		h.open(t, record)
		h.press(t, way)
		says(t, h, "Brackenridge")
	}
	h.press(t, `nav a[href="/recent"]`)
	says(t, h, "Brackenridge")
	signOut(t, h)
}

// governance reviews an emergency access: who does reads no record.
func governance(t *testing.T, s *service, g *gallery) {
	officer := newChromium(t, s, s.join(t, "hasty", "police_officer", custody)).tab(t)
	signIn(t, officer)
	find(t, officer, "brackenridge", 1)
	reason(t, officer, "custody", "NG/1/10")
	officer.press(t, toEmergency)
	officer.fill(t, "#why", "Unconscious in the cell; the paramedic asks what he takes")
	officer.press(t, toBegin)
	officer.press(t, toEnd) // before that there is nothing to review
	officer.press(t, toEmergency)
	officer.fill(t, "#why", "Had a fit; the ambulance asks again")
	officer.press(t, toBegin)
	officer.press(t, toEnd)
	ids := strings.Fields(s.psql(t, "SELECT e.id FROM access.emergency e JOIN access.user_account u ON u.id = e.user_id WHERE u.name = 'Journey hasty' ORDER BY e.began_at"))
	if len(ids) != 2 {
		t.Fatalf("%d emergency accesses, want 2", len(ids))
	}
	access := ids[0]

	c := newChromium(t, s, s.join(t, "governor", "governance_officer", liaison))
	b, i := c.tab(t), &inspector{g, "governance"}
	b.open(t, "/")
	b.press(t, toSignIn)
	at(t, b, "/reviews")
	i.look(t, b, "reviews")
	silent(t, b, "Brackenridge", "Tobias")
	b.press(t, `main a[href="/reviews/`+access+`"]`)
	silent(t, b, "Brackenridge", "Tobias")
	i.look(t, b, "review")
	b.press(t, toFinding)
	if b.status != 422 {
		t.Errorf("no finding: status = %d, want 422", b.status)
	}
	i.look(t, b, "review-error")
	b.choose(t, `input[name="finding"][value="justified"]`)
	b.fill(t, "#note", "The paramedic confirms it")
	b.press(t, toFinding)
	says(t, b, "Justified")
	i.look(t, b, "reviewed")
	b.open(t, officer.path(t))
	if b.status == 200 {
		t.Error("a governance officer opens a record")
	}
	b.open(t, "/")
	b.press(t, toSignOut)
	b.seen.faultless(t)
	k := unscripted(t, c)
	reviews(t, k, ids[1])
	t.Logf("the governance officer's journey: %d tab stops, %d keys", k.stops, k.struck)
	k.seen.faultless(t)
}

// reviews is the governance officer's journey, with any hands.
func reviews(t *testing.T, h hands, access string) {
	t.Helper()
	h.open(t, "/")
	h.press(t, toSignIn)
	at(t, h, "/reviews")
	h.press(t, `main a[href="/reviews/`+access+`"]`)
	h.choose(t, `input[name="finding"][value="justified"]`)
	h.fill(t, "#note", "The ambulance confirms it")
	h.press(t, toFinding)
	says(t, h, "Justified")
	h.press(t, toSignOut)
	says(t, h, "signed out")
}

// administration manages access and reads no record.
func administration(t *testing.T, s *service, g *gallery) {
	b := newChromium(t, s, s.join(t, "manager", "administrator", liaison)).tab(t)
	i := &inspector{g, "administrator"}
	b.open(t, "/")
	b.press(t, toSignIn)
	at(t, b, "/admin")
	b.open(t, "/access")
	i.look(t, b, "access")
	b.open(t, "/reviews")
	if b.status != 403 {
		t.Errorf("the administrator's reviews: status = %d, want 403", b.status)
	}
	b.open(t, "/find")
	b.fill(t, "#family-name", "brackenridge")
	b.enter(t)
	if b.status != 403 {
		t.Errorf("the administrator's search: status = %d, want 403", b.status)
	}
	i.look(t, b, "denied")
}
