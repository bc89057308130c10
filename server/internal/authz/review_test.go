package authz_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/internal/authz"
)

// front is where the queue's first page begins, and that of those that were reviewed.
var front = []authz.Place{{}, {Order: authz.LastReviewed}}

func TestReviews(t *testing.T) {
	f := newFixture(t)
	officer, viewer := f.member("Ann Other", "police_officer"), f.member("Rae Viewer", "governance_officer")
	f.exec(withoutRules)
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
	queue, err := f.Reviews(t.Context(), l, front...)
	if err != nil || queue.Waiting != 3 || len(queue.Pages) != 2 || len(queue.Pages[0].Reviews) != 3 || len(queue.Pages[1].Reviews) != 0 {
		t.Fatalf("Reviews = %+v, %v, want three that wait", queue, err)
	}
	reviews := queue.Pages[0].Reviews
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
	queue, err = f.Reviews(t.Context(), both.look(), front...)
	if own := queue.Pages[0].Reviews; err != nil || own[0].Own || own[1].Own || !own[2].Own {
		t.Errorf("Reviews by one who had one = %+v, %v, want it to be their own", own, err)
	}
	for _, roles := range [][]string{{"police_officer"}, {"administrator"}, {"clinician", "record_clinician"}, {"Governance_officer"}, nil} {
		l := f.look(roles...)
		if got, err := f.Reviews(t.Context(), l, front...); !errors.Is(err, authz.ErrDenied) || got.Waiting != 0 || got.Pages != nil {
			t.Errorf("%v: Reviews = %v, %v, want ErrDenied", roles, got, err)
		}
		f.wantEvents(l, "refused not-permitted")
		l = f.look(roles...)
		if got, err := f.ReviewOf(t.Context(), l, em.ID); !errors.Is(err, authz.ErrDenied) || got != (authz.Review{}) {
			t.Errorf("%v: ReviewOf = %v, %v, want ErrDenied", roles, got, err)
		}
		f.wantEvents(l, "refused not-permitted")
	}
}

func TestReviewOf(t *testing.T) {
	f := newFixture(t)
	viewer := f.member("Rae Viewer", "governance_officer")
	em, _ := f.member("Ann Other", "police_officer").emergency().Emergency()
	l := viewer.look()
	got, err := f.ReviewOf(t.Context(), l, em.ID)
	if err != nil || got.ID != em.ID || got.User != "Ann Other" || got.Person != f.person || got.Reason != unconscious {
		t.Errorf("ReviewOf = %+v, %v", got, err)
	}
	e := f.wantEvents(l, "allowed")[0]
	if wantDetail(t, e, "emergency_id="+em.ID); e.Act != authz.ActReviews || e.Rows != 1 || !slices.Equal(e.Persons, []string{f.person}) {
		t.Errorf("the event is %+v", e)
	}
	for _, id := range []string{nobody, "", "x", strings.ToUpper(em.ID), em.ID + " "} {
		l := viewer.look()
		if got, err := f.ReviewOf(t.Context(), l, id); !errors.Is(err, authz.ErrNotFound) || got != (authz.Review{}) {
			t.Errorf("ReviewOf(%q) = %v, %v, want ErrNotFound", id, got, err)
		}
		f.wantEvents(l, "failed not-found")
	}
}

// However many there are, each is on a page and can be reviewed, and the queue says how many.
func TestReviewsOfAFlood(t *testing.T) {
	f := newFixture(t)
	officer, viewer := f.member("Ann Other", "police_officer"), f.member("Rae Viewer", "governance_officer")
	f.exec(`ALTER TABLE access.emergency DISABLE TRIGGER begin;
		INSERT INTO access.emergency (session, user_id, person, why, reason, began_at, ends_at)
			SELECT sha256('` + officer.session + `'), '` + officer.p.User() + `', gen_random_uuid(), 'One of very many', 'custody', t, t + interval '30 minutes'
			FROM generate_series(1, 229) n, LATERAL (SELECT now() - interval '1 day' + n / 3 * interval '1 second') x (t); -- some begin at once
		ALTER TABLE access.emergency ENABLE ALWAYS TRIGGER begin`)
	real, _ := officer.emergency().Emergency()
	officer.end()
	walk := func(order authz.Place) (ids []string) {
		for {
			queue, err := f.Reviews(t.Context(), viewer.look(), order)
			if err != nil || queue.Waiting != 230 {
				t.Fatalf("Reviews(%+v) says that %d wait, %v, want 230", order, queue.Waiting, err)
			}
			page := queue.Pages[0]
			for _, r := range page.Reviews {
				ids = append(ids, r.ID)
			}
			if !page.More {
				return ids
			}
			if len(page.Reviews) != 50 {
				t.Fatalf("a page that others follow has %d, want 50", len(page.Reviews))
			}
			order.After = ids[len(ids)-1]
		}
	}
	oldest, newest := walk(authz.Place{}), walk(authz.Place{Order: authz.NewestWaiting})
	if len(oldest) != 230 || oldest[229] != real.ID {
		t.Errorf("the pages have %d, and the last is %s, want 230 and %s", len(oldest), oldest[len(oldest)-1], real.ID)
	}
	if slices.Reverse(newest); !slices.Equal(oldest, newest) {
		t.Error("the newest first are not the oldest first the other way round")
	}
	if got, err := f.ReviewOf(t.Context(), viewer.look(), real.ID); err != nil || got.ID != real.ID {
		t.Errorf("ReviewOf the last = %+v, %v", got, err)
	}
	if err := f.Review(t.Context(), viewer.look(), oldest[49], authz.Finding{Justified: true}); err != nil {
		t.Fatal(err)
	}
	queue, err := f.Reviews(t.Context(), viewer.look(), authz.Place{After: oldest[49]}, front[1])
	if err != nil || queue.Waiting != 229 || queue.Pages[0].Reviews[0].ID != oldest[50] {
		t.Errorf("after the last of a page was reviewed the next begins with %+v, %v, want %s", queue.Pages[0].Reviews[0], err, oldest[50])
	}
	if done := queue.Pages[1]; len(done.Reviews) != 1 || done.Reviews[0].ID != oldest[49] || done.More {
		t.Errorf("those that were reviewed = %+v", done)
	}
	if queue, err := f.Reviews(t.Context(), viewer.look(), authz.Place{After: nobody}); err != nil || len(queue.Pages[0].Reviews) != 0 {
		t.Errorf("after one that is not there come %+v, %v, want none", queue, err)
	}
	l := viewer.look()
	if _, err := f.Reviews(t.Context(), l, authz.Place{After: "x"}); !errors.Is(err, authz.ErrNotFound) {
		t.Errorf("Reviews after what is no id = %v, want ErrNotFound", err)
	}
	f.wantEvents(l, "failed not-found")
}

func TestReview(t *testing.T) {
	f := newFixture(t)
	officer, viewer := f.member("Ann Other", "police_officer"), f.member("Rae Viewer", "governance_officer")
	em, _ := officer.emergency().Emergency()
	f.exec(withoutRules)
	both := f.member("Two Hats", "police_officer", "governance_officer")
	own, _ := both.emergency().Emergency()
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
	refused("not justified, and no word why", viewer.look(), em.ID, authz.Finding{Note: " \r\n "}, "failed invalid: note", ofNote("note"))
	if n := f.count(`access.emergency WHERE reviewed_at IS NOT NULL`); n != 0 {
		t.Fatalf("%d were reviewed, want none", n)
	}

	refused("while it is on", viewer.look(), em.ID, fine, "failed invalid: review", ofNote("review"))
	officer.end()
	both.signOut()
	l := viewer.look()
	if err := f.Review(t.Context(), l, em.ID, fine); err != nil {
		t.Fatalf("Review = %v", err)
	}
	e := f.wantEvents(l, "allowed")[0]
	wantDetail(t, e, "emergency_id="+em.ID, "justified=true", `note=As the custody log has it.\u000aClosed.`)
	if !slices.Equal(e.Persons, []string{f.person}) || e.Login != "mais_creds" {
		t.Errorf("the event is %+v", e)
	}
	refused("once more", viewer.look(), em.ID, fine, "failed invalid: review", ofNote("review"))
	queue, err := f.Reviews(t.Context(), viewer.look(), front...)
	if err != nil || queue.Waiting != 1 || queue.Pages[0].Reviews[0].ID != own.ID || len(queue.Pages[1].Reviews) != 1 {
		t.Fatalf("Reviews = %+v, %v, want one that waits and one that was reviewed", queue, err)
	}
	done := queue.Pages[1].Reviews[0]
	if !done.Justified || done.Note != "As the custody log has it.\nClosed." || done.Reviewer != "Rae Viewer" || time.Since(done.ReviewedAt).Abs() > time.Minute {
		t.Errorf("the reviewed one is %+v", done)
	}
	l = viewer.look()
	if err := f.Review(t.Context(), l, own.ID, authz.Finding{Justified: true}); err != nil {
		t.Errorf("a finding without words = %v", err)
	}
	wantDetail(t, f.wantEvents(l, "allowed")[0], "emergency_id="+own.ID, "justified=true")
}
