package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"github.com/lib/pq"

	"mais/config"
)

// Limits of every connection but the [Migrator]'s, whose statements take the time that they take.
const (
	statementTimeout = 30 * time.Second
	lockTimeout      = 10 * time.Second
	idleInTxTimeout  = time.Minute
	connectTimeout   = 10 * time.Second
	// poolSize is the most connections of one pool, kept open while they are in use now and then: a new one costs two
	// processes a millisecond of SCRAM.
	poolSize    = 20
	poolIdle    = 5 * time.Minute
	poolMaxLife = time.Hour
)

// Source is how to reach one database as each role. It holds the roles' passwords and shows none of them. The zero Source
// reaches nothing.
type Source struct{ at *endpoint }

type endpoint struct {
	config    pq.Config // without user and password
	passwords map[Role]config.Secret
	migrator  string // the file of the [Migrator]'s password when that is not among them: it is read when it is needed
	attached  bool   // as the superuser, which takes each role on; see [Attach]
	runtime   bool   // the Migrator has been given up; see [Source.WithoutMigrator]
	// shutOut ends the Migrator's right to log in. Nil: that is not ours to end.
	shutOut func(context.Context) error
}

// ErrNoMigrator means that the [Migrator]'s password is not at hand. The error says where it was looked for.
var ErrNoMigrator = errors.New("the right to change the schema is not at hand")

// baseConfig is what every connection has in common. It is written out, not read by pq.NewConfig, so that no PG* variable
// of the environment has a say.
func baseConfig() pq.Config {
	return pq.Config{
		ClientEncoding:     "UTF8",
		Datestyle:          "ISO, MDY",
		MinProtocolVersion: pq.ProtocolVersion30,
		MaxProtocolVersion: pq.ProtocolVersion30,
		ConnectTimeout:     connectTimeout,
		SSLSNI:             true,
		Runtime:            map[string]string{"TimeZone": "UTC"},
	}
}

func socketConfig(directory, database string) pq.Config {
	c := baseConfig()
	c.Host, c.Port, c.Database, c.SSLMode = directory, socketPort, database, pq.SSLModeDisable
	return c
}

// String names the database and leaves the passwords out.
func (s Source) String() string {
	if s.at == nil {
		return "no database"
	}
	return fmt.Sprintf("%s at %s:%d", s.at.config.Database, s.at.config.Host, s.at.config.Port)
}

// GoString is String, for %#v.
func (s Source) GoString() string { return s.String() }

// LogValue is String, for slog.
func (s Source) LogValue() slog.Value { return slog.StringValue(s.String()) }

// as returns the configuration that logs in as role.
func (s Source) as(role Role) (pq.Config, error) {
	if s.at == nil {
		return pq.Config{}, errors.New("no database")
	}
	if role == Migrator && s.at.runtime {
		return pq.Config{}, fmt.Errorf("%w: it was given up after the start", ErrNoMigrator)
	}
	c := s.at.config
	c.Runtime = maps.Clone(c.Runtime)
	if s.at.attached {
		c.User, c.Runtime["role"] = bootstrap, string(role)
	} else {
		password, err := s.at.password(role)
		if err != nil {
			return pq.Config{}, err
		}
		c.User, c.Password = string(role), string(password.Reveal())
	}
	c.ApplicationName = string(role)
	if role != Migrator {
		c.Runtime["statement_timeout"] = milliseconds(statementTimeout)
		c.Runtime["lock_timeout"] = milliseconds(lockTimeout)
		c.Runtime["idle_in_transaction_session_timeout"] = milliseconds(idleInTxTimeout)
	}
	return c, nil
}

func (at *endpoint) password(role Role) (config.Secret, error) {
	if p, ok := at.passwords[role]; ok {
		return p, nil
	}
	if role != Migrator || at.migrator == "" {
		return config.Secret{}, fmt.Errorf("no password for role %s", role)
	}
	p, err := config.ReadSecret(at.migrator)
	if err != nil {
		return config.Secret{}, fmt.Errorf("%w: %w", ErrNoMigrator, err)
	}
	return p, nil
}

// WithoutMigrator returns the source without the [Migrator], which is for [Migrate] alone: a server calls it before it
// answers anybody. It forgets the role's password, and in the embedded cluster the role cannot log in until the next start.
func (s Source) WithoutMigrator(ctx context.Context) (Source, error) {
	if s.at == nil {
		return Source{}, errors.New("give up the migrator: no database")
	}
	if s.at.shutOut != nil {
		if err := s.at.shutOut(ctx); err != nil {
			return Source{}, fmt.Errorf("give up the migrator: %w", err)
		}
	}
	at := *s.at
	at.passwords = maps.Clone(at.passwords)
	delete(at.passwords, Migrator)
	at.migrator, at.shutOut, at.runtime = "", nil, true
	return Source{&at}, nil
}

func milliseconds(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// Open returns a pool that is logged in as role, once it has reached the server and found it sound: see [CheckServer].
// Close it.
func (s Source) Open(ctx context.Context, role Role) (*DB, error) {
	c, err := s.as(role)
	if err == nil {
		answer := statementTimeout + grace
		if role == Migrator {
			c.Runtime["role"] = owner
			answer = 0
		}
		var db *DB
		if db, err = open(ctx, connector{c, answer}); err == nil {
			return db, nil
		}
	}
	return nil, fmt.Errorf("open %v as %s: %w", s, role, err)
}

func open(ctx context.Context, c connector) (*DB, error) {
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(poolSize)
	pool.SetMaxIdleConns(poolSize)
	pool.SetConnMaxIdleTime(poolIdle)
	pool.SetConnMaxLifetime(poolMaxLife)
	db := &DB{pool}
	if err := CheckServer(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// oldest is the oldest PostgreSQL that the migrations are written for, as server_version_num has it.
const oldest = 150000

// CheckServer refuses a server that is older than PostgreSQL 15, or that does not keep what it acknowledges: with fsync or
// full_page_writes off, a crash loses committed audit entries. [Source.Open] calls it.
func CheckServer(ctx context.Context, q Querier) error {
	var version int
	var fsync, fullPages string
	err := q.QueryRow(ctx, `SELECT current_setting('server_version_num')::int,
			current_setting('fsync'), current_setting('full_page_writes')`).Scan(&version, &fsync, &fullPages)
	switch {
	case err != nil:
		return err
	case version < oldest:
		return fmt.Errorf("PostgreSQL %d is too old: 15 or later is needed", version/10000)
	case fsync != "on" || fullPages != "on":
		return fmt.Errorf("PostgreSQL runs with fsync %s and full_page_writes %s: both must be on, or a crash loses the audit", fsync, fullPages)
	}
	return nil
}
