package authz_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

// keys returns the items that carry a marker of their own and that may says yes to.
func keys(may func(record.Item) bool) (keys []string) {
	for _, key := range record.Keys() {
		if i, _ := record.Lookup(key); may(i) && i.Type != record.Constant {
			keys = append(keys, key)
		}
	}
	return keys
}

func restricted(i record.Item) bool     { return i.Audience == record.Restricted }
func everything(record.Item) bool       { return true }
func allButEPEX(i record.Item) bool     { return i.Key() != epex }
func inEmergency(i record.Item) bool    { return !restricted(i) && allButEPEX(i) }
func sees(t *testing.T, v any) []string { t.Helper(); return recordtest.Found(asJSON(t, v)) }

const epex = "service_user_details.epex_number"

// View and Print show what the role always may, with the reason in the event.
func TestViewAndPrint(t *testing.T) {
	f := newFixture(t)
	for role, may := range map[string]func(record.Item) bool{"police_officer": restricted, "clinician": everything, "record_clinician": everything} {
		m := f.member("Ann Other", role)
		g := m.grounds()
		for act, show := range map[string]func(context.Context, authz.Look, authz.Grounds) (api.Record, error){
			authz.ActShow: f.View, authz.ActPrint: f.Print} {
			l := m.look()
			shown, err := show(t.Context(), l, g)
			if want := keys(may); err != nil || !slices.Equal(sees(t, shown), want) {
				t.Errorf("%s: %s shows %v, %v, want %v", role, act, sees(t, shown), err, want)
			}
			e := f.wantEvents(l, "allowed")[0]
			wantDetail(t, e, "reason=custody", "number=50KY/1234/26")
			if e.Act != act || !slices.Equal(e.Persons, []string{f.person}) || !covers(e.Items, keys(may)) || e.Rows != 1 {
				t.Errorf("%s: the event is %+v", role, e)
			}
		}
	}
}

// Without grounds of its own no session sees anything, and each attempt is an event.
func TestNoGrounds(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "clinician")
	g := officer.grounds()
	reasonless, _ := f.Grounds(t.Context(), officer.again().look(), f.person)
	for name, test := range map[string]struct {
		l authz.Look
		g authz.Grounds
	}{
		"none":              {officer.look(), authz.Grounds{}},
		"another session's": {officer.again().look(), g},
		"another user's":    {f.member("Bo Other", "clinician").look(), g},
		"without a session": {f.look("clinician"), g},
		"neither":           {f.look("clinician"), authz.Grounds{}},
		"without a reason":  {officer.again().look(), reasonless},
		"nobody":            {authz.Look{Request: f.look().Request}, g},
		"import":            {authz.Look{Principal: authn.System("import"), Request: f.look().Request}, g},
	} {
		attempts := map[string]func(authz.Look) (any, error){
			authz.ActShow:   func(l authz.Look) (any, error) { return f.View(t.Context(), l, test.g) },
			authz.ActPrint:  func(l authz.Look) (any, error) { return f.Print(t.Context(), l, test.g) },
			authz.ActLooked: func(l authz.Look) (any, error) { return f.Looked(t.Context(), l, test.g) },
			authz.ActBegin:  func(l authz.Look) (any, error) { return f.BeginEmergency(t.Context(), l, test.g, unconscious) },
		}
		for act, attempt := range attempts {
			l := authz.Look{Principal: test.l.Principal, Request: f.look().Request}
			if got, err := attempt(l); !errors.Is(err, authz.ErrNoReason) || len(sees(t, got)) > 0 {
				t.Errorf("%s on grounds that are %s = %v, %v, want ErrNoReason", act, name, got, err)
			}
			if e := f.wantEvents(l, "refused no-reason")[0]; e.Act != act || (test.g != authz.Grounds{}) != slices.Equal(e.Persons, []string{f.person}) {
				t.Errorf("%s on grounds that are %s: the event is %+v", act, name, e)
			}
		}
	}
}

// A record that goes after the reason was given is not found, and not opened in an emergency.
func TestViewOfNobody(t *testing.T) {
	f := newFixture(t)
	m := f.member("Ann Other", "police_officer")
	g := m.grounds()
	f.exec(`DELETE FROM record.person`)
	l := m.look()
	if _, err := f.View(t.Context(), l, g); !errors.Is(err, authz.ErrNotFound) {
		t.Errorf("View of nobody = %v, want ErrNotFound", err)
	}
	f.wantEvents(l, "failed not-found")
	l = m.look()
	if _, err := f.BeginEmergency(t.Context(), l, g, unconscious); !errors.Is(err, authz.ErrNotFound) || f.count(`access.emergency`) != 0 {
		t.Errorf("BeginEmergency for nobody = %v and %d rows, want ErrNotFound and none", err, f.count(`access.emergency`))
	}
	if e := f.wantEvents(l, "failed not-found")[0]; e.Act != authz.ActBegin || !slices.Equal(e.Persons, []string{f.person}) {
		t.Errorf("the event is %+v", e)
	}
}

// What the request's event says of the look stays beside the reason.
func TestViewKeepsTheRequestsDetail(t *testing.T) {
	f := newFixture(t)
	m := f.member("Ann Other", "clinician")
	l := m.look()
	l.Request.Detail = map[string]string{"view": "history", "reason": "none"}
	if _, err := f.View(t.Context(), l, m.grounds()); err != nil {
		t.Fatal(err)
	}
	wantDetail(t, f.wantEvents(l, "allowed")[0], "view=history", "reason=custody", "number=50KY/1234/26")
}

// Identify shows who somebody is and nothing else, to those who may know it.
func TestIdentify(t *testing.T) {
	f := newFixture(t)
	names := []string{"service_user_details.first_name", "service_user_details.surname"}
	for _, role := range []string{"police_officer", "clinician"} {
		l := f.member("Ann Other", role).look()
		got, err := f.Identify(t.Context(), l, f.person)
		if err != nil || got.ID != f.person || !slices.Equal(sees(t, got), names) || got.DateOfBirth != string(recordtest.AsAt) ||
			got.Released == nil || *got.Released != string(recordtest.AsAt) || got.Alerts != nil {
			t.Errorf("%s: Identify = %+v, %v", role, got, err)
		}
		e := f.wantEvents(l, "allowed")[0]
		want := []string{names[0], names[1], "service_user_details.date_of_birth", "service_user_details.date_of_release"}
		if e.Act != authz.ActIdentify || !slices.Equal(e.Items, want) || !slices.Equal(e.Persons, []string{f.person}) || e.Rows != 1 {
			t.Errorf("%s: the event is %+v, want the items %v", role, e, want)
		}
	}
	for _, test := range []struct {
		role, id, event string
		want            error
	}{
		{"administrator", f.person, "refused not-permitted", authz.ErrDenied}, {"governance_officer", f.person, "refused not-permitted", authz.ErrDenied},
		{"clinician", nobody, "failed not-found", authz.ErrNotFound}, {"clinician", "x", "failed not-found", authz.ErrNotFound},
	} {
		l := f.look(test.role)
		if got, err := f.Identify(t.Context(), l, test.id); !errors.Is(err, test.want) || got.ID != "" {
			t.Errorf("%s: Identify(%s) = %+v, %v, want %v", test.role, test.id, got, err, test.want)
		}
		f.wantEvents(l, test.event)
	}
	f.exec(`DELETE FROM access.permission WHERE role = 'police_officer' AND item <> 'service_user_details.surname'`)
	l := f.look("police_officer")
	got, err := f.Identify(t.Context(), l, f.person)
	if err != nil || got.Surname == "" || got.FirstName != "" || got.DateOfBirth != "" || got.Released != nil {
		t.Errorf("Identify with the surname alone = %+v, %v", got, err)
	}
}

// No full item is read for a police officer but by View while emergency access is on: not
// shown, and not even asked of the database, whose login for full items is shut here.
func TestFullItemsNeedAnEmergency(t *testing.T) {
	f := newFixture(t)
	officer, on := f.member("Ann Other", "police_officer"), f.member("Bo Other", "police_officer")
	g, emergency := officer.grounds(), on.emergency()
	if shown, err := f.View(t.Context(), on.look(), emergency); err != nil || !slices.Equal(sees(t, shown), keys(allButEPEX)) {
		t.Errorf("View in an emergency shows %v, %v, want all but the ePEX number", sees(t, shown), err)
	}
	f.exec(`REVOKE ALL ON ALL TABLES IN SCHEMA record FROM mais_read_full`)
	if shown, err := f.View(t.Context(), on.look(), emergency); !errors.Is(err, authz.ErrUnavailable) || shown.Sections != nil {
		t.Errorf("View in an emergency without the login for full items = %v, %v, want ErrUnavailable", shown, err)
	}
	for name, attempt := range map[string]func() (any, error){
		"View":                  func() (any, error) { return f.View(t.Context(), officer.look(), g) },
		"Print":                 func() (any, error) { return f.Print(t.Context(), officer.look(), g) },
		"Print in an emergency": func() (any, error) { return f.Print(t.Context(), on.look(), emergency) },
		"Show in an emergency":  func() (any, error) { return f.Show(t.Context(), on.look(), f.person) },
		"Identify":              func() (any, error) { return f.Identify(t.Context(), on.look(), f.person) },
		"Looked":                func() (any, error) { return f.Looked(t.Context(), on.look(), emergency) },
		"Recent":                func() (any, error) { return f.Recent(t.Context(), on.look()) },
		"Search":                func() (any, error) { return f.Search(t.Context(), on.look(), authz.Query{Surname: "canary"}) },
		"View in another session": func() (any, error) {
			again := on.again()
			return f.View(t.Context(), again.look(), again.grounds())
		},
	} {
		got, err := attempt()
		full := slices.DeleteFunc(sees(t, got), func(key string) bool { i, _ := record.Lookup(key); return restricted(i) })
		if err != nil || len(full) > 0 {
			t.Errorf("%s shows %v, %v, want no full item", name, full, err)
		}
	}
	for _, act := range []string{authz.ActPrint, authz.ActIdentify, authz.ActLooked, authz.ActRecent} {
		if e := f.last(act); e.Detail["emergency"] != "" || covers(e.Items, keys(inEmergency)[:1]) {
			t.Errorf("%s: the event is %+v, want nothing of an emergency", act, e)
		}
	}
}

// A look in an emergency is marked as one.
func TestEmergencyLookIsMarked(t *testing.T) {
	f := newFixture(t)
	officer := f.member("Ann Other", "police_officer")
	g := officer.emergency()
	em, on := g.Emergency()
	l := officer.look()
	if _, err := f.View(t.Context(), l, g); err != nil || !on {
		t.Fatalf("View = %v, emergency on = %v", err, on)
	}
	e := f.wantEvents(l, "allowed")[0]
	wantDetail(t, e, "reason=custody", "number=50KY/1234/26", "emergency=true", "emergency_id="+em.ID)
	if !covers(e.Items, keys(allButEPEX)) || covers(e.Items, []string{epex}) {
		t.Errorf("the event's items are %v", e.Items)
	}
}

// Emergency access that stops is worth nothing from then on, also to grounds that were made
// before, and also between the reading and the release.
func TestEmergencyStops(t *testing.T) {
	for name, stop := range map[string]func(*fixture, member){
		"it is ended":     func(f *fixture, m member) { m.end() },
		"its time passes": func(f *fixture, _ member) { f.expire() },
		"sign-out":        func(_ *fixture, m member) { m.signOut() },
		"the permissions": func(f *fixture, _ member) {
			f.exec(`DELETE FROM access.permission WHERE role = 'police_officer' AND act = 'emergency'`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			officer := f.member("Ann Other", "police_officer")
			g := officer.emergency()
			f.between = sync.OnceFunc(func() { stop(f, officer) })
			l := officer.look()
			shown, err := f.View(t.Context(), l, g)
			if err != nil || !slices.Equal(sees(t, shown), keys(restricted)) {
				t.Errorf("stopped while it was read: View shows %v, %v, want the restricted items", sees(t, shown), err)
			}
			events := f.wantEvents(l, "allowed", "allowed")
			if !covers(events[0].Items, keys(inEmergency)) || covers(events[1].Items, keys(inEmergency)[:1]) || events[0].Detail["emergency"] != "true" {
				t.Errorf("the events name %v %v and then %v %v", events[0].Items, events[0].Detail, events[1].Items, events[1].Detail)
			}
			l = officer.look()
			if shown, err := f.View(t.Context(), l, g); err != nil || !slices.Equal(sees(t, shown), keys(restricted)) {
				t.Errorf("stopped before: View on old grounds shows %v, %v, want the restricted items", sees(t, shown), err)
			}
			f.wantEvents(l, "allowed")
		})
	}
}

func (m member) end() {
	m.f.t.Helper()
	if err := m.f.EndEmergency(m.f.t.Context(), m.look(), m.f.person); err != nil {
		m.f.t.Fatalf("EndEmergency: %v", err)
	}
}

// Whoever falls between the reading and the release sees nothing, whatever they look at.
func TestRevokedBeforeTheRelease(t *testing.T) {
	f := newFixture(t)
	officer, viewer := f.member("Ann Other", "police_officer"), f.member("Rae Viewer", "governance_officer")
	g := officer.emergency()
	em, _ := g.Emergency()
	f.revoke(t)
	for name, test := range map[string]struct {
		l    authz.Look
		look func(authz.Look) (any, error)
	}{
		"View":     {officer.look(), func(l authz.Look) (any, error) { return f.View(t.Context(), l, g) }},
		"Print":    {officer.look(), func(l authz.Look) (any, error) { return f.Print(t.Context(), l, g) }},
		"Identify": {officer.look(), func(l authz.Look) (any, error) { return f.Identify(t.Context(), l, f.person) }},
		"Looked":   {officer.look(), func(l authz.Look) (any, error) { return f.Looked(t.Context(), l, g) }},
		"Recent":   {officer.look(), func(l authz.Look) (any, error) { return f.Recent(t.Context(), l) }},
		"Reviews":  {viewer.look(), func(l authz.Look) (any, error) { return f.Reviews(t.Context(), l, authz.Place{}) }},
		"ReviewOf": {viewer.look(), func(l authz.Look) (any, error) { return f.ReviewOf(t.Context(), l, em.ID) }},
	} {
		got, err := test.look(test.l)
		if text := asJSON(t, got); authn.KindOf(err) != authn.Revoked || strings.Contains(text, "canary") || strings.Contains(text, f.person) {
			t.Errorf("%s = %s, %v, want the refusal of a revoked token", name, text, err)
		}
		f.wantEvents(test.l, "allowed", "refused revoked")
	}
}

// Without the ledger no look on grounds is answered.
func TestAuditDownOnGrounds(t *testing.T) {
	f := newFixture(t)
	officer, viewer := f.member("Ann Other", "police_officer"), f.member("Rae Viewer", "governance_officer")
	g := officer.emergency()
	em, _ := g.Emergency()
	s := f.auditDown()
	for name, attempt := range map[string]func() (any, error){
		"View":      func() (any, error) { return s.View(t.Context(), officer.look(), g) },
		"Print":     func() (any, error) { return s.Print(t.Context(), officer.look(), g) },
		"Identify":  func() (any, error) { return s.Identify(t.Context(), officer.look(), f.person) },
		"Looked":    func() (any, error) { return s.Looked(t.Context(), officer.look(), g) },
		"Recent":    func() (any, error) { return s.Recent(t.Context(), officer.look()) },
		"Reviews":   func() (any, error) { return s.Reviews(t.Context(), viewer.look(), authz.Place{}) },
		"ReviewOf":  func() (any, error) { return s.ReviewOf(t.Context(), viewer.look(), em.ID) },
		"no role":   func() (any, error) { return s.Reviews(t.Context(), officer.look(), authz.Place{}) },
		"no ground": func() (any, error) { return s.View(t.Context(), officer.look(), authz.Grounds{}) },
	} {
		got, err := attempt()
		if text := asJSON(t, got); !errors.Is(err, authz.ErrUnavailable) || errors.Is(err, authz.ErrDenied) || strings.Contains(text, "canary") {
			t.Errorf("%s = %s, %v, want ErrUnavailable and no more", name, text, err)
		}
	}
}
