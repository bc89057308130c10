package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMailTest: the command sends one mail by the settings, and says what is wrong when it
// cannot.
func TestMailTest(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "mais.toml")
	write := func(mail string) {
		t.Helper()
		if err := os.WriteFile(file, []byte("data_dir = \".\"\nnames = [\"mais.example\"]\n"+mail), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(to string) (string, error) {
		var out strings.Builder
		cmd := command()
		cmd.SetArgs([]string{"mail", "test", "--config", file, "--to", to})
		cmd.SetOut(&out)
		err := cmd.ExecuteContext(t.Context())
		return out.String(), err
	}
	write("")
	if _, err := run("desk@mais.example"); err == nil || !strings.Contains(explain(err), "add [mail] to the settings") {
		t.Errorf("without mail: %v", err)
	}
	write("[mail]\ndirectory = \"mail\"\nfrom = \"mais@mais.example\"\n")
	said, err := run("desk@mais.example")
	if err != nil || !strings.HasPrefix(said, "sent to desk@mais.example: "+filepath.Join(dir, "mail")) {
		t.Errorf("mail test said %q, %v", said, err)
	}
	if files, err := filepath.Glob(filepath.Join(dir, "mail", "*.eml")); len(files) != 1 {
		t.Errorf("the directory holds %v, %v, want one mail", files, err)
	}
	var wrong *failure
	if _, err := run("desk@mais.example\r\nBcc: x@y.example"); !errors.As(err, &wrong) || wrong.exit != exitUsage {
		t.Errorf("to two: %v, want exit %d", err, exitUsage)
	}
	write("[mail]\nhost = \"localhost\"\nport = 1\ntls = \"none\"\nfrom = \"mais@mais.example\"\n")
	if _, err := run("desk@mais.example"); err == nil || !strings.Contains(err.Error(), "refused") || !strings.Contains(explain(err), "correct [mail]") {
		t.Errorf("to nobody: %v", err)
	}
}
