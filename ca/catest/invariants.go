package catest

import (
	"context"
	"testing"

	"mais/internal/pg/pgtest"
)

// invariants are statements that count what must not be.
var invariants = map[string]string{
	"a key shared by two subjects": `SELECT count(*) FROM (
		SELECT FROM ca.certificate GROUP BY spki_sha256 HAVING count(DISTINCT identity) > 1) shared`,
	"an order used without a certificate or a password, or one of these of an unused order": `SELECT count(*) FROM ca.enrolment_order o
		WHERE (o.used_at IS NOT NULL) <> (EXISTS (SELECT FROM ca.certificate c WHERE c.order_id = o.id)
			OR EXISTS (SELECT FROM ca.order_password p WHERE p.order_id = o.id))`,
	"a number of a status change that is missing": `SELECT (SELECT number FROM ca.status_counter) - count(*) FROM ca.status_change`,
	"a last numbered change that is not the certificate's status": `SELECT count(*) FROM (
		SELECT DISTINCT ON (issuer, serial) issuer, serial, status, reason FROM ca.status_change ORDER BY issuer, serial, number DESC) last
		JOIN ca.certificate c USING (issuer, serial) WHERE c.status <> last.status OR c.reason <> last.reason`,
	"a certificate that is not active although nothing changed": `SELECT count(*) FROM ca.certificate c
		WHERE c.status <> 'active' AND NOT EXISTS (SELECT FROM ca.status_change s WHERE (s.issuer, s.serial) = (c.issuer, c.serial))`,
}

func checkInventory(tb testing.TB, db *pgtest.Database) {
	for what, query := range invariants {
		var found int
		if err := db.Owner().QueryRow(context.Background(), query).Scan(&found); err != nil {
			tb.Errorf("look for %s: %v", what, err)
		} else if found != 0 {
			tb.Errorf("the inventory has %s: %d", what, found)
		}
	}
}
