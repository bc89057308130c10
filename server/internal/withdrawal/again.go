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
	for _, name := range found {
		taken = append(taken, ca.Thing{Name: name, Of: holder(name)})
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
	return n, write(ctx, tx, w, "a journal that was declared lost", true)
}
