package pivtest

// A field is a BER-TLV data object (ISO/IEC 7816-4, 5.2.2).
type field struct {
	tag   uint32
	value []byte
}

// readField takes the first data object off b. Any form of length up to two bytes will do, as
// cards take it.
func readField(b []byte) (f field, rest []byte, ok bool) {
	tag, b, ok := readTag(b)
	if !ok {
		return field{}, nil, false
	}
	n, b, ok := readLength(b)
	if !ok || n > len(b) {
		return field{}, nil, false
	}
	return field{tag, b[:n]}, b[n:], true
}

// readTag reads a tag of at most three bytes.
func readTag(b []byte) (tag uint32, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	tag = uint32(b[0])
	if b[0]&0x1f != 0x1f {
		return tag, b[1:], true
	}
	for i := 1; i < min(len(b), 3); i++ {
		tag = tag<<8 | uint32(b[i])
		if b[i]&0x80 == 0 {
			return tag, b[i+1:], true
		}
	}
	return 0, nil, false
}

func readLength(b []byte) (n int, rest []byte, ok bool) {
	switch {
	case len(b) >= 1 && b[0] < 0x80:
		return int(b[0]), b[1:], true
	case len(b) >= 2 && b[0] == 0x81:
		return int(b[1]), b[2:], true
	case len(b) >= 3 && b[0] == 0x82:
		return int(b[1])<<8 | int(b[2]), b[3:], true
	}
	return 0, nil, false
}

// readFields reads data objects until b is used up.
func readFields(b []byte) (fields []field, ok bool) {
	for len(b) > 0 {
		var f field
		if f, b, ok = readField(b); !ok {
			return nil, false
		}
		fields = append(fields, f)
	}
	return fields, true
}

// find returns the value of the first data object with the tag.
func find(fields []field, tag uint32) ([]byte, bool) {
	for _, f := range fields {
		if f.tag == tag {
			return f.value, true
		}
	}
	return nil, false
}

// object writes a data object with the shortest length there is: clients in Go refuse others.
func object(tag uint32, value ...byte) []byte {
	var b []byte
	for shift := 16; shift > 0; shift -= 8 {
		if tag>>shift != 0 {
			b = append(b, byte(tag>>shift))
		}
	}
	b = append(b, byte(tag))
	switch n := len(value); {
	case n < 0x80:
		b = append(b, byte(n))
	case n < 0x100:
		b = append(b, 0x81, byte(n))
	default:
		b = append(b, 0x82, byte(n>>8), byte(n))
	}
	return append(b, value...)
}
