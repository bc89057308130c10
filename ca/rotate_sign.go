package ca

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mais/ca/internal/issuance"
	"mais/ca/internal/keydir"
	"mais/ca/internal/keys"
	"mais/ca/internal/stepca"
	"mais/certs"
	"mais/config"
)

// maxSigning bounds the files that go between the service and the root's machine.
const maxSigning = 256 << 10

// SigningRequest is what Request made, as the root's machine reads it. Nothing of it counts
// but its key, which series and generation it is for, and where revocation lists are fetched.
type SigningRequest struct {
	ID          string            // such as people-2
	Name        string            // the common name that it asks for
	PlainURL    string            // where the service's revocation lists are fetched
	Fingerprint certs.Fingerprint // of the request: what people compare on the two machines

	der  []byte
	list []byte // the root's list that the service had, DER; none: nil
}

// ParseSigningRequest reads a request. It says nothing of whether the root should sign it.
func ParseSigningRequest(text []byte) (SigningRequest, error) {
	r, err := parseSigningRequest(text)
	if err != nil {
		return SigningRequest{}, fmt.Errorf("read a request for an issuing CA: %w", err)
	}
	return r, nil
}

func parseSigningRequest(text []byte) (r SigningRequest, err error) {
	blocks, err := blocksOf(text)
	if err != nil {
		return SigningRequest{}, err
	}
	if r.der, err = one(blocks, "CERTIFICATE REQUEST", true); err != nil {
		return SigningRequest{}, err
	}
	if r.list, err = one(blocks, keydir.ListBlock, false); err != nil {
		return SigningRequest{}, err
	}
	request, err := x509.ParseCertificateRequest(r.der)
	if err != nil {
		return SigningRequest{}, err
	}
	if err := request.CheckSignature(); err != nil {
		return SigningRequest{}, fmt.Errorf("it does not prove its key: %w", err)
	}
	if key, ok := request.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
		return SigningRequest{}, errors.New("its key is not on P-256 or P-384")
	}
	if err := certs.CheckKey(request.PublicKey); err != nil {
		return SigningRequest{}, err
	}
	r.Name, r.Fingerprint = request.Subject.CommonName, certs.FingerprintOf(r.der)
	if at := strings.LastIndex(r.Name, " CA "); at >= 0 {
		r.ID = r.Name[at+len(" CA "):]
	}
	if keydir.GenerationOf(r.ID) < 2 {
		return SigningRequest{}, fmt.Errorf("it is for %q: want the name of a later generation, such as people-2", r.Name)
	}
	if len(request.URIs) != 1 {
		return SigningRequest{}, errors.New("it does not say where revocation lists are fetched")
	}
	r.PlainURL = request.URIs[0].String()
	return r, issuance.CheckPlainURL(r.PlainURL)
}

// blocksOf returns the PEM blocks of a file by type. Words between them are let be (RFC
// 7468, 2).
func blocksOf(text []byte) (map[string][][]byte, error) {
	if len(text) > maxSigning {
		return nil, fmt.Errorf("it has %d bytes, at most %d", len(text), maxSigning)
	}
	blocks := map[string][][]byte{}
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return blocks, nil
		}
		blocks[block.Type] = append(blocks[block.Type], block.Bytes)
		text = rest
	}
}

func one(blocks map[string][][]byte, kind string, needed bool) ([]byte, error) {
	switch found := blocks[kind]; {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0 && !needed:
		return nil, nil
	default:
		return nil, fmt.Errorf("it holds %d PEM blocks %q, want 1", len(found), kind)
	}
}

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
// both as PEM, for Install. It is for the root's machine, needs no database, and leaves both
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

// bundle is what Sign and NextRootList make: the root's list and perhaps an issuing CA.
type bundle struct {
	id   string
	cert *x509.Certificate
	list keydir.RootList
}

// parseBundle reads what came from the root's machine and checks that the root signed it.
func parseBundle(text []byte, root *x509.Certificate) (b bundle, err error) {
	blocks, err := blocksOf(text)
	if err != nil {
		return bundle{}, err
	}
	der, err := one(blocks, keydir.ListBlock, true)
	if err != nil {
		return bundle{}, err
	}
	if b.list, err = keydir.ParseRootList(der, root); err != nil {
		return bundle{}, fmt.Errorf("the root's revocation list: %w", err)
	}
	if der, err = one(blocks, "CERTIFICATE", false); err != nil || der == nil {
		return b, err
	}
	if b.cert, err = x509.ParseCertificate(der); err != nil {
		return bundle{}, err
	}
	if at := strings.LastIndex(b.cert.Subject.CommonName, " CA "); at >= 0 {
		b.id = b.cert.Subject.CommonName[at+len(" CA "):]
	}
	if keydir.GenerationOf(b.id) < 2 {
		return bundle{}, fmt.Errorf("it holds a certificate of %q, not of a later generation", b.cert.Subject.CommonName)
	}
	return b, keydir.CheckAuthority(b.id, b.cert, root)
}
