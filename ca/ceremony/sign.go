package ceremony

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"mais/ca/internal/keydir"
	"mais/ca/internal/keys"
	"mais/ca/internal/stepca"
	"mais/certs"
	"mais/config"
)

// RootKey is the root's directory, on whatever machine or medium, and what opens its key.
// The directory is written to: the root's list, and what the root has signed.
type RootKey struct {
	Dir        string
	Passphrase config.Secret
}

// root is an opened RootKey.
type root struct {
	dir  string
	cert *x509.Certificate
	key  crypto.Signer
	list keydir.RootList
}

func (k RootKey) open(ctx context.Context) (root, error) {
	cert, err := keydir.ReadCertificate(k.Dir, keydir.Root)
	if err != nil {
		return root{}, err
	}
	if err := keydir.CheckAuthority(keydir.Root, cert, cert); err != nil {
		return root{}, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	list, err := keydir.ReadRootList(k.Dir, cert)
	if err != nil {
		return root{}, err
	}
	key, err := openRootKey(ctx, filepath.Join(k.Dir, keydir.KeyFile(keydir.Root)), cert, k.Passphrase)
	return root{k.Dir, cert, key, list}, err
}

// openRootKey opens a root's key and proves that it is the certificate's.
func openRootKey(ctx context.Context, path string, cert *x509.Certificate, passphrase config.Secret) (crypto.Signer, error) {
	sealed, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	key, err := keys.Open(ctx, sealed, passphrase)
	if errors.Is(err, x509.IncorrectPasswordError) {
		err = fmt.Errorf("%w: %w", ErrPassphrase, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !certs.SameKey(key.Public(), cert.PublicKey) {
		return nil, fmt.Errorf("%w: %s is not the key of %s", ErrDirectory, path, keydir.CertificateFile(keydir.Root))
	}
	return key, keys.Probe(key)
}

// ceremonyOf returns what the first ceremony was told, as far as the root carries it.
func ceremonyOf(root *x509.Certificate, plainURL string) Ceremony {
	c := Ceremony{Name: nameOf(root), DNSNames: root.PermittedDNSDomains, PlainURL: plainURL}
	for _, r := range root.PermittedIPRanges {
		c.IPRanges = append(c.IPRanges, prefixOf(r))
	}
	return c
}

func prefixOf(r *net.IPNet) netip.Prefix {
	address, _ := netip.AddrFromSlice(r.IP)
	bits, _ := r.Mask.Size()
	return netip.PrefixFrom(address, bits)
}

// Sign makes the issuing CA of a request, and the root's next revocation list, and returns
// both as PEM, for CA.Install. It is for the root's machine, needs no database, and leaves both
// in the root's directory as well. The same request signed again gets the same certificate; a
// second CA of one name is refused.
func Sign(ctx context.Context, k RootKey, r SigningRequest) ([]byte, error) {
	text, err := sign(ctx, k, r, time.Now())
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", r.ID, err)
	}
	return text, nil
}

func sign(ctx context.Context, k RootKey, r SigningRequest, now time.Time) ([]byte, error) {
	root, err := k.open(ctx)
	if err != nil {
		return nil, err
	}
	if want := nameOf(root.cert) + " CA " + r.ID; r.Name != want {
		return nil, fmt.Errorf("%w: it asks for the name %q, and this root signs %q", ErrNotAllowed, r.Name, want)
	}
	cert, err := root.certify(ctx, r, now)
	if err != nil {
		return nil, err
	}
	list, err := root.nextList(r.list, nil, now)
	if err != nil {
		return nil, err
	}
	return append(certs.EncodeCertificates(cert), list.PEM()...), nil
}

func (o root) certify(ctx context.Context, r SigningRequest, now time.Time) (*x509.Certificate, error) {
	request, err := x509.ParseCertificateRequest(r.der)
	if err != nil {
		return nil, err
	}
	if there, err := keydir.Exists(o.dir, keydir.CertificateFile(r.ID)); err != nil || there {
		if err != nil {
			return nil, err
		}
		before, err := keydir.ReadCertificate(o.dir, r.ID)
		if err == nil && !certs.SameKey(before.PublicKey, request.PublicKey) {
			err = fmt.Errorf("%w: the root has signed another %s, on %s", ErrNotAllowed, r.ID, before.NotBefore.Format(time.DateOnly))
		}
		return before, err
	}
	authority, err := stepca.New(o.cert, o.cert, o.key)
	if err != nil {
		return nil, err
	}
	cert, err := ceremonyOf(o.cert, r.PlainURL).issueAuthority(ctx, authority, r.ID, o.cert, r.der, now)
	if err != nil {
		return nil, err
	}
	return cert, keydir.WriteCopy(o.dir, keydir.CertificateFile(r.ID), certs.EncodeCertificates(cert))
}
