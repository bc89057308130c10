package withdrawal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/internal/pg"
)

// Again is the certificate authority's Withdrawn.
type Again struct{}

// WithdrawAgain takes away what an entry names, with the errands that follow for its holders.
func (Again) WithdrawAgain(ctx context.Context, tx *pg.Tx, names []string, by, journal string, number int64) (taken []ca.Thing, err error) {
	var found []string
	row := tx.QueryRow(ctx, `SELECT access.withdraw_again($1, $2, $3, $4)`, pg.Array(names), by, journal, number)
	if err := row.Scan(pg.Array(&found)); err != nil {
		return nil, fmt.Errorf("take access away again: %w", err)
	}
	rows, err := tx.Query(ctx, `SELECT what, words, by_name FROM access.withdrawn_words($1, $2)`, pg.Array(found), by)
	taken, err = pg.Collect(rows, err, func(r *pg.Rows) (t ca.Thing, err error) {
		err = r.Scan(&t.Name, &t.Words, &t.By)
		t.Of = holder(t.Name)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("say what access was taken away again: %w", err)
	}
	return taken, nil
}

// BeginAnew says that the database is another than it was.
func (Again) BeginAnew(ctx context.Context, tx *pg.Tx) error {
	if _, err := tx.Exec(ctx, `SELECT access.begin_anew()`); err != nil {
		return fmt.Errorf("begin anew with access: %w", err)
	}
	return nil
}

// EndSessions ends every session, with an event for each: their holders may have ended it since. So may somebody
// have refused a change that waits again: it is discarded.
func (Again) EndSessions(ctx context.Context, tx *pg.Tx) (ended int, err error) {
	if err := tx.QueryRow(ctx, `SELECT access.end_restored()`).Scan(&ended); err != nil {
		return 0, fmt.Errorf("end the sessions of a restored database: %w", err)
	}
	if _, err := tx.Exec(ctx, `SELECT access.discard_restored()`); err != nil {
		return 0, fmt.Errorf("discard the changes that wait in a restored database: %w", err)
	}
	return ended, nil
}

// holder is whom a thing was taken from. The names of agencies and sites are UUIDs too.
func holder(name string) certs.Identity {
	kind, rest, _ := strings.Cut(name, " ")
	if !strings.HasPrefix(kind, "user") && kind != "password" && kind != "recovery-code" {
		return certs.Identity{}
	}
	id, _, _ := strings.Cut(rest, " ")
	who, _ := certs.NewIdentity(certs.User, id) // zero, when it is none
	return who
}

// forgotten is how many passwords one transaction forgets.
const forgotten = 200

// Forget forgets some passwords: nobody knows which were replaced. Their holders register anew.
func (Again) Forget(ctx context.Context, tx *pg.Tx, before time.Time, w ca.Write) (n int, err error) {
	if err := tx.QueryRow(ctx, `SELECT access.forget_passwords($1, $2)`, before, forgotten).Scan(&n); err != nil {
		return 0, fmt.Errorf("forget passwords: %w", err)
	}
	return n, write(ctx, tx, w, "a journal that was declared lost", own)
}
