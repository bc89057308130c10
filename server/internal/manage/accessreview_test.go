package manage

import (
	"errors"
	"slices"
	"testing"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
)

// TestAccessReview: one opens when it is due and once; an agency's own administrator decides on
// its people and an administrator on offices; what is taken is taken by a change; it is signed off
// when everybody was decided on.
func TestAccessReview(t *testing.T) {
	r := newRegion(t)
	r.opts.ReviewMonths = 6
	leaver := r.member(t, "lee@police.example", r.police, "police_officer").User()
	mover := r.member(t, "mo@police.example", r.police, "police_officer").User()
	r.exec(t, `UPDATE access.user_account SET vetting = 'Pending' WHERE id = $1`, mover) // which nobody could write now keeps nobody's roles
	for range 2 {
		if err := r.openReviews(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.exec(t, `UPDATE access.review_schedule SET next = now()::date WHERE agency = $1`, r.police)
	}
	if err := r.openReviews(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := r.AccessReviews(t.Context(), r.cat)
	if err != nil || len(all.Reviews) != 1 || all.Reviews[0].People != 5 || all.Reviews[0].OpenedBy != "the service" || all.EveryMonths != 6 {
		t.Fatalf("AccessReviews = %+v, %v, want one of five people", all, err)
	}
	id := all.Reviews[0].ID
	decide := func(decision string, users ...string) error {
		_, err := r.Decide(t.Context(), r.cat, id, api.DecideRequest{Users: users, Decision: decision, Note: "asked the line manager"})
		return err
	}
	for name, refused := range map[string]struct{ got, want error }{
		"oneself":          {decide(api.ReviewKeep, r.cat.User()), ErrOwn},
		"an office":        {decide(api.ReviewKeep, r.ann.User()), ErrNotAllowed},
		"an unknown word":  {decide("perhaps", r.officer), lifecycle.ErrInvalid},
		"nobody":           {decide(api.ReviewKeep), lifecycle.ErrInvalid},
		"another agency's": {decide(api.ReviewKeep, r.bob.User()), lifecycle.ErrInvalid},
	} {
		if !errors.Is(refused.got, refused.want) {
			t.Errorf("%s: %v, want %v", name, refused.got, refused.want)
		}
	}
	if _, err := r.SignReview(t.Context(), r.cat, id); !errors.Is(err, ErrReview) {
		t.Errorf("signed off too early = %v, want %v", err, ErrReview)
	}
	for _, err := range []error{decide(api.ReviewKeep, r.officer), decide(api.ReviewLeave, leaver), decide(api.ReviewRemoveRoles, mover)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	silent := api.DecideRequest{Users: []string{r.officer}, Decision: api.ReviewLeave}
	if _, err := r.Decide(t.Context(), r.cat, id, silent); faulty(t, err)["note"] == "" || one[bool](t, r, `SELECT left_at IS NOT NULL FROM access.user_account WHERE id = $1`, r.officer) {
		t.Errorf("another decision without a reason = %v", err)
	}
	said := people.Reviewed{Review: id, Users: silent.Users, Decision: silent.Decision, By: r.bob.User()} // as if it had been kept meanwhile
	if err := r.opts.Register.DecideInReview(t.Context(), said, acting(t.Context(), r.bob)); !errors.Is(err, people.ErrChanged) {
		t.Errorf("another decision than was there a moment before, without a reason = %v, want %v", err, people.ErrChanged)
	}
	if err := decide(api.ReviewKeep, r.officer, r.officer); err != nil {
		t.Errorf("the same decision again, and twice = %v", err)
	}
	if err := decide(api.ReviewKeep, mover); !errors.Is(err, ErrReview) {
		t.Errorf("a decision that was carried out is taken back = %v, want %v", err, ErrReview)
	}
	if !one[bool](t, r, `SELECT left_at IS NOT NULL FROM access.user_account WHERE id = $1`, leaver) || one[int](t, r, `SELECT count(*) FROM access.user_role WHERE user_id = $1`, mover) != 0 {
		t.Error("what was to be taken is there still")
	}
	if _, err := r.Decide(t.Context(), r.bob, id, api.DecideRequest{Users: []string{r.ann.User(), r.cat.User()}, Decision: api.ReviewKeep}); err != nil {
		t.Fatal(err)
	}
	d, err := r.AccessReview(t.Context(), r.cat, id, api.AccessReviewFilter{})
	if err != nil || d.Undecided != 0 || d.Taken != 2 || d.Total != 5 || !slices.Equal(d.May, []string{"decide", "sign"}) {
		t.Errorf("the review = %+v, %v", d, err)
	}
	for _, i := range d.Items {
		if want := i.User == r.officer; i.May != want {
			t.Errorf("an agency's administrator may decide on %s again: %v, want %v", i.Email, i.May, want)
		}
	}
	signed, err := r.SignReview(t.Context(), r.cat, id)
	if err != nil || signed.SignedBy == nil || signed.SignedBy.ID != r.cat.User() || len(signed.May) != 0 {
		t.Fatalf("SignReview = %+v, %v", signed, err)
	}
	if err := decide(api.ReviewLeave, r.officer); !errors.Is(err, ErrReview) {
		t.Errorf("a decision after it was signed off = %v, want %v", err, ErrReview)
	}
}

// TestAccessReviewIsClosed: to whoever manages nothing, or another agency.
func TestAccessReviewIsClosed(t *testing.T) {
	r := newRegion(t)
	w, err := r.OpenReview(t.Context(), r.bob, r.trust)
	if err != nil {
		t.Fatal(err)
	}
	officer := r.officerOf(t)
	if _, err := r.OpenReview(t.Context(), r.bob, r.trust); !errors.Is(err, lifecycle.ErrInvalid) {
		t.Errorf("a second review = %v", err)
	}
	if _, err := r.OpenReview(t.Context(), r.cat, r.trust); !errors.Is(err, lifecycle.ErrInvalid) {
		t.Errorf("a review of another agency = %v", err)
	}
	if _, err := r.AccessReview(t.Context(), r.cat, w.ID, api.AccessReviewFilter{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("another agency's review = %v, want %v", err, ErrUnknown)
	}
	if _, err := r.AccessReview(t.Context(), r.bob, "'; --", api.AccessReviewFilter{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("a review of no id = %v, want %v", err, ErrUnknown)
	}
	if _, err := r.AccessReviews(t.Context(), officer); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("reviews for an officer = %v, want %v", err, ErrNotAllowed)
	}
	if _, err := r.SignReview(t.Context(), officer, w.ID); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("signed by an officer = %v, want %v", err, ErrNotAllowed)
	}
}

// TestSignedMeanwhile: who signs off or decides while somebody else signs off is told who did, and what was
// signed stays.
func TestSignedMeanwhile(t *testing.T) {
	r := newRegion(t)
	w, err := r.OpenReview(t.Context(), r.bob, r.police)
	if err != nil {
		t.Fatal(err)
	}
	for user, by := range map[string]authn.Principal{r.officer: r.cat, r.cat.User(): r.ann, r.ann.User(): r.bob} {
		if _, err := r.Decide(t.Context(), by, w.ID, api.DecideRequest{Users: []string{user}, Decision: api.ReviewKeep}); err != nil {
			t.Fatal(err)
		}
	}
	told := make(chan error, 2)
	err = r.owner.Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `UPDATE access.access_review SET signed_at = now(), signed_by = $2 WHERE id = $1`, w.ID, r.bob.User()); err != nil {
			return err
		}
		go func() { _, err := r.SignReview(t.Context(), r.cat, w.ID); told <- err }()
		go func() {
			_, err := r.Decide(t.Context(), r.cat, w.ID, api.DecideRequest{Users: []string{r.officer}, Decision: api.ReviewKeep})
			told <- err
		}()
		for len(told) == 0 && one[int](t, r, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) < 2 {
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var hindered *Hindered
		if err := <-told; !errors.Is(err, ErrSigned) || !errors.As(err, &hindered) || hindered.By != "bob@trust.example" {
			t.Errorf("overtaken by bob = %v, want %v by him", err, ErrSigned)
		}
	}
}
