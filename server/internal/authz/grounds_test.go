package authz_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
)

const nobody = "5ad8b9f6-7c1e-4a52-9f0d-000000000001"

func TestGrounds(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "police_officer")
	if _, err := f.Grounds(t.Context(), officer.look(), f.person); !errors.Is(err, authz.ErrNoReason) {
		t.Errorf("Grounds before a reason = %v, want ErrNoReason", err)
	}
	g := officer.grounds()
	if _, on := g.Emergency(); g.Person() != f.person || g.Purpose() != custody || on {
		t.Errorf("Grounds = %+v", g)
	}
	for name, test := range map[string]struct {
		l    authz.Look
		id   string
		want error
	}{
		"another session":  {officer.again().look(), f.person, authz.ErrNoReason},
		"another user":     {f.member("Bo Other", "police_officer").look(), f.person, authz.ErrNoReason},
		"another person":   {officer.look(), nobody, authz.ErrNoReason},
		"without session":  {f.look("police_officer"), f.person, authz.ErrNoReason},
		"not an id":        {officer.look(), "1", authz.ErrNotFound},
		"an upper-case id": {officer.look(), strings.ToUpper(f.person), authz.ErrNotFound},
	} {
		if got, err := f.Grounds(t.Context(), test.l, test.id); !errors.Is(err, test.want) || got != (authz.Grounds{}) {
			t.Errorf("%s: Grounds = %+v, %v, want %v", name, got, err, test.want)
		}
		f.wantEvents(test.l)
	}
	officer.signOut()
	if _, err := f.Grounds(t.Context(), officer.look(), f.person); !errors.Is(err, authz.ErrNoReason) {
		t.Errorf("Grounds after sign-out = %v, want ErrNoReason", err)
	}
}

// What a reason asks for is kept and stands in its event; what it does not ask for is not.
func TestGiveReason(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "police_officer")
	for _, test := range []struct{ given, kept authz.Purpose }{
		{custody, custody},
		{authz.Purpose{Reason: "custody"}, authz.Purpose{Reason: "custody"}},
		{authz.Purpose{Reason: "welfare", Number: "  12-3.4 "}, authz.Purpose{Reason: "welfare", Number: "12-3.4"}},
		{authz.Purpose{Reason: "care", Number: strings.Repeat("1", 40)}, authz.Purpose{Reason: "care", Number: strings.Repeat("1", 40)}},
		{authz.Purpose{Reason: "custody", Explanation: "left\nover"}, authz.Purpose{Reason: "custody"}},
		{authz.Purpose{Reason: "release", Number: "left_over"}, authz.Purpose{Reason: "release"}},
		{authz.Purpose{Reason: "other", Number: "'", Explanation: " asked by Siân’s solicitor "},
			authz.Purpose{Reason: "other", Explanation: "asked by Siân’s solicitor"}},
	} {
		l := officer.look()
		if err := f.GiveReason(t.Context(), l, f.person, test.given); err != nil {
			t.Errorf("GiveReason(%+v) = %v", test.given, err)
			continue
		}
		if got := officer.standing().Purpose(); got != test.kept {
			t.Errorf("GiveReason(%+v) keeps %+v, want %+v", test.given, got, test.kept)
		}
		e := f.wantEvents(l, "allowed")[0]
		want := []string{"reason=" + test.kept.Reason}
		for name, text := range map[string]string{"number": test.kept.Number, "explanation": test.kept.Explanation} {
			if text != "" {
				want = append(want, name+"="+text)
			}
		}
		wantDetail(t, e, want...)
		if e.Act != authz.ActReason || !slices.Equal(e.Persons, []string{f.person}) || e.UserName != "Ann Other" || e.Login != "mais_creds" {
			t.Errorf("the event is %+v", e)
		}
	}
	if n := f.count(`access.purpose`); n != 1 {
		t.Errorf("%d reasons are kept, want the last one", n)
	}
}

func TestInvalidReason(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "police_officer")
	const typed = "Zyxwvut"
	for _, test := range []struct {
		p      authz.Purpose
		faulty string
	}{
		{authz.Purpose{}, "reason"}, {authz.Purpose{Reason: "Custody"}, "reason"}, {authz.Purpose{Reason: typed}, "reason"},
		{authz.Purpose{Reason: "custody", Number: strings.Repeat("1", 41)}, "number"},
		{authz.Purpose{Reason: "custody", Number: typed + "\n2"}, "number"}, {authz.Purpose{Reason: "custody", Number: "<" + typed}, "number"},
		{authz.Purpose{Reason: "care", Number: "Ä"}, "number"}, {authz.Purpose{Reason: "care", Number: "1\x00"}, "number"},
		{authz.Purpose{Reason: "other"}, "explanation"}, {authz.Purpose{Reason: "other", Explanation: "  four "}, "explanation"},
		{authz.Purpose{Reason: "other", Explanation: strings.Repeat(typed, 29)}, "explanation"},
		{authz.Purpose{Reason: "other", Explanation: typed + "\nnext line"}, "explanation"},
		{authz.Purpose{Reason: "other", Explanation: typed + "\u202e"}, "explanation"},
		{authz.Purpose{Reason: "other", Explanation: typed + "\xff"}, "explanation"},
	} {
		l := officer.look()
		err := f.GiveReason(t.Context(), l, f.person, test.p)
		var invalid *authz.InvalidError
		if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != test.faulty || strings.Contains(err.Error(), typed) {
			t.Errorf("GiveReason(%.80q) = %v, want an InvalidError of %s", test.p, err, test.faulty)
		}
		if e := f.wantEvents(l, "failed invalid: "+test.faulty)[0]; len(e.Detail) > 0 || !slices.Equal(e.Persons, []string{f.person}) {
			t.Errorf("the event is %+v, want the person and nothing that was typed", e)
		}
	}
	if n := f.count(`access.purpose`); n != 0 {
		t.Errorf("%d reasons are kept, want none", n)
	}
}

func TestWhoMayGiveAReason(t *testing.T) {
	f := newFixture(t)
	over := f.member("Gone Out", "police_officer")
	over.signOut()
	for name, test := range map[string]struct {
		l     authz.Look
		id    string
		event string
		ok    func(error) bool
	}{
		"administrator": {f.member("Ad", "administrator").look(), f.person, "refused not-permitted", is(authz.ErrDenied)},
		"governance":    {f.member("Go", "governance_officer").look(), f.person, "refused not-permitted", is(authz.ErrDenied)},
		"no role":       {f.member("No").look(), f.person, "refused not-permitted", is(authz.ErrDenied)},
		"import":        {authz.Look{Principal: authn.System("import"), Request: f.look().Request}, f.person, "refused not-permitted", is(authz.ErrDenied)},
		"no session":    {f.look("clinician"), f.person, "refused session-ended", kind(authn.SessionEnded)},
		"session over":  {over.look(), f.person, "refused session-ended", kind(authn.SessionEnded)},
		"not an id":     {f.member("Ann", "clinician").look(), "x", "failed not-found", is(authz.ErrNotFound)},
	} {
		if err := f.GiveReason(t.Context(), test.l, test.id, custody); !test.ok(err) {
			t.Errorf("%s: GiveReason = %v", name, err)
		}
		f.wantEvents(test.l, test.event)
	}
	if n := f.count(`access.purpose`); n != 0 {
		t.Errorf("%d reasons are kept, want none", n)
	}
	// A reason for somebody who is not there is taken like any other: it does not tell.
	if err := f.GiveReason(t.Context(), f.member("Ann", "clinician").look(), nobody, custody); err != nil {
		t.Errorf("GiveReason for nobody = %v", err)
	}
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

func kind(want authn.Kind) func(error) bool {
	return func(err error) bool { return authn.KindOf(err) == want }
}

// Who falls while a write is under way has written nothing, and there is one event.
func TestCallerFallsDuringAWrite(t *testing.T) {
	f := newFixture(t)
	officer, viewer := f.member("Ann Other", "police_officer"), f.member("Rae Viewer", "governance_officer")
	other := f.member("Bo Other", "police_officer")
	waiting, _ := other.emergency().Emergency()
	g := officer.grounds()
	for _, test := range []struct {
		name  string
		l     authz.Look
		write func(authz.Look) error
		rows  string
	}{
		{"GiveReason", officer.look(), func(l authz.Look) error { return f.GiveReason(t.Context(), l, nobody, custody) },
			`access.purpose WHERE person = '` + nobody + `'`},
		{"BeginEmergency", officer.look(), func(l authz.Look) error {
			_, err := f.BeginEmergency(t.Context(), l, g, unconscious)
			return err
		}, `access.emergency WHERE user_id = '` + officer.p.User() + `'`},
		{"EndEmergency", other.look(), func(l authz.Look) error { return f.EndEmergency(t.Context(), l, f.person) },
			`access.emergency WHERE ended_at IS NOT NULL`},
		{"Review", viewer.look(), func(l authz.Look) error {
			return f.Review(t.Context(), l, waiting.ID, authz.Finding{Justified: true})
		}, `access.emergency WHERE reviewed_at IS NOT NULL`},
	} {
		f.revoke(t)
		if err := test.write(test.l); authn.KindOf(err) != authn.Revoked {
			t.Errorf("%s by one who was revoked meanwhile = %v", test.name, err)
		}
		f.wantEvents(test.l, "refused revoked")
		if n := f.count(test.rows); n != 0 {
			t.Errorf("%s: %d rows were written", test.name, n)
		}
		f.restore()
		l := authz.Look{Principal: test.l.Principal, Request: f.look().Request}
		if err := test.write(l); err != nil || f.count(test.rows) != 1 {
			t.Errorf("%s afterwards = %v and %d rows, want one", test.name, err, f.count(test.rows))
		}
		f.wantEvents(l, "allowed")
	}
}

// Permissions that go while a write is under way count before it commits.
func TestPermissionsGoDuringAWrite(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "police_officer")
	g := officer.grounds()
	f.exec(`DELETE FROM access.permission WHERE role = 'police_officer' AND act = 'emergency'`) // the cache does not know yet
	l := officer.look()
	if _, err := f.BeginEmergency(t.Context(), l, g, unconscious); !errors.Is(err, authz.ErrDenied) || f.count(`access.emergency`) != 0 {
		t.Errorf("BeginEmergency = %v and %d rows, want ErrDenied and none", err, f.count(`access.emergency`))
	}
	f.wantEvents(l, "refused not-permitted")
	f.exec(`DELETE FROM access.permission WHERE role = 'police_officer'`)
	l = officer.look()
	if err := f.GiveReason(t.Context(), l, nobody, custody); !errors.Is(err, authz.ErrDenied) || f.count(`access.purpose`) != 1 {
		t.Errorf("GiveReason = %v and %d rows, want ErrDenied and the one from before", err, f.count(`access.purpose`))
	}
	f.wantEvents(l, "refused not-permitted")
}

// What cannot be recorded is not written: with the ledger gone nobody learns more than that.
func TestWriteWithoutItsEvent(t *testing.T) {
	f := newFixture(t)
	officer, viewer := f.member("Ann Other", "police_officer"), f.member("Rae Viewer", "governance_officer")
	other := f.member("Bo Other", "police_officer")
	waiting, _ := other.emergency().Emergency()
	g := officer.grounds()
	f.exec(`REVOKE EXECUTE ON FUNCTION audit.append(jsonb) FROM mais_creds`)
	down := f.auditDown()
	for name, write := range map[string]func(*authz.Service, authz.Look, authz.Look) error{
		"GiveReason": func(s *authz.Service, l, _ authz.Look) error { return s.GiveReason(t.Context(), l, nobody, custody) },
		"BeginEmergency": func(s *authz.Service, l, _ authz.Look) error {
			_, err := s.BeginEmergency(t.Context(), l, g, unconscious)
			return err
		},
		"EndEmergency": func(s *authz.Service, _, _ authz.Look) error {
			return s.EndEmergency(t.Context(), other.look(), f.person)
		},
		"Review": func(s *authz.Service, _, l authz.Look) error {
			return s.Review(t.Context(), l, waiting.ID, authz.Finding{})
		},
	} {
		if err := write(f.Service, officer.look(), viewer.look()); !errors.Is(err, authz.ErrUnavailable) {
			t.Errorf("%s without its event = %v, want ErrUnavailable", name, err)
		}
		if err := write(down, officer.look(), viewer.look()); !errors.Is(err, authz.ErrUnavailable) || !errors.Is(err, audit.ErrUnavailable) {
			t.Errorf("%s without the ledger = %v, want ErrUnavailable by the audit's", name, err)
		}
	}
	if p, e := f.count(`access.purpose`), f.count(`access.emergency WHERE ended_at IS NULL AND reviewed_at IS NULL`); p != 2 || e != 1 {
		t.Errorf("%d reasons and %d emergencies as before, want 2 and 1", p, e)
	}
}
