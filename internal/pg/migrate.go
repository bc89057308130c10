package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
)

// ErrNewer means that the database has been migrated by a later version of the program. Nothing has been changed.
var ErrNewer = errors.New("the database is newer than this program")

// MigrationSet is a sequence of migrations: files named 00001_what.sql, in goose's notation, that only go up.
type MigrationSet struct {
	FS    fs.FS  // the files stand at its root
	Table string // keeps the versions, in schema migration; a name of its own for each set
}

// migrationLock is the advisory lock that lets one of several servers migrate while the others wait.
const (
	migrationLock = 0x6d616973 // "mais"
	lockPoll      = 100 * time.Millisecond
)

// Migrate brings the schema up to date: all of the first set, then of the next. On a schema that is up to date it only looks,
// as [Audit]; else it logs in as [Migrator] and works as the owner, and when it cannot, the error is an [ErrNoMigrator].
// Several servers may call it at once.
func Migrate(ctx context.Context, s Source, sets ...MigrationSet) error {
	done, err := upToDate(ctx, s, sets)
	if err == nil && !done {
		err = s.migrate(ctx, sets)
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// upToDate reports whether nothing is left to do, as a role that can but read the versions.
func upToDate(ctx context.Context, s Source, sets []MigrationSet) (done bool, err error) {
	db, err := s.Open(ctx, Audit)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	done = true
	for _, set := range sets {
		var there bool
		if err := db.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, set.table()).Scan(&there); err != nil {
			return false, err
		}
		if !there { // goose would try to make it
			done = false
			continue
		}
		_, behind, err := set.provider(ctx, db)
		if err != nil {
			return false, fmt.Errorf("%s: %w", set.Table, err)
		}
		done = done && !behind
	}
	return done, nil
}

func (s Source) migrate(ctx context.Context, sets []MigrationSet) (err error) {
	db, err := s.Open(ctx, Migrator)
	if err != nil {
		return fmt.Errorf("the schema is not up to date: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	lock, err := lockMigrations(ctx, db)
	if err != nil {
		return err
	}
	defer lock.Close() // back to the pool, whose end ends the session and with it the lock
	// Functions can be executed by everyone unless this is said before they are made, and the versions read by nobody.
	_, err = db.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS migration;
		ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
		GRANT USAGE ON SCHEMA migration TO mais_audit;
		ALTER DEFAULT PRIVILEGES IN SCHEMA migration GRANT SELECT ON TABLES TO mais_audit`)
	if err != nil {
		return err
	}
	providers := make([]*goose.Provider, len(sets))
	for i, set := range sets { // look at all before anything is changed
		if providers[i], _, err = set.provider(ctx, db); err != nil {
			return fmt.Errorf("%s: %w", set.Table, err)
		}
	}
	for i, set := range sets {
		if _, err := providers[i].Up(ctx); err != nil {
			return fmt.Errorf("%s: %w", set.Table, located(err))
		}
	}
	return nil
}

// lockMigrations takes the lock on a connection. It asks again and again instead of waiting in the server, where the waiting
// transaction would hold up a CREATE INDEX CONCURRENTLY of the one who migrates.
func lockMigrations(ctx context.Context, db *DB) (*sql.Conn, error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	for {
		var locked bool
		if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, migrationLock).Scan(&locked); err != nil {
			return nil, errors.Join(fmt.Errorf("lock: %w", err), conn.Close())
		}
		if locked {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("another server is migrating: %w", ctx.Err()), conn.Close())
		case <-time.After(lockPoll):
		}
	}
}

func (set MigrationSet) table() string { return "migration." + set.Table }

// provider returns goose set up for the set, and whether the database is behind it, or ErrNewer.
func (set MigrationSet) provider(ctx context.Context, db *DB) (p *goose.Provider, behind bool, err error) {
	p, err = goose.NewProvider(goose.DialectPostgres, db.pool, set.FS,
		goose.WithTableName(set.table()),
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, false, err
	}
	at, knows, err := p.GetVersions(ctx)
	if err != nil {
		return nil, false, err
	}
	if at > knows {
		return nil, false, fmt.Errorf("%w: it is at version %d, this program knows versions up to %d: use the later program",
			ErrNewer, at, knows)
	}
	return p, at < knows, nil
}

// located adds PostgreSQL's detail and the place in the text to an error. A migration handles no personal data that could
// come out with it.
func located(err error) error {
	if e := pq.As(err); e != nil {
		return fmt.Errorf("%w\n%s", err, e.ErrorWithDetail())
	}
	return err
}
