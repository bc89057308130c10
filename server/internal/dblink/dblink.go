// Package dblink makes what an external database and its servers need to trust each other:
// certificates for mutual TLS, passwords for the login roles, and the SQL that gives the
// database's administrator the roles without the passwords. [Make] does it all, once.
//
// The certificates do not come from the deployment's own CA, whose inventory lives in that
// database: they may not hang on it running. Their signing key exists only while Make runs,
// so nothing can ever be signed beside them; new ones are a new directory. The package writes
// files and never speaks to the database.
package dblink

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"mais/certs"
	"mais/config"
	"mais/internal/pg"
)

// The files that Make writes.
const (
	RootFile       = "ca.crt"
	ClientCertFile = "client.crt"
	ClientKeyFile  = "client.key"
	ServerCertFile = "server.crt" // for the database's machine
	ServerKeyFile  = "server.key" // for the database's machine
	RolesFile      = "roles.sql"  // for the database's administrator
	PasswordDir    = "passwords"
)

// validity is two years: the link fails closed when it ends, and the operator's guide says
// how to make it anew.
const validity = 2 * 365 * 24 * time.Hour

// Make writes a new link to the database at host, a DNS name or an address, into dir, which
// must not exist. Keys and passwords can be read by their owner only.
func Make(dir, host string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make the database link: %w", err)
	}
	if err := errors.Join(makeCertificates(dir, host), makeRoles(dir)); err != nil {
		return fmt.Errorf("make the database link: %w", err)
	}
	return nil
}

func makeRoles(dir string) error {
	if err := os.Mkdir(filepath.Join(dir, PasswordDir), 0o700); err != nil {
		return err
	}
	passwords := map[pg.Role]config.Secret{}
	for _, role := range pg.Roles() {
		passwords[role] = config.RandomSecret()
		if err := config.WriteSecret(filepath.Join(dir, PasswordDir, string(role)), passwords[role]); err != nil {
			return err
		}
	}
	sql, err := pg.RolesSQL(passwords)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, RolesFile), []byte(sql), 0o600)
}

// signer is the link's own authority, for as long as Make runs.
type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func makeCertificates(dir, host string) error {
	ca, err := newSigner()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, RootFile), certs.EncodeCertificates(ca.cert), 0o644); err != nil {
		return err
	}
	server := template("MAIS database "+host, x509.ExtKeyUsageServerAuth)
	if ip := net.ParseIP(host); ip != nil {
		server.IPAddresses = []net.IP{ip}
	} else {
		server.DNSNames = []string{host}
	}
	client := template("MAIS server", x509.ExtKeyUsageClientAuth)
	return errors.Join(
		ca.issue(server, filepath.Join(dir, ServerCertFile), filepath.Join(dir, ServerKeyFile)),
		ca.issue(client, filepath.Join(dir, ClientCertFile), filepath.Join(dir, ClientKeyFile)),
	)
}

func template(name string, usage x509.ExtKeyUsage) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: certs.NewSerial(), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(validity),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{usage},
	}
}

func newSigner() (*signer, error) {
	key, err := certs.NewKey()
	if err != nil {
		return nil, err
	}
	t := template("MAIS database link", x509.ExtKeyUsageServerAuth)
	t.IsCA, t.MaxPathLenZero, t.KeyUsage, t.ExtKeyUsage = true, true, x509.KeyUsageCertSign, nil
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &signer{cert, key}, err
}

func (s *signer) issue(t *x509.Certificate, certFile, keyFile string) error {
	key, err := certs.NewKey()
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificate(rand.Reader, t, s.cert, key.Public(), s.key)
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	text, err := certs.EncodeKey(key, nil)
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(certFile, certs.EncodeCertificates(cert), 0o644), os.WriteFile(keyFile, text, 0o600))
}
