package ca_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/certs/attest"
	"mais/certs/attest/attesttest"
)

const slot9A = 0x9a

// station is a CA that trusts one maker of cards.
type station struct {
	fixture
	maker attesttest.Maker
}

func newStation(t *testing.T) station {
	t.Helper()
	maker := attesttest.NewMaker(t, "Test Maker")
	f := newFixture(t, func(o *ca.Options) {
		o.Attestation = ca.Attestation{Roots: maker.Roots(t), Demand: attest.Demand{
			Slots: []byte{slot9A}, PIN: []attest.PINPolicy{attest.PINOnce, attest.PINAlways},
			Touch: []attest.TouchPolicy{attest.TouchNever, attest.TouchCached}, Firmware: attest.Version{Major: 5},
		}}
	})
	return station{f, maker}
}

// enrolWith invites and enrols with a key and evidence of how it is held.
func (s station) enrolWith(t testing.TB, i ca.Invitation, key *ecdsa.PrivateKey, e ca.Evidence) (ca.Issued, error) {
	t.Helper()
	return s.CA.CA.Enrol(t.Context(), ca.Enrolment{Code: s.invite(t, i), Holder: i.Holder, CSR: catest.Request(t, key), By: "127.0.0.1", Evidence: e})
}

// level is what a certificate itself says, as relying parties read it.
func level(t testing.TB, issued ca.Issued) certs.Level {
	t.Helper()
	if issued.Certificate == nil {
		return 0
	}
	rules, ok := certs.ProfileOf(issued.Certificate)
	if !ok {
		t.Fatal("the certificate has no profile")
	}
	return rules.Level
}

// key returns the inventory's word on how a certificate's key is held.
func (s station) key(t testing.TB, issued ca.Issued) *ca.CardKey {
	t.Helper()
	entry, err := s.Get(t.Context(), issued.Ref)
	if err != nil {
		t.Fatal(err)
	}
	return entry.Card
}

// acts returns the acts of a kind, in order.
func (s station) acts(what string) (found []ca.Act) {
	for _, a := range s.Acts() {
		if a.What == what {
			found = append(found, a)
		}
	}
	return found
}

func TestAttestedKey(t *testing.T) {
	s := newStation(t)
	key, card := catest.Key(t), s.maker.Card(t, 12345678)
	guid := strings.Repeat("0a", 16)
	issued, err := s.enrolWith(t, invitation(t), key, ca.Evidence{
		Attestation: card.DER(t, key.Public()), Card: ca.CardClaim{Serial: 12345678, GUID: guid, Slot: slot9A},
	})
	if err != nil || level(t, issued) != certs.Attested {
		t.Fatalf("Enrol = level %v, %v", level(t, issued), err)
	}
	want := &ca.CardKey{
		Serial: 12345678, GUID: guid, Slot: slot9A, Type: certs.P256, Attested: true, PIN: attest.PINOnce, Touch: attest.TouchNever,
		Firmware: card.Says.Firmware, Form: card.Says.Form, Maker: "Test Maker",
	}
	got := s.key(t, issued)
	if got != nil {
		want.Card = got.Card
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(certs.Identity{})); diff != "" || !strings.HasSuffix(got.Card, "-12345678") {
		t.Errorf("the inventory says:\n%s", diff)
	}
	kept, err := s.AttestationOf(t.Context(), issued.Ref)
	if err != nil || len(kept) != 2 || !bytes.Equal(kept[1], card.Certificate.Raw) {
		t.Fatalf("AttestationOf = %d certificates, %v", len(kept), err)
	}
	if chain, err := attest.Parse(kept); err != nil || !key.PublicKey.Equal(chain[0].PublicKey) {
		t.Errorf("what was kept is not of the key: %v", err)
	}
	if n := len(s.acts("card.other-holder")); n != 0 {
		t.Errorf("%d events of another holder on a new card", n)
	}
}

// TestEvidenceRefused: evidence that proves nothing refuses the request, whatever else is right,
// and spends no code.
func TestEvidenceRefused(t *testing.T) {
	s := newStation(t)
	key := catest.Key(t)
	card := s.maker.Card(t, 7)
	with := func(adjust func(*attest.Statement)) [][]byte { return s.maker.Card(t, 7, adjust).DER(t, key.Public()) }
	stranger := attesttest.NewMaker(t, "Stranger").Card(t, 7).DER(t, key.Public())
	impostor := attesttest.NewMaker(t, "Test Maker").Card(t, 7).DER(t, key.Public())
	good := card.DER(t, key.Public())
	for _, test := range []struct {
		name  string
		e     ca.Evidence
		cause ca.Cause
	}{
		{"garbage", ca.Evidence{Attestation: [][]byte{[]byte("x"), []byte("y")}}, ca.BadEvidence},
		{"five certificates", ca.Evidence{Attestation: slices.Concat(good, good, good[:1])}, ca.BadEvidence},
		{"17 KiB", ca.Evidence{Attestation: [][]byte{good[0], make([]byte, 17<<10)}}, ca.BadEvidence},
		{"a statement alone", ca.Evidence{Attestation: good[:1]}, ca.BadEvidence},
		{"a maker that is not trusted", ca.Evidence{Attestation: stranger}, ca.UnknownMaker},
		{"a maker of the same name", ca.Evidence{Attestation: impostor}, ca.ForgedEvidence},
		{"another card's certificate", ca.Evidence{Attestation: [][]byte{good[0], s.maker.Card(t, 7).DER(t, key.Public())[1]}}, ca.ForgedEvidence},
		{"somebody else's card, own key", ca.Evidence{Attestation: card.DER(t, catest.Key(t).Public())}, ca.OtherKey},
		{"PIN never", ca.Evidence{Attestation: with(func(a *attest.Statement) { a.PIN = attest.PINNever })}, ca.CardPIN},
		{"9E", ca.Evidence{Attestation: with(func(a *attest.Statement) { a.Slot = 0x9e })}, ca.CardSlot},
		{"9C", ca.Evidence{Attestation: with(func(a *attest.Statement) { a.Slot = 0x9c })}, ca.CardSlot},
		{"touch always", ca.Evidence{Attestation: with(func(a *attest.Statement) { a.Touch = attest.TouchAlways })}, ca.CardTouch},
		{"old firmware", ca.Evidence{Attestation: with(func(a *attest.Statement) { a.Firmware = attest.Version{Major: 4, Minor: 9} })}, ca.CardFirmware},
		{"no serial", ca.Evidence{Attestation: with(func(a *attest.Statement) { a.Serial = 0 })}, ca.CardSerial},
		{"another serial than said", ca.Evidence{Attestation: good, Card: ca.CardClaim{Serial: 8, Slot: slot9A}}, ca.OtherCard},
		{"another slot than said", ca.Evidence{Attestation: good, Card: ca.CardClaim{Serial: 7, Slot: 0x9c}}, ca.OtherCard},
		{"a GUID in capitals", ca.Evidence{Card: ca.CardClaim{GUID: strings.Repeat("AB", 16), Slot: slot9A}}, ca.BadEvidence},
		{"a card that is none", ca.Evidence{Card: ca.CardClaim{Slot: slot9A}}, ca.BadEvidence},
		{"a card without numbers", ca.Evidence{Card: ca.CardClaim{GUID: strings.Repeat("0", 32), Slot: slot9A}}, ca.BadEvidence},
	} {
		i := invitation(t)
		code := s.invite(t, i)
		ask := ca.Enrolment{Code: code, Holder: i.Holder, CSR: catest.Request(t, key), By: "127.0.0.1", Evidence: test.e}
		_, err := s.CA.CA.Enrol(t.Context(), ask)
		wantRefused(t, test.name, err, test.cause)
		if told := ca.EvidenceFault(err); len(told) < 20 || !strings.HasSuffix(told, ".") {
			t.Errorf("%s: a holder is told %q", test.name, told)
		}
		ask.Evidence, ask.CSR = ca.Evidence{}, catest.Request(t, catest.Key(t))
		if issued, err := s.CA.CA.Enrol(t.Context(), ask); err != nil || level(t, issued) != certs.Software {
			t.Errorf("%s: the code afterwards, with a key in a file: %v", test.name, err)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM ca.card`); n != 0 {
		t.Errorf("%d cards were recorded of what was refused", n)
	}
	if told := ca.EvidenceFault(errors.New("x")); told != "" {
		t.Errorf("EvidenceFault of another error = %q", told)
	}
}

// A CA that was given no makers takes no attestation, and a card that is only claimed is software.
func TestNoMakers(t *testing.T) {
	f := newFixture(t)
	s := station{f, attesttest.NewMaker(t, "Test Maker")}
	key := catest.Key(t)
	_, err := s.enrolWith(t, invitation(t), key, ca.Evidence{Attestation: s.maker.Card(t, 1).DER(t, key.Public())})
	wantRefused(t, "an attestation where none is trusted", err, ca.UnknownMaker)
}

// TestClaimedCard: what is merely said stands with the certificate, and makes no card.
func TestClaimedCard(t *testing.T) {
	s := newStation(t)
	claim := ca.CardClaim{Serial: 5, GUID: strings.Repeat("5e", 16), Slot: slot9A}
	issued, err := s.enrolWith(t, invitation(t), catest.Key(t), ca.Evidence{Card: claim})
	if err != nil || level(t, issued) != certs.Software {
		t.Fatalf("Enrol = level %v, %v", level(t, issued), err)
	}
	got := s.key(t, issued)
	if got == nil || got.Card != "" || got.Attested || got.PIN != 0 || got.Maker != "" || got.Serial != 5 || got.GUID != claim.GUID {
		t.Errorf("the inventory says %+v", got)
	}
	if page, total, err := s.Cards(t.Context(), ca.CardFilter{}, 10, 0); err != nil || total != 0 {
		t.Errorf("a claim makes a card: %+v, %v", page, err)
	}
	// A site brings no card: what it says of one is passed over.
	site := ca.Invitation{Identity: catest.Identity(t, certs.Site), Holder: "North", Name: "North", By: "test"}
	issued, err = s.enrolWith(t, site, catest.Key(t), ca.Evidence{Card: claim, Attestation: [][]byte{[]byte("x")}})
	if err != nil || s.key(t, issued) != nil {
		t.Errorf("a site with a card: %v, %v", s.key(t, issued), err)
	}
}

func keyHash(t testing.TB, key *ecdsa.PrivateKey) [32]byte {
	t.Helper()
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(spki)
}

func TestWitnessedKey(t *testing.T) {
	s := newStation(t)
	now := time.Now()
	s.SetNow(func() time.Time { return now })
	i, key, witness := invitation(t), catest.Key(t), catest.Identity(t, certs.User)
	seen := ca.CardClaim{GUID: strings.Repeat("77", 16), Slot: slot9A}
	expires, err := s.Witness(t.Context(), ca.WitnessStatement{Key: keyHash(t, key), Holder: i.Identity, Card: seen, By: witness})
	if err != nil || !expires.Equal(now.Add(10*time.Minute)) {
		t.Fatalf("Witness = %v, %v", expires, err)
	}
	if acts := s.acts("card.witness"); len(acts) != 1 || acts[0].By != witness.String() || acts[0].Identity != i.Identity || acts[0].Card != "guid-"+seen.GUID {
		t.Errorf("the acts are %+v", acts)
	}
	now = now.Add(9 * time.Minute)
	issued, err := s.enrolWith(t, i, key, ca.Evidence{Card: seen})
	if err != nil || level(t, issued) != certs.Card {
		t.Fatalf("Enrol = level %v, %v", level(t, issued), err)
	}
	if got := s.key(t, issued); got == nil || got.Witness != witness || got.Attested || got.WitnessAt.IsZero() {
		t.Errorf("the inventory says %+v", got)
	}
	// The word was good once: the same key, renewed, is software again.
	renewed, err := s.Renew(t.Context(), issued.Ref, catest.Request(t, key), ca.Evidence{Card: seen})
	if err != nil || level(t, renewed) != certs.Software {
		t.Errorf("Renew with no new witness = level %v, %v", level(t, renewed), err)
	}
	if got := s.key(t, renewed); got == nil || got.Witness != (certs.Identity{}) {
		t.Errorf("the inventory says %+v of the renewal", got)
	}
}

// TestWitnessDoesNotCount: a witness's word on another key, holder or card, or from too long
// ago, raises nothing.
func TestWitnessDoesNotCount(t *testing.T) {
	s := newStation(t)
	now := time.Now()
	s.SetNow(func() time.Time { return now })
	witness, seen := catest.Identity(t, certs.User), ca.CardClaim{Serial: 3, GUID: strings.Repeat("77", 16), Slot: slot9A}
	for _, test := range []struct {
		name   string
		adjust func(*ca.WitnessStatement)
		after  time.Duration
		claim  ca.CardClaim
		level  certs.Level // 0: refused
	}{
		{"right", nil, 0, seen, certs.Card},
		{"right, by the serial", nil, 0, ca.CardClaim{Serial: 3, Slot: slot9A}, certs.Card},
		{"another key", func(w *ca.WitnessStatement) { w.Key[0] ^= 1 }, 0, seen, certs.Software},
		{"another holder", func(w *ca.WitnessStatement) { w.Holder = catest.Identity(t, certs.User) }, 0, seen, certs.Software},
		{"ten minutes ago", nil, 10 * time.Minute, seen, certs.Software},
		{"a card that is not said to be there", nil, 0, ca.CardClaim{}, certs.Software},
		{"another card", nil, 0, ca.CardClaim{Serial: 4, GUID: seen.GUID, Slot: slot9A}, 0},
		{"another slot", nil, 0, ca.CardClaim{Serial: 3, GUID: seen.GUID, Slot: 0x9e}, 0},
		{"nothing in common", func(w *ca.WitnessStatement) { w.Card.GUID = "" }, 0, ca.CardClaim{GUID: seen.GUID, Slot: slot9A}, 0},
	} {
		i, key := invitation(t), catest.Key(t)
		w := ca.WitnessStatement{Key: keyHash(t, key), Holder: i.Identity, Card: seen, By: witness}
		if test.adjust != nil {
			test.adjust(&w)
		}
		if _, err := s.Witness(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		now = now.Add(test.after)
		issued, err := s.enrolWith(t, i, key, ca.Evidence{Card: test.claim})
		if test.claim.Slot == 0x9e {
			wantRefused(t, test.name, err, ca.CardSlot)
		} else if test.level == 0 {
			wantRefused(t, test.name, err, ca.OtherCard)
		} else if err != nil || level(t, issued) != test.level {
			t.Errorf("%s: level %v, %v, want %v", test.name, level(t, issued), err, test.level)
		}
	}
}

// TestWitnessRefused: also where no maker is trusted, and nothing is demanded of attestations.
func TestWitnessRefused(t *testing.T) {
	s, none := newStation(t), newFixture(t)
	holder, witness := catest.Identity(t, certs.User), catest.Identity(t, certs.User)
	seen := ca.CardClaim{Serial: 3, Slot: slot9A}
	for _, test := range []struct {
		name  string
		w     ca.WitnessStatement
		cause ca.Cause
	}{
		{"the holder", ca.WitnessStatement{Holder: holder, Card: seen, By: holder}, ca.OwnWitness},
		{"a site", ca.WitnessStatement{Holder: holder, Card: seen, By: catest.Identity(t, certs.Site)}, ca.OwnWitness},
		{"for a site", ca.WitnessStatement{Holder: catest.Identity(t, certs.Site), Card: seen, By: witness}, ca.OwnWitness},
		{"nobody", ca.WitnessStatement{Holder: holder, Card: seen}, ca.OwnWitness},
		{"no card", ca.WitnessStatement{Holder: holder, By: witness}, ca.BadEvidence},
		{"a card without numbers", ca.WitnessStatement{Holder: holder, Card: ca.CardClaim{Slot: slot9A}, By: witness}, ca.BadEvidence},
		{"9E, which wants no PIN", ca.WitnessStatement{Holder: holder, Card: ca.CardClaim{Serial: 3, Slot: 0x9e}, By: witness}, ca.CardSlot},
		{"9C", ca.WitnessStatement{Holder: holder, Card: ca.CardClaim{Serial: 3, Slot: 0x9c}, By: witness}, ca.CardSlot},
		{"the card's own key", ca.WitnessStatement{Holder: holder, Card: ca.CardClaim{Serial: 3, Slot: 0xf9}, By: witness}, ca.CardSlot},
		{"no slot", ca.WitnessStatement{Holder: holder, Card: ca.CardClaim{Serial: 3}, By: witness}, ca.CardSlot},
	} {
		for _, c := range []*ca.CA{s.CA.CA, none.CA.CA} {
			_, err := c.Witness(t.Context(), test.w)
			wantRefused(t, test.name, err, test.cause)
		}
	}
	_, err := s.db.Owner().Exec(t.Context(), `INSERT INTO ca.witness (spki_sha256, identity, card_serial, slot, witness, at, expires_at)
		VALUES (sha256('x'), $1, 3, 158, $2, now(), now() + interval '1 minute')`, holder.String(), witness.String())
	if err == nil {
		t.Error("the schema takes a witness's word of 9E")
	}
	if n := s.count(t, `SELECT count(*) FROM ca.witness`); n != 0 {
		t.Errorf("%d words were recorded", n)
	}
}

// One word raises one certificate, however many ask for it at once.
func TestWitnessIsUsedOnce(t *testing.T) {
	s := newStation(t)
	i, key := invitation(t), catest.Key(t)
	seen := ca.CardClaim{Serial: 3, Slot: slot9A}
	first, err := s.enrolWith(t, i, key, ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Witness(t.Context(), ca.WitnessStatement{Key: keyHash(t, key), Holder: i.Identity, Card: seen, By: catest.Identity(t, certs.User)}); err != nil {
		t.Fatal(err)
	}
	// A second line of the same holder and key, so that no lock of the line puts them in order.
	second, err := s.enrolWith(t, i, key, ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			ref := []certs.Ref{first.Ref, second.Ref}[n%2]
			_, err := s.Renew(context.Background(), ref, catest.Request(t, key), ca.Evidence{Card: seen})
			if cause, _ := ca.CauseOf(err); err != nil && cause != ca.WitnessUsed && cause != ca.TooManyAlive && cause != ca.NotActive {
				t.Errorf("Renew = %v because of %q", err, cause)
			}
		})
	}
	all.Wait()
	if n := s.count(t, `SELECT count(*) FROM ca.certificate WHERE level = 'card'`); n != 1 {
		t.Errorf("%d certificates were raised by one word", n)
	}
}

func TestWitnessesAreForgotten(t *testing.T) {
	s := newStation(t)
	now := time.Now().Add(-48 * time.Hour)
	s.SetNow(func() time.Time { return now })
	say := func() {
		if _, err := s.Witness(t.Context(), ca.WitnessStatement{Holder: catest.Identity(t, certs.User), Card: ca.CardClaim{Serial: 3, Slot: slot9A}, By: catest.Identity(t, certs.User)}); err != nil {
			t.Fatal(err)
		}
	}
	say()
	now = time.Now()
	say()
	if n := s.count(t, `SELECT count(*) FROM ca.witness`); n != 1 {
		t.Errorf("%d words are kept, want the last", n)
	}
}

// TestRenewalDecidesTheLevelAnew: by evidence about the new key alone, and never above the level
// of what is renewed unless a witness saw that key. What is lower is an act of its own.
func TestRenewalDecidesTheLevelAnew(t *testing.T) {
	s := newStation(t)
	now := time.Now()
	s.SetNow(func() time.Time { return now })
	type step struct {
		evidence  string // attested, claimed, or none: then with a key in a file
		witnessed bool
		level     certs.Level
	}
	for number, steps := range map[uint32][]step{
		9: {
			{"attested", false, certs.Attested}, // enrolled
			{"attested", false, certs.Attested}, // the same key, anew
			{"claimed", false, certs.Software},
			{"attested", false, certs.Software}, // no better than before
			{"claimed", true, certs.Card},
			{"attested", false, certs.Card}, // nor here
			{"attested", true, certs.Attested},
		},
		10: {
			{"none", false, certs.Software}, // enrolled
			{"attested", false, certs.Software},
			{"attested", true, certs.Attested}, // two levels at once
			{"claimed", true, certs.Card},
			{"none", false, certs.Software},
			{"none", true, certs.Software}, // what nobody says is on a card
		},
	} {
		i, inCard, card := invitation(t), catest.Key(t), s.maker.Card(t, number)
		i.Identity = catest.Identity(t, certs.User)
		witness := catest.Identity(t, certs.User)
		seen := ca.CardClaim{Serial: number, Slot: slot9A}
		var issued ca.Issued
		lowered := 0
		for n, step := range steps {
			now = now.Add(11 * time.Minute) // so that no renewal is the repeated one
			key, e := inCard, ca.Evidence{}
			switch step.evidence {
			case "attested":
				e.Attestation = card.DER(t, key.Public())
			case "claimed":
				e.Card = seen
			default:
				key = catest.Key(t)
			}
			if step.witnessed {
				if _, err := s.Witness(t.Context(), ca.WitnessStatement{Key: keyHash(t, key), Holder: i.Identity, Card: seen, By: witness}); err != nil {
					t.Fatal(err)
				}
			}
			var got ca.Issued
			var err error
			if n == 0 {
				got, err = s.enrolWith(t, i, key, e)
			} else {
				got, err = s.Renew(t.Context(), issued.Ref, catest.Request(t, key), e)
			}
			if err != nil || level(t, got) != step.level {
				t.Fatalf("card %d, step %d: level %v, %v, want %v", number, n, level(t, got), err, step.level)
			}
			if k := s.key(t, got); step.evidence == "attested" && (k == nil || !k.Attested || k.Serial != number || k.Witness.IsZero() == step.witnessed) {
				t.Errorf("card %d, step %d: what the maker said is recorded as %+v", number, n, k)
			}
			if n > 0 && step.level < steps[n-1].level {
				lowered++
				acts := s.acts("level-lowered")
				if len(acts) == 0 || acts[len(acts)-1].Ref != got.Ref || acts[len(acts)-1].Replaces != issued.Ref || acts[len(acts)-1].Identity != i.Identity {
					t.Errorf("card %d, step %d: the acts are %+v", number, n, acts)
				}
			}
			issued = got
		}
		told := 0
		for _, a := range s.acts("level-lowered") {
			if a.Identity == i.Identity {
				told++
			}
		}
		if rows := s.count(t, `SELECT count(*) FROM ca.level_lowered l JOIN ca.certificate c USING (issuer, serial) WHERE c.identity = $1`, i.Identity.String()); told != lowered || rows != lowered {
			t.Errorf("card %d: %d acts and %d rows of a level that was lowered, want %d", number, told, rows, lowered)
		}
		_, err := s.Renew(t.Context(), issued.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{Attestation: card.DER(t, inCard.Public())})
		wantRefused(t, "a renewal with the attestation of another key", err, ca.OtherKey)
	}
}

// TestWitnessesOfOneKey: the last word that fits counts. One that does not fit takes nothing from
// it, whoever said it.
func TestWitnessesOfOneKey(t *testing.T) {
	s := newStation(t)
	i, key, witness := invitation(t), catest.Key(t), catest.Identity(t, certs.User)
	for _, serial := range []uint32{3, 4} {
		seen := ca.CardClaim{Serial: serial, Slot: slot9A}
		if _, err := s.Witness(t.Context(), ca.WitnessStatement{Key: keyHash(t, key), Holder: i.Identity, Card: seen, By: witness}); err != nil {
			t.Fatal(err)
		}
	}
	issued, err := s.enrolWith(t, i, key, ca.Evidence{Card: ca.CardClaim{Serial: 3, Slot: slot9A}})
	if err != nil || level(t, issued) != certs.Card || s.key(t, issued).Card != "serial-3" {
		t.Errorf("Enrol = level %v, %v", level(t, issued), err)
	}
}

// TestWitnessOfARenewal: one who saw another card than the maker proves raises nothing.
func TestWitnessOfARenewal(t *testing.T) {
	s := newStation(t)
	i, key := invitation(t), catest.Key(t)
	issued, err := s.enrolWith(t, i, catest.Key(t), ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	seen := ca.CardClaim{Serial: 8, Slot: slot9A}
	if _, err := s.Witness(t.Context(), ca.WitnessStatement{Key: keyHash(t, key), Holder: i.Identity, Card: seen, By: catest.Identity(t, certs.User)}); err != nil {
		t.Fatal(err)
	}
	_, err = s.Renew(t.Context(), issued.Ref, catest.Request(t, key), ca.Evidence{Attestation: s.maker.Card(t, 7).DER(t, key.Public())})
	wantRefused(t, "a renewal on another card than was seen", err, ca.OtherCard)
}

// The database itself keeps a level from having no reason.
func TestLevelsHaveReasons(t *testing.T) {
	s := newStation(t)
	person := s.Person(t, "Jane Doe")
	const copyOf = `INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, not_before, not_after, sha256, spki_sha256, der, issued_by)
		SELECT issuer, md5('x'), identity, 'person-attested', $3, holder, name, not_before, not_after, sha256('x'), spki_sha256, der, issued_by
		FROM ca.certificate WHERE issuer = $1 AND serial = $2`
	for _, level := range []string{"card", "attested"} {
		if _, err := s.db.Owner().Exec(t.Context(), copyOf, person.Ref.Issuer, person.Ref.Serial, level); err == nil || !strings.Contains(err.Error(), "nothing vouches") {
			t.Errorf("a certificate of level %s without a card: %v", level, err)
		}
	}
	low, err := s.enrolWith(t, invitation(t), catest.Key(t), ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	proven, _ := s.onCard(t, "Proven", s.maker.Card(t, 11))
	raise := `WITH new AS (INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, not_before, not_after, sha256, spki_sha256, der, issued_by, replaces_issuer, replaces_serial)
			SELECT issuer, md5('y'), identity, 'person-attested', 'attested', holder, name, not_before, not_after, sha256('y'), spki_sha256, der, issued_by, issuer, serial
			FROM ca.certificate WHERE issuer = $1 AND serial = $2 RETURNING issuer, serial)
		INSERT INTO ca.card_use (issuer, serial, card, card_serial, slot, key_type, firmware, pin, touch, form, attestation, at)
			SELECT new.issuer, new.serial, card, card_serial, slot, key_type, firmware, pin, touch, form, attestation, at FROM new, ca.card_use u WHERE u.issuer = $3 AND u.serial = $4`
	_, err = s.db.Owner().Exec(t.Context(), raise, low.Ref.Issuer, low.Ref.Serial, proven.Ref.Issuer, proven.Ref.Serial)
	if err == nil || !strings.Contains(err.Error(), "a renewal raises its level") {
		t.Errorf("a renewal of a higher level by plain SQL: %v", err)
	}
	for _, sql := range []string{`UPDATE ca.card SET maker = 'x'`, `DELETE FROM ca.card_use`, `UPDATE ca.card_use SET slot = 0`, `TRUNCATE ca.card_use`,
		`UPDATE ca.witness SET witness = identity`, `DELETE FROM ca.witness`, `DELETE FROM ca.card_return`, `DELETE FROM ca.level_lowered`} {
		seen := ca.CardClaim{Serial: 4, Slot: slot9A}
		issued, _ := s.witnessed(t, "Seen", seen, seen)
		renewed, err := s.Renew(t.Context(), issued.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
		if err != nil || level(t, renewed) != certs.Software {
			t.Fatal(err)
		}
		if _, err := s.Witness(t.Context(), ca.WitnessStatement{Holder: catest.Identity(t, certs.User), Card: ca.CardClaim{Serial: 3, Slot: slot9A}, By: catest.Identity(t, certs.User)}); err != nil {
			t.Fatal(err)
		}
		if err := s.Revoke(t.Context(), issued.Ref, ca.Unspecified, "test"); err != nil {
			t.Fatal(err)
		}
		if err := s.ReturnCard(t.Context(), "serial-4", "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.db.Owner().Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: the owner can", sql)
		}
	}
}
