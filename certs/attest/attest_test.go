package attest_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/certs/attest"
	"mais/certs/attest/attesttest"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// chainOf reads certificates of a file.
func chainOf(tb testing.TB, file string) (chain []*x509.Certificate) {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			tb.Fatal(err)
		}
		chain = append(chain, cert)
	}
	return chain
}

func yubico(tb testing.TB) *attest.Roots {
	tb.Helper()
	roots, err := attest.NewRoots(attest.Yubico()...)
	if err != nil {
		tb.Fatal(err)
	}
	return roots
}

// fault says what is wrong by err; "" where it is none of ours.
func fault(err error) attest.Fault {
	var e *attest.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Fault
}

// genuine are what two cards that Yubico made say of their keys, from the tests of piv-go. The
// older one is of the time when the root for U2F certified cards, without basic constraints.
var genuine = map[string]attest.Statement{
	"testdata/yubikey-5.4.3.pem": {
		Maker: "Yubico PIV Root CA Serial 263751", MakerID: "yubico", Serial: 15732500, Firmware: attest.Version{Major: 5, Minor: 4, Patch: 3},
		Slot: 0x9a, PIN: attest.PINOnce, Touch: attest.TouchNever, Form: 4,
	},
	"testdata/yubikey-4.3.7.pem": {
		Maker: "Yubico U2F Root CA Serial 457200631", MakerID: "yubico", Firmware: attest.Version{Major: 4, Minor: 3, Patch: 7},
		Slot: 0x9a, PIN: attest.PINOnce, Touch: attest.TouchNever,
	},
}

func TestGenuineCards(t *testing.T) {
	for file, want := range genuine {
		chain := chainOf(t, file)
		got, err := yubico(t).Verify(chain, chain[0].PublicKey, now)
		want.Key = chain[0].PublicKey
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *ecdsa.PublicKey) bool { return a.Equal(b) })); err != nil || diff != "" {
			t.Errorf("Verify(%s) = %v, want other:\n%s", file, err, diff)
		}
		if _, err := yubico(t).Verify(chain, newKey(t).Public(), now); fault(err) != attest.OtherKey {
			t.Errorf("%s for another key: %v", file, err)
		}
	}
	newer, older := chainOf(t, "testdata/yubikey-5.4.3.pem"), chainOf(t, "testdata/yubikey-4.3.7.pem")
	for _, mixed := range [][]*x509.Certificate{{newer[0], older[1]}, {older[0], newer[1]}} {
		if _, err := yubico(t).Verify(mixed, mixed[0].PublicKey, now); fault(err) != attest.Forged {
			t.Errorf("one card's statement with another's certificate: %v", err)
		}
	}
	if got := yubico(t).Makers(); len(got) != 3 {
		t.Errorf("Makers() = %q, want Yubico's three roots", got)
	}
	if _, err := (&attest.Roots{}).Verify(newer, newer[0].PublicKey, now); fault(err) != attest.Untrusted {
		t.Errorf("with no makers: %v", err)
	}
}

// The CAs that are built in are those that Yubico publishes.
func TestYubicoFingerprints(t *testing.T) {
	want := map[string]string{
		"Yubico PIV Root CA Serial 263751":    "63ece914e54dd87915f34033c85af4c0696ba1512f8add66ced738331207b546",
		"Yubico U2F Root CA Serial 457200631": "0fa1386f80eb8713263ae5c1d84deb455bdf08aea50ab05503cefee82b092d42",
		"Yubico Attestation Root 1":           "62760c6a6ef91679f454c8902b80fd009825b3f25da90f1fbace2ec6586cd5a8",
		"Yubico Attestation Intermediate A 1": "4698a1d3389c3ec60016c216250f1d0439922832d65142327436376dc2942b55",
		"Yubico Attestation Intermediate B 1": "d4cc3f456fdaf4e7812a21aab1dfe9d8e27d24e2fd2d6f21c9940109f0daa754",
		"Yubico PIV Attestation A 1":          "6de693f05376f5d8ca29069261e1c8626c75d503bd2edbfd75354cad1f722870",
		"Yubico PIV Attestation B 1":          "2d55b7998f4e42569d6d8fa382b6dc77d1dacf07358b19701163892922b17052",
	}
	got := map[string]string{}
	for _, ca := range attest.Yubico() {
		sum := sha256.Sum256(ca.Raw)
		got[ca.Subject.CommonName] = hex.EncodeToString(sum[:])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVerify(t *testing.T) {
	maker, key := attesttest.NewMaker(t, "Test Maker"), newKey(t)
	card := maker.Card(t, 12345678)
	got, err := maker.Roots(t).Verify(card.Attest(t, key.Public()), key.Public(), now)
	want := card.Says
	want.Maker, want.MakerID, want.Key = "Test Maker", got.MakerID, key.Public()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *ecdsa.PublicKey) bool { return a.Equal(b) })); err != nil || diff != "" {
		t.Errorf("Verify = %v, want other:\n%s", err, diff)
	}
	if len(got.MakerID) != 16 || got.Card() != got.MakerID+"-12345678" {
		t.Errorf("the card is %q of the maker %q", got.Card(), got.MakerID)
	}
}

// TestForgeries: whatever is not what a trusted maker's card says of this key proves nothing.
func TestForgeries(t *testing.T) {
	maker, stranger, key := attesttest.NewMaker(t, "Test Maker"), attesttest.NewMaker(t, "Stranger"), newKey(t)
	card, roots := maker.Card(t, 1), maker.Roots(t)
	good := card.Attest(t, key.Public())
	impostor := attesttest.NewMaker(t, "Test Maker") // the same name with another key
	of := func(adjust ...func(*x509.Certificate)) []*x509.Certificate {
		return card.Attest(t, key.Public(), adjust...)
	}
	named := func(name string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.Subject.CommonName = name }
	}
	// A key on a genuine card plays the card: it signs a statement on a key in a file.
	inCard := newKey(t)
	posing := attesttest.Signer{Certificate: card.Attest(t, inCard.Public())[0], Key: inCard}
	posed := attesttest.CertifyKey(t, attesttest.Statement(t, card.Says), key.Public(), posing, nil)
	// Another CA of the maker's, which signs other things than cards.
	other := attesttest.Certify(t, &x509.Certificate{SerialNumber: card.Certificate.SerialNumber, Subject: pkix.Name{CommonName: "Test Maker U2F"},
		NotBefore: good[1].NotBefore, NotAfter: good[1].NotAfter}, maker.Signer)
	// Other things that the maker's CA certified, with the firmware of a card.
	certified := func(adjust func(*x509.Certificate)) []*x509.Certificate {
		template := &x509.Certificate{SerialNumber: card.Certificate.SerialNumber, Subject: card.Certificate.Subject, NotBefore: good[1].NotBefore, NotAfter: good[1].NotAfter,
			ExtraExtensions: []pkix.Extension{{Id: attesttest.Firmware, Value: []byte{5, 7, 4}}}}
		adjust(template)
		s := attesttest.Certify(t, template, maker.Signer)
		return []*x509.Certificate{attesttest.CertifyKey(t, attesttest.Statement(t, card.Says), key.Public(), s, nil), s.Certificate}
	}
	if _, err := roots.Verify(certified(func(*x509.Certificate) {}), key.Public(), now); err != nil {
		t.Errorf("a card of before 2018, without basic constraints: %v", err)
	}
	misnamed := attesttest.Signer{Certificate: attesttest.CertifyKey(t, &x509.Certificate{SerialNumber: card.Certificate.SerialNumber, Subject: pkix.Name{CommonName: "Another Card"},
		NotBefore: good[1].NotBefore, NotAfter: good[1].NotAfter}, card.Key.Public(), maker.Signer, nil), Key: card.Key}
	// A CA of the maker's for another product: its root is trusted, and it is not.
	product := attesttest.Maker{Signer: attesttest.Certify(t, attesttest.CA("Test Maker FIDO"), maker.Signer)}
	productChain := product.Card(t, 1).Attest(t, key.Public())
	// The stranger's CA brings its own root along.
	foreign := append(stranger.Card(t, 1).Attest(t, key.Public()), stranger.Certificate)
	tampered := func(chain []*x509.Certificate, n int) []*x509.Certificate {
		spoilt := append([]*x509.Certificate(nil), chain...)
		c := *chain[n]
		c.Signature = append([]byte(nil), c.Signature...)
		c.Signature[len(c.Signature)-1] ^= 1
		spoilt[n] = &c
		return spoilt
	}
	for name, test := range map[string]struct {
		chain []*x509.Certificate
		want  attest.Fault
	}{
		"nothing":                           {nil, attest.Malformed},
		"the statement alone":               {good[:1], attest.Malformed},
		"five certificates":                 {append(good, good[1], good[1], good[1]), attest.Malformed},
		"the wrong way round":               {[]*x509.Certificate{good[1], good[0]}, attest.Untrusted},
		"a maker that is not trusted":       {stranger.Card(t, 1).Attest(t, key.Public()), attest.Untrusted},
		"and its root along":                {foreign, attest.Untrusted},
		"a maker of the same name":          {impostor.Card(t, 1).Attest(t, key.Public()), attest.Forged},
		"another card's certificate":        {[]*x509.Certificate{good[0], maker.Card(t, 2).Certificate}, attest.Forged},
		"the card and its maker":            {[]*x509.Certificate{card.Certificate, maker.Certificate}, attest.Malformed},
		"another product of the maker's":    {productChain, attest.Untrusted},
		"a spoilt statement":                {tampered(good, 0), attest.Forged},
		"a spoilt certificate":              {tampered(good, 1), attest.Forged},
		"a key on a card posing as it":      {[]*x509.Certificate{posed, posing.Certificate, card.Certificate}, attest.Untrusted},
		"a statement as the card":           {[]*x509.Certificate{posed, attesttest.CertifyKey(t, attesttest.Statement(t, card.Says), inCard.Public(), maker.Signer, nil)}, attest.Malformed},
		"what the maker signed for U2F":     {[]*x509.Certificate{attesttest.CertifyKey(t, attesttest.Statement(t, card.Says), key.Public(), other, nil), other.Certificate}, attest.Malformed},
		"an end entity as the card":         {certified(func(c *x509.Certificate) { c.BasicConstraintsValid = true }), attest.Malformed},
		"one that may not sign as the card": {certified(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), attest.Malformed},
		"a critical extension of the card": {certified(func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}})
		}), attest.Malformed},
		"the card's key under another name": {[]*x509.Certificate{attesttest.CertifyKey(t, attesttest.Statement(t, card.Says), key.Public(), misnamed, nil), good[1]}, attest.Forged},
		"another key's":                     {card.Attest(t, newKey(t).Public()), attest.OtherKey},
		"a CA":                              {of(func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }), attest.Malformed},
		"one that may sign certificates":    {of(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCertSign }), attest.Malformed},
		"a critical extension": {of(func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}})
		}), attest.Malformed},
		"no slot":                            {of(named("YubiKey PIV Attestation")), attest.Malformed},
		"a slot and more":                    {of(named("YubiKey PIV Attestation 9a ")), attest.Malformed},
		"a slot in capitals":                 {of(named("YubiKey PIV Attestation 9A")), attest.Malformed},
		"a second name":                      {of(func(c *x509.Certificate) { c.Subject.Organization = []string{"x"} }), attest.Malformed},
		"no firmware":                        {of(attesttest.Extension(attesttest.Firmware, nil)), attest.Malformed},
		"firmware of two bytes":              {of(attesttest.Extension(attesttest.Firmware, []byte{5, 7})), attest.Malformed},
		"firmware of four bytes":             {of(attesttest.Extension(attesttest.Firmware, []byte{5, 7, 4, 0})), attest.Malformed},
		"firmware 0":                         {of(attesttest.Extension(attesttest.Firmware, []byte{0, 7, 4})), attest.Malformed},
		"other firmware than the card's":     {of(attesttest.Extension(attesttest.Firmware, []byte{5, 7, 5})), attest.Malformed},
		"no policies":                        {of(attesttest.Extension(attesttest.Policy, nil)), attest.Malformed},
		"one policy":                         {of(attesttest.Extension(attesttest.Policy, []byte{2})), attest.Malformed},
		"three policies":                     {of(attesttest.Extension(attesttest.Policy, []byte{2, 1, 1})), attest.Malformed},
		"no such PIN policy":                 {of(attesttest.Extension(attesttest.Policy, []byte{6, 1})), attest.Malformed},
		"PIN policy 0":                       {of(attesttest.Extension(attesttest.Policy, []byte{0, 1})), attest.Malformed},
		"no such touch policy":               {of(attesttest.Extension(attesttest.Policy, []byte{2, 4})), attest.Malformed},
		"a serial in bare bytes":             {of(attesttest.Extension(attesttest.Serial, []byte{0, 0, 0, 1})), attest.Malformed},
		"a serial with more behind":          {of(attesttest.Extension(attesttest.Serial, []byte{2, 1, 1, 0})), attest.Malformed},
		"a serial of five bytes":             {of(attesttest.Extension(attesttest.Serial, []byte{2, 5, 1, 0, 0, 0, 0})), attest.Malformed},
		"a serial below 0":                   {of(attesttest.Extension(attesttest.Serial, []byte{2, 1, 0xff})), attest.Malformed},
		"serial 0":                           {of(attesttest.Extension(attesttest.Serial, []byte{2, 1, 0})), attest.Malformed},
		"a serial written longer than it is": {of(attesttest.Extension(attesttest.Serial, []byte{2, 2, 0, 1})), attest.Malformed},
		"a form of two bytes":                {of(attesttest.Extension(attesttest.Form, []byte{3, 3})), attest.Malformed},
		"a certificate of 16 KiB":            {of(attesttest.Extension(asn1.ObjectIdentifier{1, 2, 3}, make([]byte, 16<<10))), attest.Malformed},
		"not yet valid":                      {of(func(c *x509.Certificate) { c.NotBefore = now.Add(time.Hour) }), attest.Expired},
		"past its end":                       {of(func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Hour) }), attest.Expired},
	} {
		_, err := roots.Verify(test.chain, key.Public(), now)
		if fault(err) != test.want || !errors.Is(err, attest.ErrAttestation) || errors.Is(err, attest.ErrDemand) {
			t.Errorf("%s: Verify = %v (%s), want %s", name, err, fault(err), test.want)
		}
	}
	// What comes behind the two changes nothing.
	if _, err := roots.Verify(append(good, maker.Certificate, stranger.Certificate), key.Public(), now); err != nil {
		t.Errorf("with roots behind: %v", err)
	}
}

func TestParse(t *testing.T) {
	card := attesttest.NewMaker(t, "Test Maker").Card(t, 1)
	good := card.DER(t, newKey(t).Public())
	if chain, err := attest.Parse(good); err != nil || len(chain) != 2 {
		t.Errorf("Parse = %d certificates, %v", len(chain), err)
	}
	for name, ders := range map[string][][]byte{
		"garbage": {[]byte("x"), good[1]}, "trailing bytes": {append(good[0], 0), good[1]}, "nothing of one": {good[0], nil},
		"five": {good[0], good[1], good[1], good[1], good[1]}, "17 KiB": {good[0], make([]byte, 17<<10)},
	} {
		if _, err := attest.Parse(ders); fault(err) != attest.Malformed {
			t.Errorf("Parse of %s = %v", name, err)
		}
	}
}

// A maker with intermediates: the last of them signs cards, and nobody above it.
func TestIntermediates(t *testing.T) {
	maker, key := attesttest.NewMaker(t, "Test Maker"), newKey(t)
	below := attesttest.Maker{Signer: attesttest.Certify(t, attesttest.CA("Test Maker A 1"), maker.Signer)}
	roots, err := attest.NewRoots(below.Certificate, maker.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	got, err := roots.Verify(below.Card(t, 9).Attest(t, key.Public()), key.Public(), now)
	if err != nil || got.Maker != "Test Maker" {
		t.Errorf("of the intermediate: %q, %v", got.Maker, err)
	}
	if _, err := roots.Verify(maker.Card(t, 9).Attest(t, key.Public()), key.Public(), now); fault(err) != attest.Untrusted {
		t.Errorf("of the root itself: %v", err)
	}
	if _, err := attest.NewRoots(below.Certificate); err == nil {
		t.Error("an intermediate without its root is taken")
	}
	nameless := attesttest.CA("")
	if _, err := attest.NewRoots(attesttest.Certify(t, nameless, attesttest.Signer{}).Certificate); err == nil {
		t.Error("a root without a name is taken, which cards could not be recorded of")
	}
	if _, err := attest.NewRoots(maker.Card(t, 1).Attest(t, key.Public())[0]); err == nil {
		t.Error("a statement is taken for a maker")
	}
	// A new intermediate of Yubico's can be added by file, since its root is known; the root
	// for FIDO in the same series would sign no cards.
	if _, err := attest.NewRoots(append(attest.Yubico(), maker.Certificate, below.Certificate)...); err != nil {
		t.Errorf("beside Yubico: %v", err)
	}
}

func TestDemand(t *testing.T) {
	demand := attest.Demand{
		Slots: []byte{0x9a}, PIN: []attest.PINPolicy{attest.PINOnce, attest.PINAlways}, Touch: []attest.TouchPolicy{attest.TouchNever},
		Firmware: attest.Version{Major: 4, Minor: 3, Patch: 5},
	}
	rsaKey := &rsa.PublicKey{}
	good := attest.Statement{Key: newKey(t).Public(), Serial: 1, Firmware: attest.Version{Major: 5, Minor: 4, Patch: 3}, Slot: 0x9a, PIN: attest.PINOnce, Touch: attest.TouchNever}
	with := func(adjust func(*attest.Statement)) attest.Statement {
		s := good
		adjust(&s)
		return s
	}
	for _, test := range []struct {
		name string
		s    attest.Statement
		want attest.Fault
	}{
		{"good", good, ""},
		{"PIN always", with(func(s *attest.Statement) { s.PIN = attest.PINAlways }), ""},
		{"PIN never", with(func(s *attest.Statement) { s.PIN = attest.PINNever }), attest.WrongPIN},
		{"a fingerprint", with(func(s *attest.Statement) { s.PIN = attest.MatchOnce }), attest.WrongPIN},
		{"9E", with(func(s *attest.Statement) { s.Slot = 0x9e }), attest.WrongSlot},
		{"9C", with(func(s *attest.Statement) { s.Slot = 0x9c }), attest.WrongSlot},
		{"touch", with(func(s *attest.Statement) { s.Touch = attest.TouchAlways }), attest.WrongTouch},
		{"old", with(func(s *attest.Statement) { s.Firmware = attest.Version{Major: 4, Minor: 3, Patch: 4} }), attest.OldFirmware},
		{"old enough", with(func(s *attest.Statement) { s.Firmware = attest.Version{Major: 4, Minor: 3, Patch: 5} }), ""},
		{"RSA", with(func(s *attest.Statement) { s.Key = rsaKey }), ""},
		{"no serial", with(func(s *attest.Statement) { s.Serial = 0 }), attest.NoSerial},
	} {
		err := demand.Check(test.s)
		if fault(err) != test.want || (err != nil) != errors.Is(err, attest.ErrDemand) {
			t.Errorf("%s: Check = %v, want %q", test.name, err, test.want)
		}
	}
	anything := demand
	anything.Firmware = attest.Version{}
	for text, want := range map[string]attest.Fault{"4.4.1": "", "4.4.2": attest.OldFirmware, "4.4.4": attest.OldFirmware, "4.4.5": ""} {
		v, err := attest.ParseVersion(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []crypto.PublicKey{good.Key, rsaKey} {
			for _, d := range []attest.Demand{anything, demand} {
				if err := d.Check(with(func(s *attest.Statement) { s.Key, s.Firmware = key, v })); fault(err) != want {
					t.Errorf("%T of %s, from %s on: %v, want %q", key, v, d.Firmware, err, want)
				}
			}
		}
	}
	for text, want := range map[string]attest.Fault{"4.2.5": "", "4.2.6": attest.OldFirmware, "4.3.0": attest.OldFirmware, "4.3.4": attest.OldFirmware, "4.3.5": ""} {
		v, err := attest.ParseVersion(text)
		if err != nil {
			t.Fatal(err)
		}
		weak := with(func(s *attest.Statement) { s.Key, s.Firmware = rsaKey, v })
		if err := anything.Check(weak); fault(err) != want {
			t.Errorf("RSA of %s, any firmware taken: %v, want %q", v, err, want)
		}
		weak.Key = good.Key
		if err := anything.Check(weak); err != nil {
			t.Errorf("ECDSA of %s, any firmware taken: %v", v, err)
		}
	}
	if err := (attest.Demand{}).Check(good); err == nil {
		t.Error("the zero Demand takes a key")
	}
}

func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		firmware string
		key      crypto.PublicKey
		want     int
	}{{"5.4.3", newKey(t).Public(), 1}, {"5.6.9", newKey(t).Public(), 1}, {"5.7.0", newKey(t).Public(), 0}, {"5.4.3", &rsa.PublicKey{}, 0}} {
		v, err := attest.ParseVersion(test.firmware)
		if err != nil {
			t.Fatal(err)
		}
		if got := (attest.Statement{Key: test.key, Firmware: v}).Warnings(); len(got) != test.want {
			t.Errorf("%T of %s: Warnings = %q, want %d", test.key, v, got, test.want)
		}
	}
	if got := (attest.Version{}).Warnings(true); got != nil {
		t.Errorf("of nothing known: %q", got)
	}
}

func TestWords(t *testing.T) {
	for got, want := range map[string]string{
		attest.Version{Major: 5, Minor: 4, Patch: 3}.String(): "5.4.3",
		attest.PINOnce.String():                               "once a session",
		attest.PINPolicy(9).String():                          "unknown policy 9",
		attest.TouchCached.String():                           "for each signature, good for 15 seconds",
		attest.FormFactor(0x83).String():                      "USB-C key, FIPS",
		attest.FormFactor(0x3f).String():                      "unknown form 63",
		attest.Version{}.String() + attest.PINPolicy(0).String() + attest.TouchPolicy(0).String() + attest.FormFactor(0).String(): "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, bad := range []string{"", "5", "5.4", "5.4.3.2", "5.4.x", "5.4.256", "05.4.3", "-1.2.3", "5.4.3 "} {
		if v, err := attest.ParseVersion(bad); err == nil {
			t.Errorf("ParseVersion(%q) = %v", bad, v)
		}
	}
	if p, err := attest.ParsePINPolicy("match-once"); p != attest.MatchOnce || err != nil {
		t.Errorf("ParsePINPolicy(match-once) = %v, %v", p, err)
	}
	if _, err := attest.ParseTouchPolicy("sometimes"); err == nil {
		t.Error("ParseTouchPolicy takes sometimes")
	}
}

// TestLoadRoots: a file of makers is read strictly, and the tests' maker in it is refused
// unless the program was built for the tests.
func TestLoadRoots(t *testing.T) {
	root := attesttest.CA("Any Maker")
	root.ExtraExtensions = nil
	clean := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: attesttest.Certify(t, root, attesttest.Signer{}).Certificate.Raw})
	if cas, err := attest.LoadRoots(clean); err != nil || len(cas) != 1 {
		t.Errorf("LoadRoots = %d, %v", len(cas), err)
	}
	marked := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: attesttest.NewMaker(t, "Any Maker").Certificate.Raw})
	for name, text := range map[string][]byte{"alone": marked, "behind another": append(clean, marked...)} {
		if _, err := attest.LoadRoots(text); errors.Is(err, attest.ErrTestMaker) == attest.TestCards {
			t.Errorf("the tests' maker %s: %v; built for tests: %v", name, err, attest.TestCards)
		}
	}
	for name, text := range map[string]string{
		"nothing": "", "text": "hello", "cut short": string(clean[:len(clean)-30]), "a key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"garbage in PEM": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "too long": strings.Repeat("\n", 65<<10),
		"one cut short behind a good one": string(clean) + "-----BEGIN CERTIFICATE-----\nMIIB",
	} {
		if _, err := attest.LoadRoots([]byte(text)); err == nil {
			t.Errorf("LoadRoots takes %s", name)
		}
	}
}

func FuzzVerify(f *testing.F) {
	for file := range genuine {
		chain := chainOf(f, file)
		f.Add(chain[0].Raw, chain[1].Raw)
	}
	maker := attesttest.NewMaker(f, "Test Maker")
	card := maker.Card(f, 1).DER(f, newKey(f).Public())
	f.Add(card[0], card[1])
	f.Add([]byte{0x30, 0}, card[1])
	roots, err := attest.NewRoots(append(attest.Yubico(), maker.Certificate)...)
	if err != nil {
		f.Fatal(err)
	}
	known := map[string]bool{string(card[0]): true}
	for file := range genuine {
		known[string(chainOf(f, file)[0].Raw)] = true
	}
	f.Fuzz(func(t *testing.T, statement, own []byte) {
		chain, err := attest.Parse([][]byte{statement, own})
		if err != nil {
			return
		}
		if s, err := roots.Verify(chain, chain[0].PublicKey, now); err == nil && !known[string(statement)] {
			t.Errorf("a statement that no card made is believed: %+v", s)
		}
	})
}

// FuzzStatement reads what a card would sign: any extensions at all.
func FuzzStatement(f *testing.F) {
	f.Add("YubiKey PIV Attestation 9a", []byte{5, 4, 3}, []byte{2, 1, 1}, []byte{2, 1}, []byte{3})
	f.Add("YubiKey PIV Attestation 9e", []byte{4, 2, 6}, []byte{2, 4, 0, 255, 255, 255}, []byte{1, 1}, []byte{0x83})
	maker, key := attesttest.NewMaker(f, "Test Maker"), newKey(f)
	card, roots := maker.Card(f, 1), maker.Roots(f)
	demand := attest.Demand{Slots: []byte{0x9a}, PIN: []attest.PINPolicy{attest.PINOnce}, Touch: []attest.TouchPolicy{attest.TouchNever}}
	f.Fuzz(func(t *testing.T, name string, firmware, serial, policy, form []byte) {
		template := attesttest.Statement(t, card.Says)
		template.Subject.CommonName = name
		for id, value := range map[*asn1.ObjectIdentifier][]byte{&attesttest.Firmware: firmware, &attesttest.Serial: serial, &attesttest.Policy: policy, &attesttest.Form: form} {
			attesttest.Extension(*id, value)(template)
		}
		der, err := x509.CreateCertificate(rand.Reader, template, card.Certificate, key.Public(), card.Key)
		if err != nil {
			return
		}
		chain, err := attest.Parse([][]byte{der, card.Certificate.Raw})
		if err != nil {
			return
		}
		s, err := roots.Verify(chain, key.Public(), now)
		if err == nil && (s.Firmware == attest.Version{} || s.PIN == 0 || s.Touch == 0 || s.PIN.String() == "" || s.Slot == 0 && name != "YubiKey PIV Attestation 00") {
			t.Errorf("%+v is believed", s)
		}
		if err == nil && demand.Check(s) == nil && (s.Slot != 0x9a || s.PIN != attest.PINOnce || s.Serial == 0) {
			t.Errorf("%+v is taken", s)
		}
	})
}
