package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lib/pq"

	"mais/config"
)

// ClusterOptions say where the embedded cluster lives.
type ClusterOptions struct {
	// Dir is the cluster's own directory; it is made when it is not there, and so is the cluster in it.
	Dir string
	// Log takes PostgreSQL's log, its ordinary messages at debug level, and says when it had to be restarted. Nil: no log.
	Log *slog.Logger
}

// Cluster is a PostgreSQL that runs as our child: reached over a unix socket only, stopped with us however we end, and
// started again when it dies.
type Cluster struct {
	layout
	log       *slog.Logger
	bin       binaries
	lock      held
	socketDir string
	passwords map[Role]config.Secret

	running context.Context // ends with Stop
	cancel  context.CancelFunc
	pid     atomic.Int64
	done    chan struct{} // closed when the postmaster has been stopped
	stopped error         // how; after done
	stop    sync.Once
}

// StartCluster starts the cluster in o.Dir, made at the first start, with its login roles and their passwords of this
// start. ctx bounds the start only. One process at a time can have the directory (ErrInUse). The caller calls Stop.
func StartCluster(ctx context.Context, o ClusterOptions) (*Cluster, error) {
	c, err := startCluster(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("embedded PostgreSQL: %w", err)
	}
	return c, nil
}

func startCluster(ctx context.Context, o ClusterOptions) (*Cluster, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	hold, err := lock(dir)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Cluster{layout: layout{dir: dir}, log: o.Log, lock: hold, passwords: randomPasswords(), done: make(chan struct{})}
	c.running, c.cancel = context.WithCancel(context.Background())
	p, err := c.bringUp(ctx)
	if err != nil {
		return nil, errors.Join(err, c.release())
	}
	go c.supervise(p)
	return c, nil
}

// bringUp goes from a directory to a running postmaster with our roles and database.
func (c *Cluster) bringUp(ctx context.Context) (*postmaster, error) {
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	p, err := c.run(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.admit(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// prepare makes everything that the postmaster needs to find.
func (c *Cluster) prepare(ctx context.Context) error {
	major, err := dataMajor(c.data())
	if err != nil {
		return err
	}
	if c.bin, err = findBinaries(ctx, debianBinaries, major); err != nil {
		return err
	}
	if c.account, err = accountFor(c.data(), os.Geteuid(), debianAccount); err != nil {
		return err
	}
	if err := c.layout.open(c.bin); err != nil {
		return err
	}
	if major == 0 {
		if err := c.initdb(ctx, c.bin); err != nil {
			return err
		}
	}
	left, _ := os.Readlink(c.socketHome()) // where the last start's sockets were, if not in the directory itself
	if err := errors.Join(c.clearLeftovers(ctx), c.dropSockets(left), c.writeAccess()); err != nil {
		return err
	}
	c.socketDir, err = c.sockets()
	return err
}

func (c *Cluster) writeAccess() error {
	users := []string{"root"}
	if !c.account.foreign() { // PostgreSQL's own account needs no way in
		users = append(users, c.account.name)
	}
	// The account must read them; they hold no secret.
	return errors.Join(
		os.WriteFile(filepath.Join(c.dir, "pg_hba.conf"), []byte(accessRules()), 0o644),
		os.WriteFile(filepath.Join(c.dir, "pg_ident.conf"), []byte(identMap(users...)), 0o644))
}

// run starts the postmaster and waits until it lets us in, which after a crash takes as long as the recovery.
func (c *Cluster) run(ctx context.Context) (*postmaster, error) {
	args := []string{"-D", c.seen("data")}
	for _, s := range settings(c.seen("pg_hba.conf"), c.seen("pg_ident.conf"), c.socketDir) {
		args = append(args, "-c", s)
	}
	p, err := launch(c.command(c.bin.path("postgres"), args...), c.log)
	if err != nil {
		return nil, err
	}
	if err := c.ready(ctx, p); err != nil {
		p.stop() // what went wrong is said already
		return nil, err
	}
	c.pid.Store(int64(p.process.Pid))
	return p, nil
}

const readyPoll = 10 * time.Millisecond

// ready waits for the postmaster to say in postmaster.pid that it lets clients in. Trying would fill its log with refusals.
func (c *Cluster) ready(ctx context.Context, p *postmaster) error {
	for {
		if f, err := readPidFile(c.data()); err == nil && f.ready && f.pid == p.process.Pid {
			return nil
		}
		select {
		case <-p.exited:
			return p.cause()
		case <-ctx.Done():
			return fmt.Errorf("wait for PostgreSQL: %w", ctx.Err())
		case <-time.After(readyPoll):
		}
	}
}

// admit makes the database and the roles, with the passwords of this start.
func (c *Cluster) admit(ctx context.Context) error {
	if err := c.createDatabase(ctx); err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	text, err := RolesSQL(c.passwords)
	if err != nil {
		return err
	}
	db, err := c.Superuser(ctx, database)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, text)
	return errors.Join(err, db.Close())
}

func (c *Cluster) createDatabase(ctx context.Context) (err error) {
	db, err := c.Superuser(ctx, "postgres")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var there bool
	err = db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, database).Scan(&there)
	if err != nil || there {
		return err
	}
	if _, err := db.Exec(ctx, `REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC`); err != nil {
		return err
	}
	_, err = db.Exec(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(database)+` TEMPLATE template0`)
	return err
}

const (
	restartFirst = 100 * time.Millisecond
	restartLast  = 10 * time.Second
)

// supervise keeps a postmaster running until Stop.
func (c *Cluster) supervise(p *postmaster) {
	defer close(c.done)
	var pause time.Duration
	for p != nil {
		began := time.Now()
		select {
		case <-c.running.Done():
			c.pid.Store(0)
			c.stopped = p.stop()
			return
		case <-p.exited:
			c.pid.Store(0)
			c.log.Error("the database has died and is started again", "cause", p.err)
			if time.Since(began) > restartLast {
				pause = 0
			}
			p, pause = c.restart(pause)
		}
	}
}

// restart tries until a postmaster runs again, the first time after pause and then ever more slowly. It returns the pause
// that comes next, and no postmaster after Stop.
func (c *Cluster) restart(pause time.Duration) (*postmaster, time.Duration) {
	began := time.Now()
	for {
		select {
		case <-c.running.Done():
			return nil, 0
		case <-time.After(pause):
		}
		pause = min(max(2*pause, restartFirst), restartLast)
		err := errors.Join(c.clearLeftovers(c.running), c.emptySockets(c.socketDir))
		if err == nil {
			var p *postmaster
			if p, err = c.run(c.running); err == nil {
				c.log.Warn("the database is back", "after", time.Since(began).Round(time.Millisecond))
				return p, pause
			}
		}
		if c.running.Err() == nil {
			c.log.Error("the database does not start", "cause", err, "again_in", pause)
		}
	}
}

// Source reaches the cluster's database.
func (c *Cluster) Source() Source { return c.SourceOf(database) }

// SourceOf reaches another database of the cluster, for tests.
func (c *Cluster) SourceOf(database string) Source {
	return Source{&endpoint{config: socketConfig(c.socketDir, database), passwords: c.passwords, shutOut: c.shutOutMigrator}}
}

// shutOutMigrator keeps the Migrator from logging in until the next start gives it a password.
func (c *Cluster) shutOutMigrator(ctx context.Context) error {
	db, err := c.Superuser(ctx, database)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `ALTER ROLE `+string(Migrator)+` NOLOGIN PASSWORD NULL`)
	return errors.Join(err, db.Close())
}

// Superuser opens a database as the cluster's superuser, for maintenance and tests. The server's own work never needs it.
func (c *Cluster) Superuser(ctx context.Context, database string) (*DB, error) {
	cfg := socketConfig(c.socketDir, database)
	cfg.User, cfg.ApplicationName = bootstrap, bootstrap
	return open(ctx, connector{config: cfg})
}

// Postmaster returns the process number of PostgreSQL's main process, 0 while there is none.
func (c *Cluster) Postmaster() int { return int(c.pid.Load()) }

// Stop ends the cluster cleanly and lets go of the directory. Close the pools first: their sessions are cut off.
func (c *Cluster) Stop() error {
	c.stop.Do(func() {
		c.cancel()
		<-c.done
		c.stopped = errors.Join(c.stopped, c.release())
	})
	return c.stopped
}

// release lets go of everything but the postmaster.
func (c *Cluster) release() error {
	c.cancel()
	return errors.Join(c.dropSockets(c.socketDir), c.layout.close(), c.lock.Close())
}
