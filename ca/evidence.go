package ca

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mais/ca/internal/issuance"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/certs/attest"
	"mais/internal/pg"
)

// Attestation is which makers of cards are trusted, and what is demanded of a key that they
// vouch for. The zero Attestation trusts none.
type Attestation struct {
	Roots  *attest.Roots
	Demand attest.Demand
}

// Evidence is what a request brings of how its key is held. The zero Evidence says nothing:
// the key counts as one in a file.
type Evidence struct {
	// Attestation is in DER: the maker's statement on the key, then the card's own certificate.
	Attestation [][]byte
	// Card is what the client says of the card. Where a witness has seen a card, that is recorded
	// and this must not say another; where nobody vouches, this is recorded beside the certificate
	// and puts the key on no card.
	Card CardClaim
}

// CardClaim is what a client says of the card that holds a key. The zero CardClaim is no card.
type CardClaim struct {
	Serial uint32 // 0: the card tells none
	GUID   string // of its CHUID (NIST SP 800-73-5, part 1, table 9): 32 hexadecimal digits in lower case, or ""
	Slot   byte   // such as 0x9a
}

var (
	guidForm = regexp.MustCompile(`^[0-9a-f]{32}$`)
	noGUID   = strings.Repeat("0", 32) // of cards that have another number instead (FIPS 201-3, 4.2.1)
)

// read checks a claim and drops what names no card.
func (c CardClaim) read() (CardClaim, error) {
	if c.GUID != "" && !guidForm.MatchString(c.GUID) {
		return CardClaim{}, words("The card's GUID is not 32 hexadecimal digits in lower case.")
	}
	if c.GUID == noGUID {
		c.GUID = ""
	}
	if c != (CardClaim{}) && c.Serial == 0 && c.GUID == "" {
		return CardClaim{}, words("The card has neither serial nor GUID.")
	}
	return c, nil
}

// name is the card's, as a witness saw it. The serial comes first: it stands on the card, and
// whoever has the card can write another GUID into it.
func (c CardClaim) name() string {
	if c.Serial != 0 {
		return "serial-" + strconv.FormatUint(uint64(c.Serial), 10)
	}
	return "guid-" + c.GUID
}

// fits reports whether two claims can be of one card: what both say is the same.
func (c CardClaim) fits(o CardClaim) bool {
	return (c.Serial == 0 || o.Serial == 0 || c.Serial == o.Serial) && (c.GUID == "" || o.GUID == "" || c.GUID == o.GUID) && c.Slot == o.Slot &&
		(c.Serial != 0 && o.Serial != 0 || c.GUID != "" && o.GUID != "")
}

// custody is how a key is held, as it was decided.
type custody struct {
	profile certs.Profile
	card    *store.CardUse // what is to be recorded; nil: the key is in a file
}

// custodyOf decides how the key of a request is held, from the evidence that came with it and
// from what witnesses have seen. Evidence that is there and proves nothing is refused, and does
// not merely lower the level: whoever sends it is mistaken about their card or lies. base is the
// profile of an order or of the certificate that is renewed; only a person's changes. What it
// asks of the database it asks of q. The level that it finds is for an enrolment; see renewedCustody.
func (c *CA) custodyOf(ctx context.Context, q pg.Querier, base certs.Profile, who certs.Identity, e Evidence, r issuance.Request) (custody, error) {
	rules, ok := certs.RulesOf(base)
	if !ok || rules.Kind != certs.User {
		return custody{profile: base}, nil
	}
	claim, err := e.Card.read()
	if err != nil {
		return custody{}, &refusal{cause: BadEvidence, detail: err}
	}
	use := store.CardUse{Slot: claim.Slot, Serial: claim.Serial, GUID: claim.GUID, KeyHash: r.KeyHash(), KeyType: string(certs.KeyTypeOf(r.Key())), At: c.now()}
	switch {
	case len(e.Attestation) > 0:
		return c.attestedCustody(use, claim, e.Attestation, r)
	case claim == CardClaim{}:
		return custody{profile: certs.PersonSoftware}, nil
	}
	return c.witnessedCustody(ctx, q, use, claim, who, r)
}

// attestedCustody is that of a key for which a card's maker vouches.
func (c *CA) attestedCustody(use store.CardUse, claim CardClaim, ders [][]byte, r issuance.Request) (custody, error) {
	chain, err := attest.Parse(ders)
	if err != nil {
		return custody{}, badEvidence(err)
	}
	s, err := c.attested.Roots.Verify(chain, r.Key(), c.now())
	if err == nil {
		err = c.attested.Demand.Check(s)
	}
	if err != nil {
		return custody{}, badEvidence(err)
	}
	if claim != (CardClaim{}) && (claim.Serial != 0 && claim.Serial != s.Serial || claim.Slot != s.Slot) {
		return custody{}, &refusal{cause: OtherCard, detail: errOtherCard}
	}
	use.Card, use.Serial, use.Slot, use.Maker = s.Card(), s.Serial, s.Slot, s.Maker
	use.Attestation, use.Firmware = [][]byte{chain[0].Raw, chain[1].Raw}, s.Firmware.String()
	use.PIN, use.Touch, use.Form = byte(s.PIN), byte(s.Touch), byte(s.Form)
	return custody{certs.PersonAttested, &use}, nil
}

// witnessedCustody is that of a key that is said to be on a card: it counts as such when a
// witness has seen it there a short while ago. The card is then what the witness saw.
func (c *CA) witnessedCustody(ctx context.Context, q pg.Querier, use store.CardUse, claim CardClaim, who certs.Identity, r issuance.Request) (custody, error) {
	w, err := c.witnessOf(ctx, q, who, r, claim.fits)
	switch {
	case err != nil:
		return custody{}, err
	case w == nil:
		return custody{certs.PersonSoftware, &use}, nil
	case claim.Slot != attest.LoginSlot:
		return custody{}, &refusal{cause: CardSlot, detail: errSlot}
	case !claim.fits(seenBy(*w)):
		return custody{}, &refusal{cause: OtherCard, detail: errSeenOther}
	}
	use.Card, use.Serial, use.GUID, use.Witness = seenBy(*w).name(), w.Serial, w.GUID, w.ID
	return custody{certs.PersonCard, &use}, nil
}

// witnessOf returns the last word on a request's key that fits, else the last, and nil when
// nobody has seen it.
func (c *CA) witnessOf(ctx context.Context, q pg.Querier, who certs.Identity, r issuance.Request, fits func(CardClaim) bool) (*store.CardWitness, error) {
	said, err := store.FindWitnesses(ctx, q, r.KeyHash(), who.String(), c.now())
	if err != nil || len(said) == 0 {
		return nil, err
	}
	n := slices.IndexFunc(said, func(w store.CardWitness) bool { return fits(seenBy(w)) })
	return &said[max(0, n)], nil
}

// seenBy is the card that a witness saw.
func seenBy(w store.CardWitness) CardClaim {
	return CardClaim{Serial: w.Serial, GUID: w.GUID, Slot: w.Slot}
}

func levelOf(p certs.Profile) certs.Level {
	rules, _ := certs.RulesOf(p)
	return rules.Level
}

// renewedCustody is custodyOf for the renewal of a certificate of a profile. Who holds a token
// proves that and not who they are: a copied token must not become a better one. So the level is
// that of the old certificate at most, unless a witness has seen this very key. The card is
// recorded all the same.
func (c *CA) renewedCustody(ctx context.Context, q pg.Querier, old certs.Profile, who certs.Identity, e Evidence, r issuance.Request) (custody, error) {
	held, err := c.custodyOf(ctx, q, old, who, e, r)
	if err != nil || levelOf(held.profile) <= levelOf(old) || held.card.Witness != "" {
		return held, err
	}
	fits := func(seen CardClaim) bool { return seen.Serial == 0 || seen.Serial == held.card.Serial }
	w, err := c.witnessOf(ctx, q, who, r, fits)
	switch {
	case err != nil:
		return custody{}, err
	case w == nil:
		held.profile = old
	case !fits(seenBy(*w)):
		return custody{}, &refusal{cause: OtherCard, detail: errSeenOther}
	default:
		held.card.Witness = w.ID
	}
	return held, nil
}

// words are a refusal's detail that people may read.
type words string

func (s words) Error() string { return string(s) }

const (
	errOtherCard = words("The attestation is of another card or slot than the one that is said to hold the key.")
	errSlot      = words("The key is not in slot 9A, which is the one for signing in.")
	errSeenOther = words("The witness saw another card or slot than the one that is said to hold the key.")
)

// evidenceCauses are the causes of what package attest refuses.
var evidenceCauses = map[attest.Fault]Cause{
	attest.Malformed: BadEvidence, attest.Untrusted: UnknownMaker, attest.Forged: ForgedEvidence, attest.Expired: BadEvidence, attest.OtherKey: OtherKey,
	attest.WrongSlot: CardSlot, attest.WrongPIN: CardPIN, attest.WrongTouch: CardTouch, attest.OldFirmware: CardFirmware, attest.NoSerial: CardSerial,
}

func badEvidence(err error) error {
	var e *attest.Error
	if !errors.As(err, &e) {
		return err
	}
	return &refusal{cause: evidenceCauses[e.Fault], detail: words(e.Why)}
}

// EvidenceFault returns what was wrong with the evidence when err refused a request for it, in
// a sentence that may be shown to whoever has proven to hold a token; else "". Whoever merely
// has a code learns nothing: see ErrRefused.
func EvidenceFault(err error) string {
	cause, detail := CauseOf(err)
	switch cause {
	case BadEvidence, UnknownMaker, ForgedEvidence, OtherKey, OtherCard, CardSlot, CardPIN, CardTouch, CardFirmware, CardSerial:
		return detail
	}
	return ""
}
