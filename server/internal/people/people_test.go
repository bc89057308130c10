package people_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/audit"
	"mais/server/internal/people"
	"mais/server/internal/people/peopletest"
	"mais/server/migrations"
)

func open(t *testing.T) (*people.Host, *pg.DB) {
	t.Helper()
	database := pgtest.New(t, camigrations.Set, migrations.Set)
	register := peopletest.Host(t, database.Source(), catest.New(t, database))
	return register, database.Owner()
}

var by = audit.Event{UserName: "operator test", AuthMethod: "host"}

func TestRegister(t *testing.T) {
	register, owner := open(t)
	ctx := t.Context()
	agency, err := register.AddAgency(ctx, "Northshire Police", "police", by)
	if err != nil {
		t.Fatal(err)
	}
	site, err := register.AddSite(ctx, agency, "Northgate", by)
	if err != nil {
		t.Fatal(err)
	}
	subnet := netip.MustParsePrefix("192.0.2.0/24")
	for range 2 { // the second changes nothing
		if err := register.AddSubnet(ctx, site, subnet, by); err != nil {
			t.Fatal(err)
		}
	}
	u := people.User{
		Email: "officer@police.example", Name: "An Officer", Agency: "Northshire Police", Sites: []string{site},
		Roles: []string{"clinician", "police_officer"},
	}
	if u.ID, err = register.AddUser(ctx, u, by); err != nil {
		t.Fatal(err)
	}
	users, err := register.Users(ctx)
	if diff := cmp.Diff([]people.User{u}, users); err != nil || diff != "" {
		t.Errorf("Users: %v, -want +got\n%s", err, diff)
	}
	sites, err := register.Sites(ctx)
	if diff := cmp.Diff([]people.Site{{ID: site, Agency: "Northshire Police", Name: "Northgate"}}, sites); err != nil || diff != "" {
		t.Errorf("Sites: %v, -want +got\n%s", err, diff)
	}
	acts := actsIn(t, owner)
	if diff := cmp.Diff([]string{"agency.add", "site.add", "subnet.add", "subnet.add", "user.add"}, acts); diff != "" {
		t.Errorf("events, -want +got\n%s", diff)
	}
}

func actsIn(t *testing.T, owner *pg.DB) []string {
	t.Helper()
	rows, err := owner.Query(t.Context(), `SELECT act FROM audit.event ORDER BY id`)
	acts, err := pg.Collect(rows, err, func(r *pg.Rows) (act string, err error) {
		err = r.Scan(&act)
		return act, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return acts
}

// TestRefusedChangesLeaveNothing: neither a row nor an event.
func TestRefusedChangesLeaveNothing(t *testing.T) {
	register, owner := open(t)
	ctx := t.Context()
	agency, err := register.AddAgency(ctx, "Trust", "health", by)
	if err != nil {
		t.Fatal(err)
	}
	site, err := register.AddSite(ctx, agency, "Desk", by)
	if err != nil {
		t.Fatal(err)
	}
	good := people.User{Email: "a@trust.example", Name: "A", Agency: "Trust", Sites: []string{site}, Roles: []string{"clinician"}}
	if _, err := register.AddUser(ctx, good, by); err != nil {
		t.Fatal(err)
	}
	before := len(actsIn(t, owner))
	change := func(f func(*people.User)) people.User {
		u := good
		u.Email = "b@trust.example"
		f(&u)
		return u
	}
	for name, c := range map[string]struct {
		do   func(context.Context) error
		want error // nil: any
	}{
		"agency taken":       {func(ctx context.Context) error { _, err := register.AddAgency(ctx, "Trust", "health", by); return err }, people.ErrTaken},
		"site taken":         {func(ctx context.Context) error { _, err := register.AddSite(ctx, agency, "Desk", by); return err }, people.ErrTaken},
		"email taken":        {func(ctx context.Context) error { _, err := register.AddUser(ctx, good, by); return err }, people.ErrTaken},
		"no such agency":     {add(register, change(func(u *people.User) { u.Agency = "Other" })), people.ErrUnknown},
		"no such role":       {add(register, change(func(u *people.User) { u.Roles = []string{"king"} })), people.ErrNoRole},
		"email in capitals":  {add(register, change(func(u *people.User) { u.Email = "B@trust.example" })), nil},
		"escape in the name": {add(register, change(func(u *people.User) { u.Name = "A\x1b[2J" })), nil},
		"everybody": {func(ctx context.Context) error {
			return register.AddSubnet(ctx, site, netip.MustParsePrefix("0.0.0.0/0"), by)
		}, nil},
		"no such site": {func(ctx context.Context) error {
			return register.AddSubnet(ctx, agency, netip.MustParsePrefix("192.0.2.0/24"), by)
		}, nil},
	} {
		if err := c.do(ctx); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	users, err := register.Users(ctx)
	if err != nil || len(users) != 1 || len(actsIn(t, owner)) != before {
		t.Errorf("after refusals there are %d users and %d new events, %v", len(users), len(actsIn(t, owner))-before, err)
	}
}

func add(register *people.Host, u people.User) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := register.AddUser(ctx, u, by)
		return err
	}
}
