package issuance

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"mais/certs"
)

// Rule is one of our own lints: its name, as failures give it, and what it demands.
type Rule struct {
	Name, Demands string

	// fault looks at the twin as a stranger would, and says what is wrong, or "".
	fault func(twin *x509.Certificate, p Prepared) string
}

// Rules are our own lints, which come before zlint's.
var Rules = []Rule{
	{"mais_profile", "sites, tokenctl and every node take it for what it is", profileFault},
	{"mais_no_ca", "basic constraints say that it is no CA, and its key signs neither certificates nor revocation lists (RFC 5280, 4.2.1.9)", noCAFault},
	{"mais_digital_signature", "key usage is digitalSignature alone (RFC 5280, 4.2.1.3)", func(c *x509.Certificate, _ Prepared) string {
		return unless(c.KeyUsage == x509.KeyUsageDigitalSignature, "key usage is not digitalSignature alone")
	}},
	{"mais_explicit_usage", "extended key usage is the profile's, all of it and no more (RFC 5280, 4.2.1.12)", func(c *x509.Certificate, p Prepared) string {
		return unless(p.subject.Rules.HasUsages(c), "extended key usage is not the profile's")
	}},
	{"mais_one_identity", "the alternative name holds exactly the subject's identity where the profile has one, and no mail address", identityFault},
	{"mais_one_policy", "exactly the profile's policy, without qualifiers (RFC 5280, 4.2.1.4)", policyFault},
	{"mais_subject", "the subject is the name and the identity's UUID, to the byte (RFC 5280, 4.1.2.6)", subjectFault},
	{"mais_names", "host names and addresses are those listed, in lower case, without wildcard, and within the issuer's name constraints (RFC 5280, 4.2.1.10)", namesFault},
	{"mais_key", "the key is the request's, strong enough, and not a published one", keyFault},
	{"mais_key_type", "the key is of a type that the profile allows", keyTypeFault},
	{"mais_key_id", "the subject key identifier is of the key (RFC 7093, 2)", func(c *x509.Certificate, p Prepared) string {
		return unless(bytes.Equal(c.SubjectKeyId, p.request.keyID()), "the subject key identifier is not of the key")
	}},
	{"mais_issuer", "it names its issuer and its issuer's key (RFC 5280, 4.1.2.4 and 4.2.1.1)", func(c *x509.Certificate, p Prepared) string {
		issuer := p.issuer.cert
		return unless(bytes.Equal(c.RawIssuer, issuer.RawSubject) && len(issuer.SubjectKeyId) > 0 && bytes.Equal(c.AuthorityKeyId, issuer.SubjectKeyId),
			"it does not name its issuer and its issuer's key")
	}},
	{"mais_signature", "the hash is as strong as the issuer's key (RFC 5480, 4; SP 800-57)", signatureFault},
	{"mais_serial", "the serial number is 16 octets, 126 bits of them random (RFC 5280, 4.1.2.2)", func(c *x509.Certificate, _ Prepared) string {
		b := c.SerialNumber.Bytes()
		return unless(len(b) == 16 && b[0] >= 0x40 && b[0] <= 0x7f, "the serial number is not 16 octets beginning 40 to 7f")
	}},
	{"mais_validity", "it begins before it ends, lasts no longer than its profile says, and not beyond its issuer (RFC 5280, 4.1.2.5)", validityFault},
	{"mais_addresses", "it names its revocation list, OCSP responder and issuer, over plain HTTP, or in an OCSP responder's own none (RFC 5280, 4.2.1.13 and 4.2.2.1; RFC 6960, 4.2.2.2.1)", addressesFault},
	{"mais_extensions", "each extension of the profile once, critical or not as RFC 5280, 4.2 has it, and no other", extensionsFault},
}

func unless(good bool, fault string) string {
	if good {
		return ""
	}
	return fault
}

func ownFaults(twin *x509.Certificate, p Prepared) (faults []Fault) {
	for _, rule := range Rules {
		if what := rule.fault(twin, p); what != "" {
			faults = append(faults, Fault{rule.Name, what})
		}
	}
	return faults
}

// profileFault asks the check that our own relying parties apply.
func profileFault(c *x509.Certificate, p Prepared) string {
	claimed, err := certs.CheckLeaf(c)
	if err != nil {
		return err.Error()
	}
	return unless(claimed.Profile == p.subject.Rules.Profile, "it claims the profile "+string(claimed.Profile))
}

func noCAFault(c *x509.Certificate, _ Prepared) string {
	return unless(c.BasicConstraintsValid && !c.IsCA && c.KeyUsage&(x509.KeyUsageCertSign|x509.KeyUsageCRLSign) == 0, "it could act as a CA")
}

func identityFault(c *x509.Certificate, p Prepared) string {
	if !p.subject.Rules.URI {
		return unless(len(c.URIs)+len(c.EmailAddresses) == 0, "an identity where the profile has none")
	}
	identity, err := certs.IdentityOf(c)
	return unless(err == nil && identity == p.subject.Identity && len(c.EmailAddresses) == 0, "not exactly the subject's identity")
}

// policyFault compares the whole extension, since crypto/x509 does not show qualifiers.
func policyFault(c *x509.Certificate, p Prepared) string {
	oid, err := p.subject.Rules.Policy.MarshalBinary()
	var b cryptobyte.Builder
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(der.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(oid) })
		})
	})
	want, wrong := b.Bytes()
	at := slices.IndexFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(policies) })
	return unless(err == nil && wrong == nil && at >= 0 && bytes.Equal(c.Extensions[at].Value, want), "not exactly the profile's policy")
}

func subjectFault(c *x509.Certificate, p Prepared) string {
	want, err := asn1.Marshal(pkix.Name{CommonName: p.subject.Name, SerialNumber: p.subject.Identity.ID()}.ToRDNSequence())
	return unless(err == nil && bytes.Equal(c.RawSubject, want), "the subject has more than our name and id")
}

func namesFault(c *x509.Certificate, p Prepared) string {
	if !slices.Equal(c.DNSNames, p.subject.DNSNames) || !slices.EqualFunc(c.IPAddresses, ipsOf(p.subject.Addresses), net.IP.Equal) {
		return "the host names are not those listed"
	}
	for _, name := range c.DNSNames {
		if strings.ToLower(name) != name || strings.Contains(name, "*") {
			return fmt.Sprintf("%q: want a name in lower case and no wildcard", name)
		}
		if !dnsPermitted(name, p.issuer.cert) {
			return fmt.Sprintf("%q is outside the names that %s may certify", name, p.issuer.id)
		}
	}
	for _, ip := range c.IPAddresses {
		if !ipPermitted(ip, p.issuer.cert) {
			return fmt.Sprintf("%s is outside the addresses that %s may certify", ip, p.issuer.id)
		}
	}
	return ""
}

// dnsPermitted applies RFC 5280, 4.2.1.10: a name is within a constraint when adding labels
// on the left of the constraint makes it.
func dnsPermitted(name string, issuer *x509.Certificate) bool {
	return slices.ContainsFunc(issuer.PermittedDNSDomains, func(domain string) bool {
		return name == domain || strings.HasSuffix(name, "."+domain)
	})
}

func ipPermitted(ip net.IP, issuer *x509.Certificate) bool {
	return slices.ContainsFunc(issuer.PermittedIPRanges, func(r *net.IPNet) bool { return r.Contains(ip) })
}

func keyFault(c *x509.Certificate, p Prepared) string {
	if err := certs.CheckKey(c.PublicKey); err != nil {
		return err.Error()
	}
	return unless(certs.SameKey(c.PublicKey, p.request.key), "the key is not the request's")
}

func keyTypeFault(c *x509.Certificate, p Prepared) string {
	have := certs.KeyTypeOf(c.PublicKey)
	if slices.Contains(p.subject.Keys, have) {
		return ""
	}
	return fmt.Sprintf("profile %s takes no key of type %s, only %v", p.subject.Rules.Profile, have, p.subject.Keys)
}

// signatureFault wants what crypto/x509 takes for the issuer's key unless told otherwise.
func signatureFault(c *x509.Certificate, p Prepared) string {
	want := x509.SHA256WithRSA
	if key, ok := p.issuer.cert.PublicKey.(*ecdsa.PublicKey); ok {
		want = x509.ECDSAWithSHA256
		if key.Curve == elliptic.P384() {
			want = x509.ECDSAWithSHA384
		}
	}
	if c.SignatureAlgorithm == want {
		return ""
	}
	return fmt.Sprintf("it is to be signed by %s, want %s", c.SignatureAlgorithm, want)
}

func validityFault(c *x509.Certificate, p Prepared) string {
	switch issuer := p.issuer.cert; {
	case !c.NotBefore.Before(c.NotAfter):
		return "it ends before it begins"
	case c.NotBefore.Before(issuer.NotBefore) || c.NotAfter.After(issuer.NotAfter):
		return "it is not within its issuer's validity"
	case c.NotAfter.Sub(c.NotBefore) > p.subject.Validity+Backdate:
		return fmt.Sprintf("it is valid for %s, longer than its profile's %s", c.NotAfter.Sub(c.NotBefore), p.subject.Validity)
	}
	return ""
}

// addressesFault wants one shard, one responder and one issuer, or of a certificate whose
// status is not asked, none.
func addressesFault(c *x509.Certificate, p Prepared) string {
	want := p.issuer.addresses.statusOf(c.SerialNumber, p.subject.Rules)
	if !slices.Equal(c.CRLDistributionPoints, want.lists) || !slices.Equal(c.OCSPServer, want.ocsp) ||
		!slices.Equal(c.IssuingCertificateURL, p.issuer.issuerURL(p.subject.Rules)) {
		return "it does not name its shard, the OCSP responder and its issuer's certificate, or names them where it should not"
	}
	for _, address := range slices.Concat(c.CRLDistributionPoints, c.OCSPServer, c.IssuingCertificateURL) {
		if !strings.HasPrefix(address, "http://") {
			return address + " is not plain HTTP"
		}
	}
	return ""
}

type extension struct {
	id       asn1.ObjectIdentifier
	name     string
	critical bool
	carried  func(r certs.Rules) bool
}

var policies = asn1.ObjectIdentifier{2, 5, 29, 32}

// extensions are those that a certificate of ours has: RFC 5280, 4.2, and RFC 6960, 4.2.2.2.1.
var extensions = []extension{
	{asn1.ObjectIdentifier{2, 5, 29, 14}, "subject key identifier", false, always},
	{asn1.ObjectIdentifier{2, 5, 29, 15}, "key usage", true, always},
	{asn1.ObjectIdentifier{2, 5, 29, 17}, "subject alternative name", false, func(r certs.Rules) bool { return r.URI || r.Names }},
	{asn1.ObjectIdentifier{2, 5, 29, 19}, "basic constraints", true, always},
	{asn1.ObjectIdentifier{2, 5, 29, 31}, "CRL distribution points", false, checked},
	{policies, "certificate policies", false, always},
	{asn1.ObjectIdentifier{2, 5, 29, 35}, "authority key identifier", false, always},
	{asn1.ObjectIdentifier{2, 5, 29, 37}, "extended key usage", false, always},
	{asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}, "authority information access", false, checked},
	{noCheck.Id, "OCSP no check", false, func(r certs.Rules) bool { return r.NoCheck }},
}

func always(certs.Rules) bool    { return true }
func checked(r certs.Rules) bool { return !r.NoCheck }

func extensionsFault(c *x509.Certificate, p Prepared) string {
	met := make([]bool, len(extensions))
	for _, e := range c.Extensions {
		at := slices.IndexFunc(extensions, func(own extension) bool { return own.id.Equal(e.Id) })
		switch {
		case at < 0 || !extensions[at].carried(p.subject.Rules):
			return "an extension " + e.Id.String() + " that the profile does not have"
		case met[at]:
			return "the " + extensions[at].name + " twice"
		case e.Critical != extensions[at].critical:
			return fmt.Sprintf("the %s has critical %t, want %t", extensions[at].name, e.Critical, extensions[at].critical)
		}
		met[at] = true
	}
	for at, e := range extensions {
		if e.carried(p.subject.Rules) && !met[at] {
			return "it has no " + e.name
		}
	}
	return ""
}
