package ca

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"mais/ca/internal/issuance"
	"mais/certs"
)

const (
	day = 24 * time.Hour

	rootValidity    = 20 * 365 * day
	issuingValidity = 5 * 365 * day
	// rootListValidity is long because the next list of the root needs a ceremony.
	rootListValidity = 365 * day
	// authorityBackdate spares the first leaves, themselves backdated, an issuer that begins
	// after them.
	authorityBackdate = time.Hour
)

// usages is what each series of issuing CAs is limited to (RFC 5280, 4.2.1.12, applied
// along the path as verifiers do).
var usages = map[string][]x509.ExtKeyUsage{
	"people": {x509.ExtKeyUsageClientAuth},
	"sites":  {x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
}

// authorityTemplate holds what the root and the issuing CAs share.
func authorityTemplate(commonName string, ceremony Ceremony, now time.Time, validity time.Duration) *x509.Certificate {
	now = now.UTC().Truncate(time.Second)
	return &x509.Certificate{
		SerialNumber:          certs.NewSerial(),
		Subject:               pkix.Name{CommonName: commonName, Organization: []string{ceremony.Name}},
		NotBefore:             now.Add(-authorityBackdate),
		NotAfter:              now.Add(validity),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
}

func rootTemplate(ceremony Ceremony, now time.Time) *x509.Certificate {
	t := authorityTemplate(ceremony.Name+" Root CA", ceremony, now, rootValidity)
	t.MaxPathLen = 1
	constrain(t, ceremony)
	return t
}

func issuingTemplate(id string, ceremony Ceremony, now time.Time) *x509.Certificate {
	t := authorityTemplate(ceremony.Name+" CA "+id, ceremony, now, issuingValidity)
	series, addresses := seriesOf(id), issuance.AddressesOf(ceremony.PlainURL, rootID, rootID)
	t.MaxPathLenZero = true
	t.ExtKeyUsage = usages[series]
	t.CRLDistributionPoints = []string{addresses.List}
	t.IssuingCertificateURL = []string{addresses.Issuer}
	for _, r := range certs.AllRules {
		if r.IssuedBy(series) {
			t.Policies = append(t.Policies, r.Policy)
		}
	}
	if series == "sites" {
		constrain(t, ceremony)
	}
	return t
}

// constrain limits, critically, the host names and addresses below a CA to the deployment's
// own (RFC 5280, 4.2.1.10): browsers import our root, and must not take from it a
// certificate for anybody else's name. Without ranges every address is excluded, since an
// absent constraint would allow them all.
func constrain(t *x509.Certificate, ceremony Ceremony) {
	t.PermittedDNSDomainsCritical = true
	t.PermittedDNSDomains = slices.Clone(ceremony.DNSNames)
	for _, p := range ceremony.IPRanges {
		t.PermittedIPRanges = append(t.PermittedIPRanges, rangeOf(p))
	}
	if len(ceremony.IPRanges) == 0 {
		t.ExcludedIPRanges = []*net.IPNet{
			rangeOf(netip.PrefixFrom(netip.IPv4Unspecified(), 0)),
			rangeOf(netip.PrefixFrom(netip.IPv6Unspecified(), 0)),
		}
	}
}

func rangeOf(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Masked().Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// subjectKeyID is the leftmost 160 bits of the key's SHA-256 (RFC 7093, 2 (1)).
func subjectKeyID(pub any) ([]byte, error) {
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(spki)
	return sum[:20], nil
}

// checkAuthority says whether a CA's certificate, just made or just read, is what the
// ceremony makes: the root for itself, an issuing CA by the root.
func checkAuthority(id string, cert, root *x509.Certificate) error {
	if err := cert.CheckSignatureFrom(root); err != nil {
		return fmt.Errorf("%s was not signed by the root: %w", certificateFile(id), err)
	}
	pathLength := 0
	if id == rootID {
		pathLength = 1
	}
	series := seriesOf(id)
	switch {
	case !cert.IsCA || cert.MaxPathLen != pathLength:
		return fmt.Errorf("%s is no CA with a path length of %d", certificateFile(id), pathLength)
	case cert.KeyUsage != x509.KeyUsageCertSign|x509.KeyUsageCRLSign:
		return fmt.Errorf("%s may not sign certificates and revocation lists, and nothing else", certificateFile(id))
	case !slices.Equal(cert.ExtKeyUsage, usages[series]):
		return fmt.Errorf("%s is not limited to the uses of its series", certificateFile(id))
	case id != rootID && !strings.HasSuffix(cert.Subject.CommonName, " CA "+id):
		return fmt.Errorf("%s is of %q, not of %s", certificateFile(id), cert.Subject.CommonName, id)
	case series != "people" && (!cert.PermittedDNSDomainsCritical || len(cert.PermittedDNSDomains) == 0):
		return fmt.Errorf("%s has no critical name constraints", certificateFile(id))
	}
	return nil
}
