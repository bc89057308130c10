package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"mais/certs"
	"mais/certs/attest/attesttest"
	"mais/server/api"
)

func TestEvidenceOf(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	chain := attesttest.NewMaker(t, "Test Maker").Card(t, 1).Attest(t, key.Public())
	text := string(certs.EncodeCertificates(chain...))
	e, _, err := evidenceOf(api.KeyEvidence{Attestation: text, Card: &api.Card{Serial: 1, GUID: "x", Slot: "9a"}})
	if err != nil || len(e.Attestation) != 2 || e.Card.Slot != 0x9a || e.Card.Serial != 1 || e.Card.GUID != "x" {
		t.Errorf("evidenceOf = %+v, %v", e, err)
	}
	if e, _, err := evidenceOf(api.KeyEvidence{}); err != nil || e.Attestation != nil {
		t.Errorf("evidenceOf nothing = %+v, %v", e, err)
	}
	for name, test := range map[string]struct {
		k     api.KeyEvidence
		field string
	}{
		"text":               {api.KeyEvidence{Attestation: "hello"}, "attestation"},
		"a space":            {api.KeyEvidence{Attestation: " "}, "attestation"},
		"six":                {api.KeyEvidence{Attestation: text + text + text}, "attestation"},
		"more than 16 KiB":   {api.KeyEvidence{Attestation: text + strings.Repeat("\n", 16<<10)}, "attestation"},
		"cut short":          {api.KeyEvidence{Attestation: text[:len(text)-40]}, "attestation"},
		"no slot":            {api.KeyEvidence{Card: &api.Card{Serial: 1}}, "card.slot"},
		"a slot in capitals": {api.KeyEvidence{Card: &api.Card{Serial: 1, Slot: "9A"}}, "card.slot"},
		"two slots":          {api.KeyEvidence{Card: &api.Card{Serial: 1, Slot: "9a9c"}}, "card.slot"},
	} {
		if _, field, err := evidenceOf(test.k); err == nil || field != test.field {
			t.Errorf("%s: evidenceOf = %q, %v, want a fault of %q", name, field, err, test.field)
		}
	}
}

func FuzzEvidenceOf(f *testing.F) {
	f.Add("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", uint32(1), "00", "9a")
	f.Fuzz(func(t *testing.T, text string, serial uint32, guid, slot string) {
		e, field, err := evidenceOf(api.KeyEvidence{Attestation: text, Card: &api.Card{Serial: serial, GUID: guid, Slot: slot}})
		if (err == nil) != (field == "") || err == nil && fmt.Sprintf("%02x", e.Card.Slot) != slot {
			t.Errorf("evidenceOf = %+v, %q, %v", e, field, err)
		}
	})
}
