package enrol

import (
	"time"

	"mais/certs"
	"mais/certs/attest"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// orTheMaker adds to a refusal what is known here and the service does not tell whoever has only a
// code: that the card's statement leads to none of the makers that every service trusts. Then
// the code may well be right, and it stays good.
func orTheMaker(err error, e api.KeyEvidence) error {
	if !fault.Is(err, fault.WrongCode) || e.Attestation == "" {
		return err
	}
	chain, unread := certs.ParseCertificates([]byte(e.Attestation))
	makers, unmade := attest.NewRoots(attest.Yubico()...)
	if unread != nil || unmade != nil {
		return err
	}
	if _, unproven := makers.Verify(chain, chain[0].PublicKey, time.Now()); unproven == nil {
		return err
	}
	said := *fault.Of(err)
	said.Message += "; or the service does not trust the maker of this card (" + ui.Clean(chain[len(chain)-1].Issuer.CommonName) + ")"
	said.Next = "check the code and the address; if both are right, ask your administrator whether the maker of this card is trusted: the code stays good then"
	return &said
}
