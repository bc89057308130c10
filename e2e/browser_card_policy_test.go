package e2e_test

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"mais/certs"
	"mais/certs/attest"
	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
	"mais/server/api"
)

// TestBrowserPolicies: what an administrator sets for everybody on a computer is what the browsers
// read. A user who has done nothing trusts the service's root, and no other.
func TestBrowserPolicies(t *testing.T) {
	t.Parallel()
	s := cardDemo(t)
	roots := write(t, filepath.Join(t.TempDir(), "roots.pem"), string(fetch(t, s.demo.URLs.Plain+"/roots.pem")))
	for _, k := range []kind{onChromium, onFirefox} {
		t.Run(k.name, func(t *testing.T) {
			d := newDesktop(t, pcsc.Start(t))
			setup := []string{"browser", "setup", "--everybody", "--service", s.demo.URLs.Mutual, "--root-file", roots, "--root-fingerprint"}
			wrong := certs.FingerprintOf([]byte("another")).String()
			d.ctl(t, append(setup, wrong)...).exits(t, 8).says(t, wrong)
			d.ctl(t, append(setup, s.demo.RootFingerprint)...).exits(t, 0)
			h := k.start(t, d, s)
			h.knock(t, "/")
			h.arrived(t)
			if words := h.words(t); !strings.Contains(words, noToken) {
				t.Errorf("%s shows %.600q, want %q", k.name, words, noToken)
			}
			h.quit(t)
			d.ctl(t, "browser", "setup", "--remove").exits(t, 0)
			if left, err := filepath.Glob(filepath.Join(d.etc, "*", "*", "*.json")); err != nil || len(left) > 0 {
				t.Errorf("after --remove there are %v, %v", left, err)
			}
		})
	}
}

// TestCardWithoutPIN: a key in the slot 9E wants no PIN, so that whoever finds the card could
// sign in. The service issues nothing for it, though the maker vouches for the card, and takes no
// witness's word of it.
func TestCardWithoutPIN(t *testing.T) {
	t.Parallel()
	s := cardDemo(t)
	for _, tt := range []struct {
		slot byte
		pin  attest.PINPolicy
		want int
	}{{0x9e, attest.PINNever, http.StatusForbidden}, {0x9e, attest.PINOnce, http.StatusForbidden}, {0x9a, attest.PINNever, http.StatusForbidden}, {0x9a, attest.PINOnce, http.StatusCreated}} {
		card := newCard(t, pivtest.Options{})
		key, err := card.Provision(tt.slot, "P-256")
		if err != nil {
			t.Fatal(err)
		}
		chain, err := cards.maker.Attest(pivtest.Claim{Key: key.Public(), Slot: tt.slot, PIN: tt.pin, Touch: attest.TouchNever,
			Serial: card.Serial(), Firmware: attest.Version{Major: 5, Minor: 4, Patch: 3}, Form: 1})
		if err != nil {
			t.Fatal(err)
		}
		evidence := api.KeyEvidence{Attestation: string(certs.EncodeCertificates([]*x509.Certificate(chain)...)),
			Card: &api.Card{Serial: card.Serial(), Slot: map[byte]string{0x9a: "9a", 0x9e: "9e"}[tt.slot]}}
		if _, a := s.certify(t, "nopin", key, evidence); a.status != tt.want {
			t.Errorf("slot %x, PIN policy %d: %d %s, want %d", tt.slot, tt.pin, a.status, a.body, tt.want)
		}
	}
	s.refusesWitnessOf9E(t)
}

// refusesWitnessOf9E: an administrator who vouches for a key in 9E is not heard, and so it counts
// as in a file.
func (s *service) refusesWitnessOf9E(t *testing.T) {
	t.Helper()
	key, err := newCard(t, pivtest.Options{}).Provision(0x9e, "P-256")
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	admin, officer := s.join(t, "witness-9e", "administrator", custody), s.join(t, "officer-9e", "police_officer", custody)
	card := api.Card{Serial: 31, Slot: "9e"}
	word := api.WitnessRequest{Key: fmt.Sprintf("%x", sha256.Sum256(spki)), Email: officer.email, Card: card}
	if a := admin.client(t).post(t, api.PathWitness, word); a.status != http.StatusBadRequest || !strings.Contains(string(a.body), "card.slot") {
		t.Errorf("a witness of a key in 9E: %d %s, want %d", a.status, a.body, http.StatusBadRequest)
	}
	word.Card.Slot = "9a"
	if a := admin.client(t).post(t, api.PathWitness, word); a.status != http.StatusCreated {
		t.Errorf("a witness of a key in 9A: %d %s", a.status, a.body)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	renew := api.RenewRequest{CSR: string(certs.EncodeRequest(csr)), KeyEvidence: api.KeyEvidence{Card: &card}}
	if a := officer.client(t).post(t, api.PathRenew, renew); a.status != http.StatusForbidden {
		t.Errorf("a key said to be in 9E that a witness saw in 9A: %d %s, want %d", a.status, a.body, http.StatusForbidden)
	}
}
