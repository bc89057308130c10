package token

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mais/tokenctl/internal/fault"
)

// hiddenName is how a directory beside NAME is called: .NAME.suffix.
type hiddenName string

const (
	nextPattern  hiddenName = "next"     // a token in the making
	asidePattern hiddenName = "previous" // the token while its successor takes its place
	lockPattern  hiddenName = "lock"
	watchPattern hiddenName = "watch"    // the lock of who keeps it renewed
	partPattern  hiddenName = "part"     // the beginnings of a next
	donePattern  hiddenName = "deployed" // which serial its users have taken over

	journalPattern hiddenName = "journal" // how far the service's journals had come
)

func (p hiddenName) of(name string) string { return "." + name + "." + string(p) }

func (p hiddenName) name(file string) (string, bool) {
	rest, ok := strings.CutPrefix(file, ".")
	if !ok {
		return "", false
	}
	name, ok := strings.CutSuffix(rest, "."+string(p))
	return name, ok && validName.MatchString(name)
}

func (h Home) next(name string) string  { return h.path(nextPattern.of(name)) }
func (h Home) aside(name string) string { return h.path(asidePattern.of(name)) }

// Lock is the right to make or replace one token. Only one process holds it; it ends with
// the process.
type Lock struct {
	home Home
	name string
	file *os.File
}

// Lock takes the right to make or replace the token called name, and finishes what a process
// that stopped in the middle had begun. The home is made if it is not there.
func (h Home) Lock(name string) (*Lock, error) {
	l, err := h.lock(name)
	if err != nil {
		return nil, err
	}
	if err := l.recover(); err != nil {
		l.Unlock()
		return nil, err
	}
	return l, nil
}

func (h Home) lock(name string) (*Lock, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(h.dir, dirMode); err != nil {
		return nil, fault.New(fault.Failed, "", "make the directory for tokens").Because(err)
	}
	f, err := hold(h.path(lockPattern.of(name)))
	var held heldBy
	if errors.As(err, &held) {
		return nil, fault.New(fault.Busy, "wait until it has finished, then try again", "another tokenctl%s is at work on the token %s", held.process, name)
	}
	if err != nil {
		return nil, fault.New(fault.Failed, "", "lock the token %s", name).Because(err)
	}
	return &Lock{h, name, f}, nil
}

// Unlock gives the right back. The empty lock file stays: removing it would let two in.
func (l *Lock) Unlock() { l.file.Close() }

// recover finishes an interrupted replacement. The old token is set aside only when its
// successor is whole and on disk, so that going forward is always right.
func (l *Lock) recover() error {
	for _, begun := range []string{partPattern.of(l.name) + "-*", journalPattern.of(l.name) + ".*"} {
		if left, err := filepath.Glob(l.home.path(begun)); err == nil {
			for _, path := range left {
				os.RemoveAll(path)
			}
		}
	}
	if _, err := os.Stat(l.home.aside(l.name)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(l.home.path(l.name)); errors.Is(err, fs.ErrNotExist) {
		if err := l.takePlace(); err != nil {
			return err
		}
	}
	return l.retire()
}

// retire removes the token that was set aside, its key overwritten first.
func (l *Lock) retire() error {
	dir := l.home.aside(l.name)
	return errors.Join(scrub(dir), os.RemoveAll(dir))
}

// replace puts .NAME.next in the place of NAME.
func (l *Lock) replace() error {
	err := os.Rename(l.home.path(l.name), l.home.aside(l.name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Failed, "", "set the old token aside").Because(err)
	}
	if err := l.takePlace(); err != nil {
		return err
	}
	return l.retire()
}

func (l *Lock) takePlace() error {
	if err := os.Rename(l.home.next(l.name), l.home.path(l.name)); err != nil {
		return fault.New(fault.Failed, "", "put the new token in its place").Because(err)
	}
	return syncDir(l.home.dir)
}

func writeFile(dir, name string, content []byte) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
