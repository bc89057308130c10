package issuance

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"sync"

	zx509 "github.com/zmap/zcrypto/x509"
	_ "github.com/zmap/zlint/v3" // registers the lints
	"github.com/zmap/zlint/v3/lint"
)

// sources are the rule books of zlint that apply to a private CA.
var sources = lint.SourceList{
	lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC8813, lint.Community,
}

// unfit are lints that are left out although they apply.
var unfit = []struct{ lint, why string }{
	{"n_san_iana_pub_suffix_empty", "it takes a bare localhost, or a host of a network without domains, for a public suffix"},
	{"e_cert_issued_by_compromised_emudhra_ca", "it tries the signature against the keys of one public CA that was broken into; our issuer is known"},
}

func unfitNames() (names []string) {
	for _, u := range unfit {
		names = append(names, u.lint)
	}
	return names
}

// smallKey searches for the private key, which costs half a signature: see mayBeSmall.
const smallKey = "e_ecdsa_small_private_key"

// lints are those that judge a certificate with an ECDSA key and with an RSA key.
type lints struct {
	ecdsa, rsa []*lint.CertificateLint
	settings   lint.Configuration
}

var zlints = sync.OnceValues(func() (l lints, err error) {
	registry, err := lint.GlobalRegistry().Filter(lint.FilterOptions{IncludeSources: sources, ExcludeNames: unfitNames()})
	if err != nil {
		return l, err
	}
	l.settings = registry.GetConfiguration()
	for _, each := range registry.CertificateLints().Lints() {
		if idle(each.Name, idleLints) {
			continue
		}
		if !idle(each.Name, idleForECDSA) {
			l.ecdsa = append(l.ecdsa, each)
		}
		if !idle(each.Name, idleForRSA) {
			l.rsa = append(l.rsa, each)
		}
	}
	return l, nil
})

func idle(name string, all []idleLint) bool {
	return slices.ContainsFunc(all, func(i idleLint) bool { return slices.Contains(i.lints, name) })
}

// zlintFaults runs zlint on a twin that our own rules found good. A notice counts as much as
// an error: our certificates have no reason to earn either.
func zlintFaults(twin *x509.Certificate) (faults []Fault) {
	defer func() {
		if r := recover(); r != nil {
			faults = append(faults, Fault{"zlint", fmt.Sprintf("it panicked: %v", r)})
		}
	}()
	all, err := zlints()
	if err != nil {
		return []Fault{{"zlint", err.Error()}}
	}
	cert, err := zx509.ParseCertificate(twin.Raw)
	if err != nil {
		return []Fault{{"zlint", "it cannot parse the certificate: " + err.Error()}}
	}
	for _, l := range all.of(twin.PublicKey) {
		if l.Name == smallKey && !mayBeSmall(twin.PublicKey) {
			continue
		}
		if result := l.Execute(cert, all.settings); result.Status >= lint.Notice { // notice, warn, error, fatal
			faults = append(faults, Fault{l.Name, fmt.Sprintf("%s %s (%s)", result.Status, result.Details, l.Citation)})
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Rule, b.Rule) })
	return faults
}

func (l lints) of(key crypto.PublicKey) []*lint.CertificateLint {
	if _, ok := key.(*ecdsa.PublicKey); ok {
		return l.ecdsa
	}
	return l.rsa
}
