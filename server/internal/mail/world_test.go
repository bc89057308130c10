package mail

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"mais/ca"
	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/config"
	"mais/internal/pg/pgtest"
	"mais/server/migrations"
)

// world is a service with mail, a certificate authority, two agencies and a mail server.
type world struct {
	*Service
	db     *pgtest.Database
	ca     *catest.CA
	server *mailServer
	now    time.Time // of the service's clock
	log    *bytes.Buffer
	police string // agency ids
	health string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := pgtest.New(t, camigrations.Set, migrations.Set)
	w := &world{db: db, ca: catest.New(t, db), server: newMailServer(t, config.MailStartTLS), now: time.Now()}
	w.Service = w.node(t)
	w.police, w.health = w.agency(t, "Northshire Police"), w.agency(t, "Northshire NHS Trust")
	return w
}

// node opens the service once more, on the same database and clock.
func (w *world) node(t testing.TB) *Service {
	t.Helper()
	o := testOptions(w.server.settings(t, config.MailStartTLS))
	w.log = new(bytes.Buffer)
	o.Source, o.Log, o.Now = w.db.Source(), slog.New(slog.NewTextHandler(w.log, nil)), func() time.Time { return w.now }
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (w *world) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := w.db.Owner().Exec(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func (w *world) agency(t testing.TB, name string) string {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `INSERT INTO access.agency (id, name, kind) VALUES ($1, $2, 'police')`, id, name)
	return id
}

// user registers somebody with a role.
func (w *world) user(t testing.TB, email, name, agency, role string) certs.Identity {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `INSERT INTO access.user_account (id, email, name, agency) VALUES ($1, $2, $3, $4)`, id, email, name, agency)
	w.exec(t, `INSERT INTO access.role (name, description) VALUES ($1, 'a role') ON CONFLICT DO NOTHING`, role)
	w.exec(t, `INSERT INTO access.user_role (user_id, role) VALUES ($1, $2)`, id, role)
	who, err := certs.NewIdentity(certs.User, id)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// site registers a site.
func (w *world) site(t testing.TB, name, agency string) certs.Identity {
	t.Helper()
	id := uuid.NewString()
	w.exec(t, `INSERT INTO access.site (id, agency, name) VALUES ($1, $2, $3)`, id, agency, name)
	who, err := certs.NewIdentity(certs.Site, id)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// token enrols somebody.
func (w *world) token(t testing.TB, who certs.Identity, holder, name string) catest.Token {
	t.Helper()
	return w.ca.Enrol(t, ca.Invitation{Identity: who, Holder: holder, Name: name, By: "test"})
}

// everybody registers one of each who matters.
func (w *world) everybody(t testing.TB) (officer catest.Token) {
	t.Helper()
	w.user(t, "admin@trust.example", "An Administrator", w.health, "administrator")
	w.user(t, "local@police.example", "Local Police", w.police, "agency_administrator")
	w.user(t, "local@trust.example", "Local Health", w.health, "agency_administrator")
	return w.token(t, w.user(t, "officer@police.example", "A Sergeant", w.police, "police_officer"), "officer@police.example", "A Sergeant")
}

// tell writes all that there is to write.
func (w *world) tell(t testing.TB) {
	t.Helper()
	for _, tell := range []func() error{
		func() error { return w.once(w.tellHolders)(t.Context()) },
		func() error { return w.once(w.tellAdministrators)(t.Context()) },
	} {
		if err := tell(); err != nil {
			t.Fatal(err)
		}
	}
}

// send delivers all that is due.
func (w *world) send(t testing.TB) {
	t.Helper()
	if err := w.deliverAll(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// arrived returns whom the server has mails for, with their subjects, sorted; and forgets them.
func (w *world) arrived(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, m := range w.server.taken() {
		out = append(out, fmt.Sprintf("%s: %s", m.to[0], open(t, m.raw).subject))
	}
	w.server.mu.Lock()
	w.server.mails = nil
	w.server.mu.Unlock()
	slices.Sort(out)
	return out
}
