package browser

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

const (
	ledgerSchema   = 1
	maxLedgerBytes = 1 << 20
)

// Record is one change that was made, as far as undoing it has to know.
type Record struct {
	Kind    string `json:"kind"`
	Browser Family `json:"browser,omitempty"`
	Where   string `json:"where"`             // the database, or the file
	Name    string `json:"name,omitempty"`    // nickname, or the module's name
	Content string `json:"content,omitempty"` // a SHA-256 of the certificate or of the file, a module's path
	Was     string `json:"was,omitempty"`     // the trust before
}

// The kinds of records.
const (
	madeDatabase = "database"
	addedRoot    = "root"
	changedTrust = "trust"
	addedModule  = "module"
	addedKey     = "key"
	addedIssuer  = "issuer" // that came with a key
	madeFile     = "file"
)

// Ledger is the file that remembers what was changed.
type Ledger struct {
	path    string
	user    int // whose it is, and the databases in it
	records []Record
}

// OpenLedger reads the ledger of this machine's person; one that is not there yet is empty.
func (m Machine) OpenLedger() (*Ledger, error) {
	l := &Ledger{path: filepath.Join(m.Config, "mais", "browser.json"), user: m.user}
	if err := errors.Join(owned(m.user, filepath.Dir(l.path)), owned(m.user, l.path)); err != nil {
		return nil, err
	}
	info, err := os.Stat(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err == nil && info.Size() > maxLedgerBytes {
		err = fmt.Errorf("%d bytes, at most %d", info.Size(), maxLedgerBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", l.path, err)
	}
	text, err := os.ReadFile(l.path)
	if err != nil {
		return nil, err
	}
	var kept struct {
		Schema  int      `json:"schema"`
		Records []Record `json:"records"`
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, fmt.Errorf("read %s: %w", l.path, err)
	}
	if kept.Schema != ledgerSchema {
		return nil, fmt.Errorf("read %s: schema %d, this tokenctl reads %d", l.path, kept.Schema, ledgerSchema)
	}
	l.records = kept.Records
	return l, nil
}

// add notes what is about to be done. It is durable when add returns: a run that breaks off
// right after it can be undone. A file that is written anew is one file.
func (l *Ledger) add(records ...Record) error {
	for _, r := range records {
		if r.Kind == madeFile {
			l.records = slices.DeleteFunc(l.records, func(old Record) bool { return old.Kind == madeFile && old.Where == r.Where })
		}
		if !slices.Contains(l.records, r) {
			l.records = append(l.records, r)
		}
	}
	return l.save()
}

func (l *Ledger) forget(r Record) error {
	l.records = slices.DeleteFunc(l.records, func(other Record) bool { return other == r })
	return l.save()
}

// save replaces the file whole. An empty ledger is none.
func (l *Ledger) save() error {
	if len(l.records) == 0 {
		if err := os.Remove(l.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.MarshalIndent(struct {
		Schema  int      `json:"schema"`
		Records []Record `json:"records"`
	}{ledgerSchema, l.records}, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(l.path, append(text, '\n'), 0o600)
}

// replaceFile writes a file and makes it durable before it takes its place.
func replaceFile(path string, text []byte, mode fs.FileMode) error {
	dirMode := fs.FileMode(0o700)
	if mode&0o077 != 0 {
		dirMode = 0o755
	}
	if err := makeDir(filepath.Dir(path), dirMode); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // when it is not where it belongs
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// makeDir makes a directory and those above it with the mode, whatever the umask: a policy that
// the browser's user cannot reach is none, and nothing says so.
func makeDir(path string, mode fs.FileMode) error {
	if isDir(path) {
		return nil
	}
	if err := makeDir(filepath.Dir(path), mode); err != nil {
		return err
	}
	if err := os.Mkdir(path, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
