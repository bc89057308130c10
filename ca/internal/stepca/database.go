package stepca

import (
	"crypto/x509"

	"github.com/smallstep/certificates/db"
	"golang.org/x/crypto/ssh"
)

// noDatabase keeps nothing. step-ca's storage methods have no context and cannot join our
// transaction, so the certificate is recorded by our own code, and step-ca is told that
// storing is not implemented, which it tolerates. Every other method fails as well, so that
// no future call of step-ca's silently finds an empty answer.
type noDatabase struct{}

var _ interface {
	db.AuthDB
	db.CertificateStorer
} = noDatabase{}

func (noDatabase) StoreCertificate(*x509.Certificate) error   { return db.ErrNotImplemented }
func (noDatabase) StoreSSHCertificate(*ssh.Certificate) error { return db.ErrNotImplemented }
func (noDatabase) IsRevoked(string) (bool, error)             { return true, db.ErrNotImplemented }
func (noDatabase) IsSSHRevoked(string) (bool, error)          { return true, db.ErrNotImplemented }
func (noDatabase) Revoke(*db.RevokedCertificateInfo) error    { return db.ErrNotImplemented }
func (noDatabase) RevokeSSH(*db.RevokedCertificateInfo) error { return db.ErrNotImplemented }
func (noDatabase) UseToken(string, string) (bool, error)      { return false, db.ErrNotImplemented }
func (noDatabase) IsSSHHost(string) (bool, error)             { return false, db.ErrNotImplemented }
func (noDatabase) GetSSHHostPrincipals() ([]string, error)    { return nil, db.ErrNotImplemented }
func (noDatabase) Shutdown() error                            { return nil }
func (noDatabase) GetCertificate(string) (*x509.Certificate, error) {
	return nil, db.ErrNotImplemented
}
