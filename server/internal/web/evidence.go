package web

import (
	"encoding/hex"
	"errors"
	"strings"

	"mais/ca"
	"mais/certs"
	"mais/certs/attest"
	"mais/server/api"
)

// maxAttestation bounds an attestation in PEM; that of a card has below 4 KiB.
const maxAttestation = 16 << 10

// What is wrong with the form of evidence how a key is held.
var (
	errAttestation = errors.New("is not at most 4 certificates in PEM, of at most 16 KiB")
	errSlot        = errors.New("is not a slot in two hexadecimal digits, such as 9a")
)

// evidenceOf reads what a request says of how its key is held. What it proves is the CA's to
// say; field is what cannot be read.
func evidenceOf(k api.KeyEvidence) (e ca.Evidence, field string, err error) {
	if k.Attestation != "" {
		if e.Attestation, err = attestationOf(k.Attestation); err != nil {
			return ca.Evidence{}, "attestation", err
		}
	}
	if k.Card != nil {
		slot, err := hex.DecodeString(k.Card.Slot)
		if err != nil || len(slot) != 1 || hex.EncodeToString(slot) != k.Card.Slot {
			return ca.Evidence{}, "card.slot", errSlot
		}
		e.Card = ca.CardClaim{Serial: k.Card.Serial, GUID: k.Card.GUID, Slot: slot[0]}
	}
	return e, "", nil
}

func attestationOf(text string) (ders [][]byte, err error) {
	if len(text) > maxAttestation {
		return nil, errAttestation
	}
	chain, err := certs.ParseCertificates([]byte(text))
	if err != nil || len(chain) > attest.MaxCertificates || strings.Count(text, "-----BEGIN") != len(chain) {
		return nil, errAttestation
	}
	for _, cert := range chain {
		ders = append(ders, cert.Raw)
	}
	return ders, nil
}
