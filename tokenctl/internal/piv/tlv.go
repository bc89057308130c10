package piv

import (
	"errors"
	"iter"
)

var errTLV = errors.New("malformed answer of the card")

// maxTLV is more than any object of a PIV card holds.
const maxTLV = 1 << 16

// tlv makes one BER-TLV element with a tag of one byte (ISO/IEC 7816-4, 5.2.2).
func tlv(tag byte, value ...byte) []byte {
	out := []byte{tag}
	switch n := len(value); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	default:
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	return append(out, value...)
}

// cutTLV takes the first element from b. Lengths need not be minimal: cards differ.
func cutTLV(b []byte) (tag uint32, value, rest []byte, err error) {
	if len(b) < 2 {
		return 0, nil, nil, errTLV
	}
	tag, b = uint32(b[0]), b[1:]
	if tag&0x1f == 0x1f { // a second byte follows; PIV has none of three
		if b[0]&0x80 != 0 {
			return 0, nil, nil, errTLV
		}
		tag, b = tag<<8|uint32(b[0]), b[1:]
	}
	n, b, err := cutLength(b)
	if err != nil || n > len(b) {
		return 0, nil, nil, errTLV
	}
	return tag, b[:n], b[n:], nil
}

func cutLength(b []byte) (int, []byte, error) {
	if len(b) == 0 {
		return 0, nil, errTLV
	}
	n, b := int(b[0]), b[1:]
	if n < 0x80 {
		return n, b, nil
	}
	octets := n & 0x7f
	if octets == 0 || octets > 3 || octets > len(b) {
		return 0, nil, errTLV
	}
	n = 0
	for _, octet := range b[:octets] {
		n = n<<8 | int(octet)
	}
	if n > maxTLV {
		return 0, nil, errTLV
	}
	return n, b[octets:], nil
}

// elements yields the elements of b until one is malformed, which it yields as an error.
func elements(b []byte) iter.Seq2[element, error] {
	return func(yield func(element, error) bool) {
		for len(b) > 0 {
			tag, value, rest, err := cutTLV(b)
			if !yield(element{tag, value}, err) || err != nil {
				return
			}
			b = rest
		}
	}
}

type element struct {
	tag   uint32
	value []byte
}

// find returns the value of the first element with the tag, and whether there is one.
func find(b []byte, tag uint32) ([]byte, bool) {
	for e, err := range elements(b) {
		if err != nil {
			return nil, false
		}
		if e.tag == tag {
			return e.value, true
		}
	}
	return nil, false
}
