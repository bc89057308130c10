package authn

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// inSession is the verdict of a request in a session with this id.
func inSession(id string) *Verdict { return &Verdict{derive: deriver([]byte(id))} }

const sessionID = "0123456789abcdef0123456789abcdef"

func TestSealOpens(t *testing.T) {
	v := inSession(sessionID)
	for _, plain := range [][]byte{nil, {0}, []byte(`{"surname":"Ó Briain"}`), make([]byte, 254), bytes.Repeat([]byte{0xff}, 4094)} {
		text, err := v.Seal("find", plain)
		if err != nil {
			t.Fatalf("Seal(%d bytes): %v", len(plain), err)
		}
		got, err := inSession(sessionID).Open("find", text) // another request of the same session
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("Open(Seal(%.40q)) = %.40q, %v", plain, got, err)
		}
		if strings.ContainsFunc(text, func(r rune) bool {
			return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", r)
		}) {
			t.Errorf("Seal = %q, which does not stand in a URL as it is", text)
		}
		again, err := v.Seal("find", plain)
		if err != nil || again == text {
			t.Errorf("the same text sealed twice is the same, %v", err)
		}
	}
	if text, err := v.Seal("find", make([]byte, 4095)); err == nil {
		t.Errorf("Seal of 4095 bytes = %d bytes, want an error", len(text))
	}
}

// The length tells which of three sizes it was, and nothing more.
func TestSealHidesLengths(t *testing.T) {
	v := inSession(sessionID)
	lengths := map[int]bool{}
	for n := range 4095 {
		text, err := v.Seal("find", make([]byte, n))
		if err != nil {
			t.Fatal(err)
		}
		lengths[len(text)] = true
	}
	if len(lengths) != len(sealedSizes) {
		t.Errorf("sealed texts have the lengths %v, want one for each of %v", lengths, sealedSizes)
	}
}

func TestSealedElsewhere(t *testing.T) {
	v := inSession(sessionID)
	text, err := v.Seal("find", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	refused := inSession(sessionID)
	refused.refusal = refuse(Revoked, nil)
	for name, open := range map[string]func() ([]byte, error){
		"another session":  func() ([]byte, error) { return inSession("1123456789abcdef0123456789abcdef").Open("find", text) },
		"another label":    func() ([]byte, error) { return v.Open("emergency", text) },
		"no label":         func() ([]byte, error) { return v.Open("", text) },
		"no session":       func() ([]byte, error) { return new(Verdict).Open("find", text) },
		"a refused caller": func() ([]byte, error) { return refused.Open("find", text) },
		"nothing":          func() ([]byte, error) { return v.Open("find", "") },
		"a nonce alone":    func() ([]byte, error) { return v.Open("find", text[:16]) },
		"another alphabet": func() ([]byte, error) { return v.Open("find", strings.Repeat("+/", 200)) },
		"padded base64":    func() ([]byte, error) { return v.Open("find", text+"=") },
		"a line break":     func() ([]byte, error) { return v.Open("find", text[:40]+"\r\n"+text[40:]) },
		"too long":         func() ([]byte, error) { return v.Open("find", strings.Repeat("A", 64<<10)) },
	} {
		if got, err := open(); !errors.Is(err, ErrSealed) || got != nil {
			t.Errorf("Open with %s = %q, %v, want ErrSealed", name, got, err)
		}
	}
	for _, v := range []*Verdict{new(Verdict), refused} {
		if text, err := v.Seal("find", nil); !errors.Is(err, ErrSealed) || text != "" {
			t.Errorf("Seal without a session = %q, %v, want ErrSealed", text, err)
		}
	}
}

// Whatever byte of it is changed, or cut off, it does not open.
func TestSealedAndChanged(t *testing.T) {
	v := inSession(sessionID)
	text, err := v.Seal("find", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		changed := slices.Clone(sealed)
		changed[i] ^= 1
		for _, forged := range [][]byte{changed, sealed[:i]} {
			if got, err := v.Open("find", base64.RawURLEncoding.EncodeToString(forged)); !errors.Is(err, ErrSealed) {
				t.Fatalf("Open of a text changed at byte %d = %q, %v, want ErrSealed", i, got, err)
			}
		}
	}
}

// What is sealed may come from anywhere, and what was padded by us may be wrong.
func TestUnpad(t *testing.T) {
	for _, test := range []struct {
		padded []byte
		want   string
		ok     bool
	}{
		{nil, "", false}, {[]byte{0}, "", false}, {[]byte{0, 0}, "", true}, {[]byte{0, 1}, "", false},
		{[]byte{0, 1, 'a', 0}, "a", true}, {[]byte{0xff, 0xff, 'a'}, "", false},
	} {
		got, err := unpad(test.padded)
		if (err == nil) != test.ok || string(got) != test.want {
			t.Errorf("unpad(%v) = %q, %v, want %q, ok %v", test.padded, got, err, test.want, test.ok)
		}
	}
}

// A verdict that reaches a log shows nothing of the session's id.
func TestVerdictHidesTheSession(t *testing.T) {
	id := make([]byte, sessionBytes)
	rand.Read(id)
	v := Verdict{derive: deriver(id)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, &v); strings.Contains(text, fmt.Sprint(id)) || strings.Contains(text, string(id)) {
			t.Errorf("%s of a verdict shows the session's id: %s", verb, text)
		}
	}
}

func FuzzOpen(f *testing.F) {
	v := inSession(sessionID)
	good, err := v.Seal("find", []byte("plain"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "", "AAAA", good[:30], good + "A"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { // each worker has a text of its own that opens, so all of them must hold the same
		if got, err := v.Open("find", text); err == nil && string(got) != "plain" || err != nil && !errors.Is(err, ErrSealed) {
			t.Fatalf("Open(%q) = %q, %v", text, got, err)
		}
	})
}
