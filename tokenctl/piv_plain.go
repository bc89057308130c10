package main

import "mais/tokenctl/internal/fault"

// makesNoKeys refuses a card before anything is asked for it.
func makesNoKeys() error {
	return fault.New(fault.CardLacks, "make the key with the program that came with the card, and have it certified with 'tokenctl enrol --csr': see docs/cards.md",
		"this is a PIV card without the extensions by which tokenctl makes keys")
}
