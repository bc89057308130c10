package ca

import (
	"context"
	"fmt"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// Spending is the wish to use a code for something else than a certificate: to set a password,
// where that is allowed. The code proves the same, that its holder reads the mail that it was
// sent to.
type Spending struct {
	Code   string // as typed
	Holder string // the mail address of the invitation
	By     string // who asks, for the audit: an address
	// Admits says whether whoever asks is where the code's holder may be, and may have what the
	// code is spent on; nil: anybody. Its error is a refusal like any other, but ErrStale
	// is returned: that is not known just now.
	Admits func(context.Context, certs.Identity) error
}

// Spendable says whose a code is that Spend would take now. It takes nothing; a wrong code
// counts as a try, and every refusal is ErrRefused, as with Enrol.
func (c *CA) Spendable(ctx context.Context, s Spending) (certs.Identity, error) {
	_, who, err := c.spendable(ctx, s)
	if err != nil {
		return certs.Identity{}, fmt.Errorf("look at a code: %w", err)
	}
	return who, nil
}

// Spend uses a code up without a certificate and returns whose it was. It can't be repeated: of
// many at once with one code, one is served, and so it is beside Enrol.
func (c *CA) Spend(ctx context.Context, s Spending) (certs.Identity, error) {
	order, who, err := c.spendable(ctx, s)
	if err == nil {
		err = c.db.Transact(ctx, func(tx *pg.Tx) error { return c.spendOn(ctx, tx, order, who, s.By) })
	}
	if err != nil {
		return certs.Identity{}, fmt.Errorf("spend a code: %w", err)
	}
	return who, nil
}

func (c *CA) spendable(ctx context.Context, s Spending) (order store.Order, who certs.Identity, err error) {
	code, err := parseCode(s.Code)
	if err != nil {
		return order, who, refuse(BadCode)
	}
	if order, err = c.try(ctx, code, s.Holder); err != nil {
		return order, who, err
	}
	if who, err = certs.ParseIdentity(order.Identity); err != nil {
		return order, who, err
	}
	if who.Kind() != certs.User { // a site has no password
		return order, who, &refusal{cause: WrongHolder, order: order.ID}
	}
	if err := (Enrolment{Admits: s.Admits}).admit(ctx, order); err != nil {
		return order, who, err
	}
	if order.TokenOnly {
		return order, who, &refusal{cause: CodeForToken, order: order.ID}
	}
	if order.Used {
		return order, who, &refusal{cause: CodeUsed, order: order.ID}
	}
	return order, who, nil
}

// spendOn locks the order's identity and spends the order, if it is still good, with the word
// that it was for a password.
func (c *CA) spendOn(ctx context.Context, tx *pg.Tx, order store.Order, who certs.Identity, by string) error {
	open := c.keeper.Unsettled()
	before, spent, err := store.SpendOrder(ctx, tx, order, c.now(), open.Transactions)
	if err != nil {
		return err
	}
	if !spent {
		return c.tooLate(ctx, tx, order)
	}
	if err := store.SpentOnPassword(ctx, tx, order.ID); err != nil {
		return err
	}
	err = c.report(ctx, tx, Act{What: "spend", Identity: who, Holder: order.Holder, Name: order.Name, By: by, Order: order.ID})
	if err != nil {
		return err
	}
	return c.takeCode(ctx, tx, order.ID, open, before)
}

// tooLate says what became of an order since it was tried.
func (c *CA) tooLate(ctx context.Context, tx *pg.Tx, order store.Order) error {
	order, err := store.LockOrder(ctx, tx, order.ID)
	if err == nil {
		err = c.usable(order)
	}
	if err == nil {
		err = &refusal{cause: CodeUsed, order: order.ID}
	}
	return err
}
