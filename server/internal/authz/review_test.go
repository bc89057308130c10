package authz_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/internal/authz"
)

func TestReviews(t *testing.T) {
	f := newFixture(t)
	officer, viewer := f.member("Ann Other", "police_officer"), f.member("Rae Viewer", "governance_officer")
	both := f.member("Two Hats", "police_officer", "governance_officer")
	g := officer.emergency()
	for range 3 {
		if _, err := f.View(t.Context(), officer.look(), g); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Print(t.Context(), officer.look(), g); err != nil { // not under the emergency
		t.Fatal(err)
	}
	officer.end()
	second := officer.emergency()
	if _, err := f.View(t.Context(), officer.look(), second); err != nil {
		t.Fatal(err)
	}
	both.emergency()

	l := viewer.look()
	reviews, err := f.Reviews(t.Context(), l)
	if err != nil || len(reviews) != 3 {
		t.Fatalf("Reviews = %+v, %v, want three", reviews, err)
	}
	first, last := reviews[0], reviews[2]
	em, _ := g.Emergency()
	if first.ID != em.ID || first.User != "Ann Other" || first.Agency != "Northmoor Police" || first.Person != f.person || first.Reason != unconscious ||
		first.Purpose != custody || !first.Began.Equal(em.Began) || first.Ended.Sub(first.Began) >= time.Minute || first.Looks != 3 ||
		!first.ReviewedAt.IsZero() || first.Reviewer != "" || first.Own {
		t.Errorf("the first is %+v", first)
	}
	if reviews[1].Looks != 1 || reviews[1].Ended.Sub(reviews[1].Began) != 30*time.Minute || last.Looks != 0 || last.User != "Two Hats" {
		t.Errorf("the others are %+v", reviews[1:])
	}
	e := f.wantEvents(l, "allowed")[0]
	if e.Act != authz.ActReviews || e.Rows != 3 || !slices.Equal(e.Persons, []string{f.person}) {
		t.Errorf("the event is %+v", e)
	}
	own, err := f.Reviews(t.Context(), both.look())
	if err != nil || own[0].Own || own[1].Own || !own[2].Own {
		t.Errorf("Reviews by one who had one = %+v, %v, want it to be their own", own, err)
	}
	for _, roles := range [][]string{{"police_officer"}, {"administrator"}, {"clinician", "record_clinician"}, {"Governance_officer"}, nil} {
		l := f.look(roles...)
		if got, err := f.Reviews(t.Context(), l); !errors.Is(err, authz.ErrDenied) || got != nil {
			t.Errorf("%v: Reviews = %v, %v, want ErrDenied", roles, got, err)
		}
		f.wantEvents(l, "refused not-permitted")
	}
}

func TestReview(t *testing.T) {
	f := newFixture(t)
	officer, viewer := f.member("Ann Other", "police_officer"), f.member("Rae Viewer", "governance_officer")
	em, _ := officer.emergency().Emergency()
	own, _ := f.member("Two Hats", "police_officer", "governance_officer").emergency().Emergency()
	hats := f.last(authz.ActBegin)
	refused := func(name string, l authz.Look, id string, finding authz.Finding, event string, ok func(error) bool) {
		t.Helper()
		if err := f.Review(t.Context(), l, id, finding); !ok(err) {
			t.Errorf("%s: Review = %v", name, err)
		}
		if e := f.wantEvents(l, event)[0]; e.Act != authz.ActReview || (e.Detail["emergency_id"] == id) != (len(id) == 36) || len(e.Detail) > 1 {
			t.Errorf("%s: the event is %+v", name, e)
		}
	}
	fine := authz.Finding{Justified: true, Note: "  As the custody log has it.\r\nClosed. "}
	ofNote := func(field string) func(error) bool {
		return func(err error) bool {
			var invalid *authz.InvalidError
			return errors.As(err, &invalid) && len(invalid.Fields) == 1 && invalid.Fields[0].Field == field
		}
	}
	twoHats := authz.Look{Principal: f.session(hats.User, "Two Hats", []string{"governance_officer", "police_officer"}).p, Request: f.look().Request}
	refused("police", officer.look(), em.ID, fine, "refused not-permitted", is(authz.ErrDenied))
	refused("administrator", f.member("Ad", "administrator").look(), em.ID, fine, "refused not-permitted", is(authz.ErrDenied))
	refused("their own", twoHats, own.ID, fine, "refused not-permitted", is(authz.ErrDenied))
	refused("unknown", viewer.look(), nobody, fine, "failed not-found", is(authz.ErrNotFound))
	refused("no id", viewer.look(), "x", fine, "failed not-found", is(authz.ErrNotFound))
	refused("upper case", viewer.look(), strings.ToUpper(em.ID)+" ", fine, "failed not-found", is(authz.ErrNotFound))
	refused("a long note", viewer.look(), em.ID, authz.Finding{Note: strings.Repeat("a", 1001)}, "failed invalid: note", ofNote("note"))
	refused("a hostile note", viewer.look(), em.ID, authz.Finding{Note: "a\x1b[2J"}, "failed invalid: note", ofNote("note"))
	if n := f.count(`access.emergency WHERE reviewed_at IS NOT NULL`); n != 0 {
		t.Fatalf("%d were reviewed, want none", n)
	}

	l := viewer.look()
	if err := f.Review(t.Context(), l, em.ID, fine); err != nil {
		t.Fatalf("Review = %v", err)
	}
	e := f.wantEvents(l, "allowed")[0]
	wantDetail(t, e, "emergency_id="+em.ID, "justified=true", `note=As the custody log has it.\u000aClosed.`)
	if !slices.Equal(e.Persons, []string{f.person}) || e.Login != "mais_creds" {
		t.Errorf("the event is %+v", e)
	}
	refused("once more", viewer.look(), em.ID, authz.Finding{}, "failed invalid: review", ofNote("review"))
	reviews, err := f.Reviews(t.Context(), viewer.look())
	if err != nil || len(reviews) != 2 || reviews[0].ID != own.ID {
		t.Fatalf("Reviews = %+v, %v, want the one that waits first", reviews, err)
	}
	done := reviews[1]
	if !done.Justified || done.Note != "As the custody log has it.\nClosed." || done.Reviewer != "Rae Viewer" || time.Since(done.ReviewedAt).Abs() > time.Minute {
		t.Errorf("the reviewed one is %+v", done)
	}
	l = viewer.look()
	if err := f.Review(t.Context(), l, own.ID, authz.Finding{}); err != nil {
		t.Errorf("a finding without words = %v", err)
	}
	wantDetail(t, f.wantEvents(l, "allowed")[0], "emergency_id="+own.ID, "justified=false")
}
