package ca

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
)

// Filter chooses certificates of the inventory; the zero Filter chooses all. All that is given
// must hold.
type Filter struct {
	Text    string // part of the holder or the name, in any case, or from 6 digits on of the serial
	Status  string // a Status; or expired, or live: active and not expired
	Profile certs.Profile
	Issuer  string // such as people-1
	Card    string // the ID of a Card
	// With Confined only certificates of these Identities are chosen, and none when there are
	// none.
	Confined      bool
	Identities    []certs.Identity
	NoNodes       bool // none of the service's own
	ExpiresFrom   time.Time
	ExpiresBefore time.Time
	IssuedFrom    time.Time
	IssuedBefore  time.Time
}

// minSerial is how many digits of a serial are looked for in serials: with fewer, everything
// would be found.
const minSerial = 6

// KnowsSort reports whether Inventory can give an order: issued, expires, holder or status, with
// - before it the other way round.
func KnowsSort(order string) bool { return store.Sorts(order) }

// KnowsStatus reports whether a Filter can have a status.
func KnowsStatus(status string) bool {
	switch certs.Status(status) {
	case "", certs.Active, certs.Held, certs.Revoked, certs.Superseded, "expired", "live":
		return true
	}
	return false
}

func (c *CA) filter(f Filter) store.Filter {
	out := store.Filter{
		Text: strings.ToLower(strings.TrimSpace(f.Text)), Status: f.Status, Profile: string(f.Profile), Issuer: f.Issuer, Card: f.Card,
		Confined: f.Confined, Identities: identityTexts(f.Identities), NoNodes: f.NoNodes,
		ExpiresFrom: f.ExpiresFrom, ExpiresBefore: f.ExpiresBefore, IssuedFrom: f.IssuedFrom, IssuedBefore: f.IssuedBefore, Now: c.now(),
	}
	digits := strings.NewReplacer(":", "", " ", "").Replace(out.Text)
	if len(digits) >= minSerial && strings.Trim(digits, "0123456789abcdef") == "" {
		out.Serial = digits
	}
	return out
}

// Inventory returns a page of the certificates that a filter chooses, in an order that
// KnowsSort knows, and how many it chooses in all.
func (c *CA) Inventory(ctx context.Context, f Filter, order string, limit, offset int) (page []Entry, total int, err error) {
	if !store.Sorts(order) {
		return nil, 0, fmt.Errorf("ca: no order %q", order)
	}
	chosen := c.filter(f)
	if total, err = store.CountCertificates(ctx, c.db, chosen); err != nil || limit == 0 {
		return nil, total, err
	}
	page, err = c.read(ctx)(store.Page(ctx, c.db, chosen, order, limit, offset))
	return page, total, err
}

// eachBatch is how many entries Each reads at a time.
const eachBatch = 500

// Each gives all that a filter chooses, the newest first, in batches; the next is read when
// give has returned, so that it holds one in memory and no connection while it waits.
func (c *CA) Each(ctx context.Context, f Filter, give func([]Entry) error) error {
	chosen := c.filter(f)
	for last := (store.Certificate{}); ; {
		found, err := store.Older(ctx, c.db, chosen, last, eachBatch)
		if err != nil || len(found) == 0 {
			return err
		}
		batch, err := c.read(ctx)(found, nil)
		if err != nil {
			return err
		}
		if err := give(batch); err != nil {
			return err
		}
		last = found[len(found)-1]
	}
}

// DER returns a certificate's bytes, or ErrUnknown.
func (c *CA) DER(ctx context.Context, ref certs.Ref) ([]byte, error) {
	der, err := store.DER(ctx, c.db, ref)
	return der, unknownIfNone(err)
}

// LineOf returns what a certificate renewed and what renewed it, itself left out.
func (c *CA) LineOf(ctx context.Context, ref certs.Ref) ([]Entry, error) {
	return c.read(ctx)(store.Line(ctx, c.db, ref))
}

// History returns a certificate's changes of status, oldest first.
func (c *CA) History(ctx context.Context, ref certs.Ref) (changes []Past, err error) {
	rows, err := store.History(ctx, c.db, ref)
	for _, r := range rows {
		p := Past{Number: r.Number, Status: certs.Status(r.Status), At: r.At, FirstAt: r.FirstAt, By: r.By, Plan: r.Plan, Note: r.Note}
		if r.Reason.Valid && p.Status == certs.Revoked {
			p.Reason = Reason(r.Reason.Int16).String()
		}
		if r.RaisedFrom.Valid {
			p.RaisedFrom = Reason(r.RaisedFrom.Int16).String()
		}
		changes = append(changes, p)
	}
	return changes, err
}

// Past is a change of a certificate's status, as its history has it.
type Past struct {
	Number  int64
	Status  certs.Status
	At      time.Time
	FirstAt time.Time // of one that a restored database was told again: when it was done first
	Reason  string    // of a revocation
	// RaisedFrom is the reason before, of a change that only made keyCompromise of it.
	RaisedFrom string
	By         string // an identity, or a name that the host gave
	Plan       string // the id of the plan that it was part of, and the plan's note
	Note       string
}

// Ends says how many certificates end in a week, the first being 0.
type Ends = store.Ends

// EndsByWeek counts what a filter chooses by the week in which it ends, from f.ExpiresFrom on;
// what ends after the weeks is counted as in one more.
func (c *CA) EndsByWeek(ctx context.Context, f Filter, weeks int) ([]Ends, error) {
	return store.EndsByWeek(ctx, c.db, c.filter(f), weeks)
}

// Lapsed counts the certificates that a filter chooses, that were never held, revoked or
// superseded, and that nothing good has come of by renewal.
func (c *CA) Lapsed(ctx context.Context, f Filter) (int, error) {
	return store.CountLapsed(ctx, c.db, c.filter(f))
}

// Live returns those of the identities that have a live certificate.
func (c *CA) Live(ctx context.Context, ids []certs.Identity) ([]certs.Identity, error) {
	found, err := store.LiveIdentities(ctx, c.db, c.filter(Filter{Status: "live", Confined: true, Identities: ids}))
	if err != nil {
		return nil, err
	}
	return parseIdentities(found)
}
