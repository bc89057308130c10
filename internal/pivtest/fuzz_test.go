package pivtest

import (
	"slices"
	"testing"

	"mais/certs/attest"
)

// FuzzTransmit sends a card whatever there is, as a chain of commands that are split off by their
// length. The card must answer each of them with a status word at least and never with more than
// was asked for, and nobody without the PIN gets a signature.
func FuzzTransmit(f *testing.F) {
	for _, seed := range [][]string{
		{"\x00\xa4\x04\x00\x05\xa0\x00\x00\x03\x08"},
		{"\x00\x20\x00\x80\x08123456\xff\xff", "\x00\x87\x11\x9a\x06\x7c\x04\x82\x00\x81\x00"},
		{"\x00\x87\x03\x9b\x04\x7c\x02\x80\x00", "\x00\x87\x03\x9b\x04\x7c\x02\x82\x00"},
		{"\x00\x24\x00\x80\x10123456\xff\xff654321\xff\xff", "\x00\x2c\x00\x80\x1012345678654321\xff\xff"},
		{"\x00\x47\x00\x9a\x0b\xac\x09\x80\x01\x11\xaa\x01\x03\xab\x01\x02"},
		{"\x00\xcb\x3f\xff\x05\x5c\x03\x5f\xff\x01\x08", "\x00\xc0\x00\x00\x10"},
		{"\x10\xdb\x3f\xff\x05\x5c\x03\x5f\xc1\x02", "\x00\xdb\x3f\xff\x04\x53\x02\xab\xcd"},
		{"\x00\xdb\x3f\xff\x00\x00\x09\x5c\x03\x5f\xc1\x02\x53\x02\xab\xcd\x00\x00"},
		{"\x00\xf9\x9a\x00", "\x00\xf7\x00\x9a", "\x00\xf7\x00\x80"},
		{"\x00\xfa\x05\x05", "\x00\xfb\x00\x00", "\x00\xff\xff\xff\x13\x08\x9b\x10aaaabbbbccccdddd"},
		{"\x00\xfe\x11\x9a\x22\x06\x2000000000000000000000000000000001"},
		{"\x00\xa4\x04\x00\x08\xa0\x00\x00\x05\x27\x47\x11\x17", "\x00\x1d\x00\x00"},
	} {
		var input []byte
		for _, apdu := range seed {
			input = append(append(input, byte(len(apdu))), apdu...)
		}
		f.Add(input, false)
		f.Add(input, true)
	}
	maker := newMakerFor(f, "a maker")
	f.Fuzz(func(t *testing.T, input []byte, inside bool) {
		card := newCard(t, Options{Maker: maker})
		private, err := card.Provision(slotAuthentication, "P-256")
		if err != nil {
			t.Fatal(err)
		}
		card.session = session{selected: applicationPIV, admin: inside}
		for len(input) > 0 {
			n := min(int(input[0]), len(input)-1)
			apdu := input[1 : 1+n]
			input = input[1+n:]
			if slices.Contains(apdu, algRSA2048) && inside {
				continue // it may make a key, and that takes too long
			}
			check(t, card, apdu)
		}
		if k := card.state.Keys[slotAuthentication]; k != nil && k.private == private && k.PIN != attest.PINOnce {
			t.Error("the policy of a key has changed")
		}
	})
}

func check(t *testing.T, card *Card, apdu []byte) {
	t.Helper()
	verified, held := card.verified, card.state.Keys[slotAuthentication]
	answer := card.Transmit(apdu)
	if len(answer) < 2 || len(answer) > maxExtended+2 {
		t.Fatalf("Transmit(%x) = %d bytes", apdu, len(answer))
	}
	if cmd, ok := parse(apdu); ok && len(answer)-2 > cmd.expected {
		t.Errorf("Transmit(%x) = %d bytes, asked for %d", apdu, len(answer)-2, cmd.expected)
	}
	used := len(answer) > 2 && apdu[1] == insAuthenticate && apdu[3] == slotAuthentication
	if used && !verified && held.PIN != attest.PINNever {
		t.Errorf("Transmit(%x) used the key without the PIN", apdu)
	}
	pin, puk := card.Tries()
	if pin < 0 || puk < 0 || pin > card.state.PIN.Most || puk > card.state.PUK.Most {
		t.Errorf("after %x the tries are %d and %d", apdu, pin, puk)
	}
}
