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
		got, err := f.Grounds(t.Context(), test.l, test.id)
		if _, on := got.Emergency(); !errors.Is(err, test.want) || got.Purpose() != (authz.Purpose{}) || on {
			t.Errorf("%s: Grounds = %+v, %v, want %v", name, got, err, test.want)
		}
		if names := got.Person() == test.id; names != errors.Is(test.want, authz.ErrNoReason) {
			t.Errorf("%s: the grounds name %q, want the person whom they were asked of and nothing that is no id", name, got.Person())
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
		{authz.Purpose{Reason: "other", Explanation: typed + "\u200b"}, "explanation"}, {authz.Purpose{Reason: "other", Explanation: "\u3164\u3164\u3164\u3164\u3164"}, "explanation"},
		{authz.Purpose{Reason: "other", Explanation: ". . . . ab"}, "explanation"},
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
}

// Who is not there is nobody to look at, and the event says whom it was about.
func TestReasonForNobody(t *testing.T) {
	f := newFixture(t)
	for role, want := range map[string]string{"clinician": "failed not-found", "administrator": "refused not-permitted"} {
		l := f.member("Ann", role).look()
		err := f.GiveReason(t.Context(), l, nobody, custody)
		if (role == "clinician") != errors.Is(err, authz.ErrNotFound) || err == nil || f.count(`access.purpose`) != 0 {
			t.Errorf("%s: GiveReason for nobody = %v and %d rows", role, err, f.count(`access.purpose`))
		}
		if e := f.wantEvents(l, want)[0]; !slices.Equal(e.Persons, []string{nobody}) {
			t.Errorf("%s: the event is %+v", role, e)
		}
	}
}

// One session gives reasons for so many people and no more; for those it has them for, it
// gives others.
func TestTooManyReasons(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "police_officer")
	officer.grounds()
	f.exec(`INSERT INTO record.person (id, source, source_reference) SELECT gen_random_uuid(), 'crowd', n::text FROM generate_series(1, 499) n;
		INSERT INTO access.purpose (session, person, reason) SELECT sha256('` + officer.session + `'), id, 'custody' FROM record.person WHERE source = 'crowd'`)
	one := f.somebody("one too many")
	l := officer.look()
	if err := f.GiveReason(t.Context(), l, one, custody); !errors.Is(err, authz.ErrTooMany) || f.count(`access.purpose`) != authz.MaxPeople {
		t.Errorf("GiveReason for one more = %v and %d rows, want ErrTooMany and %d", err, f.count(`access.purpose`), authz.MaxPeople)
	}
	if e := f.wantEvents(l, "refused too-many")[0]; !slices.Equal(e.Persons, []string{one}) {
		t.Errorf("the event is %+v", e)
	}
	for name, err := range map[string]error{
		"another reason for one of them": f.GiveReason(t.Context(), officer.look(), f.person, authz.Purpose{Reason: "care"}),
		"one more in another session":    f.GiveReason(t.Context(), officer.again().look(), one, custody),
	} {
		if err != nil {
			t.Errorf("%s: GiveReason = %v", name, err)
		}
	}
}

// Given says for whom this session has a reason.
func TestGiven(t *testing.T) {
	f := newFixture(t)
	officer, other := f.member("Ann Other", "police_officer"), f.somebody("another")
	officer.grounds()
	for name, test := range map[string]struct {
		l    authz.Look
		want bool
	}{
		"the session": {officer.look(), true}, "another session": {officer.again().look(), false}, "no session": {f.look("police_officer"), false},
	} {
		got, err := f.Given(t.Context(), test.l, []string{f.person, other})
		if err != nil || got[f.person] != test.want || got[other] {
			t.Errorf("%s: Given = %v, %v, want the canary %v", name, got, err, test.want)
		}
		f.wantEvents(test.l)
	}
	if got, err := f.Given(t.Context(), officer.look(), nil); err != nil || len(got) != 0 {
		t.Errorf("Given of no one = %v, %v", got, err)
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
	g, another := officer.grounds(), f.somebody("another")
	for _, test := range []struct {
		name  string
		l     authz.Look
		write func(authz.Look) error
		rows  string
	}{
		{"GiveReason", officer.look(), func(l authz.Look) error { return f.GiveReason(t.Context(), l, another, custody) },
			`access.purpose WHERE person = '` + another + `'`},
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
	if err := f.GiveReason(t.Context(), l, f.somebody("another"), custody); !errors.Is(err, authz.ErrDenied) || f.count(`access.purpose`) != 1 {
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
	other.end()
	other.emergency()
	g, another := officer.grounds(), f.somebody("another")
	f.exec(`REVOKE EXECUTE ON FUNCTION audit.append(jsonb) FROM mais_creds`)
	down := f.auditDown()
	for name, write := range map[string]func(*authz.Service, authz.Look, authz.Look) error{
		"GiveReason": func(s *authz.Service, l, _ authz.Look) error { return s.GiveReason(t.Context(), l, another, custody) },
		"BeginEmergency": func(s *authz.Service, l, _ authz.Look) error {
			_, err := s.BeginEmergency(t.Context(), l, g, unconscious)
			return err
		},
		"EndEmergency": func(s *authz.Service, _, _ authz.Look) error {
			return s.EndEmergency(t.Context(), other.look(), f.person)
		},
		"Review": func(s *authz.Service, _, l authz.Look) error {
			return s.Review(t.Context(), l, waiting.ID, authz.Finding{Justified: true})
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
