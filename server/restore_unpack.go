package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/backup"
)

// unpacking is a service that comes out of an archive, entry by entry, each of which is known
// to be genuine when it comes. The dump goes into the database without lying on a disk.
type unpacking struct {
	dir      string
	settings *config.Server // of the archive; they come first

	load *load // the dump's, once it has come
	stop func() error
}

// all unpacks an archive.
func (u *unpacking) all(ctx context.Context, a *backup.Archive) error {
	if err := os.Mkdir(u.dir, 0o700); err != nil {
		return err
	}
	err := a.Each(ctx, func(e backup.Entry, content []byte) error { return u.take(ctx, e, content) })
	if u.load == nil && err == nil {
		err = errors.New("the archive has no database")
	}
	return u.endLoad(err)
}

// endLoad commits what was loaded, unless something failed before.
func (u *unpacking) endLoad(err error) error {
	if u.load == nil {
		return err
	}
	if err == nil {
		err = u.load.finish()
	} else {
		u.load.abort()
	}
	return errors.Join(err, u.stop())
}

func (u *unpacking) take(ctx context.Context, e backup.Entry, content []byte) error {
	name := strings.TrimPrefix(e.Name, filesDir+"/")
	switch {
	case u.settings == nil && e.Name != settingsName:
		return errors.New("the archive does not begin with settings")
	case e.Name == dumpName:
		return u.loadMore(ctx, content)
	case e.Name != settingsName && name == e.Name && !strings.HasPrefix(name, journalDir+"/"):
		return fmt.Errorf("the archive holds %.80q, of which this mais-server knows nothing", name)
	}
	path := filepath.Join(u.dir, filepath.FromSlash(name))
	if err := appendTo(path, content, e.Piece > 0); err != nil || e.Name != settingsName {
		return err
	}
	var err error
	if u.settings, err = config.Load(path); err != nil {
		return fmt.Errorf("the archive's settings: %w", err)
	}
	return nil
}

func (u *unpacking) loadMore(ctx context.Context, content []byte) (err error) {
	if u.load == nil {
		if u.load, u.stop, err = u.startLoad(ctx); err != nil {
			return err
		}
	}
	return u.load.write(content)
}

// startLoad begins to fill a new embedded database in u.dir, or an empty external one.
func (u *unpacking) startLoad(ctx context.Context) (*load, func() error, error) {
	if u.settings.Database != nil {
		return loadExternal(ctx, u.settings)
	}
	return loadEmbedded(ctx, filepath.Join(u.dir, databaseName), u.settings)
}

// loadEmbedded begins to fill a new embedded database.
func loadEmbedded(ctx context.Context, dir string, settings *config.Server) (*load, func() error, error) {
	c, err := pg.StartCluster(ctx, pg.ClusterOptions{Dir: dir})
	if err != nil {
		return nil, nil, err
	}
	l, err := startLoad(c.Command(ctx, "pg_restore", inDatabase(settings)))
	if err != nil {
		return nil, nil, errors.Join(err, c.Stop())
	}
	return l, c.Stop, nil
}

// loadExternal begins to fill an external database, if it is empty.
func loadExternal(ctx context.Context, settings *config.Server) (*load, func() error, error) {
	if err := checkEmptyDatabase(ctx, settings); err != nil {
		return nil, nil, err
	}
	cmd, stop, err := pgClient(ctx, settings, "pg_restore")
	if err != nil {
		return nil, nil, err
	}
	l, err := startLoad(cmd)
	return l, stop, err
}

// ErrNotEmpty: an external database holds something already.
var ErrNotEmpty = errors.New("the database is not empty")

// checkEmptyDatabase demands that nothing of anybody's is in a database.
func checkEmptyDatabase(ctx context.Context, settings *config.Server) error {
	cmd, stop, err := pgClient(ctx, settings, "psql", "--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--command",
		`SELECT (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public'))
			+ (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public')`)
	if err != nil {
		return err
	}
	var found bytes.Buffer
	var said words
	cmd.Stdout, cmd.Stderr = &found, &said
	if err := errors.Join(said.explain("psql", cmd.Run()), stop()); err != nil {
		return err
	}
	if n := strings.TrimSpace(found.String()); n != "0" {
		return fmt.Errorf("%q: %w: schemas and tables: %.20s", databaseNameOf(settings), ErrNotEmpty, n)
	}
	return nil
}

// appendTo writes a file that is not there yet, or the next piece of one; it is on disk when
// it returns.
func appendTo(path string, content []byte, more bool) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if more {
		flags = os.O_WRONLY | os.O_APPEND
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// inPlace is where something of the service's directory lies while it is unpacked; "" for what
// lies elsewhere.
func (u *unpacking) inPlace(path, dir string) string {
	inside, err := filepath.Rel(dir, path)
	if err != nil || !filepath.IsLocal(inside) {
		return ""
	}
	return filepath.Join(u.dir, inside)
}

// takeLonger copies a journal over another that is a part of it, or not there, and reports
// whether it did. Journals only grow: two that differ are not both genuine.
func takeLonger(from, to string) (bool, error) {
	there, err := os.ReadFile(from)
	if err != nil {
		return false, err
	}
	have, err := os.ReadFile(to)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	switch {
	case err == nil && bytes.HasPrefix(have, there):
		return false, nil
	case !bytes.HasPrefix(there, have):
		return false, fmt.Errorf("the journal %s and the archive's are not the same: take one of them away", from)
	}
	return true, writeWhole(to, there)
}
