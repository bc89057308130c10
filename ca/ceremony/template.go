package ceremony

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"net/netip"
	"slices"
	"time"

	"mais/ca/internal/issuance"
	"mais/ca/internal/keydir"
	"mais/certs"
)

const (
	year = 365 * 24 * time.Hour

	rootValidity    = 20 * year
	issuingValidity = 5 * year
	// rootListValidity is long because the next list of the root needs a ceremony.
	rootListValidity = year
	// authorityBackdate spares the first leaves, themselves backdated, an issuer that begins
	// after them.
	authorityBackdate = time.Hour
)

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
	series, addresses := keydir.SeriesOf(id), issuance.AddressesOf(ceremony.PlainURL, keydir.Root, keydir.Root)
	t.MaxPathLenZero = true
	t.ExtKeyUsage = keydir.Usages[series]
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
