package ca

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/ca/internal/issuance"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// Enrolment is a request for the certificate that an invitation promised.
type Enrolment struct {
	Code   string // as typed
	Holder string // the mail address or site name of the invitation
	CSR    []byte // PKCS#10 in DER: its key and proof of possession count, nothing else
	By     string // who asks, for the audit: an address
	// Evidence of how the key is held.
	Evidence Evidence
	// Admits says whether whoever asks is where the code's holder may be; nil: anywhere. Its
	// error is a refusal like any other, but ErrStale is returned: that is not known just now.
	Admits func(context.Context, certs.Identity) error
	// Enough says whether a certificate of a level is of use to the code's holder; nil: any
	// is. It is asked once the code has proved right, its error is returned as it is, and the
	// code stays good.
	Enough func(context.Context, certs.Identity, certs.Level) error
}

// Enrol spends a code. Once committed, the same code with the same key gives the same
// certificate for ten minutes, and other evidence changes nothing: what was issued stands, and a
// witness's word that it took is not asked for again. Every refusal is ErrRefused and nothing else to whoever
// asks; see CauseOf. Of many at once with one code, one is served.
func (c *CA) Enrol(ctx context.Context, e Enrolment) (Issued, error) {
	issued, err := c.enrol(ctx, e)
	if err != nil {
		return Issued{}, fmt.Errorf("enrol: %w", err)
	}
	return issued, nil
}

func (c *CA) enrol(ctx context.Context, e Enrolment) (Issued, error) {
	request, err := issuance.ParseRequest(e.CSR)
	if err != nil {
		return Issued{}, &refusal{cause: BadRequest, detail: err}
	}
	code, err := parseCode(e.Code)
	if err != nil {
		return Issued{}, refuse(BadCode)
	}
	order, err := c.try(ctx, code, e.Holder)
	if err != nil {
		return Issued{}, err
	}
	if err := e.admit(ctx, order); err != nil {
		return Issued{}, err
	}
	if order.Used {
		return c.repeatOrder(ctx, c.db, order, request)
	}
	held, err := c.heldFor(ctx, order, e.Evidence, request)
	if err != nil {
		return Issued{}, err
	}
	if err := e.enough(ctx, order, held); err != nil {
		return Issued{}, err
	}
	order.Profile = string(held.profile)
	subject, err := c.subjectOf(order)
	if err != nil {
		return Issued{}, err
	}
	linted, err := c.lintAsked(subject, request)
	if err != nil {
		return Issued{}, err
	}
	var issued Issued
	err = c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
		issued, err = c.spend(ctx, tx, order, linted, request, held, e.By)
		return err
	})
	if err != nil {
		return Issued{}, err
	}
	return issued, nil
}

// heldFor is custodyOf for an order.
func (c *CA) heldFor(ctx context.Context, order store.Order, e Evidence, request issuance.Request) (custody, error) {
	who, err := certs.ParseIdentity(order.Identity)
	if err != nil {
		return custody{}, err
	}
	return c.custodyOf(ctx, c.db, certs.Profile(order.Profile), who, e, request)
}

// admit refuses a right code in the wrong place: it was told to somebody else.
func (e Enrolment) admit(ctx context.Context, order store.Order) error {
	if e.Admits == nil {
		return nil
	}
	holder, err := certs.ParseIdentity(order.Identity)
	if err == nil {
		err = e.Admits(ctx, holder)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrStale): // nobody was refused: whether they may come is not known now
		return fmt.Errorf("ask where the holder may be: %w", err)
	}
	return &refusal{cause: WrongPlace, order: order.ID, detail: err}
}

// enough asks whether the level that was proven is of use, before the code is spent on it.
func (e Enrolment) enough(ctx context.Context, order store.Order, held custody) error {
	rules, ok := certs.RulesOf(held.profile)
	if e.Enough == nil || !ok {
		return nil
	}
	holder, err := certs.ParseIdentity(order.Identity)
	if err != nil {
		return err
	}
	return e.Enough(ctx, holder, rules.Level)
}

// try looks the code up, counting a wrong try for good, and says whether it may be spent or
// repeated.
func (c *CA) try(ctx context.Context, code Code, holder string) (store.Order, error) {
	o, secretRight, holderRight, err := store.TryOrder(ctx, c.db, code.ID(), code.hash(), normaliseHolder(holder))
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return o, refuse(UnknownCode)
	case err != nil:
		return o, err
	case !secretRight:
		return o, &refusal{cause: WrongSecret, order: o.ID}
	case !holderRight:
		return o, &refusal{cause: WrongHolder, order: o.ID}
	}
	return o, c.usable(o)
}

// usable says whether a right code is still good. A used one is, to be repeated.
func (c *CA) usable(o store.Order) error {
	switch {
	case o.Tries >= store.MaxTries:
		return &refusal{cause: CodeTries, order: o.ID}
	case o.Cancelled:
		return &refusal{cause: CodeCanceled, order: o.ID}
	case !o.Used && !c.now().Before(o.ExpiresAt):
		return &refusal{cause: CodeExpired, order: o.ID}
	}
	return nil
}

// spend locks the order's identity, spends the order if it is still good, and issues.
func (c *CA) spend(ctx context.Context, tx *pg.Tx, order store.Order, linted *issuance.Linted, request issuance.Request, held custody, by string) (Issued, error) {
	open := c.keeper.Unsettled()
	before, spent, err := store.SpendOrder(ctx, tx, order, c.now(), open.Transactions)
	if err != nil {
		return Issued{}, err
	}
	if !spent {
		return c.lookAgain(ctx, tx, order, request)
	}
	issued, err := c.issue(ctx, tx, linted, store.Origin{Holder: order.Holder, By: by, Order: order.ID, At: c.now(), Card: held.card}, "enrol")
	if err != nil {
		return Issued{}, err
	}
	return issued, c.takeCode(ctx, tx, order.ID, open, before)
}

// lookAgain says what became of an order since it was tried: it is refused, or somebody was
// faster, who may have been the same.
func (c *CA) lookAgain(ctx context.Context, tx *pg.Tx, order store.Order, request issuance.Request) (Issued, error) {
	order, err := store.LockOrder(ctx, tx, order.ID)
	if err != nil {
		return Issued{}, err
	}
	if err := c.usable(order); err != nil {
		return Issued{}, err
	}
	if !order.Used {
		return Issued{}, fmt.Errorf("order %s was neither spent nor refused", order.ID)
	}
	return c.repeatOrder(ctx, tx, order, request)
}

// repeatOrder answers a used code: with its certificate to the same key within ten minutes,
// and otherwise not.
func (c *CA) repeatOrder(ctx context.Context, q pg.Querier, order store.Order, request issuance.Request) (Issued, error) {
	copied, err := store.OfOrder(ctx, q, order.ID, request.KeyHash())
	switch {
	case errors.Is(err, pg.ErrNoRows):
		return Issued{}, &refusal{cause: CodeUsed, order: order.ID}
	case err != nil:
		return Issued{}, err
	case c.since(copied.IssuedAt) > again:
		return Issued{}, &refusal{cause: CodeUsed, order: order.ID, ref: copied.Ref}
	}
	return c.repeat(copied, request)
}

func (c *CA) since(t time.Time) time.Duration { return c.now().Sub(t) }
