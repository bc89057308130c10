package ca

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/certs/receipt"
	"mais/internal/pg"
)

// Receipt is what a receipt says, as its JSON does; server/api has the same for who reads it.
type Receipt struct {
	Issuer         string        `json:"issuer"`
	Serial         string        `json:"serial"`
	Status         certs.Status  `json:"status"`
	Reason         string        `json:"reason,omitempty"`
	InvalidityDate *time.Time    `json:"invalidity_date,omitempty"`
	By             string        `json:"by"`
	Number         int64         `json:"number"`
	CommittedAt    time.Time     `json:"committed_at"` // by the database's clock
	Final          bool          `json:"final"`        // every node that lived at the commit is accounted for
	Nodes          []ReceiptNode `json:"nodes"`
	IssuedAt       time.Time     `json:"iat_time"` // by the clock of the node that signed
	// FirstAt is of a change that a restored database was told again, from the journal: when it
	// was done first, by the clock of the node that did it. CommittedAt and Nodes are of the
	// telling, at which no node may have lived: each that came later began with it.
	FirstAt *time.Time `json:"first_at,omitempty"`
	// RaisedFrom is the reason for which the certificate was revoked before, of a change that only
	// made keyCompromise of it: it was refused all along.
	RaisedFrom string `json:"raised_from,omitempty"`
}

// ReceiptNode is a node that lived at the commit, and since when it goes by the change.
type ReceiptNode struct {
	Node        string     `json:"node"`
	RefusedFrom *time.Time `json:"refused_from,omitempty"` // it had said so
	SilentFrom  *time.Time `json:"silent_from,omitempty"`  // it had closed itself
	Millis      *int64     `json:"after_ms,omitempty"`     // either, after CommittedAt
}

const (
	receiptPauseFirst = 5 * time.Millisecond // between looks whether a receipt is final
	receiptPauseLast  = 250 * time.Millisecond
	receiptPatience   = 5 * time.Second // to sign once the wait is over
)

// Receipt returns the signed receipt of a certificate's last change of status, in the compact
// form of package certs/receipt, and what it says. Until every node that lived at the commit
// is accounted for, it says that it is not final, and may be asked for again; the first final
// one is kept and returned ever after. It returns ErrUnknown for no such certificate,
// ErrNotAllowed for one whose status has never changed, and ErrStale when it cannot be signed
// just now. It signs nothing before Respond.
func (c *CA) Receipt(ctx context.Context, ref certs.Ref) (jws string, r Receipt, err error) {
	return c.receipt(ctx, ref, 0, false)
}

// ReceiptWait is Receipt that waits until the receipt is final, which takes well below a
// second while all nodes live, and twice the stale limit when one has vanished. When ctx ends
// before, it returns the receipt as it is then.
func (c *CA) ReceiptWait(ctx context.Context, ref certs.Ref) (jws string, r Receipt, err error) {
	return c.receipt(ctx, ref, 0, true)
}

// ReceiptOf is ReceiptWait for the change of a number, such as an earlier one than the last:
// History has them. It returns ErrUnknown for a number that is of no change of this certificate.
func (c *CA) ReceiptOf(ctx context.Context, ref certs.Ref, number int64) (jws string, r Receipt, err error) {
	if number < 1 {
		return "", Receipt{}, fmt.Errorf("receipt: %w: change %d", ErrUnknown, number)
	}
	return c.receipt(ctx, ref, number, true)
}

// SweepReceipts gives up receipts of the changes that are older than a time, of which none was
// ever asked for, and forgets what nodes had acknowledged of them; it says how many
// acknowledgements that were. A receipt that was final is kept. 30 days are the least.
func (c *CA) SweepReceipts(ctx context.Context, older time.Duration) (gone int64, err error) {
	return store.RaiseReceiptFloor(ctx, c.db, max(older, 31*day))
}

func (c *CA) receipt(ctx context.Context, ref certs.Ref, number int64, wait bool) (jws string, r Receipt, err error) {
	told, err := store.ReadTold(ctx, c.db, ref, number)
	switch {
	case errors.Is(err, pg.ErrNoRows), err == nil && told.Number == 0 && number != 0:
		err = fmt.Errorf("%w: %s, change %d", ErrUnknown, ref, number)
	case err == nil && told.Number == 0:
		err = fmt.Errorf("%s: %w: its status has never changed", ref, ErrNotAllowed)
	case err == nil:
		jws, r, err = c.receiptFor(ctx, told, wait)
	}
	if err != nil {
		return "", Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	return jws, r, nil
}

func (c *CA) receiptFor(ctx context.Context, told store.Told, wait bool) (string, Receipt, error) {
	for pause := receiptPauseFirst; ; pause = min(2*pause, receiptPauseLast) {
		kept, err := store.KeptReceipt(ctx, c.db, told.Number)
		if err == nil {
			return c.readReceipt(told, kept)
		}
		if !errors.Is(err, pg.ErrNoRows) {
			return "", Receipt{}, err
		}
		if told.Number <= told.Floor {
			return "", Receipt{}, fmt.Errorf("%w: change %d is so old that what the nodes said of it is forgotten", ErrNotAllowed, told.Number)
		}
		r, err := c.assemble(ctx, told)
		if err != nil {
			return "", Receipt{}, err
		}
		if r.Final || !wait {
			return c.signReceipt(ctx, told, r)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			late, cancel := context.WithTimeout(context.WithoutCancel(ctx), receiptPatience)
			defer cancel()
			return c.signReceipt(late, told, r)
		}
	}
}

// assemble says what is known of a change that has been committed.
func (c *CA) assemble(ctx context.Context, told store.Told) (Receipt, error) {
	r := Receipt{
		Issuer: told.Ref.Issuer, Serial: told.Ref.Serial, Status: certs.Status(told.Status), By: told.By,
		Number: told.Number, CommittedAt: told.At.UTC(), Final: true, Nodes: []ReceiptNode{},
	}
	if told.Reason.Valid {
		r.Reason = Reason(told.Reason.Int16).String()
	}
	if told.RaisedFrom.Valid {
		r.RaisedFrom = Reason(told.RaisedFrom.Int16).String()
	}
	if told.InvalidityAt.Valid {
		r.InvalidityDate = utc(told.InvalidityAt.Time)
	}
	if told.FirstAt.Valid {
		r.FirstAt = utc(told.FirstAt.Time)
	}
	witnesses, err := c.feed.Witnesses(ctx, told.Number)
	if err != nil {
		return Receipt{}, err
	}
	for _, w := range witnesses {
		switch {
		case w.SaidAt.Valid:
			r.Nodes = append(r.Nodes, ReceiptNode{Node: w.Name, RefusedFrom: utc(w.SaidAt.Time), Millis: millis(told.At, w.SaidAt.Time)})
		case !w.Gone:
			r.Nodes, r.Final = append(r.Nodes, ReceiptNode{Node: w.Name}), false
		case w.ClosedAt.After(told.At): // who had gone before did not live at the commit
			r.Nodes = append(r.Nodes, ReceiptNode{Node: w.Name, SilentFrom: utc(w.ClosedAt), Millis: millis(told.At, w.ClosedAt)})
		}
	}
	return r, nil
}

func utc(t time.Time) *time.Time {
	t = t.UTC()
	return &t
}

func millis(from, to time.Time) *int64 {
	ms := to.Sub(from).Milliseconds()
	return &ms
}

// signReceipt signs a receipt with this process's key. One that is final is kept, unless
// another was first; then that is the one.
func (c *CA) signReceipt(ctx context.Context, told store.Told, r Receipt) (string, Receipt, error) {
	by, err := c.credential(ctx, c.receipts)
	if errors.Is(err, errNotReady) {
		err = fmt.Errorf("%w: %w", ErrStale, err)
	}
	if err != nil {
		return "", Receipt{}, err
	}
	r.IssuedAt = c.now().UTC().Truncate(time.Second)
	payload, err := json.Marshal(r)
	if err != nil {
		return "", Receipt{}, err
	}
	jws, err := receipt.Signer{Key: by.key, Leaf: by.cert, Issuer: c.receipts.issuer.Certificate()}.Sign(payload, r.IssuedAt)
	if err != nil || !r.Final {
		return jws, r, err
	}
	kept, err := store.KeepReceipt(ctx, c.db, r.Number, jws)
	if err != nil {
		return "", Receipt{}, err
	}
	return c.readReceipt(told, kept)
}

// readReceipt reads a receipt that was kept, as a stranger would: what lies in the database
// is believed no more than that. It must be about the change that was asked for.
func (c *CA) readReceipt(told store.Told, jws string) (string, Receipt, error) {
	kept, err := receipt.Verify(jws, c.root, c.now())
	if err != nil {
		return "", Receipt{}, fmt.Errorf("the one that was kept: %w", err)
	}
	var r Receipt
	if err := json.Unmarshal(kept.Payload, &r); err != nil {
		return "", Receipt{}, fmt.Errorf("the one that was kept: %w", err)
	}
	if of := (certs.Ref{Issuer: r.Issuer, Serial: r.Serial}); r.Number != told.Number || of != told.Ref || r.Status != certs.Status(told.Status) {
		return "", Receipt{}, fmt.Errorf("the one that was kept: %w: it says that %s is %s by change %d, not that %s is %s by change %d",
			receipt.ErrInvalid, of, r.Status, r.Number, told.Ref, told.Status, told.Number)
	}
	return jws, r, nil
}
