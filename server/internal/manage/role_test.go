package manage

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/record"
)

// probation is a role as somebody asks for it, with a section in short.
func probation() *api.RoleFields {
	return &api.RoleFields{Name: "probation_officer", Description: " sees the risks ", Level: "software", Passwords: api.PasswordsForbidden, TOTP: true, Permissions: []api.Permission{
		{Item: "risk_factors", Act: "read"}, {Item: "risk_factors.significant_dates", Act: "read"}, {Item: "service_user_details.surname", Act: "read"},
	}}
}

// TestRoleLives: a role is added by two administrators, changed, and deleted, each time by a
// change that another approves; what is stored is item by item.
func TestRoleLives(t *testing.T) {
	r := newRegion(t)
	r.apply(t, api.ChangeRequest{Kind: api.RoleAdd, Role: probation()})
	got, err := r.Role(t.Context(), r.ann, "probation_officer")
	if err != nil {
		t.Fatal(err)
	}
	want := api.Role{RoleFields: *probation(), Version: got.Version}
	want.Description = "sees the risks"
	want.Permissions = []api.Permission{{Item: "risk_factors.significant_dates", Act: "read"}, {Item: "risk_factors.triggers_and_warning_signs", Act: "read"}, {Item: "service_user_details.surname", Act: "read"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the role that was added (-want +got):\n%s", diff)
	}
	officer := r.member(t, "eve@police.example", r.police, "probation_officer").User()
	changed := got.RoleFields
	changed.Permissions = []api.Permission{{Item: "service_user_details.surname", Act: "read"}, {Item: "release_medication", Act: "emergency"}}
	made := r.apply(t, api.ChangeRequest{Kind: api.RoleChange, Target: got.Name, Version: got.Version, Role: &changed})
	if e := made.Effect; e.GainsAll != 1 || e.LossesAll != 1 || !slices.Equal(e.Gains[0].Items, []string{"release_medication"}) ||
		!slices.Equal(e.Gains[0].Acts, []string{"emergency"}) || !slices.Equal(e.Losses[0].Items, []string{"risk_factors"}) || e.Losses[0].ID != officer {
		t.Errorf("the effect of a change = %+v", e)
	}
	if _, err := r.Propose(t.Context(), r.ann, api.ChangeRequest{Kind: api.RoleChange, Target: got.Name, Version: got.Version, Role: &changed}); !errors.Is(err, ErrConflict) {
		t.Errorf("a change of what was changed meanwhile = %v, want %v", err, ErrConflict)
	}
	if e := r.apply(t, api.ChangeRequest{Kind: api.RoleDelete, Target: got.Name}).Effect; !slices.Contains(e.Warnings, "1 person has no other role and would be left with none: give them one first, or have them leave.") {
		t.Errorf("deleting the only role of somebody warns of %q", e.Warnings)
	}
	if _, err := r.Role(t.Context(), r.ann, got.Name); !errors.Is(err, ErrUnknown) {
		t.Errorf("a role that was deleted = %v, want %v", err, ErrUnknown)
	}
	if n := one[int](t, r, `SELECT count(*) FROM access.user_role WHERE user_id = $1`, officer); n != 0 {
		t.Errorf("its holder has %d roles, want none", n)
	}
}

// apply has ann make a change and bob approve it, and returns it as it was foreseen.
func (r *region) apply(t *testing.T, req api.ChangeRequest) api.Change {
	t.Helper()
	made, err := r.Propose(t.Context(), r.ann, req)
	if err != nil {
		t.Fatalf("propose %s: %v", req.Kind, err)
	}
	waits, err := r.Confirm(t.Context(), r.ann, made.ID, seen(made))
	if err != nil || waits.State != api.ChangeWaiting {
		t.Fatalf("confirm %s = %s, %v, want that it waits", req.Kind, waits.State, err)
	}
	if _, err := r.Approve(t.Context(), r.ann, made.ID, api.DecisionRequest{Word: made.Word}); !errors.Is(err, ErrOwn) {
		t.Errorf("%s approved by who made it = %v, want %v", req.Kind, err, ErrOwn)
	}
	done, err := r.Approve(t.Context(), r.bob, made.ID, agree(t, r.Service, r.bob, made.ID))
	if err != nil || done.State != api.ChangeApplied {
		t.Fatalf("approve %s = %s, %v", req.Kind, done.State, err)
	}
	return made
}

// TestRolesRefused: what cannot be a role, or of one, is told by its field.
func TestRolesRefused(t *testing.T) {
	r := newRegion(t)
	with := func(f func(*api.RoleFields)) *api.RoleFields {
		role := probation()
		f(role)
		return role
	}
	as := func(name string, f func(*api.RoleFields)) *api.RoleFields {
		found, err := r.Role(t.Context(), r.ann, name)
		if err != nil {
			t.Fatal(err)
		}
		f(&found.RoleFields)
		return &found.RoleFields
	}
	for name, test := range map[string]struct {
		req   api.ChangeRequest
		field string
	}{
		"no fields":             {api.ChangeRequest{Kind: api.RoleAdd}, "role"},
		"capitals":              {api.ChangeRequest{Kind: api.RoleAdd, Role: with(func(f *api.RoleFields) { f.Name = "Officer" })}, "role.name"},
		"there already":         {api.ChangeRequest{Kind: api.RoleAdd, Role: with(func(f *api.RoleFields) { f.Name = "clinician" })}, "role.name"},
		"no description":        {api.ChangeRequest{Kind: api.RoleAdd, Role: with(func(f *api.RoleFields) { f.Description = " " })}, "role.description"},
		"a line too many":       {api.ChangeRequest{Kind: api.RoleAdd, Role: with(func(f *api.RoleFields) { f.Description = "a\nb" })}, "role.description"},
		"a level of gold":       {api.ChangeRequest{Kind: api.RoleAdd, Role: with(func(f *api.RoleFields) { f.Level = "gold" })}, "role.level"},
		"passwords perhaps":     {api.ChangeRequest{Kind: api.RoleAdd, Role: with(func(f *api.RoleFields) { f.Passwords = "" })}, "role.passwords"},
		"an item of nowhere":    {api.ChangeRequest{Kind: api.RoleAdd, Role: with(func(f *api.RoleFields) { f.Permissions[0].Item = "x.y" })}, "role.permissions"},
		"an act of nobody":      {api.ChangeRequest{Kind: api.RoleAdd, Role: with(func(f *api.RoleFields) { f.Permissions[0].Act = "delete" })}, "role.permissions"},
		"another name":          {api.ChangeRequest{Kind: api.RoleChange, Target: "clinician", Role: as("clinician", func(f *api.RoleFields) { f.Name = "doctor" })}, "role.name"},
		"an office reads":       {api.ChangeRequest{Kind: api.RoleChange, Target: "administrator", Role: as("administrator", func(f *api.RoleFields) { f.Permissions = probation().Permissions })}, "role.permissions"},
		"an office by password": {api.ChangeRequest{Kind: api.RoleChange, Target: "governance_officer", Role: as("governance_officer", func(f *api.RoleFields) { f.Passwords = "allowed" })}, "role.passwords"},
		"built in":              {api.ChangeRequest{Kind: api.RoleDelete, Target: "clinician"}, "target"},
	} {
		_, err := r.Propose(t.Context(), r.ann, test.req)
		var wrong *lifecycle.InvalidError
		if !errors.As(err, &wrong) || wrong.Fields[0].Field != test.field {
			t.Errorf("%s: %v, want a fault of %s", name, err, test.field)
		}
	}
	if _, err := r.Propose(t.Context(), r.cat, api.ChangeRequest{Kind: api.RoleAdd, Role: probation()}); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("by who administers one agency = %v, want %v", err, ErrNotAllowed)
	}
	if _, err := r.Roles(t.Context(), r.officerOf(t)); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("roles for an officer = %v, want %v", err, ErrNotAllowed)
	}
}

// keep says what users hold.
type keep map[string]certs.Level

func (k keep) BestLevels(context.Context, []string) (map[string]certs.Level, error) { return k, nil }

// TestForeseeRole: another role that still grants an item, a token that is not enough, a password
// that ends.
func TestForeseeRole(t *testing.T) {
	r := newRegion(t)
	both := r.member(t, "both@trust.example", r.trust, "clinician", "police_officer").User()
	r.opts.Keys = keep{r.officer: certs.Software, both: certs.Card}
	r.exec(t, `UPDATE access.agency SET passwords = 'allowed'`)
	r.exec(t, `UPDATE access.role SET passwords = 'allowed' WHERE name = 'police_officer'`)
	police, err := r.Role(t.Context(), r.ann, "police_officer")
	if err != nil {
		t.Fatal(err)
	}
	foresee := func(change func(*api.RoleFields)) api.Effect {
		t.Helper()
		f := police.RoleFields
		f.Permissions = slices.Clone(f.Permissions)
		change(&f)
		made, err := r.Propose(t.Context(), r.ann, api.ChangeRequest{Kind: api.RoleChange, Target: police.Name, Version: police.Version, Role: &f})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Discard(t.Context(), r.ann, made.ID); err != nil {
			t.Fatal(err)
		}
		return made.Effect
	}
	e := foresee(func(f *api.RoleFields) {
		f.Permissions = slices.DeleteFunc(f.Permissions, func(p api.Permission) bool { return strings.HasPrefix(p.Item, "physical_health.") })
	})
	if e.LossesAll != 1 || e.Losses[0].ID != r.officer || !slices.Equal(e.Losses[0].Items, []string{"physical_health"}) || e.GainsAll != 0 {
		t.Errorf("a section less = %+v, want that the officer alone loses it", e)
	}
	e = foresee(func(f *api.RoleFields) { f.Level = "card" })
	if e.LossesAll != 2 || !says(e.Losses, r.officer, "would be refused: has a key in a file, and a key on a smart card is demanded") || !says(e.Losses, r.officer, "may sign in by password no more") || says(e.Losses, both, "refused") {
		t.Errorf("a card demanded = %+v", e)
	}
	e = foresee(func(f *api.RoleFields) { f.Passwords = "limited" })
	if e.LossesAll != 2 || !says(e.Losses, r.officer, "sees less when signed in by password") {
		t.Errorf("passwords limited = %+v", e)
	}
	e = foresee(func(f *api.RoleFields) {
		for n, p := range f.Permissions {
			if p.Act == "emergency" {
				f.Permissions[n].Act = "read"
			}
		}
	})
	if e.GainsAll != 1 || e.LossesAll != 0 || !slices.Equal(e.Gains[0].Acts, []string{"read"}) {
		t.Errorf("always what was in an emergency = %+v, want a gain and no loss", e)
	}
	if e = foresee(func(f *api.RoleFields) { f.Permissions = []api.Permission{{Item: "risk_factors", Act: "emergency"}} }); len(e.Warnings) != 2 {
		t.Errorf("a role that finds nobody = %q, want two warnings", e.Warnings)
	}
}

// says reports whether something is said of somebody.
func says(all []api.Affected, id, what string) bool {
	return slices.ContainsFunc(all, func(a api.Affected) bool {
		return a.ID == id && strings.Contains(strings.Join(a.What, "; "), what)
	})
}

// TestShorthand: a section's name is all its items, both ways.
func TestShorthand(t *testing.T) {
	for _, s := range record.Dictionary() {
		if got := shorthand(longhand(s.Name)); !slices.Equal(got, []string{s.Name}) {
			t.Errorf("shorthand of all of %s = %v", s.Name, got)
		}
	}
	if got := longhand("no.such"); got != nil {
		t.Errorf("longhand of what is not there = %v", got)
	}
	r := newRegion(t)
	items, err := r.Items(t.Context(), r.cat)
	if err != nil || len(items.Sections) != 10 || items.Sections[0].Items[5].Audience != "full" {
		t.Errorf("Items = %+v, %v", items, err)
	}
}

// officerOf is the officer as they sign in.
func (r *region) officerOf(t *testing.T) authn.Principal {
	t.Helper()
	return r.member(t, "fay@police.example", r.police, "police_officer")
}
