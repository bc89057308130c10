package ca

import (
	"context"
	"fmt"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// Act is something that the CA did, for the audit. It is given to Options.Record inside the
// transaction that does it: both are committed, or neither.
type Act struct {
	What        string         // "invite", "enrol", "spend", "renew", "level-lowered", "issue-server", "issue-ocsp", "issue-receipt", "revoke", "hold", "release", "supersede", "destroy", "card.other-holder", "card.witness", "card.returned", "withdraw", "install-ca", "withdraw-request", "activate-ca", "root-list"
	Identity    certs.Identity // whose certificate or order
	Profile     certs.Profile
	Holder      string
	Name        string
	By          string            // who did it, as the caller said
	Order       string            // id of the enrolment order, without its secret
	Ref         certs.Ref         // the certificate issued or changed
	Replaces    certs.Ref         // the one that it renews
	Fingerprint certs.Fingerprint // of the certificate issued
	NotAfter    time.Time         // of the certificate issued, or of the order
	Reason      string            // of a revocation
	Since       time.Time         // of a revocation: when the key was compromised, if that was said
	Note        string            // what else is to be said
	Card        string            // id of the card that it is about
	Former      certs.Identity    // whose key was the last on that card before
}

// Record writes an act into the audit within tx; its error undoes the act. It may run again
// for the same act when the transaction is tried again.
type Record func(ctx context.Context, tx *pg.Tx, act Act) error

// PlanEnded writes into the audit within tx that a plan has ended, with how many of its items
// have each result. It may run again when the transaction is tried again.
type PlanEnded func(ctx context.Context, tx *pg.Tx, plan Plan, results map[string]int) error

func (c *CA) report(ctx context.Context, tx *pg.Tx, act Act) error {
	if err := c.record(ctx, tx, act); err != nil {
		return fmt.Errorf("audit %s: %w", act.What, err)
	}
	return nil
}
