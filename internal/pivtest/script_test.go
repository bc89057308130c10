package pivtest

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"mais/certs/attest"
)

// newCard makes a card, most of which need no maker of their own.
func newCard(t testing.TB, o Options) *Card {
	t.Helper()
	card, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// play holds a conversation with a card, a line each: a command in hexadecimal, =, and the answer
// as a regular expression. Some acts have names: select, verify, admin, block, power.
func play(t *testing.T, card *Card, script string) {
	t.Helper()
	for line := range strings.Lines(script) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		switch act := strings.TrimSpace(line); act {
		case "":
		case "power":
			card.Reset()
		case "select":
			play(t, card, "00A4040005A000000308 = 6111.*9000")
		case "verify":
			play(t, card, "0020008008313233343536FFFF = 9000")
		case "block":
			play(t, card, strings.Repeat("00200080083939393939393939 = 63C.\n", 3)+
				strings.Repeat("00240081103939393939393939 3939393939393939 = 63C.\n", 3))
		case "admin":
			admin(t, card, DefaultManagementKey)
		default:
			command, want, ok := strings.Cut(act, "=")
			if !ok {
				t.Fatalf("the script has the line %q", line)
			}
			exchange(t, card, strings.ReplaceAll(command, " ", ""), strings.ReplaceAll(want, " ", ""))
		}
	}
}

func exchange(t *testing.T, card *Card, command, want string) {
	t.Helper()
	apdu, err := hex.DecodeString(command)
	if err != nil {
		t.Fatalf("the script has %q: %v", command, err)
	}
	got := strings.ToUpper(hex.EncodeToString(card.Transmit(apdu)))
	if !regexp.MustCompile("^(?:" + want + ")$").MatchString(got) {
		t.Errorf("Transmit(%s) = %s, want %s", command, got, want)
	}
}

// admin proves the management key, and has the card prove it too.
func admin(t testing.TB, card *Card, value []byte) {
	t.Helper()
	algorithm := card.state.Management.Algorithm
	block := managementKey{Algorithm: algorithm, Value: value}.cipher()
	answer := card.Transmit([]byte{0, insAuthenticate, algorithm, slotManagement, 4, tagDynamic, 2, tagWitness, 0})
	size := block.BlockSize()
	if len(answer) != 4+size+2 {
		t.Fatalf("the card's witness = %x", answer)
	}
	challenge := bytes.Repeat([]byte{7}, size)
	template := append(object(tagWitness, crypt(block.Decrypt, answer[4:4+size])...), object(tagChallenge, challenge...)...)
	template = object(tagDynamic, template...)
	answer = card.Transmit(append([]byte{0, insAuthenticate, algorithm, slotManagement, byte(len(template))}, template...))
	want := append(object(tagDynamic, object(tagResponse, crypt(block.Encrypt, challenge)...)...), 0x90, 0)
	if !bytes.Equal(answer, want) {
		t.Fatalf("the card's proof of the management key = %x, want %x", answer, want)
	}
}

func crypt(f func(dst, src []byte), src []byte) []byte {
	dst := make([]byte, len(src))
	f(dst, src)
	return dst
}

func TestInstructions(t *testing.T) {
	for _, tt := range instructionTests {
		t.Run(strings.ReplaceAll(tt.name, " ", "-"), func(t *testing.T) { play(t, newCard(t, tt.options), tt.script) })
	}
}

var (
	firmware4 = Options{Serial: 5_000_001, Firmware: attest.Version{Major: 4, Minor: 2, Patch: 7}}
	firmware5 = Options{Serial: 10_000_001, Form: 3}
	firmware7 = Options{Serial: 30_000_001, Firmware: attest.Version{Major: 5, Minor: 7, Patch: 1}}
	plain     = Options{Plain: true}
)

var instructionTests = []struct {
	name    string
	options Options
	script  string
}{
	{"nothing is selected", firmware5, "0020008000 = 6D00\n00FD0000 = 6D00"},
	{"select", firmware5, `
		00A4040005A000000308 = 61114F0600001000010079074F05A0000003089000
		00A404000BA000000308000010000100 00 = 6111.*9000
		00A4040009A00000030800001000 = 6111.*9000
		00A4040004A0000003 = 6A82 # too short to name one
		00A404000CA00000030800001000010000 = 6A82
		00A4040007D2760000850101 = 6A82
		00A40000023F00 = 6A86`},
	{"a yubikey forgets who was verified with select", firmware5, "select\nverify\n0020008000 = 9000\nselect\n0020008000 = 63C3"},
	{"a plain card does not", plain, "select\nverify\nselect\n0020008000 = 9000"},
	{"unless another application is asked for", plain, "select\nverify\n00A4040007D2760000850101 = 6A82\n0020008000 = 63C3"},
	{"or without power", plain, "select\nverify\npower\nselect\n0020008000 = 63C3"},
	{"verify", firmware5, `
		select
		0020008000 = 63C3
		00200080083131313131313131 = 63C2
		0020008000 = 63C2
		verify
		0020008000 = 9000
		0020FF80 = 9000
		0020008000 = 63C3
		0020008006313233343536 = 6A80
		0020008108313233343536FFFF = 6A88
		0020018008313233343536FFFF = 6A86`},
	{"three wrong ones block the PIN", firmware5, `
		select
		00200080083131313131313131 = 63C2
		00200080083131313131313131 = 63C1
		00200080083131313131313131 = 63C0
		0020008008313233343536FFFF = 6983
		0020008000 = 6983
		0024008010 313233343536FFFF 363534333231FFFF = 6983
		002C008010 3132333435363738 363534333231FFFF = 9000
		0020008000 = 63C3
		0020008008363534333231FFFF = 9000`},
	{"change the PIN", firmware5, `
		select
		0024008010 313233343536FFFF 363534333231FFFF = 9000
		0020008000 = 63C3
		0020008008363534333231FFFF = 9000
		0020008008313233343536FFFF = 63C2
		0024008010 313233343536FFFF 363534333231FFFF = 63C1
		0024008010 363534333231FFFF 3132333435FFFFFF = 6A80 # too short
		0024008010 363534333231FFFF 313233FF343536FF = 6A80 # padding in between
		0024008010 363534333231FFFF 616263646566FFFF = 9000 # letters
		0024008008 313233343536FFFF = 6A80
		0024008210 313233343536FFFF 363534333231FFFF = 6A88
		0024018010 313233343536FFFF 363534333231FFFF = 6A86`},
	{"a plain card's PIN is of digits and its PUK of eight bytes", plain, `
		select
		0024008010 313233343536FFFF 616263646566FFFF = 6A80
		0024008010 313233343536FFFF 363534333231FFFF = 9000
		0020008000 = 9000 # the new one is verified
		0024008110 3132333435363738 31323334353637FF = 6A80
		0024008110 3132333435363738 3837363534333231 = 9000`},
	{"change the PUK and unblock", firmware5, `
		select
		0024008110 3132333435363738 3837363534333231 = 9000
		002C008010 3132333435363738 363534333231FFFF = 63C2
		002C008010 3837363534333231 31FFFFFFFFFFFFFF = 6A80
		002C008010 3837363534333231 363534333231FFFF = 9000
		002C008110 3837363534333231 363534333231FFFF = 6A88
		002C018010 3837363534333231 363534333231FFFF = 6A86
		002C008008 3837363534333231 = 6A80
		0020008008363534333231FFFF = 9000`},
	{"reset wants both blocked", firmware5, `
		select
		00FB0000 = 6985
		00FB0001 = 6A86
		block
		002C008010 3132333435363738 363534333231FFFF = 6983
		00FB0000 = 9000
		0020008000 = 63C3
		verify
		00F7009A = 6A88
		admin
		0047009A05AC03800111 = 7F49.*9000
		00F99A00 = 3082.*61.. # the attestation key is the maker's, and stays`},
	{"set retries", firmware5, `
		select
		00FA0505 = 6982
		admin
		00FA0505 = 6982
		select
		verify
		00FA0505 = 6982
		admin
		00FA0005 = 6A86
		00FA1405 = 9000
		0020008000 = 63CF # there is no room for 20
		00F70080 = 0101FF0501010602141 4 9000`},
	{"the management key", firmware5, `
		select
		00470 09A05AC03800111 = 6982
		0087039B047C028000 = 7C0A8008.{16}9000
		0087039B167C14 8008 0000000000000000 8108 0101010101010101 = 6982
		0087039B167C14 8008 0000000000000000 8108 0101010101010101 = 6985 # nothing was begun
		0087089B047C028000 = 6A86
		0087039B047C028100 = 7C0A8108.{16}9000
		0087039B0C7C0A 8208 0000000000000000 = 6982
		0087039B027C00 = 6A80
		00470 09A05AC03800111 = 6982
		admin
		0047009A05AC03800111 = 7F494386410 4.{128}9000`},
	{"set the management key", firmware5, `
		select
		00FFFFFF13 089B10 000102030405060708090A0B0C0D0E0F = 6982
		admin
		00FFFF0013 089B10 000102030405060708090A0B0C0D0E0F = 6A86
		00FFFFFF12 089B10 000102030405060708090A0B0C0D0E = 6A80
		00FFFFFF12 089B0F 000102030405060708090A0B0C0D0E = 6A80
		00FFFFFF02 089B = 6A80
		00FFFFFF13 089B10 000102030405060708090A0B0C0D0E0F = 9000
		00F7009B = 010108 02020001 050100 9000`},
	{"AES keys come with firmware 5.4", firmware4, `
		select
		admin
		00FFFFFF13 089B10 000102030405060708090A0B0C0D0E0F = 6A80
		00FFFFFF1B 039B18 000102030405060708090A0B0C0D0E0F 1011121314151617 = 9000`},
	{"generate", firmware5, `
		select
		admin
		0047009A05AC03800111 = 7F4943864104.*9000
		0047009E05AC03800114 = 7F4963866104.*9000
		004700F905AC03800111 = 6A86
		0047009B05AC03800111 = 6A86
		0047019A05AC03800111 = 6A86
		0047009A05AC03800105 = 6A80 # RSA 3072: not yet
		0047009A05AC03800122 = 6A80
		0047009A02AC00 = 6A80
		0047009A = 6A80
		0047009A08AC06800111AA0109 = 6A80
		0047009A08AC06800111AB0109 = 6A80
		0047009A08AC06800111AC0101 = 6A80
		0047009A06AC0380011100 = 6A80 # something after it
		0047009A0BAC09800111AA0103AB0102 = 7F49.*9000
		00F7009A = 01011102020302030101 0443 864104.{128} 9000`},
	{"RSA answers in parts", firmware7, `
		select
		admin
		0047009A05AC03800107 = 7F4982010981820100.*610E
		00C0000000 = .{18}8203010001 9000
		00C0000000 = 6985
		0047009A05AC03800107 = .*610E
		0020008000 = 63C3
		00C0000000 = 6985 # another command came in between
		0047009A 000006 AC03800107 = 6700 # fewer bytes than it says`},
	{"extended length", firmware7, `
		select
		admin
		0047009A 000005 AC03800107 0000 = 7F49820109.*82030100019000
		0047009A 000005 AC03800107 0010 = 7F49820109.{22}61FE
		00C0000000 = .{508}9000`},
	{"metadata", firmware5, `
		select
		00F70080 = 0101FF 050101 06020303 9000
		00F70081 = 0101FF 050101 06020303 9000
		0024008110 3132333435363738 3837363534333231 = 9000
		002C008010 3132333435363738 3837363534333231 = 63C2
		00F70081 = 0101FF 050100 06020302 9000
		00F7009B = 010103 02020001 050101 9000
		00F7009A = 6A88
		00F701 9A = 6A86
		00F700F9 = 010111 02020101 030101 0443.*9000`},
	{"firmware 5.7 has an AES management key", firmware7, "select\n00F7009B = 01010A 02020001 050101 9000\nadmin"},
	{"firmware 4.2 tells less", firmware4, `
		select
		00FD0000 = 0402079000
		00F80000 = 6D00
		00F70080 = 6D00
		00F99A00 = 6D00
		00A4040008A000000527200101 = 040207.*9000
		00011000 = 004C4B419000
		00FD0000 = 6D00`},
	{"version, serial and form", firmware5, `
		select
		00FD0000 = 0504039000
		00F80000 = 009896819000
		00A4040008A000000527471117 = .*9000
		001D0000 = 0E 020400989681 040103 0503050403 9000
		00020000 = 6D00`},
	{"attest", firmware5, `
		select
		00F99A00 = 6A80 # empty
		admin
		0047009A05AC03800111 = 7F49.*9000
		00F99A00 = 3082.*61..
		00F99A01 = 6A86
		00F9F900 = 6A80`},
	{"import", firmware5, `
		select
		00FE119A22 0620 0000000000000000000000000000000000000000000000000000000000000001 = 6982
		admin
		00FE119A22 0620 0000000000000000000000000000000000000000000000000000000000000001 = 9000
		00FE119A22 0620 0000000000000000000000000000000000000000000000000000000000000000 = 6A80 # no key
		00FE119A22 0720 0000000000000000000000000000000000000000000000000000000000000001 = 6A80
		00FE119B22 0620 0000000000000000000000000000000000000000000000000000000000000001 = 6A86
		00FE059A03 010103 = 6A86
		00FE079A06 010103 020105 = 6A80
		00F7009A = 010111 02020201 030102 0443 8641046B17D1F2.*9000
		00F99A00 = 6A80 # it was not made here`},
	{"data objects", firmware5, `
		select
		00CB3FFF055C035FC102 = 6A82 # blank
		00DB3FFF095C035FC102 5302ABCD = 6982
		admin
		00DB3FFF095C035FC102 5302ABCD = 9000
		00CB3FFF055C035FC102 = 5302ABCD9000
		00CB3FFF055C035FC102 01 = 53 6103 # as much as was asked for
		00C0000002 = 02AB 6101
		00C0000000 = CD9000
		00DB3FFF075C035FC102 5300 = 9000
		00CB3FFF055C035FC102 = 6A82
		00DB3FFF075C017E 5302ABCD = 6A80 # not this one
		00DB3FFF085C035FC102 5302AB = 6A80
		00DB3FFF095C035FC102 5402ABCD = 6A80
		00DB0000095C035FC102 5302ABCD = 6A86
		00CB0000055C035FC102 = 6A86
		00CB3FFF025C00 = 6A80
		00CB3FFF = 6A80
		00CB3FFF035C017E = 7E124F0BA000000308000010000100 5F2F024000 9000
		00CB3FFF055C035FFF01 = 5382.*61..`},
	{"what is printed is read with the PIN", firmware5, `
		select
		00CB3FFF055C035FC109 = 6982
		admin
		00DB3FFF095C035FC109 5302ABCD = 9000
		00CB3FFF055C035FC109 = 6982
		verify
		00CB3FFF055C035FC109 = 5302ABCD9000`},
	{"a plain card comes personalised", plain, `
		select
		00CB3FFF055C035FC102 = 533B3019.{50}3410.{32}350832303439313233313E00FE00 9000
		00CB3FFF055C035FC107 = 5333F015A000000116.*9000
		00CB3FFF055C035FC10C = 5308C10100C20100FE009000`},
	{"and knows nothing of a vendor's", plain, `
		select
		00FD0000 = 6D00
		00F80000 = 6D00
		00F70080 = 6D00
		00F99A00 = 6D00
		verify
		admin
		00FA0303 = 6D00
		00FFFFFF13 089B10 000102030405060708090A0B0C0D0E0F = 6D00
		00FE119A22 0620 0000000000000000000000000000000000000000000000000000000000000001 = 6D00
		0047009A08AC06800111AA0101 = 6A80
		0047008205AC03800111 = 6A86
		0047009A05AC03800111 = 7F49.*9000
		block
		00FB0000 = 6D00
		00A4040008A000000527471117 = 6A82`},
	{"chaining", firmware5, `
		select
		admin
		10DB3FFF055C035FC102 = 9000
		00DB3FFF045302ABCD = 9000
		00CB3FFF055C035FC102 = 5302ABCD9000
		10DB3FFF055C035FC102 = 9000
		00CB3FFF055C035FC102 = 5302ABCD9000 # the chain is broken
		00DB3FFF045302ABCD = 6A80`},
	{"hostile", firmware5, `
		 = 6700
		00 = 6700
		00A404 = 6700
		select
		002000 = 6700
		00200080 083132 = 6700
		00200080 023132000000 = 6700
		00200080 0000 = 6700
		00200080 000008 3132 = 6700
		01200080 = 6881
		0C200080 = 6882
		80200080 = 6E00
		FF200080 = 6E00
		00FF0000 = 6982
		00000000 = 6D00
		00C0000000 = 6985
		0087119A = 6A80
		0087119A017C = 6A80
		0087119A027C05 = 6A80
		0087119A047C820001 = 6A80
		0087119A047C028200 = 6A88
		0087119A057C83000001 = 6A80
		0087119B047C028000 = 6A86
		008711FF047C028200 = 6A88`},
}

func TestChainTooLong(t *testing.T) {
	card := newCard(t, firmware5)
	play(t, card, "select\nadmin")
	part := append([]byte{0x10, insPutData, 0x3f, 0xff, 0xff}, make([]byte, 255)...)
	for sent := 255; ; sent += 255 {
		answer := card.Transmit(part)
		if sent <= maxCommand != bytes.Equal(answer, statusOK.bytes()) {
			t.Fatalf("%d bytes of a chain: answer = %x", sent, answer)
		}
		if sent > maxCommand {
			break
		}
	}
	play(t, card, "00CB3FFF035C017E = 7E.*9000")
}

func TestLargestObject(t *testing.T) {
	card := newCard(t, firmware5)
	play(t, card, "select\nadmin")
	for size, want := range map[int]status{maxObject: statusOK, maxObject + 1: statusFull} {
		data := append([]byte{0x5c, 3, 0x5f, 0xc1, 0x05}, object(tagData, make([]byte, size)...)...)
		apdu := append([]byte{0, insPutData, 0x3f, 0xff, 0, byte(len(data) >> 8), byte(len(data))}, data...)
		if answer := card.Transmit(apdu); !bytes.Equal(answer, want.bytes()) {
			t.Errorf("PUT DATA of %d bytes = %x, want %x", size, answer, want.bytes())
		}
	}
}
