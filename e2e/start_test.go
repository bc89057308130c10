package e2e_test

import (
	"math/rand/v2"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// given are the ports that a test has, also while nobody listens there.
var given sync.Map

// freePort returns a port that nobody listens on, and that no other test is given.
func freePort(t testing.TB) string {
	t.Helper()
	for range 100 {
		// Below what the kernel gives to whoever asks for any port, all of whom start at once here.
		port := strconv.Itoa(11_000 + rand.IntN(21_000)) // browsers refuse 10080
		if _, taken := given.LoadOrStore(port, true); taken {
			continue
		}
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// TestStartRefused: what keeps a server from starting is said with its place and a way out.
func TestStartRefused(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	taken := s.demo.URLs.Mutual[strings.LastIndex(s.demo.URLs.Mutual, ":"):]
	args := append([]string{"up", "--dir", t.TempDir()}, anyPorts...)
	server(t, append(args, "--listen-mutual", "127.0.0.1"+taken)...).exits(t, 1).says(t, "127.0.0.1"+taken, "mutual", "taken", "another address", "next:")
	server(t, append([]string{"up", "--dir", s.dir}, anyPorts...)...).exits(t, 1).says(t, "in use", "next:", "stop it")
	server(t, append(args, "--subnet", "10.0.0.1/8")...).exits(t, 2).says(t, "10.0.0.0/8")
	server(t, append(args, "--subnet", "0.0.0.0/0")...).exits(t, 2).says(t, "everybody")
	server(t, append(args, "--subnet", "127.0.0.1")...).exits(t, 2).says(t, "not a network")
	server(t, append(args, "--people", "-1")...).exits(t, 2).says(t, "--people")
	server(t, append(args, "--listen-ops", "0.0.0.0:0")...).exits(t, 2).says(t, "loopback")
	server(t, "serve", "--dir", t.TempDir()).exits(t, 1).says(t, "next:", "init")
	server(t, "audit", "list", "--dir", t.TempDir()).exits(t, 1).says(t, "next:")
	server(t, "psql", "--dir", t.TempDir(), "--", "-c", "SELECT 1").exits(t, 1).says(t, "no database", "next:")
	server(t, "admin", "cert", "revoke", strings.Repeat("ab", 16), "--yes", "--dir", s.dir).exits(t, 3).says(t, "no certificate", "next:")
	server(t, "admin", "cert", "revoke", strings.Repeat("ab", 16), "--dir", s.dir).exits(t, 3)
	server(t, "admin", "cert", "revoke", "mine", "--yes", "--dir", s.dir).exits(t, 2)
	server(t, "admin", "invite", "new@police.northshire.example", "--dir", s.dir).exits(t, 1).says(t, "--name", "--site", "--role")
	server(t, "admin", "invite", "new@police.northshire.example", "--name", "N", "--role", "police_officer", "--site", "Nowhere", "--dir", s.dir).exits(t, 3).says(t, custody)
}

// TestNewerDatabase: a later version has migrated the data.
func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	s := up(t, "--people", "1")
	s.psql(t, "INSERT INTO migration.server_migration (version_id, is_applied) VALUES (99999, true)")
	s.stop(t)
	server(t, append([]string{"up", "--dir", s.dir}, anyPorts...)...).exits(t, 1).says(t, "newer", "99999", "next:", "later version")
	server(t, "audit", "list", "--dir", s.dir).exits(t, 1).says(t, "newer", "99999", "next:")
	server(t, "psql", "--dir", s.dir, "--", "-q", "-c", "DELETE FROM migration.server_migration WHERE version_id = 99999").exits(t, 0)
	upIn(t, s.dir, samePorts(s.demo.URLs)...)
}

// TestWithoutPostgreSQL starts in a mount namespace where Debian's programs are hidden.
func TestWithoutPostgreSQL(t *testing.T) {
	t.Parallel()
	script := `mount -t tmpfs none /usr/lib/postgresql && exec "$@"`
	cmd := exec.Command("unshare", append([]string{"--mount", "sh", "-c", script, "sh", filepath.Join(bin, "mais-server"), "up", "--dir", t.TempDir()}, anyPorts...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	r := execute(t, cmd)
	if strings.Contains(r.stderr, "unshare:") || strings.Contains(r.stderr, "mount:") {
		t.Fatalf("hiding PostgreSQL needs CAP_SYS_ADMIN, as root in CI has it: %s", r.stderr)
	}
	r.exits(t, 1).says(t, "PostgreSQL", "install the Debian package postgresql", "next:")
}

// TestCheckConfig reports every fault at once, each with its place.
func TestCheckConfig(t *testing.T) {
	t.Parallel()
	file := write(t, filepath.Join(t.TempDir(), "faulty.toml"), `data_dir = "x"
names = ["UPPER CASE"]
colour = "blue"
[listen]
public = "8443"
ops = "0.0.0.0:8081"
[limits]
session_idle = "3h"
[ca]
status_stale = "1h"
`)
	server(t, "checkconfig", file).exits(t, 1).says(t, file, "names:", "3:1: colour", "listen.public:", "listen.ops:", "limits.session_idle:", "ca.status_stale:", "next:")
	good := write(t, filepath.Join(t.TempDir(), "good.toml"), "data_dir = \"x\"\nnames = [\"localhost\"]\n")
	server(t, "checkconfig", good).exits(t, 0).shows(t, "is valid")
	broken := write(t, filepath.Join(t.TempDir(), "broken.toml"), "data_dir = \"x\nnames = [\n")
	server(t, "checkconfig", broken).exits(t, 1).says(t, broken+": 1:")
	server(t, "checkconfig", "/nowhere.toml").exits(t, 1).says(t, "/nowhere.toml", "next:")
}
