package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMailBouncedNeedsMail: without mail there is nothing that could come back.
func TestMailBouncedNeedsMail(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mais.toml")
	if err := os.WriteFile(file, []byte("data_dir = \".\"\nnames = [\"mais.example\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := command()
	cmd.SetArgs([]string{"mail", "bounced", "--config", file})
	cmd.SetIn(strings.NewReader(""))
	if err := cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(explain(err), "add [mail] to the settings") {
		t.Errorf("without mail: %v", err)
	}
}
