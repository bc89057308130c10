package jobs_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg/pgtest"
	"mais/server/internal/jobs"
)

func options(t *testing.T, issuer jobs.Issuer, dir string) jobs.NodeOptions {
	return jobs.NodeOptions{
		Dir: dir, Issuer: issuer, DNS: []string{"localhost"}, Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")},
		Logger: slog.New(slog.DiscardHandler),
	}
}

func open(t *testing.T, o jobs.NodeOptions) (*jobs.Node, *x509.Certificate) {
	t.Helper()
	n, err := jobs.OpenNode(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return n, leaf(t, n)
}

func leaf(t *testing.T, n *jobs.Node) *x509.Certificate {
	t.Helper()
	c, err := n.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf
}

// TestOpenNode: the certificate on disk is taken again as long as it fits, the key always.
func TestOpenNode(t *testing.T) {
	authority := catest.New(t, pgtest.New(t, migrations.Set))
	o := options(t, authority, t.TempDir())
	_, first := open(t, o)
	if err := certs.CheckServer([]*x509.Certificate{first, authority.Issuers()[1]}, authority.Root(), "localhost", time.Now()); err != nil {
		t.Errorf("CheckServer = %v", err)
	}
	for _, name := range []string{"server.key", "server.crt", "server.id"} {
		if info, err := os.Stat(filepath.Join(o.Dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if _, again := open(t, o); !bytes.Equal(again.Raw, first.Raw) {
		t.Error("a certificate that fits was replaced")
	}
	ref, _ := authority.RefOf(first)
	for status, end := range map[certs.Status]func() error{
		certs.Held:    func() error { return authority.Hold(t.Context(), ref, "test") },
		certs.Revoked: func() error { return authority.Revoke(t.Context(), ref, ca.CessationOfOperation, "test") },
	} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
		_, again := open(t, o)
		if bytes.Equal(again.Raw, first.Raw) || !certs.SameKey(again.PublicKey, first.PublicKey) {
			t.Errorf("a certificate that is %s was taken from the disk, or its key was not", status)
		}
		ref, _ = authority.RefOf(again)
		first = again
	}
	o.Addresses = nil
	_, renamed := open(t, o)
	if bytes.Equal(renamed.Raw, first.Raw) || len(renamed.IPAddresses) != 0 || !certs.SameKey(renamed.PublicKey, first.PublicKey) {
		t.Errorf("after a change of names the certificate has the addresses %v", renamed.IPAddresses)
	}
	if err := os.WriteFile(filepath.Join(o.Dir, "server.crt"), []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, mended := open(t, o); !certs.SameKey(mended.PublicKey, first.PublicKey) {
		t.Error("a damaged certificate cost the key")
	}
	if err := os.WriteFile(filepath.Join(o.Dir, "server.key"), []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.OpenNode(t.Context(), o); err == nil {
		t.Error("a damaged key was replaced: sites pin it")
	}
}

// failing refuses for a while.
type failing struct {
	jobs.Issuer
	left atomic.Int32
}

func (f *failing) IssueServer(ctx context.Context, node certs.Identity, csr []byte, dns []string, addresses []netip.Addr) (ca.Issued, error) {
	if f.left.Add(-1) >= 0 {
		return ca.Issued{}, errors.New("away")
	}
	return f.Issuer.IssueServer(ctx, node, csr, dns, addresses)
}

// TestRenewalOutlivesFailures: the old certificate is served until the new one is there.
func TestRenewalOutlivesFailures(t *testing.T) {
	authority := catest.New(t, pgtest.New(t, migrations.Set), func(o *ca.Options) {
		o.Validity = map[certs.Profile]time.Duration{certs.ServerNode: 3 * time.Second}
	})
	issuer := &failing{Issuer: authority}
	n, first := open(t, options(t, issuer, t.TempDir()))
	issuer.left.Store(3)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for bytes.Equal(leaf(t, n).Raw, first.Raw) {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatal("no renewal after failures")
		}
	}
	if left := issuer.left.Load(); left >= 0 {
		t.Errorf("%d failures are left, want none", left+1)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}
