package ca

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// Status is how a certificate stands. Whether it has expired is another matter, which the
// certificate itself says.
type Status string

// The statuses, as ca.certificate holds them.
const (
	Active     Status = "active"
	Held       Status = "held"       // suspended, and can be released
	Revoked    Status = "revoked"    // for good
	Superseded Status = "superseded" // renewed, and its grace period is over
)

// Reason is why a certificate is revoked (RFC 5280, 5.3.1).
type Reason int

// The reasons that revocation takes. A hold is an act of its own, not a reason.
const (
	Unspecified          Reason = 0
	KeyCompromise        Reason = 1 // the key is never certified again
	AffiliationChanged   Reason = 3
	ReasonSuperseded     Reason = 4
	CessationOfOperation Reason = 5
	PrivilegeWithdrawn   Reason = 9
)

var reasonNames = map[Reason]string{
	Unspecified: "unspecified", KeyCompromise: "keyCompromise", AffiliationChanged: "affiliationChanged",
	ReasonSuperseded: "superseded", CessationOfOperation: "cessationOfOperation", PrivilegeWithdrawn: "privilegeWithdrawn",
	certificateHold: "certificateHold",
}

// certificateHold stands in the inventory and in revocation lists for what is held.
const certificateHold Reason = 6

// String returns the name of RFC 5280.
func (r Reason) String() string {
	if name, ok := reasonNames[r]; ok {
		return name
	}
	return fmt.Sprintf("reason %d", int(r))
}

// ParseReason returns the reason of a name of RFC 5280 that revocation takes.
func ParseReason(name string) (Reason, error) {
	for r, n := range reasonNames {
		if n == name && r != certificateHold {
			return r, nil
		}
	}
	return 0, fmt.Errorf("ca: %q is not a reason to revoke", name)
}

// Revoke ends a certificate for good, together with those that it replaced. by says who did it, for the audit and the inventory.
// It returns ErrUnknown, or ErrAlready for what is revoked: its first reason stands.
func (c *CA) Revoke(ctx context.Context, ref certs.Ref, reason Reason, by string) error {
	if _, ok := reasonNames[reason]; !ok || reason == certificateHold {
		return fmt.Errorf("revoke %s: %w: %s", ref, ErrNotAllowed, reason)
	}
	return c.change(ctx, "revoke", ref, Revoked, reason, by, Active, Held, Superseded)
}

// Hold suspends an active certificate that has not expired, until it is released or
// revoked; those that it replaced are superseded. It returns ErrUnknown, ErrAlready or ErrNotAllowed.
func (c *CA) Hold(ctx context.Context, ref certs.Ref, by string) error {
	return c.change(ctx, "hold", ref, Held, certificateHold, by, Active)
}

// Release makes a held certificate good again. It returns ErrUnknown, ErrAlready for what
// is not held, or ErrNotAllowed for what has ended.
func (c *CA) Release(ctx context.Context, ref certs.Ref, by string) error {
	return c.change(ctx, "release", ref, Active, Unspecified, by, Held)
}

// change moves a certificate from one of the statuses from to another.
func (c *CA) change(ctx context.Context, what string, ref certs.Ref, to Status, reason Reason, by string, from ...Status) error {
	err := c.db.Transact(ctx, func(tx *pg.Tx) error {
		cert, err := store.Lock(ctx, tx, ref)
		switch {
		case errors.Is(err, pg.ErrNoRows):
			return ErrUnknown
		case err != nil:
			return err
		case cert.Status == string(to):
			return ErrAlready
		case !slices.Contains(from, Status(cert.Status)):
			return fmt.Errorf("%w: it is %s", ErrNotAllowed, cert.Status)
		case to != Revoked && !c.now().Before(cert.NotAfter):
			return fmt.Errorf("%w: it has expired", ErrNotAllowed)
		}
		if err := store.SetStatus(ctx, tx, ref, string(to), int(reason), by); err != nil {
			return err
		}
		act, err := actOn(what, cert, by)
		if err != nil {
			return err
		}
		if to == Revoked {
			act.Reason = reason.String()
		}
		if err := c.report(ctx, tx, act); err != nil || to == Active {
			return err
		}
		return c.endReplaced(ctx, tx, cert, to, reason, by)
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", what, ref, err)
	}
	return nil
}

// endReplaced ends the certificates that cert has replaced and that go on through their grace
// period: that was for a successor, and whoever loses a token loses all of it. Those of a
// revoked one are revoked for the same reason; those of a held one are superseded.
func (c *CA) endReplaced(ctx context.Context, tx *pg.Tx, cert store.Certificate, to Status, reason Reason, by string) error {
	what := "revoke"
	if to == Held {
		what, to, reason = "supersede", Superseded, ReasonSuperseded
	}
	for old := cert.Replaces; old != (certs.Ref{}); {
		replaced, err := store.Lock(ctx, tx, old)
		if err != nil {
			return err
		}
		if replaced.Status != string(Active) {
			return nil // and so are those before it
		}
		if err := store.SetStatus(ctx, tx, old, string(to), int(reason), by); err != nil {
			return err
		}
		act, err := actOn(what, replaced, by)
		if err != nil {
			return err
		}
		act.Reason = reason.String()
		if err := c.report(ctx, tx, act); err != nil {
			return err
		}
		old = replaced.Replaces
	}
	return nil
}

func actOn(what string, cert store.Certificate, by string) (Act, error) {
	identity, err := certs.ParseIdentity(cert.Identity)
	return Act{
		What: what, Identity: identity, Profile: certs.Profile(cert.Profile), Holder: cert.Holder, Name: cert.Name, By: by, Ref: cert.Ref,
	}, err
}

// supersedeBatch is how many certificates one transaction supersedes.
const supersedeBatch = 100

// Supersede ends the certificates whose grace period after a renewal is over, and says how
// many. It is a job to be run every few minutes; several nodes may run it at once.
func (c *CA) Supersede(ctx context.Context) (ended int, err error) {
	for n := supersedeBatch; n == supersedeBatch; {
		err := c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
			n, err = c.supersede(ctx, tx)
			return err
		})
		if err != nil {
			return ended, fmt.Errorf("supersede renewed certificates: %w", err)
		}
		ended += n
	}
	return ended, nil
}

func (c *CA) supersede(ctx context.Context, tx *pg.Tx) (int, error) {
	due, err := store.Due(ctx, tx, c.now(), supersedeBatch)
	if err != nil {
		return 0, err
	}
	for _, cert := range due {
		if err := store.SetStatus(ctx, tx, cert.Ref, string(Superseded), int(ReasonSuperseded), "renewal"); err != nil {
			return 0, err
		}
		act, err := actOn("supersede", cert, "renewal")
		if err != nil {
			return 0, err
		}
		if err := c.report(ctx, tx, act); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
