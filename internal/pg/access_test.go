package pg_test

import (
	"context"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mais/config"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
)

// Who gets into the embedded cluster. All at once, because a cluster takes a second.
func TestAccess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startFilled(t, dir)
	db := superuser(t, c)
	exec(t, db, `CREATE ROLE stranger LOGIN SUPERUSER PASSWORD 'known'; ALTER ROLE mais_owner LOGIN PASSWORD 'known'`)
	// Open the directory that keeps others from the socket: what is behind it must hold by itself.
	if err := os.Chmod(c.Sockets(), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(c.Sockets(), ".s.PGSQL.5432"), 0o777); err != nil {
		t.Fatal(err)
	}
	right := c.Password(pg.CA)
	tests := []struct {
		name, role, password, database string
		uid                            int
		want                           string // in the error; empty: admitted
	}{
		{"us as superuser", "mais_bootstrap", "", "mais", os.Geteuid(), ""},
		{"a role", "mais_ca", right, "mais", os.Geteuid(), ""},
		{"a role with another's password", "mais_ca", c.Password(pg.Audit), "mais", os.Geteuid(), "password authentication failed"},
		{"a role without password", "mais_ca", "", "mais", os.Geteuid(), "no password supplied"},
		{"a role in another database", "mais_ca", right, "postgres", os.Geteuid(), "permission denied for database"},
		{"a role in a template", "mais_ca", right, "template1", os.Geteuid(), "permission denied for database"},
		{"the owner, even if it could log in", "mais_owner", "known", "mais", os.Geteuid(), "pg_hba.conf rejects"},
		{"a role of somebody else's", "stranger", "known", "mais", os.Geteuid(), "pg_hba.conf rejects"},
	}
	if os.Geteuid() == 0 { // only root can be somebody else
		info, err := os.Stat(filepath.Join(dir, "data"))
		if err != nil {
			t.Fatal(err)
		}
		for name, uid := range map[string]int{"another user": 65534, "PostgreSQL's own account": int(info.Sys().(*syscall.Stat_t).Uid)} {
			super, known := tests[0], tests[1]
			super.name, super.uid, super.want = name+" as superuser", uid, "Peer authentication failed"
			known.name, known.uid = name+" who knows a password", uid
			tests = append(tests, super, known)
		}
	}
	for _, test := range tests {
		cmd := osexec.CommandContext(testContext(t), c.Program("psql"), "-XAtwc", "SELECT current_user", "-h", c.Sockets(), "-U", test.role, "-d", test.database)
		cmd.Dir, cmd.Env = "/", []string{"PGPASSWORD=" + test.password}
		if test.uid != os.Geteuid() {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(test.uid), Gid: uint32(test.uid)}}
		}
		out, err := cmd.CombinedOutput()
		switch {
		case test.want == "" && (err != nil || strings.TrimSpace(string(out)) != test.role):
			t.Errorf("%s: psql = %s, %v, want %s", test.name, out, err, test.role)
		case test.want != "" && !strings.Contains(string(out), test.want):
			t.Errorf("%s: psql = %s, want %q", test.name, out, test.want)
		}
	}
	for setting, want := range map[string]string{"listen_addresses": "", "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
		"server_encoding": "UTF8", "lc_collate": "C.UTF-8", "data_checksums": "on", "unix_socket_permissions": "0700"} {
		if got := value[string](t, db, `SELECT current_setting($1)`, setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
}

// Root runs a new cluster as the account that Debian's package made for it, and as no other.
func TestAccountFor(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "data")
	if name, err := pg.AccountFor(missing, 0, "postgres"); err != nil || name != "postgres" {
		t.Errorf("AccountFor(new, root) = %q, %v, want postgres", name, err)
	}
	name, err := pg.AccountFor(missing, 0, "mais-no-such-account")
	if err == nil || !strings.Contains(err.Error(), "mais-no-such-account") || !strings.Contains(err.Error(), "package postgresql") {
		t.Errorf("AccountFor(new, root, without the account) = %q, %v, want an error that names the account and the package", name, err)
	}
}

func TestRolesHaveNothingToSpare(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	powers := value[int](t, d.Owner(), `SELECT count(*) FROM pg_roles WHERE rolname LIKE 'mais\_%' AND rolname <> 'mais_bootstrap'
		AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR rolinherit)`)
	if powers != 0 {
		t.Errorf("roles with more than they need = %d, want 0", powers)
	}
	if got := value[string](t, d.Owner(), `SELECT string_agg(r.rolname || ' in ' || g.rolname, ',') FROM pg_auth_members m
		JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid WHERE r.rolname LIKE 'mais\_%'`); got != "mais_migrate in mais_owner" {
		t.Errorf("memberships = %s", got)
	}
	for _, role := range pg.Roles() {
		if role == pg.Migrator {
			continue
		}
		db := d.Open(t, role)
		for _, sql := range []string{`CREATE SCHEMA s`, `CREATE TABLE public.t ()`, `CREATE TEMPORARY TABLE t ()`, `SET ROLE mais_owner`,
			`SET ROLE mais_migrate`, `COPY (SELECT 1) TO '/tmp/x'`, `CREATE ROLE r`, `SELECT pg_read_file('PG_VERSION')`} {
			if _, err := db.Exec(t.Context(), sql); err == nil {
				t.Errorf("%s may %s", role, sql)
			}
		}
	}
}

func TestRolesSQL(t *testing.T) {
	t.Parallel()
	passwords := map[pg.Role]config.Secret{}
	for _, r := range pg.Roles() {
		passwords[r] = config.RandomSecret()
	}
	text, err := pg.RolesSQL(passwords)
	if err != nil {
		t.Fatal(err)
	}
	for r, p := range passwords {
		if strings.Contains(text, string(p.Reveal())) {
			t.Errorf("RolesSQL() holds the password of %s", r)
		}
	}
	for _, bad := range []string{"", "it's a paß", "line\nend"} {
		passwords[pg.Audit] = config.NewSecret([]byte(bad))
		if _, err := pg.RolesSQL(passwords); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("RolesSQL(password %q) = %v, want an error without it", bad, err)
		}
	}
}

func TestCheckServer(t *testing.T) {
	t.Parallel()
	c := startFilled(t, t.TempDir())
	// The embedded cluster cannot be set to lose data, so a stand-in answers for one that can.
	for name, sql := range map[string]string{
		"fsync":            `SELECT current_setting('server_version_num')::int, 'off', 'on'`,
		"full_page_writes": `SELECT current_setting('server_version_num')::int, 'on', 'off'`,
		"too old":          `SELECT 140011, 'on', 'on'`,
	} {
		err := pg.CheckServer(t.Context(), standIn{superuser(t, c), sql})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("CheckServer(%s) = %v, want an error that says so", name, err)
		}
	}
	exec(t, superuser(t, c), `ALTER SYSTEM SET fsync = off`)
	exec(t, superuser(t, c), `SELECT pg_reload_conf()`)
	if err := pg.CheckServer(testContext(t), superuser(t, c)); err != nil {
		t.Errorf("CheckServer() after ALTER SYSTEM = %v, want nil: the command line wins", err)
	}
}

// standIn answers every query as another would be answered.
type standIn struct {
	pg.Querier
	sql string
}

func (s standIn) QueryRow(ctx context.Context, _ string, _ ...any) *pg.Row {
	return s.Querier.QueryRow(ctx, s.sql)
}
