package ca

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mais/certs"
)

// rootID and the issuing CAs' ids, people-1 and so on, name the files of the key directory
// and rows of ca.issuer. A roll-over adds people-2 beside people-1.
const rootID = "root"

// seriesNames are the series of issuing CAs, in the order of every list of them.
var seriesNames = []string{"people", "sites"}

// firstIDs are what the ceremony makes.
var firstIDs = []string{"people-1", "sites-1"}

// maxGeneration bounds the generations of a series: four digits are 4,000 years.
const maxGeneration = 9999

// seriesOf returns people for people-1.
func seriesOf(id string) string {
	series, _, _ := strings.Cut(id, "-")
	return series
}

// generationOf returns 1 for people-1, and 0 for what is no issuing CA's id.
func generationOf(id string) int {
	series, number, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxGeneration || strconv.Itoa(n) != number || !slices.Contains(seriesNames, series) {
		return 0
	}
	return n
}

func idOf(series string, generation int) string { return fmt.Sprintf("%s-%d", series, generation) }

// sortIDs puts ids in the order of their series, the oldest first.
func sortIDs(ids []string) {
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(
			cmp.Compare(slices.Index(seriesNames, seriesOf(a)), slices.Index(seriesNames, seriesOf(b))),
			cmp.Compare(generationOf(a), generationOf(b)),
		)
	})
}

func certificateFile(id string) string { return id + ".crt" }
func keyFile(id string) string         { return id + ".key" }

// addressFile holds the address of a key that a key manager keeps; see package keys.
func addressFile(id string) string { return id + ".kms" }

// requestFile is there between the making of a key and the coming of its certificate.
func requestFile(id string) string { return id + ".csr" }

const rootListFile = rootID + ".crl"

// unfinishedFile is there while a ceremony writes, so that a directory that a crash left
// half made is told from one that lost a file.
const unfinishedFile = "UNFINISHED"

// holding is what a key directory holds of one CA.
type holding struct{ certificate, key, address, request bool }

// holdings returns what a directory holds, by id.
func holdings(dir string) (map[string]holding, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	found := map[string]holding{}
	for _, e := range entries {
		id, kind := strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())), filepath.Ext(e.Name())
		if id != rootID && generationOf(id) == 0 {
			continue
		}
		h := found[id]
		h.certificate = h.certificate || kind == ".crt"
		h.key = h.key || kind == ".key"
		h.address = h.address || kind == ".kms"
		h.request = h.request || kind == ".csr"
		if h != (holding{}) {
			found[id] = h
		}
	}
	return found, nil
}

// made reports whether a ceremony has taken place in dir. An error says that something is
// there but not all, and what to do. The root's key may be gone: it belongs elsewhere.
func made(dir string) (bool, error) {
	found, err := holdings(dir)
	if err != nil {
		return false, err
	}
	unfinished, err := exists(dir, unfinishedFile)
	if err != nil {
		return false, err
	}
	list, err := exists(dir, rootListFile)
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
func lacking(found map[string]holding, list bool) (lost []string) {
	if !found[rootID].certificate {
		lost = append(lost, certificateFile(rootID))
	}
	if !list {
		lost = append(lost, rootListFile)
	}
	some := map[string]bool{}
	for id, h := range found {
		if id == rootID {
			continue
		}
		some[seriesOf(id)] = true
		// A later one's may still be on its way, and is in the database once it has come.
		if !h.certificate && generationOf(id) == 1 {
			lost = append(lost, certificateFile(id))
		}
		if h.certificate && !h.key && !h.address {
			lost = append(lost, keyFile(id))
		}
	}
	for n, series := range seriesNames {
		if !some[series] {
			lost = append(lost, certificateFile(firstIDs[n]), keyFile(firstIDs[n]))
		}
	}
	slices.Sort(lost)
	return lost
}

func exists(dir, name string) (bool, error) {
	_, err := os.Lstat(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	return err == nil, nil
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

// replace writes a file in place of what may be there: after a crash it is the old or the new.
func replace(dir, name string, content []byte) (err error) {
	f, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Join(dir, name), err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = errors.Join(os.Rename(f.Name(), filepath.Join(dir, name)), syncDirectory(dir))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Join(dir, name), err)
	}
	return nil
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
