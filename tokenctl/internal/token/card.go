package token

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
)

// Mark is what the directory of a token in the making says of its key on a card. It is
// written before the card is changed, without a key, and again when the key is made.
type Mark struct {
	piv.Ref
	Key crypto.PublicKey // nil: it may not be made yet
}

// Making is how a key on a card is to be made. Whether the card may be changed, its caller
// has asked.
type Making struct {
	Card  piv.Ref // without a slot: the card; its GUID may be given by Setup
	Setup piv.Setup
	Key   piv.KeySpec
	Use   piv.Use // whose PIN is that of Setup

	Personalised func(piv.Personalised) // is told what became of Setup's PUK, even when what follows fails; may be nil
}

// OnCard returns the keeper of a key that is on a card already, and stays there: a token's
// next key is the same one, certified anew. A new one would destroy it before its successor
// was certified.
func OnCard(t *Token, use piv.Use) Keeper {
	return &onCard{ref: *t.Card, key: t.Certificate().PublicKey, use: use}
}

// NewOnCard returns the keeper of a key that is made on a card. The card is personalised
// first, as far as it is not yet.
func NewOnCard(m Making) Keeper {
	ref := m.Card
	ref.Slot, ref.PIN, ref.Touch = m.Key.Slot, m.Key.PIN, m.Key.Touch
	return &onCard{ref: ref, use: m.Use, making: &m}
}

type onCard struct {
	ref    piv.Ref
	key    crypto.PublicKey // nil: it is to be made
	use    piv.Use
	making *Making // nil: it is not to be made
}

func (k *onCard) open(t *Token) (crypto.Signer, error) {
	if t.Card == nil {
		return nil, damaged(t.Dir, errors.New("its key is not on a card"))
	}
	return piv.NewKey(*t.Card, t.Certificate().PublicKey, k.use), nil
}

func (k *onCard) mark(dir string) error { return writeMark(dir, Mark{k.ref, k.key}) }

func (k *onCard) make(ctx context.Context, dir string) (made, error) {
	mark, err := readMark(dir)
	if err != nil {
		return made{}, err
	}
	card, err := piv.Open(ctx, choice(k.ref), k.use.Waiting)
	if err != nil {
		return made{}, err
	}
	defer card.Close()
	if k.making != nil {
		if mark, err = k.making.take(card, dir, mark); err != nil {
			return made{}, err
		}
	}
	statement, err := attestation(card, mark)
	if err != nil {
		return made{}, err
	}
	return made{
		key:  piv.NewKey(mark.Ref, mark.Key, k.use),
		card: &mark.Ref,
		evidence: api.KeyEvidence{
			Attestation: statement,
			Card:        &api.Card{Serial: mark.Serial, GUID: mark.GUID, Slot: mark.Slot},
		},
	}, nil
}

// equip puts the certificate on the card.
func (k *onCard) equip(ctx context.Context, t *Token, _ crypto.Signer) error {
	card, err := piv.Open(ctx, t.Choice(), k.use.Waiting)
	if err != nil {
		return err
	}
	defer card.Close()
	return card.Store(k.use.PIN, t.Card.Slot, t.Certificate())
}

// take makes the card the officer's and a key on it, unless the mark's is on it. The mark is
// written for this card before it is changed, and with the key after.
func (m *Making) take(card *piv.Card, dir string, mark Mark) (Mark, error) {
	if !m.asksFor(mark) {
		mark.Key = nil // an earlier run's, of another card or another sort
	}
	mark.Ref = m.Card
	mark.Slot, mark.PIN, mark.Touch = m.Key.Slot, m.Key.PIN, m.Key.Touch
	if err := writeMark(dir, mark); err != nil {
		return mark, err
	}
	there, err := held(card, mark) // first: to look at a card makes it forget who has proved what
	if err != nil {
		return mark, err
	}
	done, err := card.Personalise(m.Setup)
	if m.Personalised != nil {
		m.Personalised(done)
	}
	if err != nil {
		return mark, err
	}
	if !there {
		if mark.Key, err = card.Generate(m.Setup.PIN, m.Key); err != nil {
			return mark, err
		}
	}
	if mark.GUID, err = card.GUID(); err != nil {
		return mark, err
	}
	return mark, writeMark(dir, mark)
}

// held reports whether the mark has a key and the card has it.
func held(card *piv.Card, mark Mark) (bool, error) {
	if mark.Key == nil {
		return false, nil
	}
	found, err := card.Summary()
	return err == nil && holds(found, mark), err
}

// asksFor reports whether an earlier run's key is such as is to be made now.
func (m *Making) asksFor(mark Mark) bool {
	same := mark.Serial == m.Card.Serial && (mark.Serial != 0 || mark.GUID == m.Card.GUID)
	return same && mark.Slot == m.Key.Slot && mark.PIN == m.Key.PIN && mark.Touch == m.Key.Touch && mark.Key != nil && certs.KeyTypeOf(mark.Key) == m.Key.Type
}

// holds reports whether the slot has the mark's key, as far as the card tells.
func holds(s piv.Summary, mark Mark) bool {
	at := slices.IndexFunc(s.Slots, func(slot piv.Slot) bool { return slot.Name == mark.Slot })
	if at < 0 {
		return false
	}
	switch slot := s.Slots[at]; {
	case slot.Public != nil:
		return certs.SameKey(mark.Key, slot.Public)
	case slot.Certificate != nil:
		return certs.SameKey(mark.Key, slot.Certificate.PublicKey)
	}
	return true
}

// attestation returns in PEM what the card's maker says of the key, or nothing where the card
// has no such thing. It notices a slot that has another key by now.
func attestation(card *piv.Card, mark Mark) (string, error) {
	chain, err := card.Attest(mark.Slot)
	if fault.Is(err, fault.CardLacks) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if len(chain) == 0 || !certs.SameKey(mark.Key, chain[0].PublicKey) {
		return "", fault.New(fault.Damaged, "if the card was reset or enrolled anew, ask your administrator for a new invitation and run 'tokenctl piv enrol --replace'",
			"%s has another key in its slot %s than the token's", CardName(mark.Ref), mark.Slot)
	}
	return string(certs.EncodeCertificates(chain...)), nil
}

// choice names the card of a token to package piv. A serial number outlives a GUID.
func choice(r piv.Ref) piv.Choice {
	if r.Serial != 0 {
		return piv.Choice{Serial: r.Serial}
	}
	return piv.Choice{GUID: r.GUID}
}

// Choice names the token's card to package piv; it is on one.
func (t *Token) Choice() piv.Choice { return choice(*t.Card) }

// CardName is how people call a card.
func CardName(r piv.Ref) string {
	if r.Serial != 0 {
		return fmt.Sprintf("card %d", r.Serial)
	}
	return "the card " + r.GUID
}

// marked is card.json.
type marked struct {
	Card piv.Ref `json:"card"`
	Key  []byte  `json:"key,omitempty"` // SubjectPublicKeyInfo, DER
}

func writeMark(dir string, m Mark) error {
	out := marked{Card: m.Ref}
	if m.Key != nil {
		var err error
		if out.Key, err = x509.MarshalPKIXPublicKey(m.Key); err != nil {
			return err
		}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	if err := writeFile(dir, cardFile+".new", append(text, '\n')); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(dir, cardFile+".new"), filepath.Join(dir, cardFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

// readMark returns the zero Mark where the directory is marked with no card.
func readMark(dir string) (Mark, error) {
	if _, err := os.Stat(filepath.Join(dir, cardFile)); errors.Is(err, fs.ErrNotExist) {
		return Mark{}, nil
	}
	text, err := readFile(dir, cardFile)
	if err != nil {
		return Mark{}, err
	}
	var in marked
	if err := json.Unmarshal(text, &in); err != nil {
		return Mark{}, damaged(dir, fmt.Errorf("%s: %w", cardFile, err))
	}
	m := Mark{Ref: in.Card}
	if in.Key != nil {
		if m.Key, err = x509.ParsePKIXPublicKey(in.Key); err != nil {
			return Mark{}, damaged(dir, fmt.Errorf("%s: %w", cardFile, err))
		}
	}
	return m, nil
}
