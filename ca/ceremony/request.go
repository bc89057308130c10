package ceremony

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"mais/ca/internal/issuance"
	"mais/ca/internal/keydir"
	"mais/certs"
	"mais/config"
)

// Next is an issuing CA that is to come, of a later generation of its series.
type Next struct {
	Dir      string        // of the keys
	ID       string        // such as people-2
	Manager  string        // as in Ceremony
	Unlock   config.Secret // as in Ceremony
	Root     *x509.Certificate
	PlainURL string // as in Ceremony
}

// Request makes the key of an issuing CA to come, in a file or in the key manager, and writes
// into the directory the request that the root is to sign.
func (n Next) Request(ctx context.Context) error {
	signer, name, text, err := makeIssuingKey(ctx, n.ID, n.Manager, n.Unlock)
	if err != nil {
		return err
	}
	plain, err := url.Parse(n.PlainURL)
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: nameOf(n.Root) + " CA " + n.ID}, URIs: []*url.URL{plain},
	}, signer)
	if err != nil {
		return err
	}
	if err := keydir.WriteNew(n.Dir, name, text); err != nil {
		return err
	}
	return keydir.WriteNew(n.Dir, keydir.RequestFile(n.ID), certs.EncodeRequest(der))
}

// nameOf returns the deployment's name, as its root has it.
func nameOf(root *x509.Certificate) string {
	if len(root.Subject.Organization) != 1 {
		return ""
	}
	return root.Subject.Organization[0]
}

// maxSigning bounds the files that go between the service and the root's machine.
const maxSigning = 256 << 10

// SigningRequest is what Next.Request made, as the root's machine reads it. Nothing of it counts
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

// one returns the one block of a kind.
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
