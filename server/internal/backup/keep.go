package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"mais/internal/datadir"
)

const (
	suffix     = ".tar.age"
	partSuffix = ".part"
	nameTime   = "20060102T150405Z"
	// shortName is as much of a root's fingerprint and a node's identity as stands in a name.
	shortName = 8
)

// prefixOf begins the names of the archives that a node of a service makes; the time follows.
// Several may share a directory.
func prefixOf(m Manifest) string {
	return "mais-" + short(m.Root) + "-" + short(m.Node) + "-"
}

// short returns the first digits of what follows the last colon.
func short(id string) string {
	id = id[strings.LastIndex(id, ":")+1:]
	keep := func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}
	id = strings.Map(keep, id)
	return id[:min(shortName, len(id))]
}

// Save writes an archive into dir, whole or not at all, readable by its owner alone, and
// returns its path. Then it removes the oldest archives of the same service and node beyond
// the newest keep; 0 keeps them all.
func Save(ctx context.Context, dir string, keep int, s Source) (path string, err error) {
	if err := datadir.MkdirAll(dir); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	prefix := prefixOf(s.Manifest)
	if err := sweep(dir, prefix); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	path = filepath.Join(dir, prefix+s.Manifest.Made.UTC().Format(nameTime)+suffix)
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("backup: %s is there already", path)
	}
	f, err := os.CreateTemp(dir, "."+prefix+"*"+partSuffix) // 0600
	if err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	defer os.Remove(f.Name())
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) // for sweep
	if err == nil {
		_, err = Write(ctx, f, s)
	}
	if err = errors.Join(err, datadir.Give(f), f.Sync(), f.Close()); err != nil {
		return "", err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return path, err
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return path, err
	}
	return path, retain(dir, prefix, s.Manifest.Made, keep)
}

// sweep removes the half archives of processes that are no more.
func sweep(dir, prefix string) error {
	there, err := names(dir, "."+prefix, partSuffix)
	for _, name := range there {
		f, openErr := os.OpenFile(filepath.Join(dir, name), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
		if openErr != nil {
			continue
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
		f.Close()
	}
	return err
}

// retain removes the oldest. An archive with a later date than the one just made stays, and
// does not count before its time: some clock was wrong.
func retain(dir, prefix string, made time.Time, keep int) error {
	there, err := names(dir, prefix, suffix)
	if err != nil || keep <= 0 {
		return err
	}
	there = slices.DeleteFunc(there, func(name string) bool {
		at, err := time.Parse(nameTime, strings.TrimSuffix(strings.TrimPrefix(name, prefix), suffix))
		return err != nil || at.After(made)
	})
	slices.Sort(there) // by their times, since they are alike but for these
	for len(there) > keep {
		if err := os.Remove(filepath.Join(dir, there[0])); err != nil {
			return fmt.Errorf("backup: remove an old archive: %w", err)
		}
		there = there[1:]
	}
	return nil
}

// names returns the names in a directory that begin and end in a way.
func names(dir, prefix, suffix string) (found []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), suffix) {
			found = append(found, e.Name())
		}
	}
	return found, err
}
