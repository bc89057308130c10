package keydir

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"mais/certs"
)

// maxRootList bounds a list of the root's: there are a handful of CAs to be on it.
const maxRootList = 64 << 10

// ListBlock is the type of a revocation list's PEM block.
const ListBlock = "X509 CRL"

// RootList is a revocation list of the root's, its signature checked.
type RootList struct {
	DER     []byte
	Number  int64
	Made    time.Time
	Next    time.Time
	Revoked map[string]x509.RevocationListEntry // by serial, as certs.SerialHex writes it
}

// ParseRootList reads a list and checks that root signed it.
func ParseRootList(der []byte, root *x509.Certificate) (RootList, error) {
	if len(der) > maxRootList {
		return RootList{}, fmt.Errorf("it has %d bytes, at most %d", len(der), maxRootList)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return RootList{}, err
	}
	if err := list.CheckSignatureFrom(root); err != nil {
		return RootList{}, fmt.Errorf("the root did not sign it: %w", err)
	}
	if list.Number == nil || !list.Number.IsInt64() || list.Number.Int64() < 1 || list.Number.Int64() == math.MaxInt64 || list.NextUpdate.IsZero() {
		return RootList{}, errors.New("it has no number, or no end")
	}
	out := RootList{
		DER: list.Raw, Number: list.Number.Int64(), Made: list.ThisUpdate, Next: list.NextUpdate, Revoked: map[string]x509.RevocationListEntry{},
	}
	for _, e := range list.RevokedCertificateEntries {
		out.Revoked[certs.SerialHex(e.SerialNumber)] = e
	}
	return out, nil
}

// ReadRootList reads the list of a key directory.
func ReadRootList(dir string, root *x509.Certificate) (RootList, error) {
	text, err := os.ReadFile(filepath.Join(dir, RootListFile))
	if err != nil {
		return RootList{}, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != ListBlock {
		return RootList{}, fmt.Errorf("%w: %s is not PEM of a revocation list", ErrDirectory, RootListFile)
	}
	list, err := ParseRootList(block.Bytes, root)
	if err != nil {
		return RootList{}, fmt.Errorf("%w: %s: %w", ErrDirectory, RootListFile, err)
	}
	return list, nil
}

// PEM returns the list as its file holds it.
func (l RootList) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: ListBlock, Bytes: l.DER})
}
