package authz_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mais/server/internal/authz"
	"mais/server/internal/record/recordtest"
)

func TestLooked(t *testing.T) {
	f := newFixture(t)
	officer, nurse := f.member("Ann Other", "police_officer"), f.member("Nia Nurse", "clinician")
	if _, err := f.Show(t.Context(), nurse.look(), f.person); err != nil { // through the API: without a reason
		t.Fatal(err)
	}
	if _, err := f.View(t.Context(), officer.look(), officer.emergency()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Show(t.Context(), f.look("administrator"), f.person); !errors.Is(err, authz.ErrDenied) {
		t.Fatal(err)
	}
	g := nurse.grounds()
	if _, err := f.Print(t.Context(), nurse.look(), g); err != nil {
		t.Fatal(err)
	}
	l := nurse.look()
	looked, err := f.Looked(t.Context(), l, g)
	if err != nil || len(looked) != 3 {
		t.Fatalf("Looked = %+v, %v, want three looks", looked, err)
	}
	var got []string
	for _, v := range looked {
		got = append(got, fmt.Sprint(v.Name, " ", v.Agency, " ", v.Act, " ", v.Reason, " ", v.Emergency, " ", v.Own))
		if time.Since(v.At).Abs() > time.Minute {
			t.Errorf("a look at %v", v.At)
		}
	}
	want := []string{"Nia Nurse Northmoor Police record.print custody false true", "Ann Other Northmoor Police record.show custody true false",
		"Nia Nurse Northmoor Police record.show  false true"}
	if !slices.Equal(got, want) {
		t.Errorf("Looked = %q, want %q", got, want)
	}
	e := f.wantEvents(l, "allowed")[0]
	if e.Act != authz.ActLooked || !slices.Equal(e.Persons, []string{f.person}) || e.Rows != 3 || len(e.Items) > 0 {
		t.Errorf("the event is %+v", e)
	}
	if again, err := f.Looked(t.Context(), nurse.look(), g); err != nil || len(again) != 3 {
		t.Errorf("Looked again = %d looks, %v: looking at the trail is no look at the record", len(again), err)
	}
	f.exec(`DELETE FROM access.permission WHERE role = 'clinician'`)
	for range 2 { // the second time before anything is read
		l = nurse.look()
		if got, err := f.Looked(t.Context(), l, g); !errors.Is(err, authz.ErrDenied) || got != nil {
			t.Errorf("Looked by one who may read nothing = %v, %v, want ErrDenied", got, err)
		}
	}
	f.wantEvents(l, "refused not-permitted")
}

func TestRecent(t *testing.T) {
	f := newFixture(t)
	second := recordtest.Canary()
	second.Reference = "2"
	f.load(second)
	var other string
	if err := f.db.Owner().QueryRow(t.Context(), `SELECT id FROM record.person WHERE id <> $1`, f.person).Scan(&other); err != nil {
		t.Fatal(err)
	}
	officer := f.member("Ann Other", "police_officer")
	g := officer.grounds()
	if _, err := f.Show(t.Context(), officer.look(), other); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := f.View(t.Context(), officer.look(), g); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.View(t.Context(), f.member("Bo Other", "clinician").look(), g); err == nil {
		t.Fatal("grounds of another session")
	}
	f.exec(`INSERT INTO audit.event (at, act, outcome, user_id, persons)
		VALUES (now() - interval '31 days', 'record.show', 'allowed', '` + officer.p.User() + `', ARRAY['` + nobody + `'::uuid])`)
	l := officer.look()
	recent, err := f.Recent(t.Context(), l)
	if err != nil || len(recent) != 2 {
		t.Fatalf("Recent = %+v, %v, want two people", recent, err)
	}
	last := recent[0]
	if last.Person.ID != f.person || last.Looks != 2 || last.Reason != "custody" || time.Since(last.At).Abs() > time.Minute ||
		recent[1].Person.ID != other || recent[1].Looks != 1 || recent[1].Reason != "" {
		t.Errorf("Recent = %+v", recent)
	}
	names := []string{"service_user_details.first_name", "service_user_details.surname"}
	for _, r := range recent {
		if !slices.Equal(sees(t, r), names) || r.Person.DateOfBirth != string(recordtest.AsAt) || r.Person.Alerts != nil {
			t.Errorf("Recent shows %v of %+v, want the name", sees(t, r), r)
		}
	}
	e := f.wantEvents(l, "allowed")[0]
	if e.Act != authz.ActRecent || !slices.Equal(e.Persons, []string{f.person, other}) || e.Rows != 2 || !covers(e.Items, names) {
		t.Errorf("the event is %+v", e)
	}

	// Whoever is gone, or may no longer be named, is a number.
	f.exec(`DELETE FROM record.person WHERE id = '` + other + `'`)
	if recent, err = f.Recent(t.Context(), officer.look()); err != nil || len(recent) != 2 || recent[1].Person.Surname != "" || recent[1].Person.ID != other {
		t.Errorf("Recent after an erasure = %+v, %v", recent, err)
	}
	f.exec(`DELETE FROM access.permission WHERE role = 'police_officer' AND item LIKE 'service_user_details.%'`)
	l = officer.look()
	if recent, err = f.Recent(t.Context(), l); err != nil || len(recent) != 2 || recent[0].Person.ID != f.person || len(sees(t, recent)) > 0 ||
		recent[0].Person.DateOfBirth != "" || recent[0].Person.Released != nil {
		t.Errorf("Recent without names = %+v, %v", recent, err)
	}
	f.wantEvents(l, "allowed", "allowed") // decided anew when the permissions had changed
	for _, l := range []authz.Look{f.look("administrator"), f.look("governance_officer"), {Request: f.look().Request}} {
		if got, err := f.Recent(t.Context(), l); !errors.Is(err, authz.ErrDenied) || got != nil {
			t.Errorf("%v: Recent = %v, %v, want ErrDenied", l.Principal.Roles(), got, err)
		}
		f.wantEvents(l, "refused not-permitted")
	}
	l = f.member("New Comer", "clinician").look()
	if got, err := f.Recent(t.Context(), l); err != nil || len(got) != 0 {
		t.Errorf("Recent of a newcomer = %v, %v, want nobody", got, err)
	}
	f.wantEvents(l, "allowed")
}
