package ca

import (
	"cmp"
	"fmt"
	"time"

	"mais/ca/internal/issuance"
	"mais/certs"
)

// Profile is a profile in full, as an administrator of a PKI reviews it.
type Profile struct {
	Name       certs.Profile      `json:"name"`
	Level      string             `json:"level"`
	Issuer     string             `json:"issuer"` // the series of issuing CAs; "" when each issues its own
	Subject    string             `json:"subject"`
	Keys       []certs.KeyType    `json:"keys"`     // can be set
	Validity   string             `json:"validity"` // can be set
	Backdated  string             `json:"backdated"`
	Serial     string             `json:"serial"`
	Extensions []ProfileExtension `json:"extensions"`
}

// ProfileExtension is an extension of a profile.
type ProfileExtension struct {
	Name     string `json:"name"`
	OID      string `json:"oid"`
	Critical bool   `json:"critical"`
	Value    string `json:"value"`
}

// Profiles returns every profile in full: what Options of the same Validity, Keys and
// PlainURL would certify. It needs neither keys nor database.
func Profiles(validity map[certs.Profile]time.Duration, keys map[certs.Profile][]certs.KeyType, plainURL string) ([]Profile, error) {
	lasts, err := validities(validity)
	if err != nil {
		return nil, fmt.Errorf("describe profiles: %w", err)
	}
	types, err := keyTypes(keys)
	if err != nil {
		return nil, fmt.Errorf("describe profiles: %w", err)
	}
	var all []Profile
	for _, r := range certs.AllRules {
		series := cmp.Or(r.Issuer, "ISSUER")
		p := Profile{
			Name: r.Profile, Level: r.Level.String(), Issuer: r.Issuer,
			Subject: "commonName NAME, serialNumber UUID; for people to read, nothing decides on it",
			Keys:    types[r.Profile], Validity: lasts[r.Profile].String(), Backdated: issuance.Backdate.String(),
			Serial: "16 octets, 126 bits of them random",
		}
		for _, e := range issuance.Extensions(r, issuance.AddressesOf(plainURL, series, series+"-1")) {
			p.Extensions = append(p.Extensions, ProfileExtension{e.Name, e.OID, e.Critical, e.Value})
		}
		all = append(all, p)
	}
	return all, nil
}

// LintRule is a rule that each certificate is held against before it is signed. A failure
// names it.
type LintRule struct {
	Name    string `json:"name"`              // mais_… is our own, others are zlint's
	Demands string `json:"demands,omitempty"` // what it wants of a certificate
	LeftOut string `json:"left_out,omitempty"`
}

// LintRules returns our own rules, and zlint's: those that are run, and those of the same
// rule books that are left out, each with the reason.
func LintRules() ([]LintRule, error) {
	var all []LintRule
	for _, r := range issuance.Rules {
		all = append(all, LintRule{Name: r.Name, Demands: r.Demands})
	}
	lints, err := issuance.Lints()
	if err != nil {
		return nil, fmt.Errorf("list lints: %w", err)
	}
	for _, l := range lints {
		all = append(all, LintRule{Name: l.Name, Demands: l.Demands, LeftOut: l.LeftOut})
	}
	return all, nil
}
