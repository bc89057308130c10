package authz_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/internal/authn"
	"mais/server/internal/authz"
)

func TestBeginEmergency(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "police_officer")
	f.member("Rae Viewer", "governance_officer")
	g, l := officer.grounds(), officer.look()
	got, err := f.BeginEmergency(t.Context(), l, g, "  "+strings.ReplaceAll(unconscious, "\n", "\r\n")+"\r\n")
	if err != nil || got.Person != f.person || got.Ends.Sub(got.Began) != authz.EmergencyLasts || time.Since(got.Began).Abs() > time.Minute {
		t.Fatalf("BeginEmergency = %+v, %v, want half an hour from now", got, err)
	}
	e := f.wantEvents(l, "allowed")[0]
	wantDetail(t, e, "reason=custody", "number=50KY/1234/26", "emergency_id="+got.ID, "told=Rae Viewer",
		"why="+strings.ReplaceAll(unconscious, "\n", `\u000a`))
	if e.Act != authz.ActBegin || !slices.Equal(e.Persons, []string{f.person}) || e.Login != "mais_creds" {
		t.Errorf("the event is %+v", e)
	}
	now := officer.standing()
	if em, on := now.Emergency(); !on || em != got {
		t.Errorf("the grounds have the emergency %+v, %v, want %+v", em, on, got)
	}
	if all, err := f.Emergencies(t.Context(), officer.p); err != nil || len(all) != 1 || all[0] != got {
		t.Errorf("Emergencies = %+v, %v, want it", all, err)
	}
	for name, p := range map[string]authn.Principal{"another session": officer.again().p, "no session": f.look("police_officer").Principal, "nobody": {}} {
		if all, err := f.Emergencies(t.Context(), p); err != nil || len(all) != 0 {
			t.Errorf("%s: Emergencies = %+v, %v, want none", name, all, err)
		}
	}
	l = officer.look()
	if again, err := f.BeginEmergency(t.Context(), l, g, unconscious); err != nil || again != got || f.count(`access.emergency`) != 1 {
		t.Errorf("a second BeginEmergency = %+v, %v and %d rows, want the first", again, err, f.count(`access.emergency`))
	}
	if e := f.wantEvents(l, "allowed")[0]; e.Detail["already"] != "true" || e.Detail["emergency_id"] != got.ID || e.Detail["told"] != "" {
		t.Errorf("the second event is %+v", e)
	}
}

func TestInvalidWhy(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "police_officer")
	g := officer.grounds()
	for _, why := range []string{"", "too short", "         x\r\n", strings.Repeat("a", 501), "a tab\tin the reason", "a null\x00 in the reason",
		"a lone\rreturn in it", "turned \u202e around", "no UTF-8 \xff\xfe\xfd",
		strings.Repeat("\u3164", 20), "Unconscious\u200b in cell 4", "Unconscious\u2028in cell 4", ". . . . . . . . ab"} {
		l := officer.look()
		_, err := f.BeginEmergency(t.Context(), l, g, why)
		var invalid *authz.InvalidError
		if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != "why" {
			t.Errorf("BeginEmergency(%.40q) = %v, want an InvalidError of why", why, err)
		}
		if e := f.wantEvents(l, "failed invalid: why")[0]; e.Detail["why"] != "" || e.Detail["reason"] != "custody" {
			t.Errorf("the event's detail is %q, want nothing of why", e.Detail)
		}
	}
	if n := f.count(`access.emergency`); n != 0 {
		t.Errorf("%d began, want none", n)
	}
	long := strings.Repeat("ä", 499) + "."
	l := officer.look()
	if _, err := f.BeginEmergency(t.Context(), l, g, long); err != nil {
		t.Errorf("BeginEmergency with 500 characters = %v", err)
	}
	if d := f.wantEvents(l, "allowed")[0].Detail; d["why"]+d["why_2"] != long {
		t.Errorf("the event holds %d bytes of why, want all %d", len(d["why"]+d["why_2"]), len(long))
	}
}

// One user has so many at a time, in whatever session, and another one when one has ended.
func TestTooManyEmergencies(t *testing.T) {
	f := newFixture(t)
	officer, crowd := f.member("Ann Other", "police_officer"), []string{f.somebody("2"), f.somebody("3"), f.somebody("4")}
	again := officer.again()
	begin := func(m member, person string) (authz.Look, error) {
		if err := f.GiveReason(t.Context(), m.look(), person, custody); err != nil {
			t.Fatal(err)
		}
		g, err := f.Grounds(t.Context(), m.look(), person)
		if err != nil {
			t.Fatal(err)
		}
		l := m.look()
		_, err = f.BeginEmergency(t.Context(), l, g, unconscious)
		return l, err
	}
	for n, m := range []member{officer, again, officer} {
		if _, err := begin(m, append(crowd, f.person)[n]); err != nil {
			t.Fatalf("number %d: BeginEmergency = %v", n+1, err)
		}
	}
	for _, m := range []member{officer, again} {
		l, err := begin(m, f.person)
		if !errors.Is(err, authz.ErrTooMany) || f.count(`access.emergency`) != authz.MaxOn {
			t.Errorf("the fourth BeginEmergency = %v and %d rows, want ErrTooMany and %d", err, f.count(`access.emergency`), authz.MaxOn)
		}
		if e := f.wantEvents(l, "refused too-many")[0]; e.Act != authz.ActBegin || !slices.Equal(e.Persons, []string{f.person}) {
			t.Errorf("the event is %+v", e)
		}
	}
	if _, err := begin(officer, crowd[0]); err != nil {
		t.Errorf("BeginEmergency of one that is on = %v", err)
	}
	if _, err := begin(f.member("Bo Other", "police_officer"), f.person); err != nil {
		t.Errorf("another user's BeginEmergency = %v", err)
	}
	if err := f.EndEmergency(t.Context(), officer.look(), crowd[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := begin(again, f.person); err != nil {
		t.Errorf("BeginEmergency after one has ended = %v", err)
	}
}

// Emergency access is for those whom it gives something.
func TestWhoMayBegin(t *testing.T) {
	f := newFixture(t)
	f.exec(withoutRules)
	f.member("Rae Viewer", "governance_officer")
	for _, test := range []struct {
		roles []string
		may   bool
	}{
		{[]string{"police_officer"}, true}, {[]string{"administrator", "police_officer"}, true},
		{[]string{"clinician"}, false}, {[]string{"record_clinician"}, false}, {[]string{"clinician", "police_officer"}, false},
	} {
		m := f.member("Ann Other", test.roles...)
		may, _, err := f.MayBegin(t.Context(), m.p)
		if err != nil || may != test.may {
			t.Errorf("%v: MayBegin = %v, %v, want %v", test.roles, may, err, test.may)
		}
		l := m.look()
		_, err = f.BeginEmergency(t.Context(), l, m.grounds(), unconscious)
		if test.may != (err == nil) || !test.may && !errors.Is(err, authz.ErrDenied) {
			t.Errorf("%v: BeginEmergency = %v, want allowed %v", test.roles, err, test.may)
		}
		if !test.may {
			f.wantEvents(l, "refused not-permitted")
		}
	}
	for _, p := range []authn.Principal{{}, authn.System("import"), f.look("administrator").Principal, f.look().Principal} {
		if may, _, err := f.MayBegin(t.Context(), p); err != nil || may {
			t.Errorf("%v %q: MayBegin = %v, %v, want not", p.Roles(), p.Name(), may, err)
		}
	}
	// Who reads nothing otherwise has no grounds to widen.
	f.exec(`DELETE FROM access.permission WHERE role = 'police_officer' AND act = 'read'`)
	s := f.service(f)
	if may, _, err := s.MayBegin(t.Context(), f.look("police_officer").Principal); err != nil || may {
		t.Errorf("without anything to read: MayBegin = %v, %v, want not", may, err)
	}
}

func TestTold(t *testing.T) {
	f := newFixture(t)
	f.exec(withoutRules)
	officer := f.member("Ann Other", "police_officer", "governance_officer")
	f.exec(`INSERT INTO access.agency (id, name, kind) VALUES ('` + nobody + `', 'Acorn Trust', 'health')`)
	for n := range 22 {
		m := f.member(fmt.Sprintf("Viewer %02d", n), "governance_officer")
		switch {
		case n == 0:
			f.exec(`UPDATE access.user_account SET left_at = now() WHERE id = '` + m.p.User() + `'`)
		case n < 20:
			f.exec(`UPDATE access.user_account SET agency = '` + nobody + `' WHERE id = '` + m.p.User() + `'`)
		}
	}
	_, told, err := f.MayBegin(t.Context(), officer.p)
	if err != nil || len(told) != 20 || told[0] != (authz.Colleague{Name: "Viewer 20", Agency: "Northmoor Police"}) ||
		told[1].Name != "Viewer 21" || told[2] != (authz.Colleague{Name: "Viewer 01", Agency: "Acorn Trust"}) || told[19].Name != "Viewer 18" {
		t.Errorf("told = %v, %v, want twenty who are present, those of the own agency first, without the caller", told, err)
	}
	l := officer.look()
	if _, err := f.BeginEmergency(t.Context(), l, officer.grounds(), unconscious); err != nil {
		t.Fatal(err)
	}
	if got := f.wantEvents(l, "allowed")[0].Detail["told"]; len(strings.Split(got, ", ")) != 20 {
		t.Errorf("the event says that %q were told", got)
	}
}

func TestEndEmergency(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "police_officer")
	em, _ := officer.emergency().Emergency()
	again := officer.again()
	l := again.look()
	if err := f.EndEmergency(t.Context(), l, f.person); err != nil || f.count(`access.emergency WHERE ended_at IS NULL`) != 1 {
		t.Errorf("EndEmergency from another session = %v, want no error and nothing ended", err)
	}
	f.wantEvents(l, "failed not-on")
	l = officer.look()
	if err := f.EndEmergency(t.Context(), l, f.person); err != nil || f.count(`access.emergency WHERE ended_at IS NOT NULL`) != 1 {
		t.Errorf("EndEmergency = %v", err)
	}
	e := f.wantEvents(l, "allowed")[0]
	if wantDetail(t, e, "emergency_id="+em.ID); e.Act != authz.ActEnd || !slices.Equal(e.Persons, []string{f.person}) {
		t.Errorf("the event is %+v", e)
	}
	if _, on := officer.standing().Emergency(); on {
		t.Error("it is still on")
	}
	l = officer.look()
	if err := f.EndEmergency(t.Context(), l, f.person); err != nil {
		t.Errorf("EndEmergency when none is on = %v", err)
	}
	f.wantEvents(l, "failed not-on")
	l = officer.look()
	if err := f.EndEmergency(t.Context(), l, "x"); !errors.Is(err, authz.ErrNotFound) {
		t.Errorf("EndEmergency of no id = %v, want ErrNotFound", err)
	}
	f.wantEvents(l, "failed not-found")
	l = f.look("police_officer")
	if err := f.EndEmergency(t.Context(), l, f.person); authn.KindOf(err) != authn.SessionEnded {
		t.Errorf("EndEmergency without a session = %v, want the refusal", err)
	}
	f.wantEvents(l, "refused session-ended")
}
