package demo

import (
	"context"
	"net/netip"
	"testing"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/people"
	"mais/server/internal/people/peopletest"
	"mais/server/migrations"
)

// counted stands in for the records: it counts how often they were asked for.
type counted struct{ times int }

func (c *counted) Generate(context.Context, int, uint64, func(int)) error { c.times++; return nil }

// TestLoadGoesOn starts from every state that an interrupted first start can leave.
func TestLoadGoesOn(t *testing.T) {
	ctx := t.Context()
	subnet := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for _, tt := range []struct {
		name   string
		before func(t *testing.T, r *people.Host)
	}{
		{"nothing", func(*testing.T, *people.Host) {}},
		{"an agency", func(t *testing.T, r *people.Host) { addAgency(t, r) }},
		{"a site", func(t *testing.T, r *people.Host) { addSiteTo(t, r, addAgency(t, r)) }},
		{"a user", func(t *testing.T, r *people.Host) {
			site := addSiteTo(t, r, addAgency(t, r))
			first := users[0]
			u := people.User{Email: first.email, Name: first.name, Agency: sites[0].agency, Sites: []string{site}, Roles: first.roles}
			if _, err := r.AddUser(ctx, u, by); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			database := pgtest.New(t, camigrations.Set, migrations.Set)
			register := peopletest.Host(t, database.Source(), catest.New(t, database))
			tt.before(t, register)
			records := &counted{}
			for range 2 {
				if err := Load(ctx, register, records, subnet, 1, nil); err != nil {
					t.Fatal(err)
				}
			}
			places, err1 := register.Sites(ctx)
			staff, err2 := register.Users(ctx)
			if len(places) != len(sites) || len(staff) != len(users) || err1 != nil || err2 != nil || records.times != 1 {
				t.Errorf("%d sites, %d users, records made %d times, %v, %v; want %d, %d and once",
					len(places), len(staff), records.times, err1, err2, len(sites), len(users))
			}
			var waiting, vouched int
			if err := database.Owner().QueryRow(ctx, `SELECT (SELECT count(*) FROM access.change WHERE state = 'waiting'),
				(SELECT count(*) FROM access.agency WHERE sponsor_email IS NOT NULL AND domains <> '{}')`).Scan(&waiting, &vouched); err != nil || waiting != 1 || vouched != len(agencies) {
				t.Errorf("%d changes wait, %d agencies have a sponsor, %v; want 1, %d", waiting, vouched, err, len(agencies))
			}
			for _, u := range staff {
				if len(u.Sites) != 1 || len(u.Roles) == 0 {
					t.Errorf("%s has the sites %v and the roles %v", u.Email, u.Sites, u.Roles)
				}
			}
		})
	}
}

// TestLoadAfterClosing starts again when somebody closed a site: it is left alone.
func TestLoadAfterClosing(t *testing.T) {
	ctx := t.Context()
	database := pgtest.New(t, camigrations.Set, migrations.Set)
	register := peopletest.Host(t, database.Source(), catest.New(t, database))
	load := func(subnet string) error {
		return Load(ctx, register, &counted{}, []netip.Prefix{netip.MustParsePrefix(subnet)}, 1, nil)
	}
	if err := load("127.0.0.0/8"); err != nil {
		t.Fatal(err)
	}
	if _, err := database.Owner().Exec(ctx, `UPDATE access.site SET closed_at = now() WHERE name = $1`, sites[0].name); err != nil {
		t.Fatal(err)
	}
	if err := load("127.0.0.0/9"); err != nil {
		t.Fatal(err)
	}
	var fresh, closed int
	if err := database.Owner().QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE s.closed_at IS NOT NULL)
		FROM access.subnet n JOIN access.site s ON s.id = n.site WHERE n.cidr = '127.0.0.0/9'`).Scan(&fresh, &closed); err != nil {
		t.Fatal(err)
	}
	if fresh != len(sites)-1 || closed != 0 {
		t.Errorf("%d sites have the new subnet, %d of them closed; want %d and 0", fresh, closed, len(sites)-1)
	}
}

// TestLoadAfterLeaving starts again when people left, the last one too, and one has another address:
// nothing begins anew.
func TestLoadAfterLeaving(t *testing.T) {
	ctx := t.Context()
	database := pgtest.New(t, camigrations.Set, migrations.Set)
	register := peopletest.Host(t, database.Source(), catest.New(t, database))
	records := &counted{}
	for range 2 {
		if err := Load(ctx, register, records, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 1, nil); err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{
			`UPDATE access.user_account SET left_at = now() WHERE left_at IS NULL AND email IN ('governance@trust.northshire.example', 'officer@police.northshire.example')`,
			`UPDATE access.user_account SET email = 'moved@police.northshire.example' WHERE email = 'constable@police.northshire.example'`,
		} {
			if _, err := database.Owner().Exec(ctx, sql); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, everybody, err := register.UsersPage(ctx, people.Wanted{UserFilter: api.UserFilter{Stage: people.Everyone}}, 1, 0)
	if err != nil || records.times != 1 || everybody != len(users) {
		t.Errorf("records were made %d times, and %d people are there, %v; want once, %d", records.times, everybody, err, len(users))
	}
}

func addAgency(t *testing.T, r *people.Host) string {
	t.Helper()
	id, err := r.AddAgency(t.Context(), sites[0].agency, sites[0].kind, by)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func addSiteTo(t *testing.T, r *people.Host, agency string) string {
	t.Helper()
	id, err := r.AddSite(t.Context(), agency, sites[0].name, by)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
