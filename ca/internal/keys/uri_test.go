package keys

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

func TestCheckURI(t *testing.T) {
	for text, want := range map[string]string{
		"pkcs11:token=mais;object=people-1;id=0a?pin-source=/etc/mais/pin":        "",
		"pkcs11:module-path=/usr/lib/x.so;token=mais?pin-source=file:/etc/mais/p": "",
		"cloudkms:projects/p/locations/l/keyRings/r/cryptoKeys/people-1":          "",
		"":                                        "want one line",
		"pkcs11:token=a b":                        "want one line",
		"pkcs11:token=mais\nx":                    "want one line",
		"pkcs11:" + strings.Repeat("x", maxURI):   "want one line",
		"people-1":                                "want SCHEME",
		"pkcs11:token=mais?pin-value=1234":        "holds a PIN",
		"pkcs11:token=mais;pin-value=1234":        "holds a PIN",
		"pkcs11:token=mais?pin-prompt=x":          "holds a PIN",
		"pkcs11:token=mais?pin-source=etc/pin":    "the whole path",
		"softkms:path=/etc/mais/people-1.key":     "encrypted one",
		"file:///etc/mais/people-1.key":           "encrypted one",
		"FILE:///etc/mais/people-1.key":           "encrypted one",
		"PKCS11:token=mais?pin-source=/etc/m/pin": "",
	} {
		err := CheckURI(text)
		if (err == nil) != (want == "") || err != nil && (!errors.Is(err, ErrURI) || !strings.Contains(err.Error(), want)) {
			t.Errorf("CheckURI(%.60q) = %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "1234") {
			t.Errorf("CheckURI(%q) repeats the PIN: %v", text, err)
		}
	}
}

func TestAddressOf(t *testing.T) {
	for template, want := range map[string]string{
		"pkcs11:token=mais?pin-source=/p":                "pkcs11:token=mais;object=people-1;id=*?pin-source=/p",
		"pkcs11:token=mais":                              "pkcs11:token=mais;object=people-1;id=*",
		"pkcs11:token=mais;object=mais-{id}":             "pkcs11:token=mais;object=mais-people-1;id=*",
		"cloudkms:projects/p/keyRings/r/cryptoKeys/{id}": "cloudkms:projects/p/keyRings/r/cryptoKeys/people-1",
	} {
		got, err := addressOf(template, "people-1")
		before, after, random := strings.Cut(want, "*")
		if err != nil || !strings.HasPrefix(got, before) || random && len(got) != len(want)-1+16 || !strings.HasSuffix(got, after) {
			t.Errorf("addressOf(%q) = %q, %v, want %q", template, got, err, want)
		}
		if strings.HasPrefix(got, "pkcs11") && managerOf(got) != managerOf(template) {
			t.Errorf("managerOf(%q) = %q, and of its template %q", got, managerOf(got), managerOf(template))
		}
	}
}

// A program without a key manager says how to get one, and gives no signature.
func TestWithoutTheKeyManager(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k, err := OpenKept("yubikey:slot-id=9a", key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if err := Probe(k); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "built without yubikey") {
		t.Errorf("Probe = %v, want %v", err, ErrUnavailable)
	}
	if _, _, err := NewKept(context.Background(), "yubikey:slot-id=9a", "people-1", P256); !errors.Is(err, ErrUnavailable) {
		t.Errorf("NewKept = %v, want %v", err, ErrUnavailable)
	}
}

func FuzzCheckURI(f *testing.F) {
	f.Add("pkcs11:token=mais;object=people-1;id=0a?pin-source=/etc/mais/pin")
	f.Add("pkcs11:;;;?pin-value=%00")
	f.Fuzz(func(t *testing.T, text string) {
		if CheckURI(text) != nil {
			return
		}
		if strings.ContainsAny(text, "\n\x00 ") {
			t.Errorf("CheckURI(%q) = nil", text)
		}
		if address, err := addressOf(text, "people-1"); err == nil && CheckURI(address) != nil {
			t.Errorf("addressOf(%q) = %q, which is none", text, address)
		}
		managerOf(text)
	})
}
