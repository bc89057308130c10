package withdrawal_test

import (
	"fmt"
	"testing"
)

// without takes the journal's triggers off the tables that decide, to measure what they cost.
func (d *desk) without(b *testing.B) {
	d.exec(b, `DO $$ DECLARE t record; BEGIN
		FOR t IN SELECT g.tgname, g.tgrelid::regclass AS on_table FROM pg_trigger g WHERE g.tgname LIKE 'withdraw\_%' LOOP
			EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', t.on_table, t.tgname);
		END LOOP; END $$`)
}

// BenchmarkLeave is one person who leaves, with the journal and without it.
func BenchmarkLeave(b *testing.B) {
	for _, journal := range []bool{false, true} {
		b.Run(fmt.Sprintf("journal=%v", journal), func(b *testing.B) {
			d := newDesk(b)
			if !journal {
				d.without(b)
			}
			n := 0
			for b.Loop() {
				b.StopTimer()
				n++
				who := d.user(b, fmt.Sprint("user", n), "clinician")
				b.StartTimer()
				must(b, d.leave(b, d.host, who))
			}
		})
	}
}

// BenchmarkList registers a list of 20,000 people, of whom each had a role and a place taken away before
// in as many entries as that takes.
func BenchmarkList(b *testing.B) {
	for _, journal := range []bool{false, true} {
		b.Run(fmt.Sprintf("journal=%v", journal), func(b *testing.B) {
			d := newDesk(b)
			d.exec(b, `INSERT INTO access.user_account (email, name, agency) SELECT 'o' || n || '@trust.example', 'o', $1 FROM generate_series(1, 20000) n`, d.agency)
			d.exec(b, `INSERT INTO access.user_role SELECT id, 'clinician' FROM access.user_account WHERE name = 'o'`)
			d.exec(b, `DELETE FROM access.user_role WHERE role = 'clinician'`)
			must(b, d.host.SettleWithdrawals(b.Context()))
			if !journal {
				d.without(b)
			}
			n := 0
			for b.Loop() {
				b.StopTimer()
				n++
				d.list(b, n, 20_000)
				b.StartTimer()
				for more := true; more; {
					must(b, d.Owner().QueryRow(b.Context(), `SELECT coalesce(remaining, 0) > 0 FROM access.apply_items(500)`).Scan(&more))
				}
			}
		})
	}
}

// list is one that two people have decided on, and nobody has applied.
func (d *desk) list(b *testing.B, n, people int) {
	d.exec(b, `WITH c AS (INSERT INTO access.change (kind, agency, subject, state, made_by, confirmed_at, expires_at)
			VALUES ('users.invite', $1, 'a list', 'applied', $2, now(), now() + interval '1 day') RETURNING id)
		INSERT INTO access.change_item (change, n, after) SELECT c.id, i, jsonb_build_object('email', format('l%s-%s@trust.example', $3::int, i), 'name', 'n', 'agency', $1::uuid,
			'sites', jsonb_build_array($4::uuid), 'roles', jsonb_build_array('clinician')) FROM c, generate_series(1, $5::int) i`, d.agency, d.admin, n, d.site, people)
}
