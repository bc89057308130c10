package ceremony_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"mais/ca/catest"
	"mais/ca/ceremony"
	"mais/ca/internal/keydir"
)

func TestExportRoot(t *testing.T) {
	ctx, dir := context.Background(), catest.Dir(t)
	sealed, err := os.ReadFile(filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "medium", "root")
	if err := ceremony.CopyRoot(ctx, dir, to, catest.Unlock); err == nil {
		t.Error("CopyRoot with a wrong passphrase = nil error")
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("CopyRoot with a wrong passphrase has written something")
	}
	for range 2 { // again, after an interruption
		if err := ceremony.CopyRoot(ctx, dir, to, catest.RootPassphrase); err != nil {
			t.Fatal(err)
		}
	}
	copied, err := os.ReadFile(filepath.Join(to, "root.key"))
	if err != nil || !bytes.Equal(copied, sealed) {
		t.Errorf("the copy is another, %v", err)
	}
	if info, err := os.Stat(filepath.Join(to, "root.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v, %v, want 0600", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(to, "people-1.key")); err == nil {
		t.Error("an issuing key has gone to the root's medium")
	}
	if err := ceremony.RemoveRootKey(ctx, dir, dir, catest.RootPassphrase); !errors.Is(err, ceremony.ErrDirectory) {
		t.Errorf("RemoveRootKey for the key itself = %v, want it refused", err)
	}
	spoilt := bytes.Clone(sealed)
	spoilt[len(spoilt)/2] ^= 1
	if err := os.WriteFile(filepath.Join(to, "root.key"), spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ceremony.RemoveRootKey(ctx, dir, to, catest.RootPassphrase); !errors.Is(err, ceremony.ErrDirectory) {
		t.Errorf("RemoveRootKey with a spoilt copy = %v, want it refused", err)
	}
	if err := ceremony.CopyRoot(ctx, dir, to, catest.RootPassphrase); !errors.Is(err, ceremony.ErrDirectory) {
		t.Errorf("CopyRoot over another file = %v, want it refused", err)
	}
	if err := os.WriteFile(filepath.Join(to, "root.key"), sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ceremony.RemoveRootKey(ctx, dir, to, catest.RootPassphrase); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "root.key")); err == nil {
		t.Error("the key is still here")
	}
	if done, err := keydir.Made(dir); !done || err != nil {
		t.Errorf("without the root's key: %v, %v, want made", done, err)
	}
	if _, err := ceremony.NextRootList(ctx, ceremony.RootKey{Dir: to, Passphrase: catest.RootPassphrase}, nil, ceremony.Revocation{}); err != nil {
		t.Errorf("the root's copy does not sign: %v", err)
	}
}
