package people

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

func someItems() api.Items {
	return api.Items{Sections: []api.ItemSection{
		{Key: "risk_factors", Items: []api.ItemEntry{{Key: "risk_factors.a"}, {Key: "risk_factors.b"}}}, {Key: "other", Items: []api.ItemEntry{{Key: "other.c"}}},
	}}
}

// TestRoleOver: what is granted comes before what is revoked, a section is all its items, and
// what was not given stays.
func TestRoleOver(t *testing.T) {
	was := api.RoleFields{Name: "r", Description: "d", Level: "card", Passwords: "limited", TOTP: true, Permissions: []api.Permission{{Item: "other.c", Act: "read"}}}
	f := roleFlags{grant: []string{"risk_factors:read", "other.c:read"}, revoke: []string{"risk_factors.b:read"}, totp: "no"}
	got, err := f.over(was, someItems())
	want := []api.Permission{{Item: "other.c", Act: "read"}, {Item: "risk_factors.a", Act: "read"}}
	if err != nil || !slices.Equal(got.Permissions, want) || got.TOTP || got.Level != "card" || got.Passwords != "limited" || got.Description != "d" {
		t.Errorf("over = %+v, %v", got, err)
	}
	if len(was.Permissions) != 1 {
		t.Errorf("what was there has changed: %v", was.Permissions)
	}
	for _, bad := range []string{"risk_factors", "risk_factors:", "risk_factors:delete", "risk_factor:read", ":read", ""} {
		if _, err := permissionsOf([]string{bad}, someItems()); err == nil {
			t.Errorf("permissionsOf(%q) = nil error", bad)
		}
	}
}

// TestReadRole: bare or as --json prints it; the name is that of the command.
func TestReadRole(t *testing.T) {
	const role = `{"name":"x","description":"d","level":"card","passwords":"allowed","totp":false,"permissions":[{"item":"other.c","act":"read"}],"holders":4}`
	for _, text := range []string{role, `{"schema":1,"data":` + role + `}`} {
		got, err := readRole([]byte(text), api.RoleFields{Name: "y", Level: "software"})
		if err != nil || got.Name != "y" || got.Level != "card" || len(got.Permissions) != 1 {
			t.Errorf("readRole(%s) = %+v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "[]", "{", `{"permissions":1}`} {
		if _, err := readRole([]byte(bad), api.RoleFields{}); err == nil {
			t.Errorf("readRole(%q) = nil error", bad)
		}
	}
}

// TestRolesSteerNothing: what comes from the service is cleaned wherever it is shown.
func TestRolesSteerNothing(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{&command.App{Screen: ui.NewScreen(&out, &errs, false)}}
	evil := "\x1b[2J\u202eevil"
	at := time.Now()
	role := api.Role{RoleFields: api.RoleFields{Name: evil, Description: evil, Level: evil, Passwords: evil, Permissions: []api.Permission{{Item: evil, Act: "read"}}}}
	items := api.Items{Sections: []api.ItemSection{{Key: evil, Label: evil, Items: []api.ItemEntry{{Key: evil, Label: evil}}}}}
	review := api.AccessReview{ID: evil, AgencyName: evil, OpenedBy: evil, Due: evil, SignedAt: &at, SignedBy: &api.Actor{Name: evil}}
	detail := api.AccessReviewDetail{AccessReview: review, Items: []api.AccessReviewItem{{Name: evil, Email: evil, Roles: []string{evil}, Decision: evil, DecidedBy: &api.Actor{Name: evil}}}}
	for _, err := range []error{
		a.printRoles(api.Roles{Roles: []api.Role{role}}), a.printRole(role, items), a.Screen.Table(matrixRows(items, []api.Role{role})),
		a.printReviews(api.AccessReviews{Reviews: []api.AccessReview{review}}), a.printReview(detail),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if said := out.String() + errs.String(); strings.ContainsAny(said, "\x1b\u202e") || !strings.Contains(said, "evil") {
		t.Errorf("printed %q, which steers a terminal", said)
	}
}
