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
	attached  bool // as the superuser, which takes each role on; see [Attach]
}

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
	c := s.at.config
	c.Runtime = maps.Clone(c.Runtime)
	if s.at.attached {
		c.User, c.Runtime["role"] = bootstrap, string(role)
	} else {
		password, ok := s.at.passwords[role]
		if !ok {
			return pq.Config{}, fmt.Errorf("no password for role %s", role)
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
