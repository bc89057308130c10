package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
)

// errProbe: what a key signed is not its signature.
var errProbe = errors.New("keys: what it signs cannot be verified with its public half")

// Probe has a key sign something of no meaning, and verifies it: a certificate signing
// request, which proves possession and which nobody keeps.
func Probe(key crypto.Signer) error {
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return err
	}
	request, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return err
	}
	if err := request.CheckSignature(); err != nil {
		return errProbe
	}
	return nil
}
