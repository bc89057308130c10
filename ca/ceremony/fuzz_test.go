package ceremony_test

import (
	"os"
	"path/filepath"
	"testing"

	"mais/ca/ceremony"
	"mais/certs"
)

// The seeds in testdata came from a ceremony like any other: a request for people-2, what
// the root made of it, and that root. Its keys were thrown away.
func seed(f *testing.F, name string) []byte {
	f.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		f.Fatal(err)
	}
	return text
}

// What comes to the root's machine is for one later generation, with a key that it proves,
// or it is refused.
func FuzzParseSigningRequest(f *testing.F) {
	f.Add(seed(f, "request.pem"))
	f.Add(seed(f, "signed.pem"))
	f.Add([]byte("-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ceremony.ParseSigningRequest(text)
		if err == nil && (r.ID == "" || r.ID == "people-1" || r.PlainURL == "" || r.Fingerprint.IsZero()) {
			t.Errorf("ParseSigningRequest = %+v", r)
		}
	})
}

// What comes back is read without a crash, whatever it is; TestInstallRefuses of package ca
// says what of it is believed.
func FuzzParseSigned(f *testing.F) {
	root, err := certs.ParseCertificates(seed(f, "root.crt"))
	if err != nil {
		f.Fatal(err)
	}
	signed := seed(f, "signed.pem")
	if _, err := ceremony.ParseSigned(signed, root[0]); err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(seed(f, "request.pem"))
	f.Add(signed[:len(signed)/2])
	f.Fuzz(func(t *testing.T, text []byte) { ceremony.ParseSigned(text, root[0]) })
}
