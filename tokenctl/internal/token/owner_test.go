package token

import (
	"os"
	"path/filepath"
	"testing"

	"mais/tokenctl/internal/fault"
)

// TestFilesOfAnotherUser: a key that somebody else put there is somebody else's key.
func TestFilesOfAnotherUser(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, keyFile), []byte("a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readOwned(dir, keyFile, os.Geteuid()); err != nil {
		t.Errorf("readOwned of one's own = %v", err)
	}
	if _, err := readOwned(dir, keyFile, os.Geteuid()+1); !fault.Is(err, fault.Damaged) {
		t.Errorf("readOwned of another user's = %v, want it refused", err)
	}
}
