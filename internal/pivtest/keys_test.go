package pivtest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/certs/attest"
)

// send gives the card a command with its data in as many parts as they need, and gathers the
// answer's.
func send(t testing.TB, card *Card, ins, p1, p2 byte, data []byte) ([]byte, status) {
	t.Helper()
	for len(data) > 255 {
		card.Transmit(append([]byte{chained, ins, p1, p2, 255}, data[:255]...))
		data = data[255:]
	}
	answer := card.Transmit(append([]byte{0, ins, p1, p2, byte(len(data))}, data...))
	var whole []byte
	for {
		whole = append(whole, answer[:len(answer)-2]...)
		s := status(answer[len(answer)-2])<<8 | status(answer[len(answer)-1])
		if s&0xff00 != statusMore {
			return whole, s
		}
		answer = card.Transmit([]byte{0, insGetResponse, 0, 0, 0})
	}
}

// use has the card use a slot's key on the value with the tag, and returns the result.
func use(t testing.TB, card *Card, algorithm, slot byte, tag uint32, value []byte) ([]byte, status) {
	t.Helper()
	data, s := send(t, card, insAuthenticate, algorithm, slot, object(tagDynamic, append([]byte{tagResponse, 0}, object(tag, value...)...)...))
	template, _, _ := readField(data)
	fields, _ := readFields(template.value)
	result, _ := find(fields, tagResponse)
	return result, s
}

// generate makes a key on the card in 9A with the policies.
func generate(t testing.TB, card *Card, algorithm byte, pin attest.PINPolicy, touch attest.TouchPolicy) crypto.PublicKey {
	t.Helper()
	template := append(object(tagAlgorithm, algorithm), append(object(tagPINPolicy, byte(pin)), object(tagTouch, byte(touch))...)...)
	if _, s := send(t, card, insGenerate, 0, slotAuthentication, object(tagTemplate, template...)); s != statusOK {
		t.Fatalf("GENERATE = %x", s)
	}
	return card.Key(slotAuthentication).Public()
}

func verifyPIN(t testing.TB, card *Card) {
	t.Helper()
	if _, s := send(t, card, insVerify, 0, referencePIN, []byte("123456\xff\xff")); s != statusOK {
		t.Fatalf("VERIFY = %x", s)
	}
}

// signs says whether the key in 9A, of P-256, signs now.
func signs(t testing.TB, card *Card) bool {
	t.Helper()
	digest := sha256.Sum256([]byte("a message"))
	signature, s := use(t, card, algP256, slotAuthentication, tagChallenge, digest[:])
	if s == statusOK && !ecdsa.VerifyASN1(card.Key(slotAuthentication).Public().(*ecdsa.PublicKey), digest[:], signature) {
		t.Error("the card's signature is wrong")
	}
	if s != statusOK && s != statusSecurity {
		t.Errorf("GENERAL AUTHENTICATE = %x", s)
	}
	return s == statusOK
}

func TestPINPolicies(t *testing.T) {
	for policy, want := range map[attest.PINPolicy]struct{ before, after, again, later bool }{
		attest.PINNever:  {true, true, true, true},
		attest.PINOnce:   {false, true, true, true},
		attest.PINAlways: {false, true, false, false},
	} {
		card := newCard(t, firmware5)
		play(t, card, "select\nadmin")
		generate(t, card, algP256, policy, attest.TouchNever)
		before := signs(t, card)
		verifyPIN(t, card)
		after, again := signs(t, card), signs(t, card)
		verifyPIN(t, card)
		play(t, card, "00FD0000 = .*9000")
		if later := signs(t, card); before != want.before || after != want.after || again != want.again || later != want.later {
			t.Errorf("policy %d: signs before the PIN %v, after it %v, again %v, with a command in between %v; want %v", policy, before, after, again, later, want)
		}
	}
}

func TestTouchPolicies(t *testing.T) {
	now, finger, asked := time.Now(), true, 0
	card := newCard(t, Options{Now: func() time.Time { return now }, Touch: func(byte) bool { asked++; return finger }})
	play(t, card, "select\nadmin")
	for _, tt := range []struct {
		policy  attest.TouchPolicy
		touched bool
		want    [3]bool // at once, without a finger after 14 seconds, and after 16
		asked   int
	}{
		{attest.TouchNever, false, [3]bool{true, true, true}, 0},
		{attest.TouchAlways, true, [3]bool{true, false, false}, 3},
		{attest.TouchAlways, false, [3]bool{false, false, false}, 3},
		{attest.TouchCached, true, [3]bool{true, true, false}, 2},
	} {
		generate(t, card, algP256, attest.PINNever, tt.policy)
		now = now.Add(time.Hour)
		finger, asked = tt.touched, 0
		got := [3]bool{signs(t, card)}
		finger = false
		now = now.Add(14 * time.Second)
		got[1] = signs(t, card)
		now = now.Add(2 * time.Second)
		got[2] = signs(t, card)
		if got != tt.want || asked != tt.asked {
			t.Errorf("policy %d, touched %v: signs %v and asked %d times, want %v and %d", tt.policy, tt.touched, got, asked, tt.want, tt.asked)
		}
	}
}

func TestManagementKeyWantsTouch(t *testing.T) {
	finger := true
	card := newCard(t, Options{Touch: func(byte) bool { return finger }})
	play(t, card, `
		select
		admin
		00FFFFFE1B 039B18 010203040506070801020304050607080102030405060708 = 9000
		00F7009B = 010103 02020002 050101 9000
		select
		admin`)
	finger = false
	card.Transmit([]byte{0, insAuthenticate, alg3DES, slotManagement, 4, tagDynamic, 2, tagChallenge, 0})
	want := card.proof.want
	if _, s := send(t, card, insAuthenticate, alg3DES, slotManagement, object(tagDynamic, object(tagResponse, want...)...)); s != statusSecurity {
		t.Errorf("an untouched proof = %x", s)
	}
}

func TestManagementKeys(t *testing.T) {
	for algorithm, size := range managementKeySize {
		card := newCard(t, firmware7)
		play(t, card, "select\nadmin")
		value := make([]byte, size)
		rand.Read(value)
		if _, s := send(t, card, insSetManagementKey, 0xff, 0xff, append([]byte{algorithm, slotManagement, byte(size)}, value...)); s != statusOK {
			t.Fatalf("SET MANAGEMENT KEY of algorithm %x = %x", algorithm, s)
		}
		play(t, card, "select\n0047009A05AC03800111 = 6982")
		admin(t, card, value)
		play(t, card, "0047009A05AC03800111 = 7F49.*9000")
	}
}

func TestEllipticCurves(t *testing.T) {
	for algorithm, curve := range map[byte]elliptic.Curve{algP256: elliptic.P256(), algP384: elliptic.P384()} {
		card := newCard(t, firmware5)
		play(t, card, "select\nadmin\nverify")
		public := generate(t, card, algorithm, attest.PINOnce, attest.TouchNever).(*ecdsa.PublicKey)

		digest := sha256.Sum256([]byte("a message"))
		signature, s := use(t, card, algorithm, slotAuthentication, tagChallenge, digest[:])
		if s != statusOK || !ecdsa.VerifyASN1(public, digest[:], signature) {
			t.Errorf("%s: signature %x, status %x", curve.Params().Name, signature, s)
		}
		peer, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		point, _ := peer.PublicKey.Bytes()
		shared, s := use(t, card, algorithm, slotAuthentication, tagExponentation, point)
		own, _ := peer.ECDH()
		other, _ := public.ECDH()
		want, err := own.ECDH(other)
		if err != nil || s != statusOK || !bytes.Equal(shared, want) {
			t.Errorf("%s: shared secret %x, status %x, want %x (%v)", curve.Params().Name, shared, s, want, err)
		}
		point[len(point)-1] ^= 1
		for name, s := range map[string]status{
			"a point off the curve":   second(use(t, card, algorithm, slotAuthentication, tagExponentation, point)),
			"no digest":               second(use(t, card, algorithm, slotAuthentication, tagChallenge, nil)),
			"a digest that is longer": second(use(t, card, algorithm, slotAuthentication, tagChallenge, make([]byte, 49))),
		} {
			if s != statusData {
				t.Errorf("%s, %s: status %x, want %x", curve.Params().Name, name, s, statusData)
			}
		}
	}
}

func second[A, B any](_ A, b B) B { return b }

func TestRSA(t *testing.T) {
	for _, algorithm := range []byte{algRSA2048, algRSA3072, algRSA4096} {
		card := newCard(t, firmware7)
		play(t, card, "select\nadmin\nverify")
		public := generate(t, card, algorithm, attest.PINOnce, attest.TouchNever).(*rsa.PublicKey)
		if public.Size()*8 != rsaBits[algorithm] {
			t.Errorf("algorithm %x gave %d bits", algorithm, public.Size()*8)
		}
		secret := []byte("a secret")
		sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, secret, nil)
		if err != nil {
			t.Fatal(err)
		}
		block, s := use(t, card, algorithm, slotAuthentication, tagChallenge, sealed)
		if s != statusOK || len(block) != public.Size() {
			t.Errorf("decrypt: %d bytes, status %x", len(block), s)
		}
		// What the card made of it is what the key itself makes of it: the way back gives the sealed text.
		if again := encrypt(public, block); !bytes.Equal(again, sealed) {
			t.Errorf("the block enciphered again is not what was deciphered")
		}
		if _, s := use(t, card, algorithm, slotAuthentication, tagChallenge, bytes.Repeat([]byte{0xff}, public.Size())); s != statusData {
			t.Errorf("a block larger than the modulus: %x", s)
		}
		if _, s := use(t, card, algorithm, slotAuthentication, tagChallenge, sealed[1:]); s != statusData {
			t.Errorf("a block that is too short: %x", s)
		}
	}
}

func TestAttestation(t *testing.T) {
	for _, isRSA := range []bool{false, true} {
		proveAttestation(t, isRSA)
	}
}

func proveAttestation(t *testing.T, isRSA bool) {
	t.Helper()
	maker := newMakerFor(t, "a maker")
	card := newCard(t, Options{Maker: maker, Serial: 12_345_678, Form: 3, RSA: isRSA})
	play(t, card, "select\nadmin")
	public := generate(t, card, algP384, attest.PINAlways, attest.TouchCached)
	leaf, s := send(t, card, insAttest, slotAuthentication, 0, nil)
	if s != statusOK {
		t.Fatalf("ATTEST = %x", s)
	}
	cert, err := x509.ParseCertificate(leaf)
	if err != nil {
		t.Fatal(err)
	}
	if _, got := attester(t, card).PublicKey.(*rsa.PublicKey); got != isRSA {
		t.Errorf("the card's own key is of RSA: %v, want %v", got, isRSA)
	}
	between := x509.NewCertPool()
	between.AddCert(attester(t, card))
	roots := x509.NewCertPool()
	roots.AddCert(maker.Root())
	if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between}); err != nil {
		t.Errorf("the chain does not lead to the maker: %v", err)
	}
	if !public.(*ecdsa.PublicKey).Equal(cert.PublicKey) || cert.Subject.CommonName != "YubiKey PIV Attestation 9a" {
		t.Errorf("the attestation is of %v, %v", cert.Subject, cert.PublicKey)
	}
	got := map[string]string{}
	for _, e := range cert.Extensions {
		got[e.Id.String()] = fmt.Sprintf("%x", e.Value)
	}
	want := map[string]string{
		"1.3.6.1.4.1.41482.3.3": "050403", "1.3.6.1.4.1.41482.3.7": "020400bc614e",
		"1.3.6.1.4.1.41482.3.8": "0303", "1.3.6.1.4.1.41482.3.9": "03",
	}
	delete(got, "2.5.29.35") // the authority's key, which Go adds
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("extensions: -want +got\n%s", diff)
	}
}

// attester returns the certificate of the card's own key, read off the card.
func attester(t testing.TB, card *Card) *x509.Certificate {
	t.Helper()
	data, _ := send(t, card, insGetData, 0x3f, 0xff, []byte{tagList, 3, 0x5f, 0xff, 0x01})
	whole, _, _ := readField(data)
	fields, _ := readFields(whole.value)
	der, _ := find(fields, 0x70)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func newMakerFor(t testing.TB, name string) *Maker {
	t.Helper()
	maker, err := NewMaker(name)
	if err != nil {
		t.Fatal(err)
	}
	return maker
}

func TestForge(t *testing.T) {
	maker := newMakerFor(t, "a maker")
	card := newCard(t, Options{Maker: maker})
	play(t, card, "select\nadmin")
	public := generate(t, card, algP256, attest.PINOnce, attest.TouchNever)
	chain, err := maker.Attest(Claim{Key: public, Slot: slotAuthentication, PIN: attest.PINOnce, Touch: attest.TouchNever, Serial: 99})
	if err != nil {
		t.Fatal(err)
	}
	card.Forge(slotAuthentication, chain...)
	leaf, _ := send(t, card, insAttest, slotAuthentication, 0, nil)
	if !bytes.Equal(leaf, chain[0].Raw) || !attester(t, card).Equal(chain[1]) {
		t.Error("the card does not answer with the forged chain")
	}
	card.Forge(slotAuthentication)
	if leaf, s := send(t, card, insAttest, slotAuthentication, 0, nil); bytes.Equal(leaf, chain[0].Raw) || s != statusOK {
		t.Errorf("the card still forges, or says %x", s)
	}
}

func TestMakersAreMarked(t *testing.T) {
	unmarked, err := NewUnmarkedMaker("a maker")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := attest.LoadRoots(newMakerFor(t, "a maker").RootPEM()); !attest.TestCards && !errors.Is(err, attest.ErrTestMaker) {
		t.Errorf("LoadRoots(a test's maker) = %v, want %v", err, attest.ErrTestMaker)
	}
	if _, err := attest.LoadRoots(unmarked.RootPEM()); err != nil {
		t.Errorf("LoadRoots(another maker) = %v", err)
	}
}

func TestCardInAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "card")
	card := newCard(t, Options{File: file, Serial: 7})
	play(t, card, `
		select
		admin
		00DB3FFF095C035FC102 5302ABCD = 9000
		00200080083131313131313131 = 63C2`)
	public := generate(t, card, algP256, attest.PINOnce, attest.TouchNever)

	again := newCard(t, Options{File: file, Serial: 8})
	play(t, again, "00F80000 = 6D00\nselect\n00F80000 = 000000079000\n0020008000 = 63C2\n00CB3FFF055C035FC102 = 5302ABCD9000\n00470 09A05AC03800111 = 6982")
	verifyPIN(t, again)
	if !signs(t, again) || !public.(*ecdsa.PublicKey).Equal(again.Key(slotAuthentication).Public()) {
		t.Error("the key is another")
	}
	if !again.Maker().Root().Equal(card.Maker().Root()) {
		t.Error("the maker is another")
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("the file with the keys: %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{File: file}); err == nil {
		t.Error("half a file is taken for a card")
	}
}

// TestPulledOut: a card that is pulled out after it got a wrong PIN has counted it.
func TestPulledOut(t *testing.T) {
	card := newCard(t, firmware5)
	play(t, card, "select")
	wrong := append([]byte{0, insVerify, 0, referencePIN, 8}, "99999999"...)
	card.Before(PullAt(2))
	if answer := card.Transmit(wrong); answer == nil {
		t.Error("it was pulled out too early")
	}
	if answer := card.Transmit(wrong); answer != nil {
		t.Errorf("Transmit = %x from a card that was pulled out", answer)
	}
	if tries, _ := card.Tries(); tries != 2 {
		t.Errorf("tries = %d, want 2: it never got the second", tries)
	}
	card.Before(nil)
	play(t, card, "00FD0000 = 6D00\nselect") // it was without power
	card.Before(func(int, []byte) Fate { return PullAfter })
	if answer := card.Transmit(wrong); answer != nil {
		t.Errorf("Transmit = %x from a card that was pulled out", answer)
	}
	if tries, _ := card.Tries(); tries != 1 {
		t.Errorf("tries = %d, want 1: it counted before it could say so", tries)
	}
}

func TestCounted(t *testing.T) {
	card := newCard(t, firmware5)
	play(t, card, "select\nverify\n0020008000 = 9000\n00990000 = 6D00")
	if got, want := card.Counted().String(), "4: VERIFY 2 99 1 SELECT 1"; got != want {
		t.Errorf("Counted() = %s, want %s", got, want)
	}
	if n := card.Counted().Total(); n != 0 {
		t.Errorf("counted %d, want none since", n)
	}
}

func TestProvision(t *testing.T) {
	for _, keyType := range []string{"P-256", "P-384", "RSA-2048"} {
		card := newCard(t, plain)
		private, err := card.Provision(slotAuthentication, keyType)
		if err != nil {
			t.Fatal(err)
		}
		if card.Key(slotAuthentication) != private {
			t.Errorf("%s: the card has another key", keyType)
		}
		if err := card.Store(slotAuthentication, []byte{0x30, 0}); err != nil {
			t.Fatal(err)
		}
		play(t, card, "select\n00CB3FFF055C035FC105 = 5309 70023000 710100 FE00 9000")
	}
	if _, err := newCard(t, plain).Provision(slotAuthentication, "DSA"); err == nil {
		t.Error("a key of another kind is made")
	}
}

// encrypt is RSA without padding, the public way.
func encrypt(public *rsa.PublicKey, block []byte) []byte {
	x := new(big.Int).SetBytes(block)
	return x.Exp(x, big.NewInt(int64(public.E)), public.N).FillBytes(make([]byte, public.Size()))
}
