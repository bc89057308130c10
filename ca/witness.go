package ca

import (
	"context"
	"fmt"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
	"mais/certs/attest"
	"mais/internal/pg"
)

// witnessed is how long a witness's word is good: both stand at the same station.
const witnessed = 10 * time.Minute

// WitnessStatement is somebody's word that they saw a key being made on a card.
type WitnessStatement struct {
	Key    [32]byte       // SHA-256 of its SubjectPublicKeyInfo
	Holder certs.Identity // whose key it is to be
	Card   CardClaim      // as the witness read it
	By     certs.Identity // the witness, who is not Holder
}

// Witness records a witness's word. The next certificate that the holder gets for that key on
// that card within ten minutes counts as on a card, and no other does. The holder's own word,
// one that names no card and one of another slot than that for signing in are ErrRefused. Who
// may be a witness is decided before.
func (c *CA) Witness(ctx context.Context, w WitnessStatement) (expires time.Time, err error) {
	if expires, err = c.witness(ctx, w); err != nil {
		return time.Time{}, fmt.Errorf("witness a key of %s: %w", w.Holder, err)
	}
	return expires, nil
}

func (c *CA) witness(ctx context.Context, w WitnessStatement) (expires time.Time, err error) {
	seen, err := w.Card.read()
	switch {
	case err == nil && seen == CardClaim{}:
		err = words("No card was seen.")
	case w.By == w.Holder, w.By.Kind() != certs.User, w.Holder.Kind() != certs.User:
		return time.Time{}, refuse(OwnWitness)
	case err == nil && seen.Slot != attest.LoginSlot:
		return time.Time{}, &refusal{cause: CardSlot, detail: errSlot}
	}
	if err != nil {
		return time.Time{}, &refusal{cause: BadEvidence, detail: err}
	}
	now := c.now()
	expires = now.Add(witnessed)
	return expires, c.db.Transact(ctx, func(tx *pg.Tx) error {
		if err := store.ForgetWitnesses(ctx, tx); err != nil {
			return err
		}
		err := store.InsertWitness(ctx, tx, store.CardWitness{
			KeyHash: w.Key[:], Holder: w.Holder.String(), Serial: seen.Serial, GUID: seen.GUID, Slot: seen.Slot,
			By: w.By.String(), At: now, Expires: expires,
		})
		if err != nil {
			return err
		}
		return c.report(ctx, tx, Act{
			What: "card.witness", Identity: w.Holder, By: w.By.String(), Card: seen.name(), NotAfter: expires,
			Note: fmt.Sprintf("key %x in slot %02x", w.Key, seen.Slot),
		})
	})
}
