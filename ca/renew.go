package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"mais/ca/internal/issuance"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// maxAlive bounds how many certificates of one line may be good or held at a time, should a
// client lose its answers, or a thief renew without end. An honest line has one, and two
// within the grace period.
const maxAlive = 8

// Renew issues the successor of a certificate that its holder has just proven to hold. Who
// it is for comes from the inventory, never from the old certificate; its key is the
// request's, and the level is decided anew from e, but is never above the old certificate's
// unless a witness has seen the key: for more there is a code. One that is lower is an act of its
// own. The old certificate must be active and not expired when the transaction that signs looks
// at it: nothing is issued after a revocation has committed. It stays good for the grace period.
// The same key within ten minutes gives the same certificate, as with Enrol. While eight certificates of
// the line have not ended there is no ninth. Refusals are ErrRefused.
func (c *CA) Renew(ctx context.Context, old certs.Ref, csr []byte, e Evidence) (Issued, error) {
	issued, err := c.renew(ctx, old, csr, e)
	if err != nil {
		return Issued{}, fmt.Errorf("renew %s: %w", old, err)
	}
	return issued, nil
}

func (c *CA) renew(ctx context.Context, old certs.Ref, csr []byte, e Evidence) (Issued, error) {
	request, err := issuance.ParseRequest(csr)
	if err != nil {
		return Issued{}, &refusal{cause: BadRequest, ref: old, detail: err}
	}
	var issued Issued
	err = c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
		issued, err = c.succeed(ctx, tx, old, request, e)
		return err
	})
	if err != nil {
		return Issued{}, err
	}
	return issued, nil
}

// succeed locks the old certificate and its line, looks at it, and issues for whom the
// inventory says that it is.
func (c *CA) succeed(ctx context.Context, tx *pg.Tx, ref certs.Ref, request issuance.Request, e Evidence) (Issued, error) {
	old, relatives, err := store.LockLine(ctx, tx, ref, false)
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return Issued{}, &refusal{cause: NotInList, ref: ref}
	case err != nil:
		return Issued{}, err
	case old.Status != string(certs.Active):
		return Issued{}, &refusal{cause: NotActive, ref: ref}
	case !c.now().Before(old.NotAfter):
		return Issued{}, &refusal{cause: Ended, ref: ref}
	}
	if renewed(relatives, ref, request.KeyHash()) {
		copied, err := store.RenewalOf(ctx, tx, ref, request.KeyHash())
		if err != nil {
			return Issued{}, err
		}
		if c.since(copied.IssuedAt) <= again {
			return c.repeat(copied, request)
		}
	}
	if c.alive(relatives)+1 >= maxAlive {
		return Issued{}, &refusal{cause: TooManyAlive, ref: ref}
	}
	return c.issueSuccessor(ctx, tx, old, request, e)
}

func (c *CA) issueSuccessor(ctx context.Context, tx *pg.Tx, old store.Certificate, request issuance.Request, e Evidence) (Issued, error) {
	who, err := certs.ParseIdentity(old.Identity)
	if err != nil {
		return Issued{}, err
	}
	held, err := c.renewedCustody(ctx, tx, certs.Profile(old.Profile), who, e, request)
	if err != nil {
		return Issued{}, err
	}
	subject, err := c.subject(old.Identity, string(held.profile), old.Name, old.DNSNames, old.Addresses)
	if err != nil {
		return Issued{}, err
	}
	linted, err := c.lintAsked(subject, request)
	if err != nil {
		return Issued{}, err
	}
	origin := store.Origin{Holder: old.Holder, By: old.Identity, Replaces: old.Ref, Ends: c.now().Add(c.grace), At: c.now(), Card: held.card}
	issued, err := c.issue(ctx, tx, linted, origin, "renew")
	if err != nil || levelOf(held.profile) >= levelOf(certs.Profile(old.Profile)) {
		return issued, err
	}
	return issued, c.reportLowered(ctx, tx, old, issued, subject)
}

// reportLowered records and reports that a renewal came out at a lower level than what it
// renews. A card that broke must not lock its holder out, and roles that demand more refuse the
// new certificate; but a program that got at an unlocked card could do the same.
func (c *CA) reportLowered(ctx context.Context, tx *pg.Tx, old store.Certificate, issued Issued, to issuance.Subject) error {
	before := levelOf(certs.Profile(old.Profile))
	if err := store.InsertLowered(ctx, tx, issued.Ref, before.String(), c.now()); err != nil {
		return err
	}
	return c.report(ctx, tx, Act{
		What: "level-lowered", Identity: to.Identity, Profile: to.Rules.Profile, Holder: old.Holder, Name: old.Name, By: old.Identity,
		Ref: issued.Ref, Replaces: old.Ref, Note: fmt.Sprintf("from %s to %s", before, to.Rules.Level),
	})
}

// renewed reports whether a certificate with the key renews ref and is active.
func renewed(relatives []store.Member, ref certs.Ref, keyHash []byte) bool {
	return slices.ContainsFunc(relatives, func(m store.Member) bool {
		return m.Replaces == ref && m.Status == string(certs.Active) && bytes.Equal(m.KeyHash, keyHash)
	})
}

// alive counts those that have not expired; LockLine leaves out what ended otherwise.
func (c *CA) alive(relatives []store.Member) (n int) {
	for _, r := range relatives {
		if c.now().Before(r.NotAfter) {
			n++
		}
	}
	return n
}

// IssueServer issues a certificate to a node of the service itself, for names and addresses
// within the ceremony's. It is for the server's own start and renewal; there is no code.
// The node's earlier certificates are superseded after the grace period.
func (c *CA) IssueServer(ctx context.Context, node certs.Identity, csr []byte, dnsNames []string, addresses []netip.Addr) (Issued, error) {
	issued, err := c.issueServer(ctx, node, csr, dnsNames, addresses)
	if err != nil {
		return Issued{}, fmt.Errorf("issue a server certificate to %s: %w", node, err)
	}
	return issued, nil
}

func (c *CA) issueServer(ctx context.Context, node certs.Identity, csr []byte, dnsNames []string, addresses []netip.Addr) (Issued, error) {
	request, err := issuance.ParseRequest(csr)
	if err != nil {
		return Issued{}, &refusal{cause: BadRequest, detail: err}
	}
	rules, _ := certs.RulesOf(certs.ServerNode)
	linted, err := c.lint(issuance.Subject{
		Identity: node, Name: "MAIS server", DNSNames: lower(dnsNames), Addresses: addresses,
		Rules: rules, Validity: c.validity[rules.Profile], Keys: c.keys[rules.Profile],
	}, request)
	if err != nil {
		return Issued{}, err
	}
	var issued Issued
	err = c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
		if err := store.LockIdentity(ctx, tx, node.String()); err != nil {
			return err
		}
		origin := store.Origin{Holder: node.String(), By: node.String(), At: c.now()}
		if issued, err = c.issue(ctx, tx, linted, origin, "issue-server"); err != nil {
			return err
		}
		return store.SupersedeOthersLater(ctx, tx, node.String(), string(certs.ServerNode), "", issued.Ref, c.now().Add(c.grace))
	})
	if err != nil {
		return Issued{}, err
	}
	return issued, nil
}
