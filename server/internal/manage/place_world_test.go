package manage

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/people"
	"mais/server/internal/people/peopletest"
	"mais/server/migrations"
)

// held is how many good certificates identities hold.
type held map[string]int

func (h held) Good(_ context.Context, who certs.Identity) (int, error) { return h[who.ID()], nil }

// country is a register with two agencies, their sites and some people.
type country struct {
	*Service
	owner                        *pg.DB
	host                         *people.Host
	good                         held
	police, trust                string // agencies
	custody, court, ward         string // sites; the first two are the police's
	admin, second, local, worker authn.Principal
}

var atTheHost = audit.Event{UserName: "operator test", AuthMethod: "host"}

// newCountry: Anna works at custody and at court, Bert at custody only, Cora at the ward. Two
// administrators of everything and one of the police work at court.
func newCountry(t *testing.T) *country {
	t.Helper()
	database := pgtest.New(t, camigrations.Set, migrations.Set)
	host := peopletest.Host(t, database.Source(), catest.New(t, database))
	c := &country{owner: database.Owner(), host: host, good: held{}}
	c.Service = New(Options{Register: host.Register, Certificates: c.good, Log: slog.New(slog.DiscardHandler)})
	c.custody, c.court, c.ward = c.newSite(t, "Northshire Police", "police", "Custody"), c.newSite(t, "Northshire Police", "police", "Court"), c.newSite(t, "Northshire Trust", "health", "Ward")
	c.police, c.trust = c.siteOf(t, c.custody).Agency, c.siteOf(t, c.ward).Agency
	c.network(t, c.custody, "10.1.0.0/16")
	c.network(t, c.court, "10.1.128.0/17")
	c.network(t, c.court, "192.0.2.0/24")
	c.network(t, c.ward, "10.9.0.0/16")
	c.user(t, "anna@police.example", "Northshire Police", []string{"police_officer"}, c.custody, c.court)
	c.worker = c.user(t, "bert@police.example", "Northshire Police", []string{"police_officer"}, c.custody)
	c.user(t, "cora@trust.example", "Northshire Trust", []string{"clinician"}, c.ward)
	c.admin = c.user(t, "ada@police.example", "Northshire Police", []string{"administrator"}, c.court)
	c.second = c.user(t, "sam@police.example", "Northshire Police", []string{"administrator"}, c.court)
	c.local = c.user(t, "lena@police.example", "Northshire Police", []string{"agency_administrator"}, c.court)
	return c
}

func (c *country) siteOf(t *testing.T, id string) api.Site {
	t.Helper()
	s, err := c.site(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (c *country) newSite(t *testing.T, agency, kind, name string) string {
	t.Helper()
	id, err := c.host.EnsureSite(t.Context(), agency, kind, name, atTheHost)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (c *country) network(t *testing.T, site, prefix string) {
	t.Helper()
	if err := c.host.AddSubnet(t.Context(), site, netip.MustParsePrefix(prefix), atTheHost); err != nil {
		t.Fatal(err)
	}
}

// user registers somebody and returns them as they sign in, from 192.0.2.7.
func (c *country) user(t *testing.T, email, agency string, roles []string, sites ...string) authn.Principal {
	t.Helper()
	id, err := c.host.AddUser(t.Context(), people.User{Email: email, Name: "Name of " + email, Agency: agency, Sites: sites, Roles: roles}, atTheHost)
	if err != nil {
		t.Fatal(err)
	}
	who, err := certs.NewIdentity(certs.User, id)
	if err != nil {
		t.Fatal(err)
	}
	of := c.police
	if agency == "Northshire Trust" {
		of = c.trust
	}
	return authntest.Principal(t, authntest.Facts{Identity: who, Name: "Name of " + email, Email: email, Agency: agency, AgencyID: of, Roles: roles, Address: netip.MustParseAddr("192.0.2.7")})
}

// session opens a session of somebody at a site.
func (c *country) session(t *testing.T, p authn.Principal, site, address string) {
	t.Helper()
	_, err := c.owner.Exec(t.Context(), `INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site, address)
		VALUES (sha256(random()::text::bytea), $1, 'people-1', 'aa', 'mutual', $2, $3)`, p.User(), site, address)
	if err != nil {
		t.Fatal(err)
	}
}
