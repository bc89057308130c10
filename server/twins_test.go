package server

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
	"mais/server/migrations"
)

// twins are two servers that nobody can tell apart, until something is changed in the
// database of the second.
//
// The second's database is a clone of the first's, made when everybody was enrolled and
// everything loaded. So all numbers are the same in both, and since both are asked the same
// in step, so is what they remember of it: sessions, reasons, looks, reviews. One server
// whose record changes between two passes would be less work, but it remembers the first
// pass in the second, and whatever depends on that could not be compared.
type twins struct {
	worlds    [2]*world
	databases [2]*pgtest.Database
	tokens    map[string]token // by the name of the role; a site's is "site"
	target    string           // the canary, whom the differences are about
	ghost     string           // another person with everything recorded, whom nobody has looked at
	change    made             // to the second
}

// Roles of the test's own, which read little. Whatever else is withheld from them is as
// forbidden as a diagnosis is to the police.
var ownRoles = map[string][]string{
	"reception": {"service_user_details.first_name", "service_user_details.surname", "service_user_details.date_of_birth"},
	"first_aid": {"physical_health.epilepsy", "physical_health.diabetes"}, // not even names
}

func newTwins(t *testing.T, people int) *twins {
	t.Helper()
	first := pgtest.New(t, camigrations.Set, migrations.Set)
	tw := &twins{tokens: map[string]token{}}
	tw.populate(t, first, people)
	tw.databases = [2]*pgtest.Database{first, cloned(t, first)}
	for n, database := range tw.databases {
		tw.worlds[n] = openedWorld(t, database.Source(), testLog())
	}
	tw.change = made{tw.databases[1].Owner(), tw.target}
	tw.change.remember(t)
	return tw
}

// populate fills a database through a server of its own, which is gone afterwards.
func (tw *twins) populate(t *testing.T, database *pgtest.Database, people int) {
	t.Helper()
	for role, items := range ownRoles {
		made := made{db: database.Owner()}
		made.run(t, `INSERT INTO access.role (name, description) VALUES ($1, 'of a test')`, role)
		for _, item := range items {
			made.run(t, `INSERT INTO access.permission (role, item, act) VALUES ($1, $2, 'read')`, role, item)
		}
	}
	source := database.Source()
	dir := shortDir(t)
	w, err := startWorld(t, dir, testLog(), nil, &source)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Host().Records.Generate(t.Context(), people, 1, nil); err != nil {
		t.Fatal(err)
	}
	ghost := recordtest.Canary()
	ghost.Source = "ghost"
	w.imported(t, recordtest.Canary(), ghost)
	tw.target, tw.ghost = personOf(t, database, "canary"), personOf(t, database, "ghost")
	for _, role := range []string{"police_officer", "clinician", "administrator", "governance_officer", "reception", "first_aid"} {
		tw.tokens[role] = w.enrolled(t, role, w.custody)
	}
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	tw.tokens["site"] = w.enrol(t, certs.Site, w.custody, "Custody", key, custody)
	w.stop()
	if err := <-w.finished; err != nil {
		t.Fatal(err)
	}
}

// personOf returns the id of the one person of a source.
func personOf(t testing.TB, database *pgtest.Database, source string) (id string) {
	t.Helper()
	if err := database.Owner().QueryRow(t.Context(), `SELECT id::text FROM record.person WHERE source = $1`, source).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// cloned returns a copy of a database that no server is open on.
func cloned(t *testing.T, original *pgtest.Database) *pgtest.Database {
	t.Helper()
	copied := pgtest.New(t) // a name and an end of its own; the rest is the original's
	from, to := nameOf(original), nameOf(copied)
	var roles []string
	for _, role := range pg.Roles() {
		roles = append(roles, string(role))
	}
	beside := made{db: pgtest.New(t).Owner()}
	for _, statement := range []string{
		fmt.Sprintf(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('%s', '%s')`, from, to),
		fmt.Sprintf(`DROP DATABASE %s WITH (FORCE)`, to),
		fmt.Sprintf(`CREATE DATABASE %s OWNER mais_owner TEMPLATE %s`, to, from),
		fmt.Sprintf(`REVOKE ALL ON DATABASE %[1]s FROM PUBLIC; GRANT CONNECT ON DATABASE %[1]s TO %[2]s`, to, strings.Join(roles, ", ")),
	} {
		beside.run(t, statement)
	}
	made{db: copied.Owner()}.run(t, `UPDATE ca.journal_place SET system = ''`) // a copy on purpose, not a restore
	return copied
}

func nameOf(d *pgtest.Database) string {
	name, _, _ := strings.Cut(d.Source().String(), " ")
	return name
}

// shortDir is a directory whose name is short enough for a socket.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "mais-server-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// openedWorld returns a server over a database as it is, which ends with the test.
func openedWorld(t *testing.T, source pg.Source, log *slog.Logger) *world {
	t.Helper()
	w := &world{dir: shortDir(t), finished: make(chan error, 1)}
	settings := testSettings(w.dir)
	if err := config.WriteSecret(settings.UnlockPath(), catest.Unlock); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(catest.Dir(t), KeyDir(settings)); err != nil {
		t.Fatal(err)
	}
	w.Server = newServer(settings, log)
	ctx, cancel := context.WithTimeout(t.Context(), testPatience)
	defer cancel()
	if err := w.open(ctx, func(context.Context) error { w.source = source; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := w.run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.stop()
		if err := <-w.finished; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	return w
}

// readable returns what a role may read.
func (tw *twins) readable(t *testing.T, role string) []string {
	t.Helper()
	rows, err := tw.databases[0].Owner().Query(t.Context(), `SELECT item FROM access.permission WHERE role = $1 AND act = 'read' ORDER BY item`, role)
	items, err := pg.Collect(rows, err, func(r *pg.Rows) (item string, err error) { err = r.Scan(&item); return item, err })
	if err != nil {
		t.Fatal(err)
	}
	if known := len(record.Keys()); len(items) > known {
		t.Fatalf("%s reads %d items of %d", role, len(items), known)
	}
	return items
}
