package people_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/people"
	"mais/server/internal/people/peopletest"
	"mais/server/migrations"
)

// TestPlaces: what the register's own login role reads of agencies, sites and networks.
func TestPlaces(t *testing.T) {
	database := pgtest.New(t, camigrations.Set, migrations.Set)
	host := peopletest.Host(t, database.Source(), catest.New(t, database))
	ctx, owner := t.Context(), database.Owner()
	ids := map[string]string{}
	for _, name := range []string{"Ward", "Desk", "Attic"} {
		id, err := host.EnsureSite(ctx, "Trust", "health", name, by)
		if err != nil {
			t.Fatal(err)
		}
		ids[name] = id
	}
	for _, prefix := range []string{"2001:db8::/48", "192.0.2.0/24", "10.0.0.0/8"} {
		if err := host.AddSubnet(ctx, ids["Ward"], netip.MustParsePrefix(prefix), by); err != nil {
			t.Fatal(err)
		}
	}
	user := func(email string, sites ...string) string {
		id, err := host.AddUser(ctx, people.User{Email: email, Name: "N " + email, Agency: "Trust", Sites: sites, Roles: []string{"clinician"}}, by)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	ann, gone := user("ann@trust.example", ids["Ward"], ids["Attic"]), user("gone@trust.example", ids["Ward"])
	for _, sql := range []string{`UPDATE access.user_account SET left_at = now() WHERE id = '` + gone + `'`, `UPDATE access.site SET closed_at = now() WHERE id = '` + ids["Attic"] + `'`,
		`INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site, address) VALUES (sha256('a'), '` + ann + `', 'people-1', 'aa', 'mutual', '` + ids["Ward"] + `', '10.0.0.7')`,
		`INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site) VALUES (sha256('b'), '` + ann + `', 'people-1', 'aa', 'mutual', '` + ids["Ward"] + `')`,
	} {
		if _, err := owner.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	agencies, err := host.PlacesAgencies(ctx, "")
	if err != nil || len(agencies) != 1 || agencies[0].Sites != 2 || agencies[0].Users != 1 || agencies[0].Passwords != api.PasswordsForbidden {
		t.Errorf("PlacesAgencies = %+v, %v, want one with 2 open sites and 1 user", agencies, err)
	}
	sites, err := host.PlacesSites(ctx, agencies[0].ID)
	var names []string
	for _, s := range sites {
		names = append(names, s.Name)
	}
	if diff := cmp.Diff([]string{"Desk", "Ward", "Attic"}, names); diff != "" || err != nil || sites[2].ClosedAt == nil {
		t.Errorf("PlacesSites, %v (-want +got):\n%s", err, diff)
	}
	ward, err := host.PlacesSite(ctx, ids["Ward"])
	if diff := cmp.Diff([]string{"10.0.0.0/8", "192.0.2.0/24", "2001:db8::/48"}, ward.Networks); diff != "" || err != nil || ward.Users != 1 {
		t.Errorf("PlacesSite = %d users, %v (-want +got):\n%s", ward.Users, err, diff)
	}
	if _, err := host.PlacesSite(ctx, agencies[0].ID); !errors.Is(err, people.ErrUnknown) {
		t.Errorf("a site that is none: %v", err)
	}
	staff, err := host.StaffAt(ctx, ids["Ward"])
	want := []people.Staff{{ID: ann, Name: "N ann@trust.example", Email: "ann@trust.example", Agency: "Trust", Sites: []string{ids["Ward"]}, Roles: []string{"clinician"}}}
	if diff := cmp.Diff(want, staff); diff != "" || err != nil {
		t.Errorf("StaffAt, %v (-want +got):\n%s", err, diff)
	}
	from, err := host.SessionsAt(ctx, ids["Ward"])
	if err != nil || len(from) != 2 || from[0].IsValid() == from[1].IsValid() {
		t.Errorf("SessionsAt = %v, %v, want one from a place that is known and one that is not", from, err)
	}
}
