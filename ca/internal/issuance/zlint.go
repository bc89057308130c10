package issuance

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	zx509 "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
)

// sources are the rule books of zlint that apply to a private CA.
var sources = lint.SourceList{
	lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC8813, lint.Community,
}

// without lists lints that are left out, each with its reason.
var without = []string{
	// It takes a bare "localhost", or a host of a network without domains, for a public suffix.
	"n_san_iana_pub_suffix_empty",
	// It tries the signature against the keys of one public CA that was broken into, which
	// costs more than all else together; our issuer is known.
	"e_cert_issued_by_compromised_emudhra_ca",
}

var registry = sync.OnceValues(func() (lint.Registry, error) {
	return lint.GlobalRegistry().Filter(lint.FilterOptions{IncludeSources: sources, ExcludeNames: without})
})

// zlintFaults runs zlint on a certificate. A notice counts as much as an error: our
// certificates have no reason to earn either.
func zlintFaults(der []byte) (faults []Fault) {
	defer func() {
		if r := recover(); r != nil {
			faults = append(faults, Fault{"zlint", fmt.Sprintf("it panicked: %v", r)})
		}
	}()
	rules, err := registry()
	if err != nil {
		return []Fault{{"zlint", err.Error()}}
	}
	cert, err := zx509.ParseCertificate(der)
	if err != nil {
		return []Fault{{"zlint", "it cannot parse the certificate: " + err.Error()}}
	}
	for name, result := range zlint.LintCertificateEx(cert, rules).Results {
		if result.Status >= lint.Notice { // notice, warn, error, fatal
			faults = append(faults, Fault{name, fmt.Sprintf("%s %s (%s)", result.Status, result.Details, result.LintMetadata.Citation)})
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Rule, b.Rule) })
	return faults
}
