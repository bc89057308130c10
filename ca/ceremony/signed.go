package ceremony

import (
	"crypto/x509"
	"fmt"
	"strings"

	"mais/ca/internal/keydir"
)

// Signed is what Sign and NextRootList make: the root's list and perhaps an issuing CA.
type Signed struct {
	ID          string            // of the issuing CA; none: ""
	Certificate *x509.Certificate // of it
	List        keydir.RootList
}

// ParseSigned reads what came from the root's machine and checks that the root signed it.
func ParseSigned(text []byte, root *x509.Certificate) (s Signed, err error) {
	blocks, err := blocksOf(text)
	if err != nil {
		return Signed{}, err
	}
	der, err := one(blocks, keydir.ListBlock, true)
	if err != nil {
		return Signed{}, err
	}
	if s.List, err = keydir.ParseRootList(der, root); err != nil {
		return Signed{}, fmt.Errorf("the root's revocation list: %w", err)
	}
	if der, err = one(blocks, "CERTIFICATE", false); err != nil || der == nil {
		return s, err
	}
	if s.Certificate, err = x509.ParseCertificate(der); err != nil {
		return Signed{}, err
	}
	if at := strings.LastIndex(s.Certificate.Subject.CommonName, " CA "); at >= 0 {
		s.ID = s.Certificate.Subject.CommonName[at+len(" CA "):]
	}
	if keydir.GenerationOf(s.ID) < 2 {
		return Signed{}, fmt.Errorf("it holds a certificate of %q, not of a later generation", s.Certificate.Subject.CommonName)
	}
	return s, keydir.CheckAuthority(s.ID, s.Certificate, root)
}
