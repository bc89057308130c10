package ca

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/ca/internal/issuance"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/certs/attest"
	"mais/internal/pg"
)

// CardState is how a card stands. It is derived: from the certificates on it, and from whether
// it was returned since the last of them.
type CardState string

// The states.
const (
	CardInUse    CardState = "in-use"   // a live certificate is on it
	CardHeld     CardState = "held"     // none is live, one is on hold
	CardEnded    CardState = "ended"    // all have ended, and its keys may still be on it
	CardReturned CardState = "returned" // somebody said that it is blank, after the last certificate on it
)

// ErrCardInUse is returned for a card that has a certificate that is live or on hold.
var ErrCardInUse = errors.New("ca: the card has a certificate that has not ended")

// Card is a card that people's keys were certified on, as its maker or a witness said. What a
// holder merely says of a card is none of its.
type Card struct {
	ID        string             // maker and serial, yubico-12345678, where the maker vouched for it; else as a witness saw it, serial-… or guid-…
	Maker     string             // the common name of the maker's root; "" when a witness saw it
	Serial    uint32             // 0: none told
	GUID      string             // as the client last said
	Firmware  attest.Version     // zero: not proven
	Form      attest.FormFactor  // zero: not proven
	Attested  bool               // its maker vouches for it
	Level     certs.Level        // of the last certificate that was vouched for, by maker or witness: so with what follows
	Key       certs.KeyType      // of that key
	Slot      byte               // of that key
	PIN       attest.PINPolicy   // of that key; zero: not proven
	Touch     attest.TouchPolicy // of that key; zero: not proven
	FirstSeen time.Time          // when the first certificate on it was issued
	LastSeen  time.Time          // when the last was

	State        CardState
	Certificates int // how many were ever on it
	Live, Held   int // how many of them are live; are on hold and have not expired

	Holders      []certs.Identity // of its certificates, each once, the last first
	Holder, Name string           // of the last certificate that was vouched for
	ReturnedAt   time.Time        // zero: it was not returned since
	ReturnedBy   string
}

// Warnings returns what administrators should know of the card, a sentence each.
func (c Card) Warnings() (all []string) {
	if !c.Attested {
		all = append(all, "No maker vouches for this card: a witness saw it.")
	}
	if len(c.Holders) > 1 {
		all = append(all, fmt.Sprintf("It has held keys of %d people.", len(c.Holders)))
	}
	return append(all, c.Firmware.Warnings(strings.HasPrefix(string(c.Key), "P-"))...)
}

// CardFilter chooses cards; the zero CardFilter chooses all. All that is given must hold.
type CardFilter struct {
	Text        string // part of the id, GUID, holder or name, in any case, or the whole serial in decimal
	State       CardState
	Level       certs.Level // of the last certificate on it; 0: any
	OtherHolder bool        // only those that have held keys of more than one
	// With Confined only cards whose last certificate is of one of these Identities are chosen,
	// and none when there are none: who has passed a card on sees no more of it.
	Confined   bool
	Identities []certs.Identity
}

// KnowsCardState reports whether a CardFilter can have a state.
func KnowsCardState(s CardState) bool {
	return slices.Contains([]CardState{"", CardInUse, CardHeld, CardEnded, CardReturned}, s)
}

// Cards returns a page of the cards that a filter chooses, the last seen first, and how many
// it chooses in all.
func (c *CA) Cards(ctx context.Context, f CardFilter, limit, offset int) (page []Card, total int, err error) {
	chosen := store.CardFilter{
		Text: strings.ToLower(strings.TrimSpace(f.Text)), State: string(f.State), OtherHolder: f.OtherHolder,
		Confined: f.Confined, Identities: identityTexts(f.Identities), Now: c.now(),
	}
	if f.Level != 0 {
		chosen.Level = f.Level.String()
	}
	if total, err = store.CountCards(ctx, c.db, chosen); err != nil || limit == 0 {
		return nil, total, err
	}
	page, err = cardsOf(store.Cards(ctx, c.db, chosen, limit, offset))
	return page, total, err
}

// CardOf returns one card, or ErrUnknown.
func (c *CA) CardOf(ctx context.Context, id string) (Card, error) {
	found, err := cardsOf(store.Cards(ctx, c.db, store.CardFilter{IDs: []string{id}, Now: c.now()}, 1, 0))
	if err == nil && len(found) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Card{}, fmt.Errorf("card %q: %w", id, err)
	}
	return found[0], nil
}

// CardsOf returns all cards that have ever held a key of an identity, the last seen first.
func (c *CA) CardsOf(ctx context.Context, who certs.Identity) ([]Card, error) {
	ids, err := store.CardsEverOf(ctx, c.db, who.String())
	if err != nil {
		return nil, err
	}
	return cardsOf(store.Cards(ctx, c.db, store.CardFilter{IDs: ids, Now: c.now()}, 0, 0))
}

// ReturnCard records that a card was given back and is blank, as by says who saw to it. A card
// that is not there is ErrUnknown; one with a certificate that is live or on hold is
// ErrCardInUse. Saying it twice does no harm and is audited twice.
func (c *CA) ReturnCard(ctx context.Context, id, by string) error {
	err := c.db.Transact(ctx, func(tx *pg.Tx) error {
		card, err := store.LockCard(ctx, tx, id, c.now())
		switch {
		case err != nil:
			return unknownIfNone(err)
		case card.Live+card.Held > 0:
			return ErrCardInUse
		}
		if err := store.ReturnCard(ctx, tx, id, by); err != nil {
			return err
		}
		who, err := certs.ParseIdentity(card.Holders[0])
		if err != nil {
			return err
		}
		return c.report(ctx, tx, Act{What: "card.returned", Card: id, Identity: who, Holder: card.Holder, Name: card.Name, By: by})
	})
	if err != nil {
		return fmt.Errorf("return card %q: %w", id, err)
	}
	return nil
}

// AttestationOf returns what a card's maker said of a certificate's key when it was issued, in
// DER as Evidence has it; none where no maker did.
func (c *CA) AttestationOf(ctx context.Context, ref certs.Ref) ([][]byte, error) {
	return store.Attestation(ctx, c.db, ref)
}

// recordCard records the card of a certificate that is being issued, and reports it when the
// last key that was vouched for on that card was somebody else's.
func (c *CA) recordCard(ctx context.Context, tx *pg.Tx, i *issuance.Issued, origin store.Origin) error {
	if origin.Card == nil {
		return nil
	}
	who := i.Subject().Identity
	former, err := store.RecordCard(ctx, tx, i.Ref(), who.String(), *origin.Card)
	if errors.Is(err, store.ErrWitnessUsed) { // by a request that was faster
		return &refusal{cause: WitnessUsed, ref: i.Ref(), detail: err}
	}
	if err != nil || former == "" {
		return err
	}
	before, err := certs.ParseIdentity(former)
	if err != nil {
		return err
	}
	return c.report(ctx, tx, Act{
		What: "card.other-holder", Card: origin.Card.Card, Former: before, Identity: who, Holder: origin.Holder, Name: i.Subject().Name,
		By: origin.By, Ref: i.Ref(),
	})
}

func cardsOf(found []store.Card, err error) ([]Card, error) {
	if err != nil {
		return nil, err
	}
	var all []Card
	for _, f := range found {
		card, err := cardOf(f)
		if err != nil {
			return nil, err
		}
		all = append(all, card)
	}
	return all, nil
}

func cardOf(f store.Card) (Card, error) {
	key, err := cardKey(f.Last)
	if err != nil {
		return Card{}, err
	}
	rules, _ := certs.RulesOf(certs.Profile(f.Issued))
	c := Card{
		ID: key.Card, Maker: key.Maker, Serial: key.Serial, GUID: key.GUID, Firmware: key.Firmware, Form: key.Form, Attested: key.Attested,
		Level: rules.Level, Key: key.Type, Slot: key.Slot, PIN: key.PIN, Touch: key.Touch, FirstSeen: f.FirstSeen, LastSeen: f.Last.At,
		State: CardState(f.State), Certificates: f.Uses, Live: f.Live, Held: f.Held, Holder: f.Holder, Name: f.Name,
		ReturnedAt: f.ReturnedAt.Time, ReturnedBy: f.ReturnedBy,
	}
	for _, text := range f.Holders {
		who, err := certs.ParseIdentity(text)
		if err != nil {
			return Card{}, err
		}
		if !slices.Contains(c.Holders, who) {
			c.Holders = append(c.Holders, who)
		}
	}
	return c, nil
}
