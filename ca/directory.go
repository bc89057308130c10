package ca

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mais/certs"
)

// rootID and the issuing CAs' ids name the files of the key directory and rows of
// ca.issuer. A roll-over adds people-2 beside people-1.
const rootID = "root"

var issuingIDs = []string{"people-1", "sites-1"}

// seriesOf returns people for people-1.
func seriesOf(id string) string {
	series, _, _ := strings.Cut(id, "-")
	return series
}

func certificateFile(id string) string { return id + ".crt" }
func keyFile(id string) string         { return id + ".key" }

const rootListFile = rootID + ".crl"

// unfinishedFile is there while a ceremony writes, so that a directory that a crash left
// half made is told from one that lost a file.
const unfinishedFile = "UNFINISHED"

// ceremonyFiles lists what the ceremony writes.
func ceremonyFiles() []string {
	files := []string{keyFile(rootID), certificateFile(rootID), rootListFile}
	for _, id := range issuingIDs {
		files = append(files, keyFile(id), certificateFile(id))
	}
	return files
}

// made reports whether a ceremony has taken place in dir. An error says that something is
// there but not all, and what to do. The root's key may be gone: it belongs elsewhere.
func made(dir string) (bool, error) {
	there := map[string]bool{}
	var missing []string
	for _, name := range append(ceremonyFiles(), unfinishedFile) {
		_, err := os.Lstat(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, fmt.Errorf("%w: %w", ErrDirectory, err)
		}
		there[name] = err == nil
		if err != nil && name != unfinishedFile && name != keyFile(rootID) {
			missing = append(missing, name)
		}
	}
	switch {
	case there[unfinishedFile]:
		return false, fmt.Errorf("%w %s is half made: an init was interrupted. Nothing has been issued from it: remove the directory and run init or up again",
			ErrDirectory, dir)
	case len(missing) == len(ceremonyFiles())-1 && !there[keyFile(rootID)]:
		return false, nil
	case len(missing) > 0:
		return false, fmt.Errorf("%w %s lacks %s, which it once had: restore it from a backup; do not run init again",
			ErrDirectory, dir, strings.Join(missing, ", "))
	}
	return true, nil
}

// writeNew writes a file that is not there yet, whole and on disk or not at all.
func writeNew(dir, name string, content []byte, mode fs.FileMode) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", filepath.Join(dir, name), err)
		}
	}()
	f, err := os.CreateTemp(dir, "."+name+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	// A link, unlike a rename, never replaces a file.
	if err := os.Link(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDirectory(dir)
}

func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func readCertificate(dir, id string) (*x509.Certificate, error) {
	text, err := os.ReadFile(filepath.Join(dir, certificateFile(id)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	found, err := certs.ParseCertificates(text)
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("it holds %d certificates, want 1", len(found))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDirectory, certificateFile(id), err)
	}
	return found[0], nil
}
