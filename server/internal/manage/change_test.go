package manage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
)

// TestTwoPeopleInvite goes the whole way: one makes and confirms, another approves, and what
// follows is done.
func TestTwoPeopleInvite(t *testing.T) {
	r := newRegion(t)
	ctx := t.Context()
	made, err := r.Propose(ctx, r.ann, api.ChangeRequest{Kind: api.UserInvite, User: r.fields(" New@Police.example", "police_officer"), Note: "starts Monday"})
	if err != nil {
		t.Fatal(err)
	}
	if made.State != api.ChangeDraft || !cmp.Equal(made.Second, []string{"It gives somebody new a role."}) || !cmp.Equal(made.May, []string{"confirm", "discard"}) {
		t.Errorf("a draft is %+v", made)
	}
	if got := one[int](t, r, `SELECT count(*) FROM access.user_account WHERE email = 'new@police.example'`); got != 0 {
		t.Error("a draft registers somebody")
	}
	if waits := r.mustConfirm(t, r.ann, made.ID); waits.State != api.ChangeWaiting || !cmp.Equal(waits.May, []string{"discard"}) {
		t.Errorf("after confirming it is %+v", waits)
	}
	r.settle(t)
	if _, err := r.Approve(ctx, r.ann, made.ID, api.DecisionRequest{}); !errors.Is(err, ErrOwn) {
		t.Errorf("approving one's own: %v, want %v", err, ErrOwn)
	}
	mine, err := r.Changes(ctx, r.cat, api.ChangeFilter{State: "mine"})
	if err != nil || mine.Total != 1 || mine.Changes[0].ID != made.ID {
		t.Errorf("what waits for the agency's administrator: %+v, %v", mine, err)
	}
	done, err := r.Approve(ctx, r.cat, made.ID, api.DecisionRequest{Note: "known to me", Digest: agree(t, r.Service, r.cat, made.ID).Digest})
	if err != nil {
		t.Fatal(err)
	}
	if done.State != api.ChangeApplied || done.AppliedAt == nil || done.DecidedBy.ID != r.cat.User() || done.DecidedNote != "known to me" || len(done.May) != 0 {
		t.Errorf("after approval it is %+v", done)
	}
	got := one[string](t, r, `SELECT string_agg(role || ' ' || terms_due, ',') FROM access.user_role JOIN access.user_account u ON u.id = user_id WHERE email = 'new@police.example'`)
	if got != "police_officer true" {
		t.Errorf("the new user has %s", got)
	}
	r.settle(t)
	if diff := cmp.Diff([]string{"approval", "invite", "sponsor"}, slices.Sorted(slices.Values(r.done.all()))); diff != "" {
		t.Errorf("what followed, -want +got\n%s", diff)
	}
	acts := one[string](t, r, `SELECT string_agg(act || ' ' || user_name, ', ' ORDER BY id) FROM audit.event WHERE detail ->> 'change' = $1`, made.ID)
	if want := "change.made ann@police.example, change.waiting ann@police.example, user.invite cat@police.example"; acts != want {
		t.Errorf("events: %s, want %s", acts, want)
	}
}

// settle does every errand that is due.
func (r *region) settle(t *testing.T) {
	t.Helper()
	r.applyItems(t.Context())
	r.doErrands(t.Context(), urgent)
	r.doErrands(t.Context(), slow)
}

func (r *region) mustPropose(t *testing.T, by authn.Principal, req api.ChangeRequest) api.Change {
	t.Helper()
	made, err := r.Propose(t.Context(), by, req)
	if err != nil {
		t.Fatalf("propose %s: %v", req.Kind, err)
	}
	return made
}

func (r *region) mustConfirm(t *testing.T, by authn.Principal, id string) api.Change {
	t.Helper()
	made, err := r.Service.Change(t.Context(), by, id)
	if err != nil {
		t.Fatal(err)
	}
	done, err := r.Confirm(t.Context(), by, id, api.ConfirmRequest{Word: strings.ToUpper(made.Word), Digest: made.Digest})
	if err != nil {
		t.Fatalf("confirm %s: %v", made.Kind, err)
	}
	return done
}

func (r *region) mustApprove(t *testing.T, by authn.Principal, id string) api.Change {
	t.Helper()
	made, err := r.Service.Change(t.Context(), by, id)
	if err != nil {
		t.Fatal(err)
	}
	done, err := r.Approve(t.Context(), by, id, api.DecisionRequest{Word: made.Word, Digest: made.Digest})
	if err != nil {
		t.Fatalf("approve %s: %v", made.Kind, err)
	}
	return done
}

// TestLeaveTakesOnePerson: who takes away needs nobody, but types whom it is about.
func TestLeaveTakesOnePerson(t *testing.T) {
	r := newRegion(t)
	ctx := t.Context()
	made := r.mustPropose(t, r.cat, api.ChangeRequest{Kind: api.UserLeave, Target: r.officer})
	if made.Word != "dan@police.example" || len(made.Second) > 0 {
		t.Errorf("the word is %q, the second person is for %v", made.Word, made.Second)
	}
	if _, err := r.Confirm(ctx, r.cat, made.ID, api.ConfirmRequest{Word: "yes"}); !errors.Is(err, ErrWord) {
		t.Errorf("confirmed by another word: %v", err)
	}
	if _, err := r.Confirm(ctx, r.ann, made.ID, seen(made)); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("another's draft confirmed: %v", err)
	}
	if done := r.mustConfirm(t, r.cat, made.ID); done.State != api.ChangeApplied {
		t.Errorf("it is %s", done.State)
	}
	if _, err := r.Confirm(ctx, r.cat, made.ID, seen(made)); !errors.Is(err, ErrState) {
		t.Errorf("confirmed twice: %v", err)
	}
	r.settle(t)
	if diff := cmp.Diff([]string{"end left", "revoke cessationOfOperation"}, slices.Sorted(slices.Values(r.done.all()))); diff != "" {
		t.Errorf("what followed, -want +got\n%s", diff)
	}
	back := r.mustPropose(t, r.cat, api.ChangeRequest{Kind: api.UserReturn, Target: r.officer})
	if r.mustConfirm(t, r.cat, back.ID).State != api.ChangeWaiting || r.mustApprove(t, r.bob, back.ID).State != api.ChangeApplied {
		t.Error("a return does not take two")
	}
}

// TestMover: whoever moves loses what they held, and starts anew where they are.
func TestMover(t *testing.T) {
	r := newRegion(t)
	moved := api.UserFields{Email: "dan@trust.example", Name: "Dan", Agency: r.trust, Sites: []string{r.ward}, Roles: []string{"clinician"}}
	made := r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserChange, Target: r.officer, User: &moved})
	want := []string{"It gives a further role.", "It changes the address that codes are sent to.", "It moves somebody to another agency."}
	if diff := cmp.Diff(want, made.Second); diff != "" {
		t.Errorf("why a second person, -want +got\n%s", diff)
	}
	r.mustConfirm(t, r.ann, made.ID)
	if _, err := r.Approve(t.Context(), r.cat, made.ID, api.DecisionRequest{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("one agency's administrator approves for two: %v", err)
	}
	r.mustApprove(t, r.bob, made.ID)
	r.settle(t)
	followed := []string{"address dan@police.example dan@trust.example", "end moved", "invite", "revoke affiliationChanged", "sponsor"}
	if diff := cmp.Diff(followed, slices.Sorted(slices.Values(r.done.all()))); diff != "" {
		t.Errorf("what followed, -want +got\n%s", diff)
	}
}

// TestRefusedRequests leaves nothing behind.
func TestRefusedRequests(t *testing.T) {
	r := newRegion(t)
	officer := authn.Principal{}
	invite := func(change func(*api.UserFields)) api.ChangeRequest {
		f := r.fields("new@police.example", "police_officer")
		change(f)
		return api.ChangeRequest{Kind: api.UserInvite, User: f}
	}
	for name, c := range map[string]struct {
		by    authn.Principal
		req   api.ChangeRequest
		field string // of an *InvalidError
		want  error
	}{
		"nobody":                 {by: officer, req: invite(func(*api.UserFields) {}), want: ErrNotAllowed},
		"another agency":         {by: r.cat, req: invite(func(f *api.UserFields) { f.Agency, f.Sites, f.Email = r.trust, nil, "new@trust.example" }), field: "user.agency"},
		"an office by an agency": {by: r.cat, req: invite(func(f *api.UserFields) { f.Roles = []string{"administrator"} }), field: "user.roles"},
		"office and records":     {by: r.ann, req: invite(func(f *api.UserFields) { f.Roles = []string{"administrator", "police_officer"} }), field: "user.roles"},
		"giving and reviewing":   {by: r.ann, req: invite(func(f *api.UserFields) { f.Roles = []string{"administrator", "governance_officer"} }), field: "user.roles"},
		"outside the domains":    {by: r.ann, req: invite(func(f *api.UserFields) { f.Email = "new@mail.example" }), field: "user.email"},
		"below the domain":       {by: r.ann, req: invite(func(f *api.UserFields) { f.Email = "new@x.police.example" }), field: "user.email"},
		"taken":                  {by: r.ann, req: invite(func(f *api.UserFields) { f.Email = "dan@police.example" }), field: "user.email"},
		"no address":             {by: r.ann, req: invite(func(f *api.UserFields) { f.Email = "a b@police.example" }), field: "user.email"},
		"hidden letters":         {by: r.ann, req: invite(func(f *api.UserFields) { f.Name = "A\u202eB" }), field: "user.name"},
		"another's site":         {by: r.ann, req: invite(func(f *api.UserFields) { f.Sites = []string{r.ward} }), field: "user.sites"},
		"no such role":           {by: r.ann, req: invite(func(f *api.UserFields) { f.Roles = []string{"king"} }), field: "user.roles"},
		"ends before it starts":  {by: r.ann, req: invite(func(f *api.UserFields) { f.Starts, f.Ends = "2027-02-01", "2027-01-31" }), field: "user.ends"},
		"no date":                {by: r.ann, req: invite(func(f *api.UserFields) { f.Ends = "2027-02-30" }), field: "user.ends"},
		"a long note":            {by: r.ann, req: api.ChangeRequest{Kind: api.UserLeave, Target: r.officer, Note: strings.Repeat("n", 501)}, field: "note"},
		"no such kind":           {by: r.ann, req: api.ChangeRequest{Kind: "user.crown"}, field: "kind"},
		"oneself":                {by: r.ann, req: api.ChangeRequest{Kind: api.UserLeave, Target: r.ann.User()}, want: ErrOwn},
		"an office's holder":     {by: r.cat, req: api.ChangeRequest{Kind: api.UserLeave, Target: r.ann.User()}, want: ErrNotAllowed},
		"nobody's id":            {by: r.ann, req: api.ChangeRequest{Kind: api.UserLeave, Target: r.desk}, want: ErrUnknown},
		"not an id":              {by: r.ann, req: api.ChangeRequest{Kind: api.UserLeave, Target: "'; --"}, want: ErrUnknown},
		"an old version":         {by: r.ann, req: api.ChangeRequest{Kind: api.UserLeave, Target: r.officer, Version: 7}, want: ErrConflict},
		"has not left":           {by: r.ann, req: api.ChangeRequest{Kind: api.UserReturn, Target: r.officer}, field: "target"},
		"a role by an agency":    {by: r.cat, req: api.ChangeRequest{Kind: api.RoleDelete, Target: "clinician"}, want: ErrNotAllowed},
		"an agency by an agency": {by: r.cat, req: api.ChangeRequest{Kind: api.AgencyChange, Target: r.police}, want: ErrNotAllowed},
	} {
		_, err := r.Propose(t.Context(), c.by, c.req)
		var invalid *lifecycle.InvalidError
		switch {
		case c.want != nil && !errors.Is(err, c.want):
			t.Errorf("%s: %v, want %v", name, err, c.want)
		case c.want == nil && (!errors.As(err, &invalid) || !slices.ContainsFunc(invalid.Fields, func(f api.FieldError) bool { return f.Field == c.field })):
			t.Errorf("%s: %v, want a fault of %s", name, err, c.field)
		}
	}
	if got := one[int](t, r, `SELECT count(*) FROM access.change`); got != 0 {
		t.Errorf("%d changes were made", got)
	}
}

// TestOvertaken: what came about between a change and its approval stands against it.
func TestOvertaken(t *testing.T) {
	r := newRegion(t)
	ctx := t.Context()
	promote := func() api.Change {
		f := api.UserFields{Email: "dan@police.example", Name: "Dan", Agency: r.police, Sites: []string{r.desk}, Roles: []string{"clinician", "police_officer"}}
		made := r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserChange, Target: r.officer, User: &f})
		return r.mustConfirm(t, r.ann, made.ID)
	}
	waits := promote()
	renamed := api.UserFields{Email: "dan@police.example", Name: "Daniel", Agency: r.police, Sites: []string{r.desk}, Roles: []string{"police_officer"}}
	r.mustConfirm(t, r.bob, r.mustPropose(t, r.bob, api.ChangeRequest{Kind: api.UserChange, Target: r.officer, User: &renamed}).ID)
	if _, err := r.Approve(ctx, r.bob, waits.ID, agree(t, r.Service, r.bob, waits.ID)); !errors.Is(err, ErrConflict) {
		t.Errorf("approved what has changed meanwhile: %v", err)
	}
	r.exec(t, `UPDATE access.user_account SET name = 'Dan', version = version + 1 WHERE id = $1`, r.officer)
	again := promote()
	r.exec(t, `UPDATE access.user_account SET left_at = now() WHERE id = $1`, r.ann.User())
	if _, err := r.Approve(ctx, r.bob, again.ID, agree(t, r.Service, r.bob, again.ID)); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("approved what somebody made who has left: %v", err)
	}
	if _, err := r.Refuse(ctx, r.bob, again.ID, api.DecisionRequest{}); err == nil {
		t.Error("refused without a word")
	}
	refused, err := r.Refuse(ctx, r.bob, again.ID, api.DecisionRequest{Note: "not now"})
	if err != nil || refused.State != api.ChangeRefused {
		t.Errorf("refused: %+v, %v", refused, err)
	}
	r.exec(t, `UPDATE access.change SET expires_at = now() WHERE id = $1`, waits.ID)
	if _, err := r.Approve(ctx, r.bob, waits.ID, api.DecisionRequest{}); !errors.Is(err, ErrState) {
		t.Errorf("approved what has expired: %v", err)
	}
	r.sweep(ctx)
	if got := one[string](t, r, `SELECT state FROM access.change WHERE id = $1`, waits.ID); got != api.ChangeExpired {
		t.Errorf("it is %s", got)
	}
}

// TestManyPeople registers people by the thousand, some of whom cannot be.
func TestManyPeople(t *testing.T) {
	r := newRegion(t)
	var rows []api.UserFields
	for n := range 2500 {
		f := r.fields(fmt.Sprintf("new%d@police.example", n), "police_officer")
		rows = append(rows, *f)
	}
	made, err := r.ProposeMany(t.Context(), r.cat, rows, "the new intake")
	if err != nil {
		t.Fatal(err)
	}
	if made.Word != "invite 2500" || made.Items == nil || made.Items.Total != 2500 || len(made.Second) != 1 {
		t.Errorf("the draft has the word %q, %+v, and needs %q", made.Word, made.Items, made.Second)
	}
	r.mustConfirm(t, r.cat, made.ID)
	taken := r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserInvite, User: r.fields("new7@police.example")})
	r.mustConfirm(t, r.ann, taken.ID) // without a role it takes one person
	approved := r.mustApprove(t, r.ann, made.ID)
	if approved.State != api.ChangeApplied || approved.AppliedAt != nil || approved.Items.Done != 0 {
		t.Errorf("just approved it is %s with %+v", approved.State, approved.Items)
	}
	r.applyItems(t.Context())
	done, err := r.Service.Change(t.Context(), r.cat, made.ID)
	if err != nil || done.AppliedAt == nil || *done.Items != (api.ItemCount{Total: 2500, Done: 2499, Failed: 1}) {
		t.Errorf("in the end it is %s with %+v, %v", done.State, done.Items, err)
	}
	items, err := r.opts.Register.ItemsOf(t.Context(), made.ID, 7, 1)
	if err != nil || len(items) != 1 || items[0].Fault != "email: is registered already" {
		t.Errorf("who could not be registered: %+v, %v", items, err)
	}
	got := one[int](t, r, `SELECT count(*) FROM access.user_role x JOIN access.user_site USING (user_id) WHERE role = 'police_officer' AND user_id::text <> $1`, r.officer)
	if got != 2499 {
		t.Errorf("%d people have their role and site", got)
	}
	if got := one[int](t, r, `SELECT count(*) FROM access.errand WHERE kind = 'invite' AND change = $1`, made.ID); got != 2499 {
		t.Errorf("%d are to be invited", got)
	}
}

// TestErrandIsDoneAgain after a failure, later each time, and by one node at a time.
func TestErrandIsDoneAgain(t *testing.T) {
	r := newRegion(t)
	ctx := t.Context()
	r.done.fail = errors.New(strings.Repeat("no ", 500))
	r.mustConfirm(t, r.ann, r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserLeave, Target: r.officer}).ID)
	r.doErrands(ctx, urgent)
	fault := one[string](t, r, `SELECT fault FROM access.errand WHERE done_at IS NULL AND kind = 'revoke' AND tries = 1 AND due_at > now()`)
	if len(fault) > 300 || !strings.HasPrefix(fault, "no no") {
		t.Errorf("the fault is %q", fault)
	}
	r.exec(t, `UPDATE access.errand SET due_at = now()`)
	mine, err := r.opts.Register.ClaimErrands(ctx, urgent, 10, errandLease)
	if err != nil || len(mine) != 1 || mine[0].Tries != 2 {
		t.Fatalf("claimed %+v, %v", mine, err)
	}
	if theirs, err := r.opts.Register.ClaimErrands(ctx, urgent, 10, errandLease); err != nil || len(theirs) > 0 {
		t.Errorf("another node claims %+v, %v", theirs, err)
	}
	r.exec(t, `UPDATE access.errand SET due_at = now()`) // as when the lease has ended
	r.doErrands(ctx, urgent)
	if left := one[int](t, r, `SELECT count(*) FROM access.errand WHERE done_at IS NULL`); left != 0 {
		t.Errorf("%d errands are left; done: %v", left, r.done.all())
	}
}

// TestRunWakes: what follows from a change does not wait for the next round.
func TestRunWakes(t *testing.T) {
	r := newRegion(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	var loops sync.WaitGroup
	woken, round := make(chan struct{}, 1), make(chan struct{})
	loops.Go(func() { r.spread(ctx, []chan struct{}{woken}) })
	loops.Go(func() {
		r.every(ctx, time.Hour, woken, func() {
			r.doErrands(ctx, urgent)
			select {
			case round <- struct{}{}:
			case <-ctx.Done():
			}
		})
	})
	<-round // the first finds nothing
	r.mustConfirm(t, r.ann, r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserLeave, Target: r.officer}).ID)
	select {
	case <-round:
	case <-ctx.Done():
	}
	stop()
	loops.Wait()
	if got := r.done.all(); len(got) != 2 {
		t.Errorf("done by the wake: %v", got)
	}
}
