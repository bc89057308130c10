package ca

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/certs/pins"
	"mais/internal/pg"
)

// ErrNotNext: another announcement has come first.
var ErrNotNext = errors.New("ca: the announcement is not the next")

// PinAnnouncements returns signed announcements of the server's keys, for package pins, after a
// number: the oldest first, at most pins.MaxChain of them. Who reads them is to believe only
// what leads on from what they believe.
func (c *CA) PinAnnouncements(ctx context.Context, after int64) ([]string, error) {
	return store.Announcements(ctx, c.db, after, pins.MaxChain)
}

// Announcer is who announces keys, and why, for the audit.
type Announcer struct {
	Node certs.Identity
	By   string
	Why  string
}

// AnnouncePins gives an announcement its number, signs it and records it, when those that
// were made since last lead nowhere else and who believes last believes it; else it returns ErrNotNext or
// why it is not believed. A zero last is for the first announcement of all.
func (c *CA) AnnouncePins(ctx context.Context, last, next pins.Announcement, key crypto.Signer, who Announcer) (made pins.Link, err error) {
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		highest, err := store.LockAnnouncements(ctx, tx)
		if err != nil {
			return err
		}
		if err := c.lastPins(ctx, tx, last, highest); err != nil {
			return err
		}
		next.Number = max(last.Number+1, highest+1, c.now().Unix())
		if made, err = signPins(last, next, key, c.now()); err != nil {
			return err
		}
		return c.recordPins(ctx, tx, made, who)
	})
	if err != nil {
		return pins.Link{}, fmt.Errorf("announce pins: %w", err)
	}
	return made, nil
}

// lastPins returns ErrNotNext if there are announcements that lead on from last.
func (c *CA) lastPins(ctx context.Context, tx *pg.Tx, last pins.Announcement, highest int64) error {
	since, err := store.Announcements(ctx, tx, last.Number, pins.MaxChain)
	if err != nil {
		return err
	}
	if links, _ := last.Steps(since, c.now()); len(links) > 0 || last.Number == 0 && highest > 0 {
		return ErrNotNext
	}
	return nil
}

// signPins signs an announcement that whoever believes last will believe.
func signPins(last, next pins.Announcement, key crypto.Signer, now time.Time) (pins.Link, error) {
	signed, err := pins.Sign(next, key)
	if err != nil {
		return pins.Link{}, err
	}
	if last.Number == 0 {
		_, err = pins.First([]string{signed}, now)
	} else {
		_, err = last.Follow([]string{signed}, now)
	}
	return pins.Link{Announcement: next, Signed: signed}, err
}

func (c *CA) recordPins(ctx context.Context, tx *pg.Tx, l pins.Link, who Announcer) error {
	if err := store.InsertAnnouncement(ctx, tx, l.Announcement.Number, l.Signed, who.By); err != nil {
		return err
	}
	return c.report(ctx, tx, Act{What: "announce-pins", Identity: who.Node, By: who.By, Reason: who.Why})
}

// RestorePins puts announcements back that a database lacks which was restored from a backup, and
// returns how many. The caller believes them; the oldest comes first. What is not above
// those that the database has stays away.
func (c *CA) RestorePins(ctx context.Context, known []pins.Link, who Announcer) (restored int, err error) {
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		restored = 0
		highest, err := store.LockAnnouncements(ctx, tx)
		if err != nil {
			return err
		}
		for _, l := range known {
			if l.Announcement.Number <= highest {
				continue
			}
			if err := c.recordPins(ctx, tx, l, who); err != nil {
				return err
			}
			restored++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("put announcements of pins back: %w", err)
	}
	return restored, nil
}

// HoldsPins records the last announcement that the holder of a token says it holds.
func (c *CA) HoldsPins(ctx context.Context, holder certs.Identity, number int64) error {
	return store.SetHeldPins(ctx, c.db, holder.String(), number)
}

// PinHolder is a site with a good certificate, and the announcement that it holds.
type PinHolder struct {
	Identity string    `json:"identity"`
	Site     string    `json:"site"`
	Number   int64     `json:"number"` // 0: it has never said
	Since    time.Time `json:"since"`  // since when; else when its certificate was issued
}

// PinHolders returns the sites that could be cut off by a change of the server's key: those
// with a certificate that is active and has not expired.
func (c *CA) PinHolders(ctx context.Context) ([]PinHolder, error) {
	found, err := store.PinHolders(ctx, c.db)
	var out []PinHolder
	for _, h := range found {
		out = append(out, PinHolder{h.Identity, h.Holder, h.Number, h.At})
	}
	return out, err
}

// Nodes returns the keys of the service's nodes, by their identities, as their good
// certificates have them; of several that of the one issued last. Each certificate is verified to its issuer, so that a row alone
// makes no node; what is not verified is left out.
func (c *CA) Nodes(ctx context.Context) (map[string]certs.Pin, error) {
	found, err := store.NodeCertificates(ctx, c.db)
	if err != nil {
		return nil, err
	}
	nodes := map[string]certs.Pin{}
	for _, der := range found {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		_, rules, err := certs.CheckChain([]*x509.Certificate{cert}, c.Issuers(), c.now())
		if id := nodeOf(cert); err == nil && rules.Profile == certs.ServerNode && id != "" {
			nodes[id] = certs.PinOf(cert)
		}
	}
	return nodes, nil
}

// RevokeNode revokes all that stands of what a node of the service holds, which is gone for
// good: nobody vouches for its keys any more. by is as for Revoke.
func (c *CA) RevokeNode(ctx context.Context, node certs.Identity, by string) error {
	found, err := c.FindIdentity(ctx, node)
	if err != nil {
		return err
	}
	for _, e := range found {
		if e.Status != certs.Active && e.Status != certs.Held || !c.now().Before(e.NotAfter) {
			continue
		}
		if err := c.Revoke(ctx, e.Ref, CessationOfOperation, by); err != nil && !errors.Is(err, ErrAlready) {
			return err
		}
	}
	return nil
}

// nodeOf returns the identity that stands in a node's subject: its certificate carries no URI,
// but the UUID as the subject's serial number.
func nodeOf(cert *x509.Certificate) string {
	id, err := certs.NewIdentity(certs.Server, cert.Subject.SerialNumber)
	if err != nil {
		return ""
	}
	return id.String()
}
