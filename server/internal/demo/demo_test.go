package demo

import (
	"context"
	"net/netip"
	"testing"

	camigrations "mais/ca/migrations"
	"mais/internal/pg/pgtest"
	"mais/server/internal/people"
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
		before func(t *testing.T, r *people.Register)
	}{
		{"nothing", func(*testing.T, *people.Register) {}},
		{"an agency", func(t *testing.T, r *people.Register) { addAgency(t, r) }},
		{"a site", func(t *testing.T, r *people.Register) { addSiteTo(t, r, addAgency(t, r)) }},
		{"a user", func(t *testing.T, r *people.Register) {
			site := addSiteTo(t, r, addAgency(t, r))
			first := users[0]
			u := people.User{Email: first.email, Name: first.name, Agency: sites[0].agency, Sites: []string{site}, Roles: first.roles}
			if _, err := r.AddUser(ctx, u, by); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			register, err := people.Open(ctx, pgtest.New(t, camigrations.Set, migrations.Set).Source())
			if err != nil {
				t.Fatal(err)
			}
			defer register.Close()
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
			for _, u := range staff {
				if len(u.Sites) != 1 || len(u.Roles) == 0 {
					t.Errorf("%s has the sites %v and the roles %v", u.Email, u.Sites, u.Roles)
				}
			}
		})
	}
}

func addAgency(t *testing.T, r *people.Register) string {
	t.Helper()
	id, err := r.AddAgency(t.Context(), sites[0].agency, sites[0].kind, by)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func addSiteTo(t *testing.T, r *people.Register, agency string) string {
	t.Helper()
	id, err := r.AddSite(t.Context(), agency, sites[0].name, by)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
