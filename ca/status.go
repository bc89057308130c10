package ca

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
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

// acts names the change to each status, for the audit.
var acts = map[certs.Status]string{certs.Active: "release", certs.Held: "hold", certs.Revoked: "revoke", certs.Superseded: "supersede"}

// revokes reports whether revocation takes the reason.
func (r Reason) revokes() bool { return reasonNames[r] != "" && r != certificateHold }

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

// Revoke ends a certificate for good, and with it its whole line: every certificate, active
// or held, that came of the same enrolment by renewal, whether it was renewed into this one,
// renews it, or shares an origin with it. Whoever loses a token loses all of it, and whoever
// copied it may have renewed it. All get the same reason; relatives that were superseded or
// revoked before stay so. For KeyCompromise the lines of all other certificates with the same key
// end too. by says who did it, for the audit and the inventory.
//
// What was revoked for less is raised to KeyCompromise, itself and not its relatives, and stays
// revoked since it first was; no other reason ever changes. It returns ErrUnknown, or ErrAlready
// for what is revoked and not raised: what lives of its line has ended nevertheless.
func (c *CA) Revoke(ctx context.Context, ref certs.Ref, reason Reason, by string) error {
	if !reason.revokes() {
		return fmt.Errorf("revoke %s: %w: %s", ref, ErrNotAllowed, reason)
	}
	return c.change(ctx, ref, change{to: certs.Revoked, reason: reason, by: by})
}

// Hold suspends an active certificate that has not expired, until it is released or
// revoked. Of its line, those that it replaced and that are in their grace period are
// superseded, which is for good; its successors and siblings are held. It returns ErrUnknown,
// ErrNotAllowed, or ErrAlready for what is held: what is active of its line has been held or
// superseded nevertheless.
func (c *CA) Hold(ctx context.Context, ref certs.Ref, by string) error {
	return c.change(ctx, ref, change{to: certs.Held, reason: certificateHold, by: by})
}

// Release makes a held certificate good again: that one alone, not what was held with it. It
// returns ErrUnknown, ErrAlready for what is not held, or ErrNotAllowed for what has ended.
func (c *CA) Release(ctx context.Context, ref certs.Ref, by string) error {
	return c.change(ctx, ref, change{to: certs.Active, by: by})
}

// change is what is to become of a certificate.
type change struct {
	to     certs.Status
	reason Reason
	since  time.Time // of a revocation: when the key was compromised; zero: that is not said
	by     string
	// first comes first in the transaction, and settle last with what alter returns, as it was
	// before, and whether the certificate stood so already; their errors undo it. Neither is
	// needed.
	first  func(ctx context.Context, tx *pg.Tx) error
	settle func(ctx context.Context, tx *pg.Tx, changed []store.Certificate, already bool) error
}

// change moves a certificate to another status, and its line with it, and makes that known.
func (c *CA) change(ctx context.Context, ref certs.Ref, ch change) error {
	changed, err := c.alter(ctx, ref, ch)
	if err == nil || errors.Is(err, ErrAlready) {
		c.tell(ctx, changed)
	}
	return err
}

// alter does what change does, but lets nobody know. It returns what has changed, and perhaps
// more: a list is looked at in vain then.
func (c *CA) alter(ctx context.Context, ref certs.Ref, ch change) (changed []store.Certificate, err error) {
	var already bool
	var lifted []store.EntryName
	err = c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
		changed, lifted = nil, nil
		if ch.first != nil {
			if err := ch.first(ctx, tx); err != nil {
				return err
			}
		}
		if changed, already, err = c.alterIn(ctx, tx, ref, ch); err != nil {
			return err
		}
		if ch.to == certs.Active && !already {
			if lifted, err = store.HoldsOf(ctx, tx, ref); err != nil {
				return err
			}
		}
		if ch.settle == nil {
			return nil
		}
		return ch.settle(ctx, tx, changed, already)
	})
	if err == nil && ch.to == certs.Active && !already {
		c.giveBack(ctx, ref, lifted)
	}
	if err == nil && already {
		err = ErrAlready
	}
	if err != nil {
		return changed, fmt.Errorf("%s %s: %w", acts[ch.to], ref, err)
	}
	return changed, nil
}

func (c *CA) alterIn(ctx context.Context, tx *pg.Tx, ref certs.Ref, ch change) (changed []store.Certificate, already bool, err error) {
	named, relatives, err := store.LockLine(ctx, tx, ref, ch.reason == KeyCompromise)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return nil, false, ErrUnknown
	case err != nil:
		return nil, false, err
	}
	if already = named.Status == string(ch.to) && !raised(named, ch.to, ch.reason); !already {
		if err := c.mayBecome(named, ch); err != nil {
			return nil, false, err
		}
		if err := inQuarantine(ctx, tx, ref, ch.to); err != nil {
			return nil, false, err
		}
		changed = append(changed, named)
		if err := c.set(ctx, tx, changed, ch); err != nil {
			return nil, false, err
		}
	}
	if ch.to == certs.Active {
		return changed, already, nil
	}
	for _, r := range relatives {
		changed = append(changed, r.Certificate)
	}
	return changed, already, c.endRelatives(ctx, tx, relatives, ch)
}

// raised reports whether a certificate that is to change to a status is revoked, and for less: the
// one change that a revocation takes.
func raised(cert store.Certificate, to certs.Status, reason Reason) bool {
	return to == certs.Revoked && reason == KeyCompromise && cert.Status == string(certs.Revoked) && Reason(cert.Reason.Int16) != KeyCompromise
}

// mayBecome says why a certificate may not change so; the schema refuses what this forgets, but
// for what has expired.
func (c *CA) mayBecome(cert store.Certificate, ch change) error {
	from := map[certs.Status][]certs.Status{certs.Active: {certs.Held}, certs.Held: {certs.Active}, certs.Revoked: {certs.Active, certs.Held, certs.Superseded}}[ch.to]
	switch {
	case !slices.Contains(from, certs.Status(cert.Status)) && !raised(cert, ch.to, ch.reason):
		return notAllowed("it is " + cert.Status)
	case ch.to != certs.Revoked && !c.now().Before(cert.NotAfter):
		return notAllowed("it has expired")
	}
	return nil
}

// endRelatives ends what lives of the line of a certificate that was revoked or held.
func (c *CA) endRelatives(ctx context.Context, tx *pg.Tx, relatives []store.Member, ch change) error {
	fates := map[certs.Status][]store.Certificate{}
	for _, r := range relatives {
		fate := ch.to
		if ch.to == certs.Held && r.Replaced {
			fate = certs.Superseded // its grace period was for a successor
		}
		if ch.to == certs.Revoked || r.Status == string(certs.Active) { // what is held stays held
			fates[fate] = append(fates[fate], r.Certificate)
		}
	}
	superseded := ch
	superseded.to = certs.Superseded
	if err := c.set(ctx, tx, fates[certs.Superseded], superseded); err != nil {
		return err
	}
	return c.set(ctx, tx, fates[ch.to], ch)
}

// set changes the status of certificates that tx has locked, and records an act for each.
func (c *CA) set(ctx context.Context, tx *pg.Tx, changed []store.Certificate, ch change) error {
	if len(changed) == 0 {
		return nil
	}
	var refs []certs.Ref
	for _, cert := range changed {
		refs = append(refs, cert.Ref)
	}
	if err := store.SetStatus(ctx, tx, refs, store.Fate{Status: string(ch.to), Reason: int(ch.reason), Since: ch.since, By: ch.by}); err != nil {
		return err
	}
	for _, cert := range changed {
		act, err := actOn(acts[ch.to], cert, ch.by)
		if err != nil {
			return err
		}
		if ch.to == certs.Revoked {
			act.Reason, act.Since, act.Note = ch.reason.String(), ch.since, raisedFrom(cert)
		}
		if err := c.report(ctx, tx, act); err != nil {
			return err
		}
	}
	if ch.to == certs.Active {
		return nil
	}
	return c.takeAway(ctx, tx, changed, ch.to, ch.since)
}

// raisedFrom says of what is about to be revoked that it was before, and for what; else nothing.
func raisedFrom(cert store.Certificate) string {
	if cert.Status != string(certs.Revoked) {
		return ""
	}
	return fmt.Sprintf("it was revoked before, on %s, for %s", cert.StatusAt.UTC().Format(time.RFC3339), Reason(cert.Reason.Int16))
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
		var due []store.Certificate
		err := c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
			if due, err = store.Due(ctx, tx, c.now(), supersedeBatch); err != nil {
				return err
			}
			return c.set(ctx, tx, due, change{to: certs.Superseded, reason: ReasonSuperseded, by: "renewal"})
		})
		if err != nil {
			return ended, fmt.Errorf("supersede renewed certificates: %w", err)
		}
		c.tell(ctx, due)
		n = len(due)
		ended += n
	}
	return ended, nil
}

// tellPatience bounds how long whoever changed a status waits for the news to be out.
const tellPatience = 5 * time.Second

// tell makes this node, and the lists that the certificates name, know of changes that have
// been committed. What fails is logged and no more: the change stands, the feed follows, and
// a list is made anew when somebody fetches it.
func (c *CA) tell(ctx context.Context, changed []store.Certificate) {
	if len(changed) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellPatience) // committed, whoever has gone away
	defer cancel()
	err := c.feed.Refresh(ctx)
	scopes := map[store.Scope]bool{}
	for _, cert := range changed {
		if cert.Shard.Valid {
			scopes[store.Scope{Issuer: cert.Ref.Issuer, Shard: int(cert.Shard.Int32)}] = true
		}
	}
	for s := range scopes {
		_, failed := c.list(ctx, s)
		err = errors.Join(err, failed)
	}
	if err != nil {
		c.log.WarnContext(ctx, "a change of status is committed but not everywhere yet", "error", err)
	}
}
