package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/backup"
)

// Database puts the archive's database into a service that does not run; keys, settings and journal
// stay as they are. An embedded one is kept beside the new one, which takes its place only when
// it is whole; an external one must be empty, else ErrNotEmpty.
func (r Restore) Database(ctx context.Context, settings *config.Server) (out Restored, err error) {
	a, done, err := r.open(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, done()) }()
	w, err := openWorkspace(settings.DataDir)
	if err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, w.end(err != nil)) }()
	out = Restored{Manifest: a.Manifest, Settings: settings}
	if settings.Database != nil {
		err = (&databaseOnly{unpacking{settings: settings}}).all(ctx, a)
	} else {
		out.Aside, err = w.replaceDatabase(ctx, a, settings)
	}
	if err == nil {
		err = noteRestore(settings.DataDir, r, out, "database")
	}
	if err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	return out, nil
}

// databaseOnly passes over everything in an archive but the database.
type databaseOnly struct{ unpacking }

func (d *databaseOnly) all(ctx context.Context, a *backup.Archive) error {
	err := a.Each(ctx, func(e backup.Entry, content []byte) error {
		if e.Name != dumpName {
			return nil
		}
		return d.loadMore(ctx, content)
	})
	if d.load == nil && err == nil {
		err = errors.New("the archive has no database")
	}
	return d.endLoad(err)
}

// replaceDatabase fills a new cluster and then puts it in the place of the old one, which
// nobody may run meanwhile. The old one may be broken, or gone.
func (w *workspace) replaceDatabase(ctx context.Context, a *backup.Archive, settings *config.Server) (aside string, err error) {
	database := DatabaseDir(settings)
	_, err = os.Lstat(database)
	gone := errors.Is(err, fs.ErrNotExist)
	if err != nil && !gone {
		return "", err
	}
	if !gone {
		release, held := pg.Hold(database)
		if held != nil {
			return "", held
		}
		defer func() { err = errors.Join(err, release()) }()
	}
	if err := (&databaseOnly{unpacking{settings: settings, dir: w.dir}}).all(ctx, a); err != nil {
		return "", err
	}
	if gone {
		return "", errors.Join(os.Rename(w.path(databaseName), database), syncDir(settings.DataDir))
	}
	return w.swap(database)
}

// swap puts the new cluster in the place of the old. A file says so meanwhile, so that after a
// crash the old one comes back to its place.
func (w *workspace) swap(database string) (aside string, err error) {
	aside = database + ".before-" + time.Now().UTC().Format("20060102T150405Z")
	if err := writeWhole(w.path(swappingName), []byte(filepath.Base(aside))); err != nil {
		return "", err
	}
	if err := os.Rename(database, aside); err != nil {
		return "", err
	}
	if err := os.Rename(w.path(databaseName), database); err != nil {
		return "", errors.Join(err, undoSwap(filepath.Dir(database)))
	}
	return aside, errors.Join(syncDir(filepath.Dir(database)), os.Remove(w.path(swappingName)))
}
