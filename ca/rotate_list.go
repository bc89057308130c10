package ca

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

const listBlock = "X509 CRL"

// rootList is a revocation list of the root's, its signature checked.
type rootList struct {
	der     []byte
	number  int64
	made    time.Time
	next    time.Time
	revoked map[string]x509.RevocationListEntry // by serial, as certs.SerialHex writes it
}

// parseRootList reads a list and checks that root signed it.
func parseRootList(der []byte, root *x509.Certificate) (rootList, error) {
	if len(der) > maxRootList {
		return rootList{}, fmt.Errorf("it has %d bytes, at most %d", len(der), maxRootList)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return rootList{}, err
	}
	if err := list.CheckSignatureFrom(root); err != nil {
		return rootList{}, fmt.Errorf("the root did not sign it: %w", err)
	}
	if list.Number == nil || !list.Number.IsInt64() || list.Number.Int64() < 1 || list.Number.Int64() == math.MaxInt64 || list.NextUpdate.IsZero() {
		return rootList{}, errors.New("it has no number, or no end")
	}
	out := rootList{
		der: list.Raw, number: list.Number.Int64(), made: list.ThisUpdate, next: list.NextUpdate, revoked: map[string]x509.RevocationListEntry{},
	}
	for _, e := range list.RevokedCertificateEntries {
		out.revoked[certs.SerialHex(e.SerialNumber)] = e
	}
	return out, nil
}

// readRootList reads the list of a key directory.
func readRootList(dir string, root *x509.Certificate) (rootList, error) {
	text, err := os.ReadFile(filepath.Join(dir, rootListFile))
	if err != nil {
		return rootList{}, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != listBlock {
		return rootList{}, fmt.Errorf("%w: %s is not PEM of a revocation list", ErrDirectory, rootListFile)
	}
	list, err := parseRootList(block.Bytes, root)
	if err != nil {
		return rootList{}, fmt.Errorf("%w: %s: %w", ErrDirectory, rootListFile, err)
	}
	return list, nil
}

func (l rootList) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: listBlock, Bytes: l.der})
}

// revokedByRoot reports whether the root has revoked an issuing CA: nothing below it is
// accepted then, and its key signs nothing more.
func (c *CA) revokedByRoot(issuing *x509.Certificate) bool {
	_, revoked := c.rootList.Load().revoked[certs.SerialHex(issuing.SerialNumber)]
	return revoked
}
