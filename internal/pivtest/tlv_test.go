package pivtest

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestObject(t *testing.T) {
	for n, want := range map[int]string{0: "7f4900", 127: "7f497f", 128: "7f498180", 255: "7f4981ff", 256: "7f49820100", 3052: "7f49820bec"} {
		value := bytes.Repeat([]byte{7}, n)
		got := object(0x7f49, value...)
		if head := hex.EncodeToString(got[:len(got)-n]); head != want {
			t.Errorf("object of %d bytes begins %s, want %s", n, head, want)
		}
		f, rest, ok := readField(append(got, 1))
		if !ok || f.tag != 0x7f49 || !bytes.Equal(f.value, value) || !bytes.Equal(rest, []byte{1}) {
			t.Errorf("readField of %d bytes = %x, %x, %v", n, f, rest, ok)
		}
	}
}

func TestReadFieldRefuses(t *testing.T) {
	for _, text := range []string{"", "53", "5301", "5380", "5381", "538201", "53830000010", "5f", "5fc1", "5fc18105", "5302ab"} {
		b, err := hex.DecodeString(text[:len(text)&^1])
		if err != nil {
			t.Fatal(err)
		}
		if f, _, ok := readField(b); ok {
			t.Errorf("readField(%x) = %x", b, f)
		}
	}
}
