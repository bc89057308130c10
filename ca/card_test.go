package ca_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/certs/attest"
	"mais/certs/attest/attesttest"
)

// onCard enrols a new person with a key on a card.
func (s station) onCard(t testing.TB, name string, card attesttest.Card) (ca.Issued, certs.Identity) {
	t.Helper()
	key := catest.Key(t)
	i := ca.Invitation{Identity: catest.Identity(t, certs.User), Holder: strings.ToLower(name) + "@example.org", Name: name, By: "test"}
	issued, err := s.enrolWith(t, i, key, ca.Evidence{Attestation: card.DER(t, key.Public())})
	if err != nil {
		t.Fatal(err)
	}
	return issued, i.Identity
}

// witnessed enrols a new person with a key that somebody has seen on a card, and that their
// program claims to be on one.
func (s station) witnessed(t testing.TB, name string, seen, claim ca.CardClaim) (ca.Issued, certs.Identity) {
	t.Helper()
	key := catest.Key(t)
	i := ca.Invitation{Identity: catest.Identity(t, certs.User), Holder: strings.ToLower(name) + "@example.org", Name: name, By: "test"}
	if _, err := s.Witness(t.Context(), ca.WitnessStatement{Key: keyHash(t, key), Holder: i.Identity, Card: seen, By: catest.Identity(t, certs.User)}); err != nil {
		t.Fatal(err)
	}
	issued, err := s.enrolWith(t, i, key, ca.Evidence{Card: claim})
	if err != nil || level(t, issued) != certs.Card {
		t.Fatalf("Enrol = level %v, %v", level(t, issued), err)
	}
	return issued, i.Identity
}

func (s station) card(t testing.TB, id string) ca.Card {
	t.Helper()
	card, err := s.CardOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// TestLifeOfACard: in use, on hold, in use, ended, returned, and in use by somebody else.
func TestLifeOfACard(t *testing.T) {
	s := newStation(t)
	ctx, card := t.Context(), s.maker.Card(t, 77)
	issued, jane := s.onCard(t, "Jane", card)
	id := s.key(t, issued).Card
	want := func(state ca.CardState, certificates, live, held int) {
		t.Helper()
		got := s.card(t, id)
		if got.State != state || got.Certificates != certificates || got.Live != live || got.Held != held {
			t.Errorf("the card is %s with %d certificates, %d live, %d on hold; want %s, %d, %d, %d",
				got.State, got.Certificates, got.Live, got.Held, state, certificates, live, held)
		}
	}
	want(ca.CardInUse, 1, 1, 0)
	if err := s.ReturnCard(ctx, id, "test"); !errors.Is(err, ca.ErrCardInUse) {
		t.Errorf("ReturnCard in use = %v", err)
	}
	must(t, s.Hold(ctx, issued.Ref, "test"))
	want(ca.CardHeld, 1, 0, 1)
	if err := s.ReturnCard(ctx, id, "test"); !errors.Is(err, ca.ErrCardInUse) {
		t.Errorf("ReturnCard on hold = %v", err)
	}
	must(t, s.Release(ctx, issued.Ref, "test"))
	want(ca.CardInUse, 1, 1, 0)
	must(t, s.Revoke(ctx, issued.Ref, ca.CessationOfOperation, "test"))
	want(ca.CardEnded, 1, 0, 0)
	must(t, s.ReturnCard(ctx, id, "the desk"), s.ReturnCard(ctx, id, "the desk, again"))
	want(ca.CardReturned, 1, 0, 0)
	if got := s.card(t, id); got.ReturnedBy != "the desk" || got.ReturnedAt.IsZero() {
		t.Errorf("it was returned by %q at %v", got.ReturnedBy, got.ReturnedAt)
	}
	if acts := s.acts("card.returned"); len(acts) != 2 || acts[0].Card != id || acts[0].Identity != jane || acts[0].By != "the desk" {
		t.Errorf("the acts are %+v", acts)
	}
	next, john := s.onCard(t, "John", card)
	want(ca.CardInUse, 2, 1, 0)
	got := s.card(t, id)
	if !slices.Equal(got.Holders, []certs.Identity{john, jane}) || got.Holder != "john@example.org" || !got.ReturnedAt.IsZero() {
		t.Errorf("the card is of %v, last %q, returned %v", got.Holders, got.Holder, got.ReturnedAt)
	}
	if warnings := got.Warnings(); len(warnings) != 1 || !strings.Contains(warnings[0], "2 people") {
		t.Errorf("Warnings = %q", warnings)
	}
	acts := s.acts("card.other-holder")
	if len(acts) != 1 || acts[0].Card != id || acts[0].Former != jane || acts[0].Identity != john || acts[0].Ref != next.Ref {
		t.Fatalf("the acts are %+v", acts)
	}
	// The new holder's next certificate on it is no news; the former's is.
	if _, err := s.Renew(ctx, next.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{}); err != nil {
		t.Fatal(err)
	}
	s.onSameCard(t, john, card)
	if n := len(s.acts("card.other-holder")); n != 1 {
		t.Errorf("%d events after the new holder's next certificate, want 1", n)
	}
	s.onSameCard(t, jane, card)
	if acts := s.acts("card.other-holder"); len(acts) != 2 || acts[1].Former != john {
		t.Errorf("after the former holder is back: %+v", acts)
	}
	if err := s.ReturnCard(ctx, "yubico-1", "test"); !errors.Is(err, ca.ErrUnknown) {
		t.Errorf("ReturnCard of no card = %v", err)
	}
}

// onSameCard gives somebody another certificate with a new key on a card.
func (s station) onSameCard(t testing.TB, who certs.Identity, card attesttest.Card) {
	t.Helper()
	key := catest.Key(t)
	i := ca.Invitation{Identity: who, Holder: "again@example.org", Name: "Again", By: "test"}
	if _, err := s.enrolWith(t, i, key, ca.Evidence{Attestation: card.DER(t, key.Public())}); err != nil {
		t.Fatal(err)
	}
}

func TestCards(t *testing.T) {
	s := newStation(t)
	ctx := t.Context()
	weak := s.maker.Card(t, 1111, func(a *attest.Statement) { a.Firmware = attest.Version{Major: 5, Minor: 4, Patch: 3} })
	issued, anna := s.onCard(t, "Anna", weak)
	idOf := func(i ca.Issued) string { return s.key(t, i).Card }
	first := idOf(issued)
	passed := s.maker.Card(t, 2222)
	issued, bert := s.onCard(t, "Bert", passed)
	second := idOf(issued)
	must(t, s.Revoke(ctx, issued.Ref, ca.Unspecified, "test"))
	_, carl := s.onCard(t, "Carl", passed)
	plain := ca.CardClaim{Serial: 1111, GUID: strings.Repeat("d0", 16), Slot: slot9A}
	seen, _ := s.witnessed(t, "Dora_", plain, plain)
	third := idOf(seen)
	must(t, s.Hold(ctx, seen.Ref, "test"))
	for name, test := range map[string]struct {
		f    ca.CardFilter
		want []string
	}{
		"all":                        {ca.CardFilter{}, []string{third, second, first}},
		"a serial":                   {ca.CardFilter{Text: "1111"}, []string{third, first}},
		"part of a serial":           {ca.CardFilter{Text: "-222"}, []string{second}},
		"a GUID":                     {ca.CardFilter{Text: "D0D0"}, []string{third}},
		"a holder":                   {ca.CardFilter{Text: "anna@"}, []string{first}},
		"a name":                     {ca.CardFilter{Text: "dora_"}, []string{third}},
		"a pattern":                  {ca.CardFilter{Text: "%"}, nil},
		"on hold":                    {ca.CardFilter{State: ca.CardHeld}, []string{third}},
		"in use":                     {ca.CardFilter{State: ca.CardInUse}, []string{second, first}},
		"returned":                   {ca.CardFilter{State: ca.CardReturned}, nil},
		"seen":                       {ca.CardFilter{Level: certs.Card}, []string{third}},
		"software":                   {ca.CardFilter{Level: certs.Software}, nil},
		"ended":                      {ca.CardFilter{State: ca.CardEnded}, nil},
		"attested":                   {ca.CardFilter{Level: certs.Attested}, []string{second, first}},
		"of more than one":           {ca.CardFilter{OtherHolder: true}, []string{second}},
		"confined":                   {ca.CardFilter{Confined: true, Identities: []certs.Identity{anna, carl}}, []string{second, first}},
		"confined to a former":       {ca.CardFilter{Confined: true, Identities: []certs.Identity{bert}}, nil},
		"confined to nobody":         {ca.CardFilter{Confined: true}, nil},
		"in use, of a certain level": {ca.CardFilter{State: ca.CardInUse, Level: certs.Attested, Text: "carl"}, []string{second}},
	} {
		page, total, err := s.Cards(ctx, test.f, 10, 0)
		if diff := cmp.Diff(test.want, ids(page)); err != nil || diff != "" || total != len(test.want) {
			t.Errorf("%s: %d in all, %v\n%s", name, total, err, diff)
		}
	}
	if page, total, err := s.Cards(ctx, ca.CardFilter{}, 1, 1); err != nil || total != 3 || !slices.Equal(ids(page), []string{second}) {
		t.Errorf("the second page = %q of %d, %v", ids(page), total, err)
	}
	if of, err := s.CardsOf(ctx, bert); err != nil || !slices.Equal(ids(of), []string{second}) {
		t.Errorf("CardsOf the former holder = %q, %v", ids(of), err)
	}
	if got := s.card(t, first).Warnings(); len(got) != 1 || !strings.Contains(got[0], "CVE-2024-45678") {
		t.Errorf("Warnings of old firmware = %q", got)
	}
	if _, err := s.CardOf(ctx, "guid-x"); !errors.Is(err, ca.ErrUnknown) {
		t.Errorf("CardOf no card = %v", err)
	}
	// The inventory by card, which plans choose by as well.
	entries, total, err := s.Inventory(ctx, ca.Filter{Card: second}, "issued", 10, 0)
	if err != nil || total != 2 || entries[0].Identity != bert || entries[1].Card.Card != second {
		t.Errorf("the certificates of a card: %d, %+v, %v", total, entries, err)
	}
}

// TestClaimsMoveNoCard: what a program merely says of a card changes nothing of the card that a
// witness has seen or a maker vouches for, whoever says it: not its holder, state or number of
// keys, and it is no news.
func TestClaimsMoveNoCard(t *testing.T) {
	s := newStation(t)
	ctx, plain := t.Context(), ca.CardClaim{GUID: strings.Repeat("ab", 16), Slot: slot9A}
	seen, jane := s.witnessed(t, "Jane", plain, plain)
	proven, _ := s.onCard(t, "Jack", s.maker.Card(t, 5))
	for _, issued := range []ca.Issued{seen, proven} {
		id := s.key(t, issued).Card
		before := s.card(t, id)
		claim := ca.CardClaim{Serial: before.Serial, GUID: before.GUID, Slot: slot9A}
		mallory := ca.Invitation{Identity: catest.Identity(t, certs.User), Holder: "mallory@example.org", Name: "Mallory", By: "test"}
		claimed, err := s.enrolWith(t, mallory, catest.Key(t), ca.Evidence{Card: claim})
		if err != nil || level(t, claimed) != certs.Software {
			t.Fatalf("Enrol = level %v, %v", level(t, claimed), err)
		}
		if renewed, err := s.Renew(ctx, claimed.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{Card: claim}); err != nil || s.key(t, renewed).Card != "" {
			t.Errorf("Mallory's renewal: %+v, %v", s.key(t, renewed), err)
		}
		if diff := cmp.Diff(before, s.card(t, id), cmp.AllowUnexported(certs.Identity{})); diff != "" {
			t.Errorf("card %s after others claimed it:\n%s", id, diff)
		}
		if of, err := s.CardsOf(ctx, mallory.Identity); err != nil || len(of) != 0 {
			t.Errorf("Mallory's cards = %q, %v", ids(of), err)
		}
		must(t, s.Revoke(ctx, issued.Ref, ca.Unspecified, "test"), s.ReturnCard(ctx, id, "test"))
		if got := s.card(t, id); got.State != ca.CardReturned {
			t.Errorf("card %s is %s while somebody claims it, want returned", id, got.State)
		}
	}
	if acts := s.acts("card.other-holder"); len(acts) != 0 {
		t.Errorf("claims are news: %+v", acts)
	}
	if page, _, err := s.Cards(ctx, ca.CardFilter{Confined: true, Identities: []certs.Identity{jane}}, 10, 0); err != nil || len(page) != 1 {
		t.Errorf("Jane's agency sees %q, %v", ids(page), err)
	}
}

// TestSameKeyStaysOnItsCard: a key that was seen on a card is on it still when its certificate is
// renewed and nobody vouches any more, so that whoever holds the card holds that as well.
func TestSameKeyStaysOnItsCard(t *testing.T) {
	s := newStation(t)
	i, key, seen := invitation(t), catest.Key(t), ca.CardClaim{Serial: 3, Slot: slot9A}
	if _, err := s.Witness(t.Context(), ca.WitnessStatement{Key: keyHash(t, key), Holder: i.Identity, Card: seen, By: catest.Identity(t, certs.User)}); err != nil {
		t.Fatal(err)
	}
	issued, err := s.enrolWith(t, i, key, ca.Evidence{Card: seen})
	if err != nil {
		t.Fatal(err)
	}
	renewed, err := s.Renew(t.Context(), issued.Ref, catest.Request(t, key), ca.Evidence{Card: ca.CardClaim{GUID: strings.Repeat("ff", 16), Slot: slot9A}})
	if err != nil || level(t, renewed) != certs.Software {
		t.Fatalf("Renew = level %v, %v", level(t, renewed), err)
	}
	must(t, s.Revoke(t.Context(), issued.Ref, ca.Unspecified, "test"))
	got := s.card(t, "serial-3")
	if got.Certificates != 2 || got.Level != certs.Card || got.GUID != "" || s.key(t, renewed).Card != "serial-3" {
		t.Errorf("the card = %+v, the renewal's %+v", got, s.key(t, renewed))
	}
	if _, total, err := s.Inventory(t.Context(), ca.Filter{Card: "serial-3"}, "issued", 10, 0); err != nil || total != 2 {
		t.Errorf("%d certificates are found by the card, %v; want 2", total, err)
	}
}

// TestCardIsWhatTheWitnessSaw: not what the program of the key's holder says beside it.
func TestCardIsWhatTheWitnessSaw(t *testing.T) {
	s := newStation(t)
	guid := func(digits string) string { return strings.Repeat(digits, 16) }
	_, anna := s.onCard(t, "Anna", s.maker.Card(t, 777))
	// A number that a maker has vouched for with somebody else is news, whatever the GUID.
	first, bert := s.witnessed(t, "Bert", ca.CardClaim{Serial: 777, Slot: slot9A}, ca.CardClaim{Serial: 777, GUID: guid("b0"), Slot: slot9A})
	if got := s.key(t, first); got.Card != "serial-777" || got.GUID != "" || got.Serial != 777 {
		t.Errorf("Bert's card is %+v", got)
	}
	if acts := s.acts("card.other-holder"); len(acts) != 1 || acts[0].Former != anna || acts[0].Identity != bert {
		t.Errorf("the acts are %+v", acts)
	}
	// A GUID that nobody saw puts the key on no other card of that GUID.
	jane := ca.CardClaim{GUID: guid("ab"), Slot: slot9A}
	s.witnessed(t, "Jane", jane, jane)
	last, carl := s.witnessed(t, "Carl", ca.CardClaim{Serial: 777, Slot: slot9A}, ca.CardClaim{Serial: 777, GUID: jane.GUID, Slot: slot9A})
	if got := s.key(t, last).Card; got != "serial-777" {
		t.Errorf("Carl's card is %s", got)
	}
	if acts := s.acts("card.other-holder"); len(acts) != 2 || acts[1].Former != bert || acts[1].Identity != carl {
		t.Errorf("the acts are %+v", acts)
	}
	// And what a maker then proves is compared with what was seen.
	if _, dora := s.onCard(t, "Dora", s.maker.Card(t, 777)); len(s.acts("card.other-holder")) != 3 || s.acts("card.other-holder")[2].Former != carl {
		t.Errorf("after %v has it proven: %+v", dora, s.acts("card.other-holder"))
	}
}

func ids(cards []ca.Card) (all []string) {
	for _, c := range cards {
		all = append(all, c.ID)
	}
	return all
}
