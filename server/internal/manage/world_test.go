package manage

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/lifecycle"
	"mais/server/internal/mail"
	"mais/server/internal/people"
	"mais/server/internal/people/peopletest"
	"mais/server/migrations"
)

// region is a service over a register of two agencies.
type region struct {
	*Service
	owner         *pg.DB
	host          *people.Host
	done          *doings
	police, trust string // agencies
	desk, ward    string // their sites
	ann, bob      authn.Principal
	cat           authn.Principal // of the police's people
	officer       string
}

var asTest = audit.Event{UserName: "test", AuthMethod: "system"}

func newRegion(t *testing.T) *region {
	t.Helper()
	d := pgtest.New(t, camigrations.Set, migrations.Set)
	host := peopletest.Host(t, d.Source(), catest.New(t, d))
	done := &doings{}
	r := &region{host: host, owner: d.Owner(), done: done}
	r.Service = New(Options{
		Register: host.Register, Revoker: done, Sessions: done, Inviter: done, Post: done, Keys: done, Certificates: done, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
	})
	r.police, r.desk = r.agency(t, "Police", "police", "Desk")
	r.trust, r.ward = r.agency(t, "Trust", "health", "Ward")
	r.ann, r.bob = r.member(t, "ann@police.example", r.police, "administrator"), r.member(t, "bob@trust.example", r.trust, "administrator")
	r.cat = r.member(t, "cat@police.example", r.police, "agency_administrator")
	r.officer = r.member(t, "dan@police.example", r.police, "police_officer").User()
	return r
}

func (r *region) agency(t *testing.T, name, kind, site string) (agency, place string) {
	t.Helper()
	agency, err := r.host.AddAgency(t.Context(), name, kind, asTest)
	if err == nil {
		place, err = r.host.AddSite(t.Context(), agency, site, asTest)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.exec(t, `UPDATE access.agency SET domains = ARRAY[lower(name) || '.example'], sponsor_name = 'Sponsor', sponsor_email = 'sponsor@' || lower(name) || '.example' WHERE id = $1`, agency)
	return agency, place
}

// member registers somebody and returns them as they sign in.
func (r *region) member(t *testing.T, email, agency string, roles ...string) authn.Principal {
	t.Helper()
	name, site := "Police", r.desk
	if agency == r.trust {
		name, site = "Trust", r.ward
	}
	id, err := r.host.AddUser(t.Context(), people.User{Email: email, Name: email, Agency: name, Sites: []string{site}, Roles: roles}, asTest)
	if err != nil {
		t.Fatal(err)
	}
	who, err := certs.NewIdentity(certs.User, id)
	if err != nil {
		t.Fatal(err)
	}
	return authntest.Principal(t, authntest.Facts{Identity: who, Name: email, Agency: name, AgencyID: agency, Roles: roles, Session: "s"})
}

func (r *region) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := r.owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func one[T any](t *testing.T, r *region, sql string, args ...any) (v T) {
	t.Helper()
	if err := r.owner.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// fields are of a new officer.
func (r *region) fields(email string, roles ...string) *api.UserFields {
	return &api.UserFields{Email: email, Name: "New Person", Agency: r.police, Sites: []string{r.desk}, Roles: roles}
}

// doings stand at the edge of the package: they note what would be done to certificates,
// sessions and mail.
type doings struct {
	mu   sync.Mutex
	did  []string
	fail error // of the next
}

func (d *doings) note(what string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.did = append(d.did, what)
	err := d.fail
	d.fail = nil
	return err
}

func (d *doings) all() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.did...)
}

func (d *doings) RevokeAll(_ context.Context, l lifecycle.Leaving) (int, error) {
	return 1, d.note("revoke " + l.Reason.String())
}
func (d *doings) ForgetPassword(context.Context, string, string) error { return nil }
func (d *doings) EndOf(_ context.Context, _, reason string) (int, error) {
	return 1, d.note("end " + reason)
}
func (d *doings) BestLevels(context.Context, []string) (map[string]certs.Level, error) {
	return map[string]certs.Level{}, nil
}
func (d *doings) Good(context.Context, certs.Identity) (int, error)        { return 0, nil }
func (d *doings) InviteUser(_ context.Context, _, _ string, _ int64) error { return d.note("invite") }
func (d *doings) TellSponsor(context.Context, mail.Sponsored) error        { return d.note("sponsor") }
func (d *doings) TellApprovers(context.Context, mail.Waiting) error        { return d.note("approval") }
func (d *doings) TellMaker(_ context.Context, m mail.Returned) error {
	return d.note("maker " + m.To.Address + " " + m.Became)
}
func (d *doings) TellAddress(_ context.Context, _, _, old, new string) error {
	return d.note("address " + old + " " + new)
}

func (d *doings) TellPassword(_ context.Context, _ int64, to mail.Person, _ time.Time) error {
	return d.note("password " + to.Address)
}

// seen is what somebody says who confirms what they looked at.
func seen(made api.Change) api.ConfirmRequest {
	return api.ConfirmRequest{Word: made.Word, Digest: made.Digest}
}

// agree looks at a change, and is what somebody says who then approves it.
func agree(t *testing.T, s *Service, p authn.Principal, id string) api.DecisionRequest {
	t.Helper()
	made, err := s.Change(t.Context(), p, id)
	if err != nil {
		t.Fatal(err)
	}
	return api.DecisionRequest{Word: made.Word, Digest: made.Digest}
}
