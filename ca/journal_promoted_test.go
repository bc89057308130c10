package ca_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

// A server that fell behind and was promoted writes a timeline of its own: PostgreSQL ends its
// recovery where its copy of the log ends, without the last commits.
func TestPromotedServer(t *testing.T) {
	dir, err := os.MkdirTemp("", "mais-ca-") // t.TempDir's names are long for a socket's path
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.CopyFS(filepath.Join(dir, "ca"), os.DirFS(catest.Dir(t))))
	data, behind := filepath.Join(dir, "pg", "data"), filepath.Join(dir, "behind")
	person := serverAt(t, dir, func(ctx context.Context, c *ca.CA) certs.Ref {
		identity := catest.Identity(t, certs.User)
		code, err := c.Invite(ctx, ca.Invitation{Identity: identity, Holder: "jane@example.org", Name: "Jane Doe", By: "test"})
		must(t, err)
		issued, err := c.Enrol(ctx, ca.Enrolment{Code: code.Reveal(), Holder: "jane@example.org", CSR: catest.Request(t, catest.Key(t))})
		must(t, err)
		return issued.Ref
	})
	copyTree(t, data, behind)
	serverAt(t, dir, func(ctx context.Context, c *ca.CA) certs.Ref {
		must(t, c.Revoke(ctx, person, ca.KeyCompromise, "test"))
		return person
	})
	must(t, os.RemoveAll(data), os.Rename(behind, data))
	settings, err := os.OpenFile(filepath.Join(data, "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = settings.WriteString("restore_command = 'false'\nhot_standby = off\n")
	must(t, err, settings.Close(), os.WriteFile(filepath.Join(data, "recovery.signal"), nil, 0o644))
	serverAt(t, dir, func(ctx context.Context, c *ca.CA) certs.Ref {
		if e, err := c.Get(ctx, person); err != nil || e.Status != ca.Revoked {
			t.Errorf("on the promoted server it is %s, %v, want revoked", e.Status, err)
		}
		return person
	})
	text, err := os.ReadFile(filepath.Join(dir, "ca", "journal", "memory.json"))
	if err != nil || !strings.Contains(string(text), `"timeline": 2`) {
		t.Errorf("what is remembered is %s, %v, want timeline 2", text, err)
	}
}

// copyTree copies a directory with its owners.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	must(t, os.CopyFS(to, os.DirFS(from)))
	must(t, filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		owner := info.Sys().(*syscall.Stat_t)
		copied := filepath.Join(to, inside)
		return errors.Join(os.Chmod(copied, info.Mode().Perm()), os.Lchown(copied, int(owner.Uid), int(owner.Gid)))
	}))
}

// serverAt runs a database and a CA in dir while do works, with one look of the feed after it.
func serverAt(t *testing.T, dir string, do func(context.Context, *ca.CA) certs.Ref) certs.Ref {
	t.Helper()
	c, cluster, err := openServer(dir, func(ca.Act) {})
	if cluster != nil {
		defer func() { must(t, cluster.Stop()) }()
	}
	must(t, err)
	ref := do(context.Background(), c)
	c.Feed().CatchUp(context.Background(), 1<<40)
	must(t, c.Close())
	return ref
}
