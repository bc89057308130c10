package ca

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"mais/ca/internal/issuance"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// again is how long the same request gets the same certificate, so that a connection that
// broke before the answer came costs nothing.
const again = 10 * time.Minute

// Issued is a certificate that may be handed out: it is recorded, and so is the act.
type Issued struct {
	Ref         certs.Ref
	Certificate *x509.Certificate
	Chain       []*x509.Certificate // the issuing CA; the root is known to whoever trusts it
	Repeated    bool                // it was handed out before, to the same key
}

// subject puts together what our records say about a certificate to be made.
func (c *CA) subject(identity, profile, name string, dnsNames, addresses []string) (issuance.Subject, error) {
	id, err := certs.ParseIdentity(identity)
	if err != nil {
		return issuance.Subject{}, err
	}
	rules, ok := certs.RulesOf(certs.Profile(profile))
	if !ok {
		return issuance.Subject{}, fmt.Errorf("no profile %q", profile)
	}
	s := issuance.Subject{Identity: id, Name: name, DNSNames: dnsNames, Rules: rules, Validity: c.validity[rules.Profile], Keys: c.keys[rules.Profile]}
	for _, text := range addresses {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return issuance.Subject{}, err
		}
		s.Addresses = append(s.Addresses, a)
	}
	return s, nil
}

// lint prepares a certificate under the series' current issuer and lints it.
func (c *CA) lint(s issuance.Subject, r issuance.Request) (*issuance.Linted, error) {
	issuer := c.current[s.Rules.Issuer]
	if issuer == nil {
		return nil, fmt.Errorf("no issuer of series %q", s.Rules.Issuer)
	}
	prepared, err := issuer.Prepare(s, r, c.now())
	if err != nil {
		return nil, err
	}
	return prepared.Lint()
}

// lintAsked is lint for a key of somebody else's choice: one that the profile does not take
// is refused.
func (c *CA) lintAsked(s issuance.Subject, r issuance.Request) (*issuance.Linted, error) {
	linted, err := c.lint(s, r)
	if broken := (*issuance.LintError)(nil); errors.As(err, &broken) && broken.OfKey() {
		return nil, &refusal{cause: BadRequest, detail: err}
	}
	return linted, err
}

// issue signs and records within tx, in which the caller has locked and checked what
// permits it. What is signed is worth nothing until tx commits, since relying parties ask
// the inventory; the caller hands it out only then.
func (c *CA) issue(ctx context.Context, tx *pg.Tx, linted *issuance.Linted, origin store.Origin, what string) (Issued, error) {
	signed, err := linted.Issue(ctx)
	if errors.Is(err, issuance.ErrRequest) {
		return Issued{}, &refusal{cause: BadRequest, detail: err}
	}
	if err != nil {
		return Issued{}, err
	}
	switch owner, exposed, err := store.Insert(ctx, tx, signed, origin); {
	case err != nil:
		return Issued{}, err
	case owner != linted.Subject().Identity.String():
		return Issued{}, refuse(KeyOfAnother)
	case exposed:
		return Issued{}, refuse(KeyExposed)
	}
	if err := c.recordCard(ctx, tx, signed, origin); err != nil {
		return Issued{}, err
	}
	err = c.report(ctx, tx, actOf(what, signed, origin))
	return Issued{Ref: signed.Ref(), Certificate: signed.Certificate(), Chain: []*x509.Certificate{signed.Issuer()}}, err
}

func actOf(what string, i *issuance.Issued, o store.Origin) Act {
	act := Act{
		What: what, Identity: i.Subject().Identity, Profile: i.Subject().Rules.Profile, Holder: o.Holder, Name: i.Subject().Name,
		By: o.By, Order: o.Order, Ref: i.Ref(), Replaces: o.Replaces,
		Fingerprint: certs.FingerprintOf(i.Certificate().Raw), NotAfter: i.Certificate().NotAfter,
	}
	if o.Card != nil {
		act.Card = o.Card.Card
	}
	return act
}

// repeat hands out once more what was recorded for the same key a short while ago, to whoever
// proves once more to hold it.
func (c *CA) repeat(copied store.Copy, request issuance.Request) (Issued, error) {
	if err := request.CheckProof(); err != nil {
		return Issued{}, &refusal{cause: BadRequest, ref: copied.Ref, detail: err}
	}
	cert, err := x509.ParseCertificate(copied.DER)
	if err != nil {
		return Issued{}, fmt.Errorf("parse recorded certificate %s: %w", copied.Ref, err)
	}
	issuer, ok := c.Authority(copied.Ref.Issuer)
	if !ok {
		return Issued{}, fmt.Errorf("certificate %s: its issuer is not here", copied.Ref)
	}
	return Issued{Ref: copied.Ref, Certificate: cert, Chain: []*x509.Certificate{issuer}, Repeated: true}, nil
}
