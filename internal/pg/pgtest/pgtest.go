// Package pgtest gives tests a real database: call [New]. All tests of a process share one embedded cluster, which is
// started with the first of them and goes when the process ends, however it does; each test has a database of its own,
// cloned from one that was migrated once. Nothing is skipped when PostgreSQL is missing: the test fails and names the Debian
// package. It does not promise isolation of what is the cluster's: roles, settings, the postmaster. A test that kills or
// configures PostgreSQL starts its own with pg.StartCluster.
package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mais/internal/pg"
)

// patience bounds every step that waits for PostgreSQL; recovery aside, each takes well under a second.
const patience = time.Minute

// Database is a test's own database, migrated.
type Database struct {
	name    string
	cluster *pg.Cluster
	owner   *pg.DB
	cut     atomic.Bool // its connections were, and their pools say so when they are closed
}

// New makes a database with these sets applied and drops it when the test ends.
func New(tb testing.TB, sets ...pg.MigrationSet) *Database {
	tb.Helper()
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	d, err := c.clone(ctx, sets)
	if err != nil {
		tb.Fatalf("make a database: %v", err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := d.owner.Close(); err != nil && !d.cut.Load() {
			tb.Errorf("close the owner's pool: %v", err)
		}
		if _, err := c.admin.Exec(ctx, `DROP DATABASE `+d.name+` WITH (FORCE)`); err != nil {
			tb.Errorf("drop the database: %v", err)
		}
	})
	return d
}

// Source reaches the database as the login roles.
func (d *Database) Source() pg.Source { return d.cluster.SourceOf(d.name) }

// Open returns a pool logged in as role, closed when the test ends.
func (d *Database) Open(tb testing.TB, role pg.Role) *pg.DB {
	tb.Helper()
	db, err := d.Source().Open(context.Background(), role)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil && !d.cut.Load() {
			tb.Errorf("close the pool of %s: %v", role, err)
		}
	})
	return db
}

// Owner is the database as the cluster's superuser, for preparing and asserting what no login role may.
func (d *Database) Owner() *pg.DB { return d.owner }

// Dump returns the schema as pg_dump writes it.
func (d *Database) Dump(tb testing.TB) string {
	tb.Helper()
	out, err := d.cluster.Command(context.Background(), "pg_dump", "--schema-only", "--dbname="+d.name).CombinedOutput()
	if err != nil {
		tb.Fatalf("pg_dump: %v: %s", err, out)
	}
	return string(out)
}

// cluster is the one that all tests of the process share.
type cluster struct {
	*pg.Cluster
	admin *pg.DB
	alive io.Closer // kept open, not to be collected: see sweepAfter
	count atomic.Int64

	mu        sync.Mutex
	templates map[string]func() (string, error)
}

var shared = sync.OnceValues(startShared)

func (c *cluster) clone(ctx context.Context, sets []pg.MigrationSet) (*Database, error) {
	template, err := c.template(ctx, sets)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprint("test_", c.count.Add(1))
	if err := c.create(ctx, name, template); err != nil {
		return nil, err
	}
	owner, err := c.Superuser(ctx, name)
	if err != nil {
		return nil, err
	}
	return &Database{name: name, cluster: c.Cluster, owner: owner}, nil
}

// create copies a database. Its owner and grants are not in the copy.
func (c *cluster) create(ctx context.Context, name, template string) error {
	if _, err := c.admin.Exec(ctx, fmt.Sprintf(`CREATE DATABASE %s OWNER mais_owner TEMPLATE %s`, name, template)); err != nil {
		return err
	}
	var roles []string
	for _, r := range pg.Roles() {
		roles = append(roles, string(r))
	}
	_, err := c.admin.Exec(ctx, fmt.Sprintf(`REVOKE ALL ON DATABASE %[1]s FROM PUBLIC; GRANT CONNECT ON DATABASE %[1]s TO %[2]s`,
		name, strings.Join(roles, ", ")))
	return err
}

// template returns the name of a database with the sets applied, made at the first call for these sets.
func (c *cluster) template(ctx context.Context, sets []pg.MigrationSet) (string, error) {
	key, err := fingerprint(sets)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	build, ok := c.templates[key]
	if !ok {
		build = sync.OnceValues(func() (string, error) {
			name := "template_" + key
			if err := c.create(ctx, name, "mais"); err != nil {
				return "", err
			}
			return name, pg.Migrate(ctx, c.SourceOf(name), sets...)
		})
		c.templates[key] = build
	}
	c.mu.Unlock()
	return build()
}

// fingerprint tells sets apart by what is in them.
func fingerprint(sets []pg.MigrationSet) (string, error) {
	h := sha256.New()
	for _, set := range sets {
		fmt.Fprintf(h, "set %q\n", set.Table)
		err := fs.WalkDir(set.FS, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(set.FS, path)
			fmt.Fprintf(h, "file %q %d\n%s", path, len(text), text)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("read migrations: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}
