package config

import (
	"fmt"
	"slices"

	"mais/certs/attest"
)

// Attestation is whose smart cards are believed when they say that a key was made inside them
// and cannot leave, and what is demanded of such a key. It then counts as on an attested card,
// the highest level that a role can demand. A request whose attestation does not meet it is
// refused as a whole. A key for which no attestation comes is not touched by this.
//
// The slot is always 9A, which signs in and always wants the PIN unless its key was made
// otherwise. RSA keys that firmware 4.2.6 to 4.3.4 made can be factored, and all keys of the FIPS
// firmware 4.4.2 to 4.4.4 computed from a few signatures (YSA-2019-02): they are refused whatever
// is set here.
type Attestation struct {
	// Yubico is whether Yubico's cards are believed; their roots are built in. Default true.
	Yubico bool `toml:"yubico"`
	// Roots are files of other makers, PEM: each maker's root and, where the cards are signed
	// by others than it, the CAs between. A new intermediate of Yubico's goes here too. At
	// most 16. Default none.
	Roots []string `toml:"roots,omitempty"`
	// PIN is when a key may want it: "once" a session with the card, "always", or by
	// fingerprint "match-once", "match-always". "never" cannot be set: a card that was found
	// would sign in. Default ["once", "always"].
	PIN []string `toml:"pin"`
	// Touch is when a key may want the card to be touched: "never", "always", "cached" for 15
	// seconds. Without "never", programs that are already on the machine cannot use the key
	// unseen. Default all three.
	Touch []string `toml:"touch"`
	// Firmware is the earliest that is believed. Default "4.3.5". "5.7.0" refuses cards whose
	// keys a laboratory can copy (CVE-2024-45678); below it administrators see a warning.
	Firmware string `toml:"firmware"`
}

const maxMakers = 16

func defaultAttestation() Attestation {
	return Attestation{Yubico: true, PIN: []string{"once", "always"}, Touch: []string{"never", "always", "cached"}, Firmware: "4.3.5"}
}

// Demand returns what is demanded of a key, of settings that are valid.
func (a Attestation) Demand() (attest.Demand, error) {
	d := attest.Demand{Slots: []byte{attest.LoginSlot}}
	var err error
	if d.Firmware, err = attest.ParseVersion(a.Firmware); err != nil {
		return attest.Demand{}, fmt.Errorf("attestation.firmware: %w", err)
	}
	for _, name := range a.PIN {
		p, err := attest.ParsePINPolicy(name)
		if err != nil {
			return attest.Demand{}, fmt.Errorf("attestation.pin: %w", err)
		}
		d.PIN = append(d.PIN, p)
	}
	for _, name := range a.Touch {
		t, err := attest.ParseTouchPolicy(name)
		if err != nil {
			return attest.Demand{}, fmt.Errorf("attestation.touch: %w", err)
		}
		d.Touch = append(d.Touch, t)
	}
	return d, nil
}

func (c *checker) attestation(a *Attestation) {
	if len(a.Roots) > maxMakers {
		c.fault("attestation.roots", "more than %d files", maxMakers)
	}
	for _, file := range a.Roots {
		c.text("attestation.roots", file, 1, 4096)
	}
	c.names("attestation.pin", a.PIN, "once", "always", "match-once", "match-always")
	c.names("attestation.touch", a.Touch, "never", "always", "cached")
	if _, err := attest.ParseVersion(a.Firmware); err != nil {
		c.fault("attestation.firmware", "%.20q is not a version such as \"5.4.3\"", a.Firmware)
	}
}

// names checks a list of one or more of these names, each once.
func (c *checker) names(key string, given []string, known ...string) {
	if len(given) == 0 {
		c.fault(key, "at least one of %q is needed", known)
	}
	for n, name := range given {
		switch {
		case !slices.Contains(known, name):
			c.fault(key, "%.20q is none of %q", name, known)
		case slices.Contains(given[:n], name):
			c.fault(key, "%q stands there twice", name)
		}
	}
}
