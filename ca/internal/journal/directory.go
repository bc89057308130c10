package journal

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"mais/internal/datadir"
)

const suffix = ".journal"

// Options of Open.
type Options struct {
	Dir  string // made if it is not there
	Copy string // a directory on another disk or machine, which several nodes may share; "": none
	Node string // the host's name
	Key  crypto.Signer
	Log  *slog.Logger
}

// Directory is where journals lie: of this and earlier processes, and such as were put here
// to be read.
type Directory struct {
	dir, copy string
	key       crypto.PublicKey
	idle      []Head
}

// Idle returns the heads, as Open found them, of the journals that no process writes.
func (d *Directory) Idle() []Head { return d.idle }

// HasCopy reports whether there is a second place.
func (d *Directory) HasCopy() bool { return d.copy != "" }

// Open verifies every journal of a directory and begins a new one. What stands only in the
// second place is taken over from there.
func Open(o Options) (*Journal, *Directory, error) {
	d := &Directory{dir: o.Dir, copy: o.Copy, key: o.Key.Public()}
	j, err := d.open(o)
	if err != nil {
		return nil, nil, fmt.Errorf("open the journal: %w", err)
	}
	return j, d, nil
}

func (d *Directory) open(o Options) (*Journal, error) {
	if err := datadir.MkdirAll(o.Dir); err != nil {
		return nil, err
	}
	place, err := placeOf(o.Node, o.Dir)
	if err != nil {
		return nil, err
	}
	fault := d.takeOver(place, o.Log)
	if errors.Is(fault, ErrDamaged) {
		return nil, fault
	}
	paths, err := filepath.Glob(filepath.Join(o.Dir, "*"+suffix))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if err := d.verify(path, o.Log); err != nil {
			return nil, err
		}
	}
	id := make([]byte, 8)
	rand.Read(id) // never fails: crypto/rand
	j := &Journal{id: hex.EncodeToString(id), dir: o.Dir, begin: Entry{Kind: Begin, Node: o.Node, Place: place}, key: o.Key, log: o.Log}
	if j.copy = d.mirrorOf(j.id + suffix); j.copy != nil && fault != nil {
		j.copy.say(o.Log, fault)
	}
	return j, nil
}

// placeOf names where a journal is written, so that it is found again in a second place that
// several nodes share.
func placeOf(node, dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	machine, err := os.ReadFile("/etc/machine-id") // machine-id(5)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	sum := sha256.Sum256([]byte(node + "\n" + path + "\n" + string(machine)))
	return hex.EncodeToString(sum[:16]), nil
}

// verify reads a journal that is here. What a crash left of its last entry is cut off, and
// the second place brought up to it, unless it is being written.
func (d *Directory) verify(path string, log *slog.Logger) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	idle := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
	found, err := read(f, d.key, nil)
	if err == nil && found.Head.Number > 0 && found.Head.Journal+suffix != filepath.Base(path) {
		err = fmt.Errorf("%w: it holds journal %s", ErrDamaged, found.Head.Journal)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !idle {
		return nil
	}
	if found.Torn > 0 {
		log.Warn("the last entry of the journal was never finished and is cut off", "journal", path, "after", found.Head.Number, "bytes", found.Torn)
		if err := errors.Join(f.Truncate(found.Size), f.Sync()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if !found.Head.IsZero() {
		d.idle = append(d.idle, found.Head)
		second := d.mirrorOf(filepath.Base(path))
		second.follow(f, found.Size, log)
		return second.close()
	}
	return nil
}

// mirrorOf returns the second file of a journal. What it holds is a part of the first, see
// takeOver; if it is not, such as after a crash, it is written anew.
func (d *Directory) mirrorOf(name string) *mirror {
	if d.copy == "" {
		return nil
	}
	m := &mirror{path: filepath.Join(d.copy, name)}
	second, err := os.ReadFile(m.path)
	first, err2 := os.ReadFile(filepath.Join(d.dir, name))
	if err == nil && err2 == nil && bytes.HasPrefix(first, second) {
		m.at = int64(len(second))
	}
	return m
}

// takeOver replaces each file of this place that the second place holds and the first lacks,
// or holds with more entries: the first was restored from a backup, or lost. Two that differ
// are ErrDamaged. Any other error means that the second place cannot be read.
func (d *Directory) takeOver(place string, log *slog.Logger) error {
	if d.copy == "" {
		return nil
	}
	entries, err := os.ReadDir(d.copy)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), suffix) {
			continue
		}
		second, err := os.ReadFile(filepath.Join(d.copy, e.Name()))
		if err != nil {
			return err
		}
		if err := d.replace(e.Name(), second, place, log); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) replace(name string, second []byte, place string, log *slog.Logger) error {
	path := filepath.Join(d.dir, name)
	first, err := os.ReadFile(path)
	absent := errors.Is(err, fs.ErrNotExist)
	if err != nil && !absent {
		return err
	}
	if !absent && bytes.HasPrefix(first, second) {
		return nil
	}
	there, err := read(bytes.NewReader(second), d.key, nil)
	if err != nil {
		return fmt.Errorf("the second place, %s: %w", filepath.Join(d.copy, name), err)
	}
	if absent && there.Begin.Place != place { // another node's
		return nil
	}
	here, err := read(bytes.NewReader(first), d.key, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	second = second[:there.Size]
	switch {
	case bytes.HasPrefix(first[:here.Size], second):
		return nil // the second was cut short: it follows
	case !bytes.HasPrefix(second, first[:here.Size]):
		return fmt.Errorf("%w: %s and the second place differ before entry %d", ErrDamaged, path, min(here.Head.Number, there.Head.Number)+1)
	}
	log.Warn("the journal here lacks entries that the second place has: they are taken over from there",
		"journal", path, "here", here.Head.Number, "there", there.Head.Number)
	return writeWhole(path, second)
}

// writeWhole replaces a file in one step.
func writeWhole(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err := errors.Join(err, datadir.Give(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

func syncDirectory(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Read gives each entry of every journal here, and in the second place, to each; files names
// more. It returns the head of each journal. Entries of one journal come in their order.
func (d *Directory) Read(each func(Entry) error, files ...string) ([]Head, error) {
	heads := map[string]Head{}
	paths, err := d.files()
	if err != nil {
		return nil, err
	}
	for _, path := range append(paths, files...) {
		found, err := readFile(path, d.key, each)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if found.Head.Number > heads[found.Head.Journal].Number {
			heads[found.Head.Journal] = found.Head
		}
	}
	delete(heads, "") // of a file without an entry
	return slices.Collect(maps.Values(heads)), nil
}

// files returns the journals here, and those that stand in the second place only.
func (d *Directory) files() ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(d.dir, "*"+suffix))
	if err != nil || d.copy == "" {
		return paths, err
	}
	copies, err := filepath.Glob(filepath.Join(d.copy, "*"+suffix))
	for _, path := range copies {
		if _, missing := os.Lstat(filepath.Join(d.dir, filepath.Base(path))); missing != nil {
			paths = append(paths, path)
		}
	}
	return paths, err
}
