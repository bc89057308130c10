package issuance

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
	"slices"
	"strings"

	"mais/certs"
)

// rules are our own lints. Each looks at the twin as a stranger would, and says what is
// wrong, or "".
var rules = []struct {
	name  string
	fault func(twin *x509.Certificate, p Prepared) string
}{
	{"mais_profile", profileFault},
	{"mais_no_ca", func(c *x509.Certificate, _ Prepared) string {
		return unless(c.BasicConstraintsValid && !c.IsCA && c.KeyUsage&(x509.KeyUsageCertSign|x509.KeyUsageCRLSign) == 0,
			"it could act as a CA")
	}},
	{"mais_digital_signature", func(c *x509.Certificate, _ Prepared) string {
		return unless(c.KeyUsage == x509.KeyUsageDigitalSignature, "key usage is not digitalSignature alone")
	}},
	{"mais_explicit_usage", func(c *x509.Certificate, p Prepared) string {
		return unless(slices.Equal(c.ExtKeyUsage, p.subject.Rules.Usages) && len(c.ExtKeyUsage) > 0 && len(c.UnknownExtKeyUsage) == 0,
			"extended key usage is not the profile's")
	}},
	{"mais_one_identity", func(c *x509.Certificate, p Prepared) string {
		if !p.subject.Rules.URI {
			return unless(len(c.URIs)+len(c.EmailAddresses) == 0, "an identity where the profile has none")
		}
		identity, err := certs.IdentityOf(c)
		return unless(err == nil && identity == p.subject.Identity && len(c.EmailAddresses) == 0, "not exactly the subject's identity")
	}},
	{"mais_one_policy", func(c *x509.Certificate, p Prepared) string {
		return unless(len(c.Policies) == 1 && c.Policies[0].Equal(p.subject.Rules.Policy), "not exactly the profile's policy")
	}},
	{"mais_subject", subjectFault},
	{"mais_names", namesFault},
	{"mais_key", keyFault},
	{"mais_serial", func(c *x509.Certificate, _ Prepared) string {
		b := c.SerialNumber.Bytes()
		return unless(len(b) == 16 && b[0] >= 0x40 && b[0] <= 0x7f, "the serial number is not 16 octets beginning 40 to 7f")
	}},
	{"mais_validity", validityFault},
	{"mais_addresses", addressesFault},
	{"mais_extensions", extensionsFault},
}

func unless(good bool, fault string) string {
	if good {
		return ""
	}
	return fault
}

func ownFaults(twin *x509.Certificate, p Prepared) (faults []Fault) {
	for _, rule := range rules {
		if what := rule.fault(twin, p); what != "" {
			faults = append(faults, Fault{rule.name, what})
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

func validityFault(c *x509.Certificate, p Prepared) string {
	switch issuer := p.issuer.cert; {
	case !c.NotBefore.Before(c.NotAfter):
		return "it ends before it begins"
	case c.NotBefore.Before(issuer.NotBefore) || c.NotAfter.After(issuer.NotAfter):
		return "it is not within its issuer's validity"
	case c.NotAfter.Sub(c.NotBefore) > p.subject.Validity+backdate:
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

// extensions are those that a certificate of ours has: RFC 5280, 4.2, and RFC 6960, 4.2.2.2.1.
var extensions = []struct {
	id, name string
	carried  func(r certs.Rules) bool
}{
	{"2.5.29.14", "subject key identifier", always},
	{"2.5.29.15", "key usage", always},
	{"2.5.29.17", "subject alternative name", func(r certs.Rules) bool { return r.URI || r.Names }},
	{"2.5.29.19", "basic constraints", always},
	{"2.5.29.31", "CRL distribution points", checked},
	{"2.5.29.32", "certificate policies", always},
	{"2.5.29.35", "authority key identifier", always},
	{"2.5.29.37", "extended key usage", always},
	{"1.3.6.1.5.5.7.1.1", "authority information access", checked},
	{"1.3.6.1.5.5.7.48.1.5", "OCSP no check", func(r certs.Rules) bool { return r.NoCheck }},
}

func always(certs.Rules) bool    { return true }
func checked(r certs.Rules) bool { return !r.NoCheck }

func extensionsFault(c *x509.Certificate, p Prepared) string {
	count := map[string]int{}
	for _, e := range c.Extensions {
		count[e.Id.String()]++
	}
	for _, e := range extensions {
		want := 0
		if e.carried(p.subject.Rules) {
			want = 1
		}
		if count[e.id] != want {
			return fmt.Sprintf("it has the %s %d times, want %d", e.name, count[e.id], want)
		}
		delete(count, e.id)
	}
	for id := range count {
		return "an extension " + id + " that we do not issue"
	}
	return ""
}
