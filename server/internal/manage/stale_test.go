package manage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mais/server/api"
)

// TestDecidedAsSeen: two changes that matter only together are not approved by what each showed
// before the other; nor does a role mean something else between a change and its approval.
func TestDecidedAsSeen(t *testing.T) {
	r := newRegion(t)
	ctx := t.Context()
	helper := func(permissions ...api.Permission) *api.RoleFields {
		return &api.RoleFields{Name: "helper", Description: "Helps", Level: "software", Passwords: "forbidden", TOTP: true, Permissions: permissions}
	}
	reads := api.Permission{Item: "service_user_details.surname", Act: "read"}
	ask := func(req api.ChangeRequest) string {
		t.Helper()
		return r.mustConfirm(t, r.ann, r.mustPropose(t, r.ann, req).ID).ID
	}
	r.mustApprove(t, r.bob, ask(api.ChangeRequest{Kind: api.RoleAdd, Role: helper()}))
	give := ask(api.ChangeRequest{Kind: api.UserInvite, User: r.fields("puppet@police.example", "helper")})
	alone := agree(t, r.Service, r.bob, give)
	widen := ask(api.ChangeRequest{Kind: api.RoleChange, Target: "helper", Role: helper(reads)})
	tab, err := r.Service.Change(ctx, r.bob, widen)
	if err != nil || !slices.ContainsFunc(tab.Effect.Warnings, func(w string) bool { return strings.Contains(w, "1 other change that waits touches the role") }) {
		t.Errorf("widening a role that is about to be given warns of %q, %v", tab.Effect.Warnings, err)
	}
	if _, err := r.Approve(ctx, r.bob, give, alone); !errors.Is(err, ErrOutdated) || !errors.Is(err, ErrConflict) {
		t.Errorf("approved by what was there before the other change: %v", err)
	}
	if _, err := r.Approve(ctx, r.bob, give, api.DecisionRequest{}); err == nil {
		t.Error("approved without having looked")
	}
	r.mustApprove(t, r.bob, give)
	if _, err := r.Approve(ctx, r.bob, widen, api.DecisionRequest{Word: tab.Word, Digest: tab.Digest}); !errors.Is(err, ErrOutdated) {
		t.Errorf("approved by what was there when nobody had the role: %v", err)
	}
	second := ask(api.ChangeRequest{Kind: api.UserInvite, User: r.fields("second@police.example", "helper")})
	r.mustApprove(t, r.bob, widen)
	if _, err := r.Approve(ctx, r.bob, second, agree(t, r.Service, r.bob, second)); !errors.Is(err, ErrConflict) {
		t.Errorf("a role was given that is another now: %v", err)
	}
}

// TestLooksAtAll: whoever decides on a list is shown first who gets most, and can look at each.
func TestLooksAtAll(t *testing.T) {
	r := newRegion(t)
	var rows []api.UserFields
	for n := range 300 {
		rows = append(rows, *r.fields(fmt.Sprintf("new%d@police.example", n), "police_officer"))
	}
	rows[299].Roles = []string{"clinician"}
	made, err := r.ProposeMany(t.Context(), r.ann, rows, "")
	if err != nil || len(made.Effect.Gains) != listShown || made.Effect.Gains[0].Email != "new299@police.example" {
		t.Fatalf("first is %+v, %v", made.Effect.Gains[0], err)
	}
	found, err := r.People(t.Context(), r.bob, made.ID, 3, 100)
	if err != nil || found.Total != 300 || len(found.People) != 100 || found.People[99].N != 300 || found.People[99].Agency != "Police" || found.People[99].Sites[0] != "Desk" {
		t.Errorf("the last page is %+v, %v", found, err)
	}
	if _, err := r.People(t.Context(), r.member(t, "eve@trust.example", r.trust, "agency_administrator"), made.ID, 1, 100); !errors.Is(err, ErrUnknown) {
		t.Errorf("another agency looks at it: %v", err)
	}
}

// TestStopped: a list that is being invited goes no further than it has.
func TestStopped(t *testing.T) {
	r := newRegion(t)
	ctx := t.Context()
	made, err := r.ProposeMany(ctx, r.ann, []api.UserFields{*r.fields("new1@police.example"), *r.fields("new2@police.example")}, "")
	if err != nil || !slices.Equal(made.Second, []string{"It invites many people at once."}) {
		t.Fatalf("a list without roles takes %q, %v", made.Second, err)
	}
	r.mustConfirm(t, r.ann, made.ID)
	if done := r.mustApprove(t, r.bob, made.ID); !slices.Equal(done.May, []string{"stop"}) {
		t.Errorf("what is under way may be %v", done.May)
	}
	if _, _, err := r.opts.Register.ApplyItems(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Stop(ctx, r.member(t, "eve@trust.example", r.trust, "agency_administrator"), made.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("another agency stops it: %v", err)
	}
	stopped, err := r.Stop(ctx, r.cat, made.ID)
	if err != nil || stopped.AppliedAt == nil || *stopped.Items != (api.ItemCount{Total: 2, Done: 1, Failed: 1}) || len(stopped.May) > 0 {
		t.Errorf("stopped it is %+v with %+v, %v", stopped, stopped.Items, err)
	}
	r.settle(t)
	if slices.Contains(r.done.all(), "invite") {
		t.Error("a code went all the same")
	}
	if got := one[string](t, r, `SELECT string_agg(act, ',') FROM audit.event WHERE act = 'change.stopped'`); got != "change.stopped" {
		t.Errorf("the events of it: %s", got)
	}
	if _, err := r.Stop(ctx, r.cat, made.ID); !errors.Is(err, ErrState) {
		t.Errorf("stopped twice: %v", err)
	}
}

// TestOpenChangesAreBounded for each person by themselves.
func TestOpenChangesAreBounded(t *testing.T) {
	r := newRegion(t)
	ctx := t.Context()
	list := []api.UserFields{*r.fields("listed@police.example")}
	for n := range 3 {
		if _, err := r.ProposeMany(ctx, r.cat, list, ""); (n == 2) != errors.Is(err, ErrTooMany) {
			t.Errorf("list %d: %v", n, err)
		}
	}
	for n := range 19 {
		_, err := r.Propose(ctx, r.cat, api.ChangeRequest{Kind: api.UserInvite, User: r.fields(fmt.Sprintf("n%d@police.example", n))})
		if (n == 18) != errors.Is(err, ErrTooMany) {
			t.Errorf("change %d: %v", n+2, err)
		}
	}
	r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserLeave, Target: r.officer})
}

// TestReturnElsewhere: whoever comes back with another address is treated as one who gets another.
func TestReturnElsewhere(t *testing.T) {
	r := newRegion(t)
	r.exec(t, `UPDATE access.user_account SET left_at = now() WHERE id = $1`, r.officer)
	f := api.UserFields{Email: "dan.new@police.example", Name: "Dan", Agency: r.police, Sites: []string{r.desk}, Roles: []string{"police_officer"}}
	made := r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserReturn, Target: r.officer, User: &f})
	if want := []string{"It lets somebody back in who had left.", "It changes the address that codes are sent to."}; !slices.Equal(made.Second, want) {
		t.Errorf("why a second person: %q", made.Second)
	}
	r.mustConfirm(t, r.ann, made.ID)
	r.mustApprove(t, r.bob, made.ID)
	r.settle(t)
	if !slices.Contains(r.done.all(), "address dan@police.example dan.new@police.example") {
		t.Errorf("what followed: %q", r.done.all())
	}
}

// TestCompromisedMaker: what was made before a token turned out to be in other hands is approved by
// nobody, and is gone soon; also when that token had been revoked for less before.
func TestCompromisedMaker(t *testing.T) {
	for name, before := range map[string]bool{"revoked": false, "raised": true} {
		t.Run(name, func(t *testing.T) {
			r := newRegion(t)
			r.certify(t, r.ann.User())
			if before {
				r.exec(t, `UPDATE ca.certificate SET status = 'revoked', reason = 4, status_by = 'test' WHERE serial = repeat('a', 32)`)
			}
			waits := r.mustConfirm(t, r.ann, r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserInvite, User: r.fields("new@police.example", "police_officer")}).ID)
			r.exec(t, `UPDATE ca.certificate SET status = 'revoked', reason = 1, status_by = 'test' WHERE serial = repeat('a', 32)`)
			if _, err := r.Approve(t.Context(), r.bob, waits.ID, agree(t, r.Service, r.bob, waits.ID)); !errors.Is(err, ErrState) {
				t.Errorf("approved what a thief may have made: %v", err)
			}
			r.sweep(t.Context())
			if got := one[string](t, r, `SELECT state || ' ' || (SELECT count(*) FROM audit.event WHERE act = 'change.discarded') FROM access.change WHERE id = $1`, waits.ID); got != "discarded 1" {
				t.Errorf("afterwards it is %s", got)
			}
		})
	}
}

// certify has somebody hold a certificate.
func (r *region) certify(t *testing.T, user string) {
	t.Helper()
	r.exec(t, `ALTER TABLE ca.certificate DISABLE TRIGGER ALL; INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, not_before, not_after, sha256, spki_sha256, der, issued_by)
		VALUES ((SELECT min(id) FROM ca.issuer), repeat('a', 32), 'urn:mais:user:`+user+`', 'user', 'software', 'h', 'n', now(), now() + interval '1 day', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), '', 'test');
		ALTER TABLE ca.certificate ENABLE TRIGGER ALL`)
}

// TestEndedAgain: who was given longer, and is ended on the same day again, loses again what they hold.
func TestEndedAgain(t *testing.T) {
	r := newRegion(t)
	for n, ends := range []int{-3, 30, -3} {
		r.exec(t, `UPDATE access.user_account SET ends_on = (now() AT TIME ZONE 'UTC')::date + $2::integer, version = version + 1 WHERE id = $1`, r.officer, ends)
		for range 2 {
			r.sweepEnded(t.Context())
		}
		if got, want := one[int](t, r, `SELECT count(*) FROM access.errand WHERE kind = 'revoke'`), []int{1, 1, 2}[n]; got != want {
			t.Errorf("after end %d there are %d revocations, want %d", n, got, want)
		}
	}
}

// TestNobodyIsToldForEver: what only tells somebody is given up at last, with why.
func TestNobodyIsToldForEver(t *testing.T) {
	r := newRegion(t)
	r.exec(t, `INSERT INTO access.errand (kind, user_id, detail, tries) VALUES ('address', $1, '{"old": "a", "new": "b"}', $2)`, r.officer, tellings-1)
	r.done.fail = errors.New("no mail")
	r.doErrands(t.Context(), urgent)
	if got := one[string](t, r, `SELECT fault FROM access.errand WHERE done_at IS NOT NULL`); got != "no mail" {
		t.Errorf("given up for %q", got)
	}
}

// TestNothingNewBeforeTheEnd: nobody is sent a code while what they held is still to be taken.
func TestNothingNewBeforeTheEnd(t *testing.T) {
	r := newRegion(t)
	f := api.UserFields{Email: "dan.new@police.example", Name: "Dan", Agency: r.police, Sites: []string{r.desk}, Roles: []string{"police_officer"}}
	made := r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserChange, Target: r.officer, User: &f})
	r.mustConfirm(t, r.ann, made.ID)
	r.mustApprove(t, r.bob, made.ID)
	r.doErrands(t.Context(), slow)
	if ending, err := r.opts.Register.BeingEnded(t.Context(), r.officer); err != nil || !ending || slices.Contains(r.done.all(), "invite") {
		t.Errorf("being ended %v, %v; done %q", ending, err, r.done.all())
	}
	r.settle(t)
	if ending, err := r.opts.Register.BeingEnded(t.Context(), r.officer); err != nil || ending || !slices.Contains(r.done.all(), "invite") {
		t.Errorf("afterwards being ended %v, %v; done %q", ending, err, r.done.all())
	}
}
