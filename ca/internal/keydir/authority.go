package keydir

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
)

// Usages is what each series of issuing CAs is limited to (RFC 5280, 4.2.1.12, applied
// along the path as verifiers do).
var Usages = map[string][]x509.ExtKeyUsage{
	"people": {x509.ExtKeyUsageClientAuth},
	"sites":  {x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
}

// CheckAuthority says whether a CA's certificate, just made or just read, is what the
// ceremony makes: the root for itself, an issuing CA by the root.
func CheckAuthority(id string, cert, root *x509.Certificate) error {
	if err := cert.CheckSignatureFrom(root); err != nil {
		return fmt.Errorf("%s was not signed by the root: %w", CertificateFile(id), err)
	}
	pathLength := 0
	if id == Root {
		pathLength = 1
	}
	series := SeriesOf(id)
	switch {
	case !cert.IsCA || cert.MaxPathLen != pathLength:
		return fmt.Errorf("%s is no CA with a path length of %d", CertificateFile(id), pathLength)
	case cert.KeyUsage != x509.KeyUsageCertSign|x509.KeyUsageCRLSign:
		return fmt.Errorf("%s may not sign certificates and revocation lists, and nothing else", CertificateFile(id))
	case !slices.Equal(cert.ExtKeyUsage, Usages[series]):
		return fmt.Errorf("%s is not limited to the uses of its series", CertificateFile(id))
	case id != Root && !strings.HasSuffix(cert.Subject.CommonName, " CA "+id):
		return fmt.Errorf("%s is of %q, not of %s", CertificateFile(id), cert.Subject.CommonName, id)
	case series != "people" && (!cert.PermittedDNSDomainsCritical || len(cert.PermittedDNSDomains) == 0):
		return fmt.Errorf("%s has no critical name constraints", CertificateFile(id))
	}
	return nil
}
