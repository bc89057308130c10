package people_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/people"
)

func TestMembers(t *testing.T) {
	register, owner := open(t)
	ctx := t.Context()
	site := func(agency, kind, name string) string {
		id, err := register.EnsureSite(ctx, agency, kind, name, by)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	custody, ward, clinic := site("Police", "police", "Custody"), site("Police", "police", "Ward"), site("Trust", "health", "Ward")
	user := func(email, agency string, roles []string, sites ...string) string {
		id, err := register.AddUser(ctx, people.User{Email: email, Name: "Name of " + email, Agency: agency, Sites: sites, Roles: roles}, by)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	ann := user("ann@police.example", "Police", []string{"administrator", "agency_administrator"}, custody)
	bob := user("bob@police.example", "Police", []string{"police_officer"}, custody, ward)
	cat := user("cat@trust.example", "Trust", []string{"administrator"}, clinic)
	if _, err := owner.Exec(ctx, `UPDATE access.user_account SET left_at = now() WHERE id = $1`, cat); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		choice       people.Choice
		users, sites []string
	}{
		{people.Choice{}, []string{ann, bob, cat}, []string{custody, ward, clinic}},
		{people.Choice{Agency: "Police"}, []string{ann, bob}, []string{custody, ward}},
		{people.Choice{Site: "Ward"}, []string{bob, cat}, []string{ward, clinic}},
		{people.Choice{Agency: "Trust", Site: "Ward"}, []string{cat}, []string{clinic}},
		{people.Choice{Email: "cat@trust.example"}, []string{cat}, nil},
		{people.Choice{Agency: "Police", Email: "cat@trust.example"}, nil, nil},
		{people.Choice{Agency: "' OR true --"}, nil, nil},
	} {
		users, sites, err := register.Members(ctx, test.choice)
		for _, ids := range [][]string{users, sites, test.users, test.sites} {
			slices.Sort(ids)
		}
		if err != nil || !slices.Equal(users, test.users) || !slices.Equal(sites, test.sites) {
			t.Errorf("Members(%+v) = %v, %v, %v, want %v and %v", test.choice, users, sites, err, test.users, test.sites)
		}
	}
	whose, err := register.Whose(ctx, []string{ann, cat, custody}, []string{clinic, bob})
	want := map[string]people.Member{
		ann: {Agency: "Police", Label: "ann@police.example", Name: "Name of ann@police.example"},
		cat: {Agency: "Trust", Label: "cat@trust.example", Name: "Name of cat@trust.example"}, clinic: {Agency: "Trust", Label: "Ward", Name: "Ward"},
	}
	if diff := cmp.Diff(want, whose); err != nil || diff != "" {
		t.Errorf("Whose: %v, -want +got:\n%s", err, diff)
	}
	if u, err := register.Present(ctx, ann); err != nil || u.Agency != "Police" || !slices.Equal(u.Roles, []string{"administrator", "agency_administrator"}) {
		t.Errorf("Present = %+v, %v", u, err)
	}
	for _, id := range []string{cat, custody} {
		if _, err := register.Present(ctx, id); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("Present of one who is not = %v, want %v", err, people.ErrUnknown)
		}
	}
	if holders, err := register.Holders(ctx, "administrator"); err != nil || !slices.Equal(holders, []string{ann}) {
		t.Errorf("Holders = %v, %v, want %s", holders, err, ann)
	}
	roles, err := register.RolesOf(ctx, []string{ann, bob, custody})
	if diff := cmp.Diff(map[string][]string{ann: {"administrator", "agency_administrator"}, bob: {"police_officer"}}, roles); err != nil || diff != "" {
		t.Errorf("RolesOf: %v, -want +got:\n%s", err, diff)
	}
}
