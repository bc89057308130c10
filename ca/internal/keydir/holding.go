package keydir

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mais/certs"
)

// Holding is what a key directory holds of one CA.
type Holding struct{ Certificate, Key, Address, Request bool }

// Where says where the key is, for people.
func (h Holding) Where() string {
	switch {
	case h.Key:
		return "file"
	case h.Address:
		return "key manager"
	}
	return "missing"
}

// Holdings returns what a directory holds, by id.
func Holdings(dir string) (map[string]Holding, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	found := map[string]Holding{}
	for _, e := range entries {
		id, kind := strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())), filepath.Ext(e.Name())
		if id != Root && GenerationOf(id) == 0 {
			continue
		}
		h := found[id]
		h.Certificate = h.Certificate || kind == ".crt"
		h.Key = h.Key || kind == ".key"
		h.Address = h.Address || kind == ".kms"
		h.Request = h.Request || kind == ".csr"
		if h != (Holding{}) {
			found[id] = h
		}
	}
	return found, nil
}

// Made reports whether a ceremony has taken place in dir. An error says that something is
// there but not all, and what to do. The root's key may be gone: it belongs elsewhere.
func Made(dir string) (bool, error) {
	found, err := Holdings(dir)
	if err != nil {
		return false, err
	}
	unfinished, err := Exists(dir, UnfinishedFile)
	if err != nil {
		return false, err
	}
	list, err := Exists(dir, RootListFile)
	if err != nil {
		return false, err
	}
	switch lost := lacking(found, list); {
	case unfinished:
		return false, fmt.Errorf("%w %s is half made: an init was interrupted. Nothing has been issued from it: remove the directory and run init or up again",
			ErrDirectory, dir)
	case len(found) == 0 && !list:
		return false, nil
	case len(lost) > 0:
		return false, fmt.Errorf("%w %s lacks %s, which it once had: restore it from a backup; do not run init again",
			ErrDirectory, dir, strings.Join(lost, ", "))
	}
	return true, nil
}

// lacking returns the files that must be there beside those that are.
func lacking(found map[string]Holding, list bool) (lost []string) {
	if !found[Root].Certificate {
		lost = append(lost, CertificateFile(Root))
	}
	if !list {
		lost = append(lost, RootListFile)
	}
	some := map[string]bool{}
	for id, h := range found {
		if id == Root {
			continue
		}
		some[SeriesOf(id)] = true
		// A later one's may still be on its way, and is in the database once it has come.
		if !h.Certificate && GenerationOf(id) == 1 {
			lost = append(lost, CertificateFile(id))
		}
		if h.Certificate && !h.Key && !h.Address {
			lost = append(lost, KeyFile(id))
		}
	}
	for n, series := range Series {
		if !some[series] {
			lost = append(lost, CertificateFile(First[n]), KeyFile(First[n]))
		}
	}
	slices.Sort(lost)
	return lost
}

// Exists reports whether a file is there.
func Exists(dir, name string) (bool, error) {
	_, err := os.Lstat(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	return err == nil, nil
}

// ReadCertificate reads the certificate of a CA. What it says is CheckAuthority's to judge.
func ReadCertificate(dir, id string) (*x509.Certificate, error) {
	text, err := os.ReadFile(filepath.Join(dir, CertificateFile(id)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	found, err := certs.ParseCertificates(text)
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("it holds %d certificates, want 1", len(found))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDirectory, CertificateFile(id), err)
	}
	return found[0], nil
}
