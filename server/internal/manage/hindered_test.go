package manage

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/api"
)

// TestHindered: who approves what can no longer be done is told what stands in the way, and its
// maker is told once that it stands still.
func TestHindered(t *testing.T) {
	r := newRegion(t)
	ask := func(req api.ChangeRequest) string {
		t.Helper()
		return r.mustConfirm(t, r.ann, r.mustPropose(t, r.ann, req).ID).ID
	}
	invite := func(email, role string) string {
		return ask(api.ChangeRequest{Kind: api.UserInvite, User: r.fields(email, role)})
	}
	role := func(name string) *api.RoleFields {
		return &api.RoleFields{Name: name, Description: "Helps out", Level: "software", Passwords: api.PasswordsForbidden, TOTP: true}
	}
	r.mustApprove(t, r.bob, ask(api.ChangeRequest{Kind: api.RoleAdd, Role: role("night_helper")}))
	twice, again := invite("gil@police.example", "police_officer"), invite("gil@police.example", "police_officer")
	stranded := invite("fay@police.example", "night_helper")
	named, alike := ask(api.ChangeRequest{Kind: api.RoleAdd, Role: role("day_helper")}), ask(api.ChangeRequest{Kind: api.RoleAdd, Role: role("day_helper")})
	for _, id := range []string{twice, named, ask(api.ChangeRequest{Kind: api.RoleDelete, Target: "night_helper"})} {
		r.mustApprove(t, r.bob, id)
	}
	for id, want := range map[string]struct {
		is error
		by string
	}{again: {ErrAddressTaken, "is registered already"}, stranded: {ErrRoleGone, "Night helper"}, alike: {ErrNameTaken, "is taken"}, twice: {ErrState, "approved by bob"}} {
		var stands *Hindered
		for range 2 {
			said, err := r.Service.Change(t.Context(), r.bob, id)
			if err != nil {
				t.Fatal(err)
			}
			if warned := slices.Contains(said.Effect.Warnings, "The role Night helper is gone: this cannot be done any more."); warned != (id == stranded) {
				t.Errorf("who looks is warned of %q", said.Effect.Warnings)
			}
			_, err = r.Approve(t.Context(), r.bob, id, api.DecisionRequest{Word: said.Word, Digest: said.Digest})
			if !errors.Is(err, want.is) || !errors.As(err, &stands) || !strings.HasPrefix(stands.By, want.by) {
				t.Errorf("approved in vain: %v, want %v by %s", err, want.is, want.by)
			}
		}
	}
	r.settle(t)
	if n := strings.Count(strings.Join(r.done.all(), "\n"), "maker ann@police.example stuck"); n != 3 {
		t.Errorf("the maker was told %d times that a change stands still, want once of each of 3: %q", n, r.done.all())
	}
}

// TestMakerIsTold: whoever made a change hears that it was refused or lapsed, by mail and among
// what waits for them, with the reason; of a draft that lapsed, nobody does.
func TestMakerIsTold(t *testing.T) {
	r := newRegion(t)
	ask := func(email string) string {
		t.Helper()
		return r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserInvite, User: r.fields(email, "police_officer")}).ID
	}
	refused, lapsed, draft := ask("gil@police.example"), ask("fay@police.example"), ask("hal@police.example")
	r.mustConfirm(t, r.ann, refused)
	r.mustConfirm(t, r.ann, lapsed)
	if _, err := r.Refuse(t.Context(), r.bob, refused, api.DecisionRequest{Note: "nobody knows them"}); err != nil {
		t.Fatal(err)
	}
	r.exec(t, `UPDATE access.change SET expires_at = now() WHERE id = ANY (ARRAY[$1, $2]::uuid[])`, lapsed, draft)
	r.sweep(t.Context())
	r.settle(t)
	var told []string
	for _, did := range r.done.all() {
		if strings.HasPrefix(did, "maker") {
			told = append(told, did)
		}
	}
	if slices.Sort(told); !slices.Equal(told, []string{"maker ann@police.example expired", "maker ann@police.example refused"}) {
		t.Errorf("told: %q", told)
	}
	o, err := r.Overview(t.Context(), r.ann)
	if err != nil || len(o.Returned) != 2 {
		t.Fatalf("what came back: %+v, %v", o.Returned, err)
	}
	for _, c := range o.Returned {
		if c.ID == refused && (c.State != api.ChangeRefused || c.Note != "nobody knows them" || c.By != "bob@trust.example") || c.ID != refused && c.ID != lapsed {
			t.Errorf("what came back: %+v", c)
		}
	}
	if bobs, err := r.Overview(t.Context(), r.bob); err != nil || len(bobs.Returned) != 0 {
		t.Errorf("what came back to another: %+v, %v", bobs.Returned, err)
	}
	r.now = func() time.Time { return time.Now().Add(returnedFor + time.Hour) }
	if later, err := r.Overview(t.Context(), r.ann); err != nil || len(later.Returned) != 0 {
		t.Errorf("after two weeks: %+v, %v", later.Returned, err)
	}
}

// TestWithoutRole: who has no role is counted and found, each administrator's own, and a change
// that leaves somebody none says so.
func TestWithoutRole(t *testing.T) {
	r := newRegion(t)
	made := r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserChange, Target: r.officer, User: &api.UserFields{
		Email: "dan@police.example", Name: "Dan", Agency: r.police, Sites: []string{r.desk}, Roles: []string{},
	}})
	if !slices.ContainsFunc(made.Effect.Losses, func(a api.Affected) bool { return slices.Contains(a.What, "has no role left: nothing is open to them") }) {
		t.Errorf("who loses: %+v", made.Effect.Losses)
	}
	r.mustConfirm(t, r.ann, made.ID)
	r.exec(t, `DELETE FROM access.user_role WHERE user_id = $1`, r.member(t, "ida@trust.example", r.trust, "clinician").User())
	all, err := r.Overview(t.Context(), r.ann)
	if err != nil || all.WithoutRole != 2 {
		t.Errorf("without a role: %d, %v", all.WithoutRole, err)
	}
	own, err := r.Overview(t.Context(), r.cat)
	found, ferr := r.Users(t.Context(), r.cat, api.UserFilter{Role: api.NoRole})
	if err != nil || ferr != nil || own.WithoutRole != 1 || found.Total != 1 || found.Users[0].ID != r.officer {
		t.Errorf("of the police: %d, %v; found %+v, %v", own.WithoutRole, err, found, ferr)
	}
}

// TestTighteningTakesOne: who takes some items from a role, or tightens its passwords, needs nobody; who shuts out all its
// holders needs a second person, as whoever lets them in again does.
func TestTighteningTakesOne(t *testing.T) {
	r := newRegion(t)
	all, err := r.Roles(t.Context(), r.ann)
	if err != nil {
		t.Fatal(err)
	}
	n := slices.IndexFunc(all.Roles, func(role api.Role) bool { return role.Name == "police_officer" })
	role := all.Roles[n].RoleFields
	for what, shuts := range map[string]func(*api.RoleFields){
		"no item left":   func(f *api.RoleFields) { f.Permissions = nil },
		"a higher level": func(f *api.RoleFields) { f.Level = "attested" },
	} {
		less := role
		shuts(&less)
		if made := r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.RoleChange, Target: role.Name, Role: &less}); len(made.Second) != 1 {
			t.Errorf("%s needs %q", what, made.Second)
		}
	}
	role.Passwords, role.TOTP, role.Permissions = api.PasswordsForbidden, true, role.Permissions[:1]
	made := r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.RoleChange, Target: role.Name, Role: &role})
	if _, err := r.Confirm(t.Context(), r.ann, made.ID, api.ConfirmRequest{Digest: made.Digest}); made.Word != role.Name || !errors.Is(err, ErrWord) {
		t.Errorf("whom it takes something from, and nobody else looks: %v", err)
	}
	if done := r.mustConfirm(t, r.ann, made.ID); done.State != api.ChangeApplied {
		t.Errorf("a narrower role: %+v", done)
	}
	role.TOTP = false
	if back := r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.RoleChange, Target: role.Name, Role: &role}); len(back.Second) != 1 {
		t.Errorf("no second factor any more needs %q", back.Second)
	}
}
