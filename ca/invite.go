package ca

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mais/ca/internal/issuance"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

const (
	codeValidity    = 7 * day
	maxCodeValidity = 30 * day
	maxHolder       = 320 // a mail address: 64 + 1 + 255
)

// Invitation is who may enrol.
type Invitation struct {
	Identity certs.Identity // a user or a site
	Holder   string         // the user's mail address or the site's name: to be told with the code
	Name     string         // the certificate's common name, for people to read
	DNSNames []string       // of a site
	Expires  time.Duration  // of the code: 7 days unless given, at most 30
	By       string         // who invites, for the audit
	AnHour   int            // how many codes the identity gets within an hour at most; 0: any number
	// TokenOnly: the code is for a certificate, and Spend does not take it.
	TokenOnly bool
}

// Invite makes an order for one enrolment and returns its code, which nobody can learn
// again. Open orders of the same identity are cancelled: of several invitations, also at
// once, the last one's code is good. What could not be issued is refused here, not when the
// holder stands before it: the error then names the lint. It returns ErrTooOften, and cancels
// nothing, when the identity has had its codes of the hour.
func (c *CA) Invite(ctx context.Context, i Invitation) (Code, error) {
	order, err := c.order(i)
	if err != nil {
		return Code{}, fmt.Errorf("invite %s: %w", i.Identity, err)
	}
	code := newCode()
	order.ID = code.ID()
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := store.LockIdentity(ctx, tx, order.Identity); err != nil {
			return err
		}
		if err := mayInvite(ctx, tx, order.Identity, i.AnHour); err != nil {
			return err
		}
		cancelled, err := store.CancelOrders(ctx, tx, order.Identity)
		if err != nil {
			return err
		}
		if err := store.InsertOrder(ctx, tx, order, code.hash(), i.By); err != nil {
			return err
		}
		err = c.report(ctx, tx, Act{
			What: "invite", Identity: i.Identity, Profile: certs.Profile(order.Profile), Holder: order.Holder, Name: i.Name,
			By: i.By, Order: order.ID, NotAfter: order.ExpiresAt,
		})
		if err != nil || len(cancelled) == 0 {
			return err
		}
		return c.takeCodes(ctx, tx, cancelled)
	})
	if err != nil {
		return Code{}, fmt.Errorf("invite %s: %w", i.Identity, err)
	}
	return code, nil
}

// mayInvite asks how many codes an identity, which is locked, has had.
func mayInvite(ctx context.Context, tx *pg.Tx, identity string, anHour int) error {
	if anHour == 0 {
		return nil
	}
	n, err := store.CountOrders(ctx, tx, identity, time.Hour)
	if err == nil && n >= anHour {
		err = ErrTooOften
	}
	return err
}

func (c *CA) order(i Invitation) (store.Order, error) {
	var profile certs.Profile
	switch i.Identity.Kind() {
	case certs.User:
		profile = certs.PersonSoftware
	case certs.Site:
		profile = certs.SiteToken
	default:
		return store.Order{}, fmt.Errorf("only users and sites enrol with a code")
	}
	expires := orDefault(i.Expires, codeValidity)
	if expires > maxCodeValidity {
		return store.Order{}, fmt.Errorf("a code is good for at most %s, not %s", maxCodeValidity, expires)
	}
	holder := normaliseHolder(i.Holder)
	if holder == "" {
		return store.Order{}, fmt.Errorf("the holder is empty, longer than %d bytes, or not printable", maxHolder)
	}
	o := store.Order{
		Identity: i.Identity.String(), Profile: string(profile), Holder: holder, Name: i.Name,
		DNSNames: lower(i.DNSNames), ExpiresAt: c.now().Add(expires), TokenOnly: i.TokenOnly,
	}
	subject, err := c.subjectOf(o)
	if err == nil {
		_, err = c.lint(subject, c.sample)
	}
	return o, err
}

// normaliseHolder makes one form of how people write their address. What no order can hold,
// and what the database could not even be asked about, becomes "", which no order holds.
func normaliseHolder(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxHolder || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return strings.ToLower(s)
}

func lower(names []string) []string {
	out := []string{} // not nil, which the database would take for NULL
	for _, n := range names {
		out = append(out, strings.ToLower(n))
	}
	return out
}

// subjectOf returns what an order says about its certificate.
func (c *CA) subjectOf(o store.Order) (issuance.Subject, error) {
	return c.subject(o.Identity, o.Profile, o.Name, o.DNSNames, nil)
}
