package lifecycle

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/certs/attest"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

// ErrCardInUse: a card cannot be given back while something on it is good or on hold.
var ErrCardInUse = errors.New("lifecycle: something on the card has not ended")

// ErrWitnessLevel: a witness's own key is in a file, and a role demands more.
var ErrWitnessLevel = errors.New("lifecycle: who vouches for a card must have one")

// keysShown is how many certificates of one card are listed.
const keysShown = 200

// Cards returns a page of the inventory of cards, of those whose last holder the caller
// administers. What is wrong with the filter is an *InvalidError.
func (s *Service) Cards(ctx context.Context, p authn.Principal, f api.CardFilter) (api.CardList, error) {
	r := reachOf(p)
	if !r.administers() {
		return api.CardList{}, ErrNotAllowed
	}
	chosen, err := s.cardFilter(ctx, r, f)
	if err != nil {
		return api.CardList{}, err
	}
	page := api.CardList{Page: orElse(f.Page, 1), PerPage: orElse(f.PerPage, defaultPage)}
	found, total, err := s.opts.CA.Cards(ctx, chosen, page.PerPage, (page.Page-1)*page.PerPage)
	if err != nil {
		return api.CardList{}, err
	}
	page.Total = total
	page.Cards, err = s.wireCards(ctx, found)
	return page, err
}

var cardLevels = map[string]certs.Level{
	certs.Software.String(): certs.Software, certs.Card.String(): certs.Card, certs.Attested.String(): certs.Attested,
}

func (s *Service) cardFilter(ctx context.Context, r reach, f api.CardFilter) (ca.CardFilter, error) {
	wrong := &InvalidError{}
	add := func(bad bool, field, detail string) {
		if bad {
			wrong.Fields = append(wrong.Fields, api.FieldError{Field: field, Detail: detail})
		}
	}
	level, known := cardLevels[f.Level]
	add(len(f.Query) > maxText || !ca.OneLine(f.Query), "q", "is not one line of at most 254 bytes")
	add(!ca.KnowsCardState(ca.CardState(f.State)), "state", "is not in-use, held, ended or returned")
	add(f.Level != "" && !known, "level", "is not software, card or attested")
	add(f.Page < 0 || f.Page > maxPages, "page", "is not between 1 and 1000000")
	add(f.PerPage < 0 || f.PerPage > maxPage, "per_page", "is not between 1 and 200")
	if len(wrong.Fields) > 0 {
		return ca.CardFilter{}, wrong
	}
	out := ca.CardFilter{Text: f.Query, State: ca.CardState(f.State), Level: level, OtherHolder: f.OtherHolder}
	var within ca.Filter
	if err := s.confine(ctx, r, people.Choice{}, &within); err != nil {
		return ca.CardFilter{}, err
	}
	out.Confined, out.Identities = within.Confined, within.Identities
	return out, nil
}

// card returns a card whose last holder the caller administers.
func (s *Service) card(ctx context.Context, r reach, id string) (ca.Card, error) {
	if !r.administers() {
		return ca.Card{}, ErrNotAllowed // whether it is there or not
	}
	found, err := s.opts.CA.CardOf(ctx, id)
	if errors.Is(err, ca.ErrUnknown) {
		err = ErrUnknown
	}
	if err != nil {
		return ca.Card{}, err
	}
	if within, err := s.within(ctx, r, lastHolder(found)); err != nil || !within {
		return ca.Card{}, errors.Join(err, ErrUnknown)
	}
	return found, nil
}

// lastHolder is whose certificate was the last on a card.
func lastHolder(c ca.Card) certs.Identity {
	if len(c.Holders) == 0 {
		return certs.Identity{}
	}
	return c.Holders[0]
}

// Card returns a card whose last holder the caller administers, with the certificates that were
// ever on it, as far as they are the caller's to see.
func (s *Service) Card(ctx context.Context, p authn.Principal, id string) (api.CardDetail, error) {
	r := reachOf(p)
	found, err := s.card(ctx, r, id)
	if err != nil {
		return api.CardDetail{}, err
	}
	wire, err := s.wireCards(ctx, []ca.Card{found})
	if err != nil {
		return api.CardDetail{}, err
	}
	d := api.CardDetail{CardEntry: wire[0], Warnings: found.Warnings()}
	keys := ca.Filter{Card: id}
	if err := s.confine(ctx, r, people.Choice{}, &keys); err != nil {
		return api.CardDetail{}, err
	}
	on, total, err := s.opts.CA.Inventory(ctx, keys, "-issued", keysShown, 0)
	if err != nil {
		return api.CardDetail{}, err
	}
	d.Others = max(0, found.Certificates-total)
	if d.Keys, err = s.wire(ctx, on); err != nil {
		return api.CardDetail{}, err
	}
	if d.Holders, err = s.cardHolders(ctx, r, found, d.Keys); err != nil {
		return api.CardDetail{}, err
	}
	d.May, err = s.mayCard(ctx, r, found)
	return d, err
}

// cardHolders are those who had a card whom the caller administers, the last first.
func (s *Service) cardHolders(ctx context.Context, r reach, c ca.Card, keys []api.Certificate) ([]api.CardHolder, error) {
	members, err := s.whose(ctx, c.Holders)
	if err != nil {
		return nil, err
	}
	holders := []api.CardHolder{}
	for _, who := range c.Holders {
		m := members[who.ID()]
		if !r.all && m.Agency != r.agency {
			continue
		}
		h := api.CardHolder{Holder: m.Label, Name: m.Name, Agency: m.Agency}
		if h.Holder == "" { // not in the register: as the certificate has them
			if n := slices.IndexFunc(keys, func(k api.Certificate) bool { return k.Identity == who.String() }); n >= 0 {
				h.Holder, h.Name = keys[n].Holder, keys[n].Name
			}
		}
		holders = append(holders, h)
	}
	return holders, nil
}

// mayCard lists what somebody may do with a card that they may look at, as it stands.
func (s *Service) mayCard(ctx context.Context, r reach, c ca.Card) ([]string, error) {
	acts, who := []string{}, lastHolder(c)
	within, err := s.reaches(ctx, r, who)
	if err != nil || !within {
		return acts, err
	}
	if c.Live > 0 {
		acts = append(acts, "hold")
	}
	if c.Held > 0 {
		released, err := s.permits(ctx, r, "release", who)
		if err != nil {
			return nil, err
		}
		if released {
			acts = append(acts, "release")
		}
	}
	if c.Live+c.Held > 0 {
		acts = append(acts, "revoke")
	}
	acts = append(acts, "replace")
	if c.State != ca.CardReturned {
		acts = append(acts, "return")
	}
	return acts, nil
}

// ReturnCard notes that a card was given back. It returns ErrCardInUse while something on it is
// good or on hold, ErrUnknown for a card that the caller does not administer, and ErrNotAllowed
// for one whose holder they may not change. The event commits with it.
func (s *Service) ReturnCard(ctx context.Context, p authn.Principal, id string) (api.CardDetail, error) {
	r := reachOf(p)
	found, err := s.card(ctx, r, id)
	if err != nil {
		return api.CardDetail{}, err
	}
	within, err := s.reaches(ctx, r, lastHolder(found))
	if err == nil && !within {
		err = ErrNotAllowed
	}
	if err != nil {
		return api.CardDetail{}, err
	}
	err = s.opts.CA.ReturnCard(ctx, id, p.Identity().String())
	if errors.Is(err, ca.ErrCardInUse) {
		err = fmt.Errorf("%w: %w", ErrCardInUse, err)
	}
	if err != nil {
		return api.CardDetail{}, err
	}
	return s.Card(ctx, p, id)
}

// Witness records the word of an administrator that a key of somebody whom they administer was
// made on a card before their eyes. Nobody is a witness for themselves. It gives nothing by
// itself: the officer's code, or their present token, is still needed. It returns ErrUnknown
// for whom the caller does not administer, ErrNotAllowed for whom only an administrator
// speaks, and ErrWitnessLevel where a role demands a card and the caller's key is on none; what
// is wrong with the request is an *InvalidError.
func (s *Service) Witness(ctx context.Context, p authn.Principal, w api.WitnessRequest) (api.Witnessed, error) {
	r := reachOf(p)
	if !r.administers() {
		return api.Witnessed{}, ErrNotAllowed
	}
	if err := s.mayVouch(ctx, p.Level()); err != nil {
		return api.Witnessed{}, err
	}
	statement, err := s.statement(w)
	if err != nil {
		return api.Witnessed{}, err
	}
	u, err := s.invited(ctx, r, strings.ToLower(w.Email))
	if err != nil {
		return api.Witnessed{}, err
	}
	if statement.Holder, err = certs.NewIdentity(certs.User, u.ID); err != nil {
		return api.Witnessed{}, err
	}
	statement.By = p.Identity()
	if statement.Holder == statement.By {
		return api.Witnessed{}, ErrNotAllowed
	}
	if err := s.notAbove(ctx, r, u.ID); err != nil {
		return api.Witnessed{}, err
	}
	expires, err := s.opts.CA.Witness(ctx, statement)
	if errors.Is(err, ca.ErrRefused) {
		err = invalid("card", "is not a card with a number that could be read")
	}
	if err != nil {
		return api.Witnessed{}, err
	}
	return api.Witnessed{ExpiresAt: expires.UTC().Truncate(time.Second)}, nil
}

// mayVouch lets whoever has a card vouch for one; and everybody while no role demands one, or
// there would be no first card. Otherwise a copied file would make cards.
func (s *Service) mayVouch(ctx context.Context, own certs.Level) error {
	if own >= certs.Card {
		return nil
	}
	demanded, err := s.opts.Register.Levels(ctx)
	if err == nil && slices.ContainsFunc(demanded, func(level string) bool { return level != certs.Software.String() }) {
		err = ErrWitnessLevel
	}
	return err
}

// statement reads what a witness says of key and card.
func (s *Service) statement(w api.WitnessRequest) (out ca.WitnessStatement, err error) {
	wrong := &InvalidError{}
	add := func(bad bool, field, detail string) {
		if bad {
			wrong.Fields = append(wrong.Fields, api.FieldError{Field: field, Detail: detail})
		}
	}
	key, err := hex.DecodeString(w.Key)
	add(err != nil || len(key) != len(out.Key) || strings.ToLower(w.Key) != w.Key, "key", "is not a SHA-256 in 64 hexadecimal digits in lower case")
	add(w.Email == "" || len(w.Email) > maxText || !ca.OneLine(w.Email), "email", "is not an email address")
	slot, err := hex.DecodeString(w.Card.Slot)
	add(err != nil || len(slot) != 1 || slot[0] != attest.LoginSlot, "card.slot", "is not 9a, the slot for signing in")
	add(w.Card.Serial == 0 && w.Card.GUID == "", "card", "has neither a serial number nor a GUID")
	if len(wrong.Fields) > 0 {
		return out, wrong
	}
	copy(out.Key[:], key)
	out.Card = ca.CardClaim{Serial: w.Card.Serial, GUID: w.Card.GUID, Slot: slot[0]}
	return out, nil
}

// wireCards turns cards into what the API says of them.
func (s *Service) wireCards(ctx context.Context, found []ca.Card) ([]api.CardEntry, error) {
	var ids []certs.Identity
	for _, c := range found {
		ids = append(ids, lastHolder(c))
		if by, err := certs.ParseIdentity(c.ReturnedBy); err == nil {
			ids = append(ids, by)
		}
	}
	members, err := s.whose(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]api.CardEntry, 0, len(found))
	for _, c := range found {
		e := api.CardEntry{
			ID: c.ID, Serial: c.Serial, GUID: c.GUID, Attested: c.Attested, Maker: c.Maker, Firmware: c.Firmware.String(), Form: c.Form.String(),
			Level: c.Level.String(), State: string(c.State), Holder: c.Holder, Name: c.Name, Agency: members[lastHolder(c).ID()].Agency,
			OtherHolder: len(c.Holders) > 1, Certificates: c.Certificates, Live: c.Live, Held: c.Held,
			FirstSeen: c.FirstSeen.UTC(), LastSeen: c.LastSeen.UTC(), ReturnedAt: given(c.ReturnedAt), ReturnedBy: c.ReturnedBy,
		}
		if by, err := certs.ParseIdentity(c.ReturnedBy); err == nil && members[by.ID()].Label != "" {
			e.ReturnedBy = members[by.ID()].Label
		}
		out = append(out, e)
	}
	return out, nil
}

// onCard says which card a certificate's key is on, or nothing.
func onCard(e ca.Entry, members map[string]people.Member) *api.KeyOnCard {
	if e.Card == nil {
		return nil
	}
	k := e.Card
	on := &api.KeyOnCard{
		ID: k.Card, Serial: k.Serial, GUID: k.GUID, Slot: fmt.Sprintf("%02x", k.Slot), Attested: k.Attested, Maker: k.Maker,
		Firmware: k.Firmware.String(), Form: k.Form.String(), PIN: k.PIN.String(), Touch: k.Touch.String(), WitnessedAt: given(k.WitnessAt),
	}
	if !k.Witness.IsZero() {
		on.Witness = k.Witness.String()
		if m := members[k.Witness.ID()]; m.Label != "" {
			on.Witness = m.Label
		}
	}
	return on
}
