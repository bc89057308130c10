package server

import (
	"fmt"
	"os"

	"mais/ca"
	"mais/certs/attest"
	"mais/config"
)

// attestation reads the makers of cards that the settings trust.
func attestation(settings config.Attestation) (ca.Attestation, error) {
	demand, err := settings.Demand()
	if err != nil {
		return ca.Attestation{}, err
	}
	cas := attest.Yubico()
	for _, file := range settings.Roots {
		text, err := os.ReadFile(file)
		if err != nil {
			return ca.Attestation{}, fmt.Errorf("attestation.roots: %w", err)
		}
		of, err := attest.LoadRoots(text)
		if err != nil {
			return ca.Attestation{}, fmt.Errorf("attestation.roots: %s: %w", file, err)
		}
		cas = append(cas, of...)
	}
	if !settings.Yubico { // its intermediates in a file then lead to no root, and are said to
		cas = cas[len(attest.Yubico()):]
	}
	roots, err := attest.NewRoots(cas...)
	if err != nil {
		return ca.Attestation{}, fmt.Errorf("attestation.roots: %w", err)
	}
	return ca.Attestation{Roots: roots, Demand: demand}, nil
}
