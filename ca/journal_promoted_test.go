package ca_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/migrations"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
)

// An asynchronous standby that lacks the last commits is promoted, with the machine of the node
// that made them lost. The other node has not forgotten: it answers nobody until it is told
// again, then by what was revoked, since when and why; and so does one that starts after that.
func TestPromotedStandby(t *testing.T) {
	ctx := context.Background()
	primary, standby := newServers(t)
	here := filepath.Join(primary.dir, "here") // where clients look for the database, wherever it is
	must(t, os.Symlink(primary.sockets(), here))
	lost, left := nodeAt(t, here, "lost"), nodeAt(t, here, "left")
	jane, jim := lost.Person(t, "Jane Doe"), lost.Person(t, "Jim Doe")
	signs(t, left)
	stop, stopLeft := fixture{lost, nil}.follow(t), fixture{left, nil}.follow(t)
	defer stopLeft()
	eventually(t, "the standby has all of it", func() bool {
		return standby.sql(t, `SELECT pg_last_wal_replay_lsn() >= '`+primary.sql(t, `SELECT pg_current_wal_lsn()`)+`'`) == "t"
	})

	standby.sql(t, `ALTER SYSTEM SET primary_conninfo = ''`)
	standby.sql(t, `SELECT pg_reload_conf()`)
	eventually(t, "replication is cut", func() bool { return primary.sql(t, `SELECT count(*) FROM pg_stat_replication`) == "0" })
	since := time.Now().Add(-10 * time.Second).UTC().Truncate(time.Second)
	revoke := fixture{lost, nil}.planned(t, ca.Plan{Act: "revoke", Reason: ca.KeyCompromise, Since: since}, jane.Ref.Serial)
	fixture{lost, nil}.confirm(t, revoke)
	fixture{lost, nil}.carryOut(t, revoke)
	was, err := lost.Get(ctx, jane.Ref)
	must(t, err)
	eventually(t, "the other node refuses it", func() bool {
		status, err := statusOf(left.Feed(), jane)
		return err == nil && status == certs.Revoked
	})
	done := time.Now()
	remembered := lost.JournalHeads()
	eventually(t, "and remembers that", func() bool { return len(left.NewJournalHeads(remembered)) == 0 })

	stop()
	must(t, lost.Close())
	primary.stop(t)
	standby.sql(t, `SELECT pg_promote()`)
	if got := standby.sql(t, `SELECT status FROM ca.certificate WHERE serial = '`+jane.Ref.Serial+`'`); got != "active" {
		t.Fatalf("the standby has it %s: replication was not cut in time", got)
	}
	must(t, os.Remove(here), os.Symlink(standby.sockets(), here))
	eventually(t, "closed", func() bool {
		if status, err := statusOf(left.Feed(), jane); err == nil && status != certs.Revoked {
			t.Fatalf("Status = %s, want revoked or an error", status)
		}
		fault := left.Feed().Fresh()
		return errors.Is(fault, ca.ErrStale) && strings.Contains(fault.Error(), "journal")
	})
	late := nodeAt(t, here, "late")
	if late.Feed().CatchUp(ctx, 1<<40) == nil {
		t.Error("a node that starts on the promoted server answers")
	}
	files, err := filepath.Glob(filepath.Join(lost.Dir, "journal", "*.journal"))
	must(t, err)
	replayed, err := left.Replay(ctx, files, nil)
	if err != nil || replayed.Applied != 1 {
		t.Fatalf("Replay = %+v, %v, want one certificate", replayed, err)
	}
	eventually(t, "open", func() bool { return left.Feed().Fresh() == nil })
	for name, node := range map[string]*catest.CA{"left": left, "late": late} {
		if name == "late" {
			defer fixture{node, nil}.follow(t)()
		}
		if status, err := statusOf(node.Feed(), jane); err != nil || status != certs.Revoked {
			t.Errorf("the node that is %s says %s, %v, want revoked", name, status, err)
		}
		if status, err := statusOf(node.Feed(), jim); err != nil || status != certs.Active {
			t.Errorf("of somebody else the node that is %s says %s, %v", name, status, err)
		}
	}
	now, err := left.Get(ctx, jane.Ref)
	if must(t, err); now.Reason != was.Reason || !now.Since.Equal(since) || now.StatusBy != was.StatusBy || now.StatusAt.After(done) {
		t.Errorf("it is revoked for %s since %s by %s at %s, want all as it was: %s, %s, %s, %s",
			now.Reason, now.Since, now.StatusBy, now.StatusAt, was.Reason, since, was.StatusBy, was.StatusAt)
	}
	if _, r, err := left.ReceiptWait(ctx, jane.Ref); err != nil || !r.Final || !r.CommittedAt.After(done) || r.FirstAt == nil || r.FirstAt.After(done) || !r.InvalidityDate.Equal(since) {
		t.Errorf("the receipt = %+v, %v, want it told again after %s, and so since before", r, err, done)
	}
	if got := standby.sql(t, `SELECT timeline FROM ca.journal_place`); got != "2" {
		t.Errorf("the database is recorded on timeline %s, want 2", got)
	}
}

// nodeAt opens a node on another machine, on the database whose sockets lie in a directory.
func nodeAt(t *testing.T, sockets, name string) *catest.CA {
	t.Helper()
	source, err := pg.External(pg.ExternalConfig{Host: sockets, PasswordDir: filepath.Join(filepath.Dir(sockets), "passwords")})
	must(t, err)
	db, err := source.Open(context.Background(), pg.CA)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return catest.On(t, db, source, func(o *ca.Options) { o.Node = name })
}

// dbServer is a PostgreSQL of this test's own, as Debian's account for it.
type dbServer struct {
	dir, bin string
	process  *exec.Cmd
}

func (s *dbServer) data() string    { return filepath.Join(s.dir, "data") }
func (s *dbServer) sockets() string { return filepath.Join(s.dir, "sockets") }

// newServers starts a server with our roles and schema, and a standby that streams from it
// through a slot.
func newServers(t *testing.T) (primary, standby *dbServer) {
	t.Helper()
	primary, standby = newServer(t), newServer(t)
	primary.run(t, "initdb", "-D", primary.data(), "-U", "mais_bootstrap", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust")
	primary.start(t)
	primary.sqlIn(t, "postgres", `CREATE DATABASE mais`)
	passwords := filepath.Join(primary.dir, "passwords")
	must(t, os.Mkdir(passwords, 0o700))
	secrets := map[pg.Role]config.Secret{}
	for _, role := range pg.Roles() {
		secrets[role] = config.RandomSecret()
		must(t, config.WriteSecret(filepath.Join(passwords, string(role)), secrets[role]))
	}
	roles, err := pg.RolesSQL(secrets)
	must(t, err)
	primary.sql(t, roles)
	source, err := pg.External(pg.ExternalConfig{Host: primary.sockets(), PasswordDir: passwords})
	must(t, err)
	must(t, pg.Migrate(context.Background(), source, migrations.Set))
	standby.run(t, "pg_basebackup", "-h", primary.sockets(), "-U", "mais_bootstrap", "-D", standby.data(), "-R", "-C", "-S", "standby", "-X", "stream", "-c", "fast")
	standby.start(t)
	return primary, standby
}

func newServer(t *testing.T) *dbServer {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		t.Fatalf("PostgreSQL is not installed: %v", err)
	}
	dir, err := os.MkdirTemp("", "mais-pg-") // t.TempDir's names are long for a socket's path
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &dbServer{dir: dir, bin: found[len(found)-1]}
	must(t, os.Mkdir(s.data(), 0o700), os.Mkdir(s.sockets(), 0o700))
	uid, gid := s.account(t)
	for _, path := range []string{dir, s.data(), s.sockets()} {
		must(t, os.Chown(path, uid, gid))
	}
	return s
}

// account is who runs PostgreSQL: it refuses to be root.
func (s *dbServer) account(t *testing.T) (uid, gid int) {
	t.Helper()
	if os.Geteuid() != 0 {
		return os.Geteuid(), os.Getegid()
	}
	who, err := user.Lookup("postgres")
	must(t, err)
	uid, err = strconv.Atoi(who.Uid)
	must(t, err)
	gid, err = strconv.Atoi(who.Gid)
	must(t, err)
	return uid, gid
}

func (s *dbServer) command(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir, cmd.Env = s.dir, []string{"LC_ALL=C.UTF-8", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if uid, gid := s.account(t); uid != os.Geteuid() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return cmd
}

func (s *dbServer) run(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := s.command(t, program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// start runs the server until the test's end, or stop.
func (s *dbServer) start(t *testing.T) {
	t.Helper()
	s.process = s.command(t, "postgres", "-D", s.data(), "-c", "listen_addresses=", "-c", "unix_socket_directories="+s.sockets(),
		"-c", "max_connections=60", "-c", "shared_buffers=16MB")
	log := &strings.Builder{}
	s.process.Stderr = log
	must(t, s.process.Start())
	t.Cleanup(func() { s.stop(t) })
	eventually(t, "PostgreSQL answers", func() bool {
		text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
		return err == nil && strings.Contains(string(text), "ready")
	})
}

// stop ends the server as a crash does.
func (s *dbServer) stop(t *testing.T) {
	t.Helper()
	if s.process == nil {
		return
	}
	must(t, s.process.Process.Signal(syscall.SIGQUIT))
	if err := s.process.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Error(err)
	}
	s.process = nil
}

func (s *dbServer) sql(t *testing.T, text string) string {
	t.Helper()
	return s.sqlIn(t, "mais", text)
}

func (s *dbServer) sqlIn(t *testing.T, database, text string) string {
	t.Helper()
	cmd := s.command(t, "psql", "-h", s.sockets(), "-U", "mais_bootstrap", "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtX", "-f", "-")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}
