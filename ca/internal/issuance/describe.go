package issuance

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"mais/certs"
)

// Extension is an extension as a profile has it, in words.
type Extension struct {
	Name, OID string
	Critical  bool
	Value     string
}

var usageNames = map[x509.ExtKeyUsage]string{
	x509.ExtKeyUsageClientAuth: "clientAuth", x509.ExtKeyUsageServerAuth: "serverAuth", x509.ExtKeyUsageOCSPSigning: "OCSPSigning",
}

// Extensions returns the extensions of a profile under an issuer with the addresses, as
// mais_extensions demands them.
func Extensions(r certs.Rules, a Addresses) []Extension {
	values := map[string]string{
		"subject key identifier":       "160 bits of the key's SHA-256 (RFC 7093)",
		"key usage":                    "digitalSignature",
		"subject alternative name":     alternativeName(r),
		"basic constraints":            "CA false",
		"CRL distribution points":      fmt.Sprintf("%sN.crl, N by the serial number, from %d to %d", a.shards, a.first, a.first+shards-1),
		"certificate policies":         r.Policy.String(),
		"authority key identifier":     "the issuer's",
		"extended key usage":           strings.Join(usages(r), ", "),
		"authority information access": "OCSP " + a.OCSP + ", caIssuers " + a.Issuer,
		"OCSP no check":                "nobody asks for its status",
	}
	var all []Extension
	for _, e := range extensions {
		if e.carried(r) {
			all = append(all, Extension{e.name, e.id.String(), e.critical, values[e.name]})
		}
	}
	return all
}

func usages(r certs.Rules) (names []string) {
	for _, u := range r.Usages {
		names = append(names, usageNames[u])
	}
	for _, own := range r.Own {
		names = append(names, own.String())
	}
	return names
}

func alternativeName(r certs.Rules) string {
	var parts []string
	if r.URI {
		parts = append(parts, fmt.Sprintf("URI urn:mais:%s:UUID", r.Kind))
	}
	if r.Names {
		parts = append(parts, "the host names and addresses listed, within the issuer's name constraints")
	}
	return strings.Join(parts, ", and ")
}

// Lint is a lint of zlint's: one that is run, or one that is left out and why.
type Lint struct{ Name, Demands, LeftOut string }

// Lints returns the lints of zlint's that are run on a certificate with an ECDSA or an RSA
// key, and those of the same rule books that are left out.
func Lints() ([]Lint, error) {
	all, err := zlints()
	if err != nil {
		return nil, err
	}
	var out []Lint
	for _, l := range slices.Concat(all.ecdsa, all.rsa) {
		out = append(out, Lint{Name: l.Name, Demands: l.Description})
	}
	for _, i := range idleLints {
		for _, name := range i.lints {
			out = append(out, Lint{Name: name, LeftOut: i.why + ": " + i.rule})
		}
	}
	for _, u := range unfit {
		out = append(out, Lint{Name: u.lint, LeftOut: u.why})
	}
	slices.SortFunc(out, func(a, b Lint) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(out, func(a, b Lint) bool { return a.Name == b.Name }), nil
}
