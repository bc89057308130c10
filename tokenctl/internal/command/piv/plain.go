package piv

import "mais/tokenctl/internal/fault"

// ownProgram is how a card that only its own program writes comes to a certificate.
const ownProgram = "make the key with the program that came with the card, and have it certified with 'tokenctl enrol --csr': see docs/cards.md"

// makesNoKeys refuses a card before anything is asked for it.
func makesNoKeys() error {
	return fault.New(fault.CardLacks, ownProgram,
		"this is a PIV card without the extensions by which tokenctl makes keys")
}
