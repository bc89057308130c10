package issuance

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/certs"
)

var noNames = &x509.CertificateRequest{}

// spoilt is a good certificate of a profile in which one thing is wrong, as a fault of ours
// would have it.
type spoilt struct {
	name    string
	broken  string // every rule that notices, in order
	profile certs.Profile
	spoil   func(p *Prepared)
}

func uri(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return u
}

// extend puts an extension into a template; crypto/x509 then writes none of its own of the
// kind.
func extend(p *Prepared, critical bool, value []byte, id ...int) {
	p.template.ExtraExtensions = append(p.template.ExtraExtensions, pkix.Extension{Id: id, Critical: critical, Value: value})
}

// otherIssuer gives p an issuer of its own whose certificate differs.
func otherIssuer(p *Prepared, change func(c *x509.Certificate)) {
	issuer, cert := *p.issuer, *p.issuer.cert
	change(&cert)
	issuer.cert = &cert
	p.issuer = &issuer
}

const stranger = "urn:mais:user:00000000-0000-4000-8000-000000000001"

var spoilts = []spoilt{
	{"a CA", "mais_profile mais_no_ca", certs.PersonSoftware, func(p *Prepared) { p.template.IsCA = true }},
	{"a list's key usage", "mais_profile mais_no_ca mais_digital_signature e_key_usage_and_extended_key_usage_inconsistent n_ecdsa_ee_invalid_ku", certs.PersonSoftware, func(p *Prepared) { p.template.KeyUsage |= x509.KeyUsageCRLSign }},
	{"no basic constraints", "mais_profile mais_no_ca mais_extensions", certs.PersonSoftware, func(p *Prepared) { p.template.BasicConstraintsValid = false }},
	{"another key usage", "mais_profile mais_digital_signature e_key_usage_and_extended_key_usage_inconsistent n_ecdsa_ee_invalid_ku", certs.SiteToken, func(p *Prepared) { p.template.KeyUsage = x509.KeyUsageEncipherOnly }},
	{"no extended key usage", "mais_profile mais_explicit_usage mais_extensions", certs.PersonSoftware, func(p *Prepared) { p.template.ExtKeyUsage = nil }},
	{"any usage", "mais_profile mais_explicit_usage", certs.PersonSoftware, func(p *Prepared) { p.template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }},
	{"one usage more", "mais_profile mais_explicit_usage", certs.PersonSoftware, func(p *Prepared) {
		p.template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	}},
	{"a responder that signs in", "mais_profile mais_explicit_usage", certs.OCSPSigner, func(p *Prepared) {
		p.template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning, x509.ExtKeyUsageClientAuth}
	}},
	{"no identity", "mais_profile mais_one_identity mais_extensions", certs.PersonSoftware, func(p *Prepared) { p.template.URIs = nil }},
	{"two identities", "mais_profile mais_one_identity", certs.PersonSoftware, func(p *Prepared) { p.template.URIs = append(p.template.URIs, uri(stranger)) }},
	{"another's identity", "mais_one_identity", certs.PersonSoftware, func(p *Prepared) { p.template.URIs = []*url.URL{uri(stranger)} }},
	{"a mail address", "mais_profile mais_one_identity", certs.PersonSoftware, func(p *Prepared) { p.template.EmailAddresses = []string{"a@example.org"} }},
	{"a node's identity", "mais_profile mais_one_identity", certs.ServerNode, func(p *Prepared) { p.template.URIs = []*url.URL{p.subject.Identity.URI()} }},
	{"no policy", "mais_profile mais_one_policy mais_extensions", certs.PersonSoftware, func(p *Prepared) { p.template.Policies = nil }},
	{"another policy", "mais_profile mais_one_policy", certs.PersonSoftware, func(p *Prepared) {
		card, _ := certs.RulesOf(certs.PersonCard)
		p.template.Policies = []x509.OID{card.Policy}
	}},
	{"a policy with a qualifier", "mais_one_policy", certs.PersonSoftware, qualify},
	{"a unit in the subject", "mais_subject", certs.PersonSoftware, func(p *Prepared) { p.template.Subject.OrganizationalUnit = []string{"admin"} }},
	{"a long name", "mais_subject e_subject_common_name_max_length", certs.PersonSoftware, func(p *Prepared) { p.template.Subject.CommonName = strings.Repeat("x", 65) }},
	{"a person's host name", "mais_profile mais_names", certs.PersonSoftware, func(p *Prepared) { p.template.DNSNames = []string{"mais.example.org"} }},
	{"a host name beyond the constraints", "mais_names", certs.SiteToken, func(p *Prepared) {
		p.template.DNSNames = []string{"mais.example.net"}
		p.subject.DNSNames = p.template.DNSNames
	}},
	{"a wildcard", "mais_names", certs.SiteToken, func(p *Prepared) {
		p.template.DNSNames = []string{"*.example.org"}
		p.subject.DNSNames = p.template.DNSNames
	}},
	{"an address beyond the constraints", "mais_names", certs.ServerNode, func(p *Prepared) {
		p.template.IPAddresses = []net.IP{{198, 51, 100, 1}}
		p.subject.Addresses = []netip.Addr{netip.MustParseAddr("198.51.100.1")}
	}},
	{"a weak key", "mais_key mais_key_type", certs.PersonSoftware, func(p *Prepared) {
		small, _ := rsa.GenerateKey(rand.Reader, 1024)
		p.request.key = small.Public()
	}},
	{"a key type that the profile does not take", "mais_key_type", certs.PersonSoftware, func(p *Prepared) {
		key, _ := rsa.GenerateKey(rand.Reader, 2048)
		p.request.key = key.Public()
	}},
	{"another's key identifier", "mais_key_id", certs.PersonSoftware, func(p *Prepared) { p.template.SubjectKeyId = bytes.Repeat([]byte{1}, 20) }},
	{"an issuer whose key has no name", "mais_issuer mais_extensions e_ext_authority_key_identifier_no_key_identifier", certs.PersonSoftware, func(p *Prepared) {
		otherIssuer(p, func(c *x509.Certificate) { c.SubjectKeyId = nil })
	}},
	{"another issuer's name", "mais_issuer", certs.PersonSoftware, func(p *Prepared) {
		extend(p, false, append([]byte{0x30, 22, 0x80, 20}, bytes.Repeat([]byte{9}, 20)...), 2, 5, 29, 35)
	}},
	{"another hash", "mais_signature", certs.PersonSoftware, func(p *Prepared) { p.template.SignatureAlgorithm = x509.ECDSAWithSHA512 }},
	{"a serial number that can be guessed", "mais_serial", certs.PersonSoftware, func(p *Prepared) {
		p.template.SerialNumber = big.NewInt(7)
		p.template.CRLDistributionPoints = p.issuer.addresses.statusOf(big.NewInt(7), p.subject.Rules).lists
	}},
	{"longer than its issuer", "mais_validity", certs.PersonSoftware, func(p *Prepared) { p.template.NotAfter = p.issuer.cert.NotAfter.Add(time.Second) }},
	{"earlier than its issuer", "mais_validity", certs.PersonSoftware, func(p *Prepared) { p.template.NotBefore = p.issuer.cert.NotBefore.Add(-time.Second) }},
	{"longer than its profile", "mais_validity", certs.PersonSoftware, func(p *Prepared) { p.template.NotAfter = p.template.NotAfter.Add(time.Second) }},
	{"no time at all", "mais_validity", certs.PersonSoftware, func(p *Prepared) { p.template.NotAfter = p.template.NotBefore }},
	{"no list", "mais_addresses mais_extensions", certs.PersonSoftware, func(p *Prepared) { p.template.CRLDistributionPoints = nil }},
	{"no issuer's address", "mais_addresses", certs.PersonSoftware, func(p *Prepared) { p.template.IssuingCertificateURL = nil }},
	{"no responder", "mais_addresses", certs.PersonSoftware, func(p *Prepared) { p.template.OCSPServer = nil }},
	{"another shard's list", "mais_addresses", certs.PersonSoftware, func(p *Prepared) {
		p.template.SerialNumber = new(big.Int).Xor(p.template.SerialNumber, big.NewInt(1))
	}},
	{"the full list", "mais_addresses", certs.PersonSoftware, func(p *Prepared) { p.template.CRLDistributionPoints = []string{p.issuer.addresses.List} }},
	{"a responder whose status is asked", "mais_addresses mais_extensions", certs.OCSPSigner, func(p *Prepared) { p.template.OCSPServer = []string{p.issuer.addresses.OCSP} }},
	{"a responder without nocheck", "mais_extensions", certs.OCSPSigner, func(p *Prepared) { p.template.ExtraExtensions = nil }},
	{"a person with nocheck", "mais_extensions", certs.PersonSoftware, func(p *Prepared) { p.template.ExtraExtensions = []pkix.Extension{noCheck} }},
	{"an extension of a stranger's", "mais_extensions", certs.PersonSoftware, func(p *Prepared) { extend(p, false, []byte{5, 0}, 1, 2, 3, 4) }},
	{"a critical extension of a stranger's", "mais_profile mais_extensions", certs.PersonSoftware, func(p *Prepared) { extend(p, true, []byte{5, 0}, 1, 2, 3, 4) }},
	{"key usage that may be overlooked", "mais_extensions w_ext_key_usage_not_critical", certs.PersonSoftware, func(p *Prepared) { extend(p, false, []byte{3, 2, 7, 0x80}, 2, 5, 29, 15) }},
}

// qualify adds the qualifier CPS, with an address, to the certificate's policy.
func qualify(p *Prepared) {
	type qualifier struct {
		ID  asn1.ObjectIdentifier
		CPS string `asn1:"ia5"`
	}
	type policy struct {
		ID         asn1.ObjectIdentifier
		Qualifiers []qualifier
	}
	var id asn1.ObjectIdentifier
	for part := range strings.SplitSeq(p.subject.Rules.Policy.String(), ".") {
		n, _ := new(big.Int).SetString(part, 10)
		id = append(id, int(n.Int64()))
	}
	value, err := asn1.Marshal([]policy{{id, []qualifier{{asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 2, 1}, "http://example.org/cps"}}}})
	if err != nil {
		panic(err)
	}
	extend(p, false, value, 2, 5, 29, 32)
}

// broken returns the rules that a certificate breaks, in the order in which they are told.
func broken(t testing.TB, p Prepared) (names []string) {
	t.Helper()
	_, err := p.Lint()
	if err == nil {
		return nil
	}
	var lint *LintError
	if !errors.As(err, &lint) {
		t.Fatalf("Lint() = %v, want a *LintError", err)
	}
	for _, f := range lint.Faults {
		if !strings.Contains(err.Error(), f.Rule) || f.What == "" {
			t.Errorf("Lint() = %v, which does not say %s and why", err, f.Rule)
		}
		names = append(names, f.Rule)
	}
	return names
}

func wantFault(t testing.TB, p Prepared, want string) {
	t.Helper()
	if got := strings.Join(broken(t, p), " "); got != want {
		t.Errorf("Lint() names %q, want %q", got, want)
	}
}

func TestLintNamesTheRule(t *testing.T) {
	for _, test := range spoilts {
		t.Run(test.name, func(t *testing.T) {
			p := testPrepared(t, test.profile)
			wantFault(t, p, "")
			test.spoil(&p)
			wantFault(t, p, test.broken)
		})
	}
}

// Where a rule is broken by itself in no case, a case says what it sees besides another.
func TestEveryRuleIsTested(t *testing.T) {
	for _, r := range Rules {
		if r.Demands == "" || !strings.HasPrefix(r.Name, "mais_") {
			t.Errorf("rule %q does not say what it demands", r.Name)
		}
		if !slices.ContainsFunc(spoilts, func(s spoilt) bool { return slices.Contains(strings.Fields(s.broken), r.Name) }) {
			t.Errorf("no case breaks %s", r.Name)
		}
	}
}
