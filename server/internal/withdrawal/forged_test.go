package withdrawal_test

import (
	"strings"
	"testing"

	"mais/internal/pg"
	"mais/server/internal/withdrawal"
)

// Whoever has a login role may say of entries that they are there before they are. A replay believes
// none, and no head is made, behind which others would be forgotten.
func TestForgedEntries(t *testing.T) {
	d := newDesk(t)
	who := d.user(t, "jane", "clinician")
	d.exec(t, `DELETE FROM access.user_site WHERE user_id = $1::uuid`, who)
	d.settle(t)
	d.known(t)
	db := d.as(t, pg.Creds)
	_, err := db.Exec(t.Context(), `SELECT ca.enter_withdrawal(journal, n, sha256(n::text::bytea))
		FROM (SELECT $1::text AS journal) j, generate_series(1, 100) n`, d.journal(t))
	must(t, err)
	heads := d.count(t, `ca.journal_head`)
	_, err = db.Exec(t.Context(), `SELECT ca.enter_withdrawal(lpad(to_hex(n), 16, '0'), 1, sha256('x')) FROM generate_series(1, 100) n`)
	must(t, err)
	if n := d.count(t, `ca.journal_head`); n != heads {
		t.Errorf("there are %d heads more than journals", n-heads)
	}
	restore := d.Save(t)
	must(t, d.leave(t, d.host, who))
	restore()
	d.restart(t)
	if !d.is(t, things["leaver"].gone, []any{who}) {
		t.Error("who left after the backup is in again: a forged entry was believed")
	}
}

// How the owner's session writes dates makes no difference to the names.
func TestDateStyle(t *testing.T) {
	d := newDesk(t)
	who := d.user(t, "jane", "clinician")
	restore := d.Save(t)
	d.exec(t, `SET datestyle = 'SQL, DMY'; UPDATE access.user_account SET ends_on = '2031-05-01' WHERE id = '`+who+`'; RESET datestyle`)
	d.settle(t)
	restore()
	d.restart(t)
	if !d.is(t, things["last day"].gone, []any{who}) {
		t.Error("the last day is not what was set")
	}
}

// A name that no replay could read is refused where it is made, and so is what it stands for.
func TestNamesHaveForms(t *testing.T) {
	d := newDesk(t)
	who := d.user(t, "jane", "clinician")
	for _, name := range []string{
		"", "user", "user jane", "user-until " + who + " 31/12/2026", "user-until " + who + " infinity", "role-level visitor none", "consent of somebody", "password " + who + " 1\n",
	} {
		if _, err := d.Owner().Exec(t.Context(), `SELECT access.withdraw(ARRAY[$1])`, name); err == nil {
			t.Errorf("%q is withdrawn", name)
		}
	}
	if _, err := d.Owner().Exec(t.Context(), `UPDATE access.user_account SET ends_on = 'infinity' WHERE id = $1::uuid`, who); err == nil {
		t.Error("a last day without a date is set")
	}
}

// Only the register may lock what others have left to write, and it says so when somebody has it locked.
func TestHeldUp(t *testing.T) {
	d := newDesk(t)
	d.exec(t, `DELETE FROM access.user_site WHERE user_id = $1::uuid`, d.user(t, "jane", "clinician"))
	d.exec(t, `UPDATE access.withdrawal SET at = now() - interval '2 minutes'`)
	for _, role := range []pg.Role{pg.Creds, pg.CA} {
		if _, err := d.as(t, role).Exec(t.Context(), `SELECT access.unwritten(10)`); err == nil {
			t.Errorf("%s locks what others have left to write", role)
		}
	}
	must(t, d.as(t, pg.Register).Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `SELECT access.unwritten(10)`); err != nil {
			return err
		}
		if err := d.host.SettleWithdrawals(t.Context()); err == nil || !strings.Contains(err.Error(), "locked") {
			t.Errorf("SettleWithdrawals = %v, want that it is locked", err)
		}
		return nil
	}))
	d.settle(t)
}

// A password cannot be set for ever, and can always be replaced and forgotten.
func TestPasswordOfTheFuture(t *testing.T) {
	d := newDesk(t)
	d.exec(t, `INSERT INTO access.password (user_id, hash) VALUES ($1, '$argon2id$v=19$old')`, d.user(t, "jane", "clinician"))
	must(t, d.as(t, pg.Creds).Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `UPDATE access.password SET set_at = 'infinity'`); err != nil {
			return err
		}
		return withdrawal.End(t.Context(), tx, d.ca, by)
	}))
	if !d.holds(t, `bool_and(set_at <= clock_timestamp()) FROM access.password`) {
		t.Error("the password was set in the future")
	}
	d.exec(t, `INSERT INTO access.password (user_id, hash, set_at) VALUES ($1, '$argon2id$v=19$old', now() + interval '1 year')`, d.user(t, "jim", "clinician"))
	_, err := d.ca.DeclareLost(t.Context(), "test", nil)
	must(t, err)
	if !d.holds(t, `NOT EXISTS (SELECT FROM access.password)`) {
		t.Error("a password is left of a database whose journal was lost")
	}
}

// What is given back is on disk when its transaction is over, whatever the session asked for: the journal is told next.
func TestGivenBackOnDisk(t *testing.T) {
	d := newDesk(t)
	d.exec(t, `DO $do$ BEGIN
		SET LOCAL synchronous_commit = off;
		INSERT INTO access.user_role VALUES ('`+d.user(t, "jane", "clinician")+`', 'police_officer');
		IF current_setting('synchronous_commit') = 'off' THEN
			RAISE EXCEPTION 'a crash may take it back';
		END IF;
	END $do$`)
}

// A change that was refused since does not wait again.
func TestRestoreDiscardsChanges(t *testing.T) {
	d := newDesk(t)
	d.exec(t, `INSERT INTO access.change (kind, target, subject, state, made_by, expires_at) VALUES ('user.leave', $1::uuid, 'somebody', 'waiting', $1::uuid, now() + interval '1 day')`, d.admin)
	d.known(t)
	restore := d.Save(t)
	d.exec(t, `UPDATE access.change SET state = 'refused'`)
	restore()
	d.restart(t)
	if !d.holds(t, `bool_and(state = 'discarded') FROM access.change`) {
		t.Error("a change that was refused waits again")
	}
	if !d.holds(t, `count(*) = 1 FROM audit.event e JOIN access.change c ON e.detail ->> 'change' = c.id::text WHERE e.act = 'change.discarded' AND e.reason = 'restored'`) {
		t.Error("the audit does not say so")
	}
	if !d.holds(t, `count(*) = 1 FROM access.errand WHERE kind = 'maker' AND detail ->> 'became' = 'restored'`) {
		t.Error("who made it is not told")
	}
}

// journal is one that something was written into.
func (d *desk) journal(t testing.TB) (id string) {
	t.Helper()
	must(t, d.Owner().QueryRow(t.Context(), `SELECT journal FROM ca.journal_entry WHERE kind = 'withdraw' LIMIT 1`).Scan(&id))
	return id
}

func (d *desk) count(t testing.TB, table string) (n int) {
	t.Helper()
	must(t, d.Owner().QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n))
	return n
}
