package withdrawal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/people"
	"mais/server/internal/people/peopletest"
	"mais/server/internal/withdrawal"
	"mais/server/migrations"
)

// desk is a register with the journal of a certificate authority.
type desk struct {
	*pgtest.Database
	ca           *catest.CA
	host         *people.Host
	agency, site string
	admin        string // administers
}

var by = audit.Event{UserName: "operator test", AuthMethod: "host"}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{Database: pgtest.New(t, camigrations.Set, migrations.Set)}
	d.ca = d.node(t, "")
	d.host = d.register(t, d.ca)
	must(t, d.Owner().QueryRow(t.Context(), `INSERT INTO access.agency (name, kind, domains, passwords) VALUES ('Trust', 'health', '{trust.example,old.example}', 'allowed') RETURNING id`).Scan(&d.agency))
	must(t, d.Owner().QueryRow(t.Context(), `INSERT INTO access.site (agency, name) VALUES ($1, 'Desk') RETURNING id`, d.agency).Scan(&d.site))
	d.exec(t, `INSERT INTO access.subnet VALUES ($1, '192.0.2.0/24'), ($1, '198.51.100.0/24')`, d.site)
	d.admin = d.user(t, "admin", "administrator")
	d.user(t, "second", "administrator")
	d.user(t, "third", "administrator")
	return d
}

// node is a certificate authority on the desk's database; a directory is that of one that was closed.
func (d *desk) node(t testing.TB, dir string) *catest.CA {
	t.Helper()
	c := catest.New(t, d.Database, func(o *ca.Options) {
		if o.Withdrawn = (withdrawal.Again{}); dir != "" {
			o.Dir = dir
		}
	})
	if dir != "" {
		c.Dir = dir
	}
	return c
}

func (d *desk) register(t testing.TB, journal *catest.CA) *people.Host {
	t.Helper()
	return peopletest.Host(t, d.Source(), journal)
}

// restart closes the authority and opens it again, as a service that starts does.
func (d *desk) restart(t testing.TB) {
	t.Helper()
	must(t, d.ca.Close())
	d.ca = d.node(t, d.ca.Dir)
	d.host = d.register(t, d.ca)
}

// known has the authority look at the database, which it remembers then.
func (d *desk) known(t testing.TB) {
	t.Helper()
	must(t, d.ca.Feed().Look(t.Context()))
}

func (d *desk) user(t testing.TB, name, role string) (id string) {
	t.Helper()
	must(t, d.Owner().QueryRow(t.Context(), `INSERT INTO access.user_account (email, name, agency) VALUES ($1 || '@trust.example', $1, $2) RETURNING id`, name, d.agency).Scan(&id))
	d.exec(t, `INSERT INTO access.user_site VALUES ($1, $2)`, id, d.site)
	d.exec(t, `INSERT INTO access.user_role VALUES ($1, $2)`, id, role)
	return id
}

// leave has the administrator say that somebody has left.
func (d *desk) leave(t testing.TB, host *people.Host, who string) error {
	t.Helper()
	event := audit.Event{User: d.admin, UserName: "admin", AuthMethod: "token"}
	id, err := host.Propose(t.Context(), d.admin, people.Proposal{Kind: api.UserLeave, Target: who, Subject: "somebody"}, event)
	must(t, err)
	_, err = host.Confirm(t.Context(), d.admin, id, []byte("{}"), event)
	return err
}

func (d *desk) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	_, err := d.Owner().Exec(context.Background(), query, args...)
	must(t, err)
}

func (d *desk) holds(t testing.TB, query string, args ...any) (is bool) {
	t.Helper()
	must(t, d.Owner().QueryRow(context.Background(), `SELECT `+query, args...).Scan(&is))
	return is
}

// run and is fill in, by name, whom and what a statement of things is about.
func (d *desk) run(t testing.TB, query string, about []any) {
	t.Helper()
	d.exec(t, filled(query, about))
}

func (d *desk) is(t testing.TB, query string, about []any) bool {
	t.Helper()
	return d.holds(t, filled(query, about))
}

func filled(query string, about []any) string {
	for i, value := range about {
		query = strings.ReplaceAll(query, fmt.Sprintf("$%d::uuid", i+1), fmt.Sprintf("'%s'::uuid", value))
	}
	return query
}

// settle tells the journal what nobody has told it yet.
func (d *desk) settle(t testing.TB) {
	t.Helper()
	must(t, d.host.SettleWithdrawals(t.Context()))
	if d.holds(t, `EXISTS (SELECT FROM access.withdrawal WHERE journal IS NULL OR lifted_at IS NOT NULL)`) {
		t.Error("the journal was not told everything")
	}
}

// entries counts those of the journals that take access away.
func (d *desk) entries(t testing.TB) (n int) {
	t.Helper()
	must(t, d.Owner().QueryRow(t.Context(), `SELECT count(*) FROM ca.journal_entry WHERE kind = 'withdraw'`).Scan(&n))
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// as is the database as one of the service's login roles.
func (d *desk) as(t testing.TB, role pg.Role) *pg.DB { return d.Open(t, role) }
