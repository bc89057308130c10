package ca_test

import (
	"bufio"
	"context"
	"crypto"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg"
)

// crashAt tells a copy of this test binary to be the server that is killed, and where.
const crashAt = "MAIS_CA_TEST_CRASH_AT"

func TestMain(m *testing.M) {
	if point := os.Getenv(crashAt); point != "" {
		if err := crash(point, os.Args[len(os.Args)-2], os.Args[len(os.Args)-1]); err != nil {
			fmt.Println("failed", err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// crash runs a server on dir that invites, enrols with a request and stops at the point for
// ever. It tells the code, and when it is there.
func crash(point, dir, csrHex string) error {
	csr, err := hex.DecodeString(csrHex)
	if err != nil {
		return err
	}
	stop := func(here string) {
		if here == point {
			fmt.Println("there")
			select {}
		}
	}
	c, _, err := openServer(dir, func(act ca.Act) {
		if act.What == "enrol" {
			stop("recording")
		}
	})
	if err != nil {
		return err
	}
	err = c.WrapSigner("people", catest.PlainURL, func(s crypto.Signer) crypto.Signer { return stoppingSigner{s, func() { stop("signing") }} })
	if err != nil {
		return err
	}
	id, err := certs.NewIdentity(certs.User, "6f1c9a30-52f5-4f0e-9a43-2b1d7c3e8a11")
	if err != nil {
		return err
	}
	code, err := c.Invite(context.Background(), ca.Invitation{Identity: id, Holder: "jane@example.org", Name: "Jane Doe", By: "test"})
	if err != nil {
		return err
	}
	fmt.Println("code", code.Reveal())
	if _, err = c.Enrol(context.Background(), ca.Enrolment{Code: code.Reveal(), Holder: "jane@example.org", CSR: csr}); err != nil {
		return err
	}
	stop("handing out")
	return fmt.Errorf("did not come by %q", point)
}

type stoppingSigner struct {
	crypto.Signer
	stop func()
}

func (s stoppingSigner) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	signature, err := s.Signer.Sign(r, digest, o)
	s.stop() // signed, and nobody has it
	return signature, err
}

// openServer starts a database and a CA in dir.
func openServer(dir string, acted func(ca.Act)) (*ca.CA, *pg.Cluster, error) {
	ctx := context.Background()
	cluster, err := pg.StartCluster(ctx, pg.ClusterOptions{Dir: filepath.Join(dir, "pg"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, nil, err
	}
	if err := pg.Migrate(ctx, cluster.Source(), migrations.Set); err != nil {
		return nil, cluster, err
	}
	db, err := cluster.Source().Open(ctx, pg.CA)
	if err != nil {
		return nil, cluster, err
	}
	c, err := ca.Open(ctx, ca.Options{
		DB: db, Source: cluster.Source(), Dir: filepath.Join(dir, "ca"), Unlock: catest.Unlock, PlainURL: catest.PlainURL,
		Record: func(_ context.Context, _ *pg.Tx, act ca.Act) error { acted(act); return nil },
	})
	return c, cluster, err
}

// kill -9 of server and database at each point between the code and the certificate: at
// most one certificate comes of the code, and it is not lost.
func TestKilledWhileEnrolling(t *testing.T) {
	for point, repeated := range map[string]bool{"signing": false, "recording": false, "handing out": true} {
		t.Run(point, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "ca"), os.DirFS(catest.Dir(t))); err != nil {
				t.Fatal(err)
			}
			csr := catest.Request(t, catest.Key(t))
			code := killAt(t, point, dir, csr)
			c, cluster, err := openServer(dir, func(ca.Act) {})
			if cluster != nil {
				defer cluster.Stop()
			}
			if err != nil {
				t.Fatal(err)
			}
			ask := func(csr []byte) (ca.Issued, error) {
				return c.Enrol(context.Background(), ca.Enrolment{Code: code, Holder: "jane@example.org", CSR: csr})
			}
			first, err := ask(csr)
			if err != nil || first.Repeated != repeated {
				t.Errorf("the same request = repeated %v, %v, want repeated %v", first.Repeated, err, repeated)
			}
			_, err = ask(catest.Request(t, catest.Key(t)))
			wantRefused(t, "another key", err, ca.CodeUsed)
			id, _ := certs.NewIdentity(certs.User, "6f1c9a30-52f5-4f0e-9a43-2b1d7c3e8a11")
			if found, err := c.FindIdentity(context.Background(), id); err != nil || len(found) != 1 || found[0].Ref != first.Ref {
				t.Errorf("the inventory has %v, %v, want %v alone", found, err, first.Ref)
			}
		})
	}
}

// killAt runs crash in a process of its own, kills it when it is at the point, and returns
// the code that it gave.
func killAt(t *testing.T, point, dir string, csr []byte) (code string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], dir, hex.EncodeToString(csr))
	cmd.Env = append(os.Environ(), crashAt+"="+point)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	there := false
	for lines := bufio.NewScanner(out); !there && lines.Scan(); {
		if found, ok := strings.CutPrefix(lines.Text(), "code "); ok {
			code = found
		} else if there = lines.Text() == "there"; !there {
			t.Errorf("the server said %q", lines.Text())
		}
	}
	if err := cmd.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	cmd.Wait() // its error is the kill
	if !there || code == "" {
		t.Fatalf("the server did not come to %q", point)
	}
	return code
}
