package withdrawal_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"mais/ca"
	"mais/ca/catest"
	"mais/internal/pg"
	"mais/server/internal/people"
	"mais/server/internal/withdrawal"
)

// things are what can be taken away: how it is made, taken, and given back, whether it is gone, and what
// holds still of it when it was given back. $1 is the user that it is about, $2 the site, $3 the agency.
var things = map[string]struct{ make, take, give, gone, still string }{
	"leaver": {
		take: `UPDATE access.user_account SET left_at = now() WHERE id = $1::uuid`,
		give: `UPDATE access.user_account SET left_at = NULL WHERE id = $1::uuid`,
		gone: `EXISTS (SELECT FROM access.user_account WHERE id = $1::uuid AND left_at <= now())`,
	},
	"mover": {
		take: `UPDATE access.user_account SET email = 'elsewhere@trust.example', version = version + 1 WHERE id = $1::uuid`,
		gone: `EXISTS (SELECT FROM access.user_account WHERE id = $1::uuid AND left_at <= now())`,
	},
	"last day": {
		take:  `UPDATE access.user_account SET ends_on = '2031-05-01' WHERE id = $1::uuid`,
		give:  `UPDATE access.user_account SET ends_on = '2031-05-02' WHERE id = $1::uuid`,
		gone:  `EXISTS (SELECT FROM access.user_account WHERE id = $1::uuid AND ends_on = '2031-05-01')`,
		still: `EXISTS (SELECT FROM access.user_account WHERE id = $1::uuid AND ends_on <= '2031-05-02')`,
	},
	"last day before the first": {
		make: `UPDATE access.user_account SET starts_on = '2032-01-01' WHERE id = $1::uuid`,
		take: `UPDATE access.user_account SET starts_on = NULL, ends_on = '2031-05-01' WHERE id = $1::uuid`,
		gone: `EXISTS (SELECT FROM access.user_account WHERE id = $1::uuid AND left_at <= now())`,
	},
	"first day": {
		take: `UPDATE access.user_account SET starts_on = '2031-05-01' WHERE id = $1::uuid`,
		give: `UPDATE access.user_account SET starts_on = NULL WHERE id = $1::uuid`,
		gone: `EXISTS (SELECT FROM access.user_account WHERE id = $1::uuid AND starts_on = '2031-05-01')`,
	},
	"first day that is sooner": {
		take:  `UPDATE access.user_account SET starts_on = '2031-05-02' WHERE id = $1::uuid`,
		give:  `UPDATE access.user_account SET starts_on = '2031-05-01' WHERE id = $1::uuid`,
		gone:  `EXISTS (SELECT FROM access.user_account WHERE id = $1::uuid AND starts_on = '2031-05-02')`,
		still: `EXISTS (SELECT FROM access.user_account WHERE id = $1::uuid AND starts_on >= '2031-05-01')`,
	},
	"role of somebody": {
		take: `DELETE FROM access.user_role WHERE user_id = $1::uuid`,
		give: `INSERT INTO access.user_role SELECT $1::uuid, 'clinician'`,
		gone: `NOT EXISTS (SELECT FROM access.user_role WHERE user_id = $1::uuid)`,
	},
	"other role of somebody": {
		take: `UPDATE access.user_role SET role = 'police_officer' WHERE user_id = $1::uuid`,
		gone: `NOT EXISTS (SELECT FROM access.user_role WHERE user_id = $1::uuid AND role = 'clinician')`,
	},
	"site of somebody": {
		take: `DELETE FROM access.user_site WHERE user_id = $1::uuid`,
		give: `INSERT INTO access.user_site SELECT $1::uuid, $2::uuid`,
		gone: `NOT EXISTS (SELECT FROM access.user_site WHERE user_id = $1::uuid)`,
	},
	"network": {
		make: `INSERT INTO access.subnet SELECT $2::uuid, '203.0.113.0/24'`,
		take: `DELETE FROM access.subnet WHERE cidr = '203.0.113.0/24'`,
		give: `INSERT INTO access.subnet SELECT $2::uuid, '203.0.113.0/24'`,
		gone: `NOT EXISTS (SELECT FROM access.subnet WHERE cidr = '203.0.113.0/24')`,
	},
	"site": {
		make: `WITH s AS (INSERT INTO access.site (agency, name) SELECT $3::uuid, 'closing' RETURNING id) INSERT INTO access.subnet SELECT id, '10.1.0.0/16' FROM s`,
		take: `WITH s AS (UPDATE access.site SET closed_at = now() WHERE name = 'closing' RETURNING id) DELETE FROM access.subnet WHERE site IN (SELECT id FROM s)`,
		give: `UPDATE access.site SET closed_at = NULL WHERE name = 'closing'`,
		gone: `EXISTS (SELECT FROM access.site WHERE name = 'closing' AND closed_at IS NOT NULL)`,
	},
	"role": {
		make:  `INSERT INTO access.role (name, description, level, passwords, totp) VALUES ('visitor', 'visits', 'software', 'allowed', false)`,
		take:  `DELETE FROM access.role WHERE name = 'visitor'`,
		give:  `INSERT INTO access.role (name, description, level, passwords, totp) VALUES ('visitor', 'visits', 'attested', 'forbidden', true)`,
		gone:  `NOT EXISTS (SELECT FROM access.role WHERE name = 'visitor')`,
		still: `EXISTS (SELECT FROM access.role WHERE name = 'visitor' AND level = 'attested' AND passwords = 'forbidden' AND totp)`,
	},
	"permission": {
		make: `INSERT INTO access.permission VALUES ('police_officer', 'physical_health.asthma', 'update')`,
		take: `DELETE FROM access.permission WHERE role = 'police_officer' AND act = 'update'`,
		give: `INSERT INTO access.permission VALUES ('police_officer', 'physical_health.asthma', 'update')`,
		gone: `NOT EXISTS (SELECT FROM access.permission WHERE role = 'police_officer' AND act = 'update')`,
	},
	"level": {
		make:  `UPDATE access.role SET level = 'software' WHERE name = 'record_clinician'`,
		take:  `UPDATE access.role SET level = 'attested' WHERE name = 'record_clinician'`,
		give:  `UPDATE access.role SET level = 'card' WHERE name = 'record_clinician'`,
		gone:  `EXISTS (SELECT FROM access.role WHERE name = 'record_clinician' AND level = 'attested')`,
		still: `EXISTS (SELECT FROM access.role WHERE name = 'record_clinician' AND level = 'card')`,
	},
	"passwords of a role": {
		make:  `UPDATE access.role SET passwords = 'allowed', totp = false WHERE name = 'clinician'`,
		take:  `UPDATE access.role SET passwords = 'forbidden' WHERE name = 'clinician'`,
		give:  `UPDATE access.role SET passwords = 'limited' WHERE name = 'clinician'`,
		gone:  `EXISTS (SELECT FROM access.role WHERE name = 'clinician' AND passwords = 'forbidden')`,
		still: `EXISTS (SELECT FROM access.role WHERE name = 'clinician' AND passwords = 'limited')`,
	},
	"second factor of a role": {
		make: `UPDATE access.role SET passwords = 'allowed', totp = false WHERE name = 'police_officer'`,
		take: `UPDATE access.role SET totp = true WHERE name = 'police_officer'`,
		give: `UPDATE access.role SET totp = false WHERE name = 'police_officer'`,
		gone: `EXISTS (SELECT FROM access.role WHERE name = 'police_officer' AND totp)`,
	},
	"passwords of an agency": {
		take:  `UPDATE access.agency SET passwords = 'forbidden' WHERE id = $3::uuid`,
		give:  `UPDATE access.agency SET passwords = 'limited' WHERE id = $3::uuid`,
		gone:  `EXISTS (SELECT FROM access.agency WHERE id = $3::uuid AND passwords = 'forbidden')`,
		still: `EXISTS (SELECT FROM access.agency WHERE id = $3::uuid AND passwords = 'limited')`,
	},
	"mail domain": {
		take: `UPDATE access.agency SET domains = '{trust.example}' WHERE id = $3::uuid`,
		give: `UPDATE access.agency SET domains = '{old.example,trust.example}' WHERE id = $3::uuid`,
		gone: `EXISTS (SELECT FROM access.agency WHERE id = $3::uuid AND NOT 'old.example' = ANY (domains))`,
	},
	"password that was replaced": {
		make: `INSERT INTO access.password (user_id, hash) SELECT $1::uuid, '$argon2id$v=19$old'`,
		take: `UPDATE access.password SET hash = '$argon2id$v=19$new', set_at = clock_timestamp() WHERE user_id = $1::uuid`,
		gone: `NOT EXISTS (SELECT FROM access.password WHERE user_id = $1::uuid AND hash LIKE '%old')`,
	},
	"password that was replaced while the clock was behind": {
		make: `INSERT INTO access.password (user_id, hash, set_at) SELECT $1::uuid, '$argon2id$v=19$old', now() + interval '2 minutes'`,
		take: `UPDATE access.password SET hash = '$argon2id$v=19$new', set_at = now() WHERE user_id = $1::uuid`,
		gone: `NOT EXISTS (SELECT FROM access.password WHERE user_id = $1::uuid AND hash LIKE '%old')`,
	},
	"password that was forgotten": {
		make: `INSERT INTO access.password (user_id, hash) SELECT $1::uuid, '$argon2id$v=19$old'`,
		take: `DELETE FROM access.password WHERE user_id = $1::uuid`,
		gone: `NOT EXISTS (SELECT FROM access.password WHERE user_id = $1::uuid)`,
	},
	"second factor": {
		make: `WITH p AS (INSERT INTO access.password (user_id, hash) SELECT $1::uuid, '$argon2id$v=19$old' RETURNING user_id)
			INSERT INTO access.totp (user_id, sealed, last_step) SELECT user_id, sha256('x'), 0 FROM p`,
		take: `DELETE FROM access.totp WHERE user_id = $1::uuid`,
		gone: `NOT EXISTS (SELECT FROM access.totp WHERE user_id = $1::uuid)`,
	},
	"recovery code": {
		make: `WITH p AS (INSERT INTO access.password (user_id, hash) SELECT $1::uuid, '$argon2id$v=19$old' RETURNING user_id)
			INSERT INTO access.recovery_code (user_id, sha256) SELECT user_id, sha256('x') FROM p`,
		take: `UPDATE access.recovery_code SET used_at = now() WHERE user_id = $1::uuid`,
		gone: `EXISTS (SELECT FROM access.password WHERE user_id = $1::uuid) AND NOT EXISTS (SELECT FROM access.recovery_code WHERE user_id = $1::uuid AND used_at IS NULL)`,
	},
}

// prepare makes a desk with a user for each thing.
func prepare(t *testing.T) (*desk, map[string][]any) {
	t.Helper()
	d, about := newDesk(t), map[string][]any{}
	n := 0
	for name, thing := range things {
		n++
		about[name] = []any{d.user(t, fmt.Sprint("user", n), "clinician"), d.site, d.agency}
		if thing.make != "" {
			d.run(t, thing.make, about[name])
		}
	}
	d.settle(t)
	return d, about
}

func (d *desk) wantGone(t *testing.T, about map[string][]any, but map[string]bool) {
	t.Helper()
	for name, thing := range things {
		if gone := d.is(t, thing.gone, about[name]); gone == but[name] {
			t.Errorf("%s: gone = %v after a restore", name, gone)
		}
		if but[name] && thing.still != "" && !d.is(t, thing.still, about[name]) {
			t.Errorf("%s: after a restore it is laxer than it was when it was given back", name)
		}
	}
}

// Whatever is taken away after the backup is taken away after its restore, and what was given back since
// is not. Another restore, of the same backup, changes nothing.
func TestRestoreGivesNothingBack(t *testing.T) {
	d, about := prepare(t)
	restore := d.Save(t)
	for name, thing := range things {
		d.run(t, thing.take, about[name])
	}
	d.settle(t)
	for range 2 {
		restore()
		d.restart(t)
		d.wantGone(t, about, nil)
	}
	given := map[string]bool{}
	for name, thing := range things {
		if thing.give != "" {
			d.run(t, thing.give, about[name])
			given[name] = true
		}
	}
	d.settle(t)
	restore()
	d.restart(t)
	d.wantGone(t, about, given)
	d.settle(t)
}

// What is taken away once more after it was given back, is.
func TestTakenTwice(t *testing.T) {
	d := newDesk(t)
	who := d.user(t, "jane", "clinician")
	restore := d.Save(t)
	for range 3 {
		d.exec(t, `DELETE FROM access.user_role WHERE user_id = $1::uuid`, who)
		d.settle(t)
		d.exec(t, `INSERT INTO access.user_role VALUES ($1::uuid, 'clinician')`, who)
		d.exec(t, `DELETE FROM access.user_role WHERE user_id = $1::uuid`, who)
	}
	d.settle(t)
	restore()
	d.restart(t)
	if !d.is(t, things["role of somebody"].gone, []any{who, d.site, d.agency}) {
		t.Error("the role is back")
	}
}

// The service's login roles cannot commit what is in no journal, nor say that it is when it is not.
func TestCommitNeedsJournal(t *testing.T) {
	d := newDesk(t)
	who := d.user(t, "jane", "clinician")
	d.exec(t, `INSERT INTO access.password (user_id, hash) VALUES ($1, '$argon2id$v=19$old')`, who)
	db := d.as(t, pg.Creds)
	forget := func(more string, args ...any) error {
		return db.Transact(t.Context(), func(tx *pg.Tx) error {
			if _, err := tx.Exec(t.Context(), `DELETE FROM access.password WHERE user_id = $1::uuid`, who); err != nil || more == "" {
				return err
			}
			_, err := tx.Exec(t.Context(), more, args...)
			return err
		})
	}
	for name, err := range map[string]error{
		"without an entry":            forget(""),
		"with one that is not there":  forget(`SELECT access.written(ARRAY(SELECT id FROM access.unwritten_own(10)), 'aaaaaaaaaaaaaaaa', 3)`),
		"by a hand on the rows":       forget(`DELETE FROM access.withdrawal`),
		"by another hand on the rows": forget(`UPDATE access.withdrawal SET journal = 'aaaaaaaaaaaaaaaa', number = 1`),
	} {
		if err == nil {
			t.Errorf("a password is forgotten %s", name)
		}
	}
	err := db.Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `DELETE FROM access.password WHERE user_id = $1::uuid`, who); err != nil {
			return err
		}
		return withdrawal.End(t.Context(), tx, d.ca, by)
	})
	must(t, err)
	if !d.holds(t, `NOT EXISTS (SELECT FROM access.password)`) {
		t.Error("the password is there still")
	}
}

// A disk that is full stops the act. The limit on files is the whole process's, and go test has it
// keep a log of its own: so this one is a process without that.
func TestDiskFullStopsTheAct(t *testing.T) {
	if flag.Lookup("test.testlogfile").Value.String() != "" {
		if said, err := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		return
	}
	d := newDesk(t)
	who := d.user(t, "jane", "clinician")
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var was syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was))
	full := was
	full.Cur = 10 // bytes: every file of this process has more; PostgreSQL is another
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full))
	err := d.leave(t, d.host, who)
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was))
	if !errors.Is(err, ca.ErrJournal) || !d.holds(t, `EXISTS (SELECT FROM access.user_account WHERE id = $1 AND left_at IS NULL)`, who) {
		t.Errorf("leave = %v, want %v, and nothing done", err, ca.ErrJournal)
	}
	must(t, d.leave(t, d.host, who))
}

// A crash between the entry, which is on disk, and the commit: at the next start they have left.
func TestCrashBetweenEntryAndCommit(t *testing.T) {
	d := newDesk(t)
	who := d.user(t, "jane", "clinician")
	d.exec(t, `CREATE FUNCTION ca.hang() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
		CREATE TRIGGER hang AFTER INSERT ON ca.journal_entry FOR EACH STATEMENT EXECUTE FUNCTION ca.hang();
		ALTER TABLE ca.journal_entry ENABLE ALWAYS TRIGGER hang`)
	failed := make(chan error)
	go func() { failed <- d.leave(t, d.host, who) }()
	const hanging = ` FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`
	until(t, "the transaction hangs", func() bool { return d.holds(t, `EXISTS (SELECT `+hanging+`)`) })
	d.exec(t, `SELECT pg_terminate_backend(pid, 10000)`+hanging)
	if err := <-failed; err == nil {
		t.Fatal("leave = nil error")
	}
	d.exec(t, `DROP TRIGGER hang ON ca.journal_entry`)
	if !d.holds(t, `EXISTS (SELECT FROM access.user_account WHERE id = $1 AND left_at IS NULL)`, who) {
		t.Fatal("they have left before the crash is noticed")
	}
	d.restart(t)
	if !d.holds(t, `EXISTS (SELECT FROM access.user_account WHERE id = $1 AND left_at IS NOT NULL)`, who) {
		t.Error("after the restart they have not left")
	}
}

type leaver struct {
	host *people.Host
	who  string
}

// Two nodes run when the database is replaced under them: each does again what its own journal has,
// and the feeds open when that is done.
func TestTwoNodes(t *testing.T) {
	d := newDesk(t)
	other := d.node(t, "")
	nodes := map[*catest.CA]leaver{d.ca: {d.host, d.user(t, "jane", "clinician")}, other: {d.register(t, other), d.user(t, "jim", "clinician")}}
	restore := d.Save(t)
	for node, p := range nodes {
		node.Follow(t)
		must(t, d.leave(t, p.host, p.who))
	}
	restore()
	left := func(who string) bool {
		return d.holds(t, `EXISTS (SELECT FROM access.user_account WHERE id = $1 AND left_at IS NOT NULL)`, who)
	}
	for node, p := range nodes {
		until(t, "open again", func() bool { return left(p.who) && node.Feed().Fresh() == nil })
	}
}

// Many things are few entries, and each is found again.
func TestManyAtOnce(t *testing.T) {
	d := newDesk(t)
	d.exec(t, `INSERT INTO access.user_account (email, name, agency) SELECT 'n' || n || '@trust.example', 'n', $1 FROM generate_series(1, 3000) n`, d.agency)
	d.exec(t, `INSERT INTO access.user_role SELECT id, 'clinician' FROM access.user_account WHERE name = 'n'`)
	restore := d.Save(t)
	d.exec(t, `DELETE FROM access.user_role WHERE role = 'clinician'`)
	d.settle(t)
	if n := d.entries(t); n != 3 {
		t.Errorf("3000 roles are taken away in %d entries, want 3", n)
	}
	restore()
	d.restart(t)
	if d.holds(t, `EXISTS (SELECT FROM access.user_role WHERE role = 'clinician')`) {
		t.Error("roles are back")
	}
}

// Even the last administrators, and the last network of one, do not come back: the host can help.
func TestLastAdministrator(t *testing.T) {
	d := newDesk(t)
	restore := d.Save(t)
	successor := d.user(t, "successor", "administrator")
	d.exec(t, `UPDATE access.user_account SET left_at = now() WHERE id <> $1::uuid`, successor)
	d.exec(t, `DELETE FROM access.subnet WHERE cidr = '192.0.2.0/24'`)
	d.exec(t, `DELETE FROM access.subnet WHERE site <> (SELECT site FROM access.user_site LIMIT 1)`)
	d.settle(t)
	restore()
	d.restart(t)
	if !d.holds(t, `NOT EXISTS (SELECT FROM access.user_account WHERE left_at IS NULL)`) {
		t.Error("an administrator who had left is back")
	}
}

// What a later version of the program took away stops the replay, and the service stays closed.
func TestLaterVersion(t *testing.T) {
	d := newDesk(t)
	restore := d.Save(t)
	d.exec(t, `ALTER TABLE access.withdrawal DROP CONSTRAINT form`)
	d.exec(t, `SELECT access.withdraw('{"consent of somebody"}')`)
	d.settle(t)
	restore()
	must(t, d.ca.Close())
	_, err := ca.Open(context.Background(), ca.Options{
		DB: d.as(t, pg.CA), Source: d.Source(), Dir: d.ca.Dir, Unlock: catest.Unlock, PlainURL: catest.PlainURL, Node: "test", Withdrawn: withdrawal.Again{},
		Record: func(context.Context, *pg.Tx, ca.Act) error { return nil },
	})
	if err == nil || !strings.Contains(err.Error(), "later version") {
		t.Errorf("Open = %v, want that it is of a later version", err)
	}
}

// Every session of a database that was restored ends, of tokens and of passwords, since its holder may
// have ended it; no other restart ends one.
func TestRestoreEndsSessions(t *testing.T) {
	d := newDesk(t)
	begin := func(id int, listener string, issuer, serial any) {
		t.Helper()
		d.exec(t, `INSERT INTO access.session (id_hash, user_id, listener, site, issuer, serial) VALUES (decode(repeat($1, 32), 'hex'), $2, $3, $4, $5, $6)`,
			fmt.Sprintf("%02x", id), d.admin, listener, d.site, issuer, serial)
	}
	begin(1, "public", nil, nil)
	begin(2, "mutual", "people-1", "0a")
	d.known(t)
	restore := d.Save(t)
	d.exec(t, `UPDATE access.session SET ended_at = now(), end_reason = 'sign-out'`)
	restore()
	d.restart(t)
	if !d.holds(t, `count(*) = 2 FROM access.session WHERE end_reason = 'restored'`) {
		t.Error("a session that its holder had ended lives again")
	}
	if !d.holds(t, `count(DISTINCT (listener, auth_method, session)) = 2 FROM audit.event WHERE act = 'session.end' AND reason = 'restored' AND user_id = $1::uuid`, d.admin) {
		t.Error("the audit has not one event for each session")
	}
	begin(3, "public", nil, nil)
	d.known(t)
	d.restart(t)
	if !d.holds(t, `ended_at IS NULL FROM access.session WHERE id_hash = decode(repeat('03', 32), 'hex')`) {
		t.Error("a restart has ended a session")
	}
}

// When a journal is declared lost, passwords go too, and the journal holds that.
func TestDeclareLost(t *testing.T) {
	d := newDesk(t)
	who := d.user(t, "jane", "clinician")
	d.exec(t, `INSERT INTO access.password (user_id, hash) VALUES ($1, '$argon2id$v=19$old')`, who)
	restore := d.Save(t)
	_, err := d.ca.DeclareLost(t.Context(), "test", nil)
	must(t, err)
	for range 2 {
		if !d.holds(t, `NOT EXISTS (SELECT FROM access.password)`) {
			t.Error("the password is good still")
		}
		restore()
		d.restart(t)
	}
}
