package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mais/config"
)

const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"

func TestBackup(t *testing.T) {
	for _, c := range []struct{ name, section, want string }{
		{"the least", "directory = \"b\"\nrecipients = [\"" + recipient + "\"]", ""},
		{"no key", "directory = \"b\"\nrecipients = []", "backup.recipients: at least one"},
		{"no directory", "recipients = [\"" + recipient + "\"]", "backup.directory: is required"},
		{"a secret key", "directory = \"b\"\nrecipients = [\"AGE-SECRET-KEY-1QQQ\"]", "does not belong here"},
		{"no age key", "directory = \"b\"\nrecipients = [\"ssh-rsa AAAA\"]", "is not a backup key"},
		{"a mistyped key", "directory = \"b\"\nrecipients = [\"" + strings.Replace(recipient, "hyww", "hywu", 1) + "\"]", "mistyped"},
		{"two in one", "directory = \"b\"\nrecipients = [\"" + recipient + "\\n" + recipient + "\"]", "is not a backup key"},
		{"too often", "directory = \"b\"\nevery = \"1m\"\nrecipients = [\"" + recipient + "\"]", "backup.every"},
		{"fewer than none", "directory = \"b\"\nkeep = -1\nrecipients = [\"" + recipient + "\"]", "backup.keep"},
	} {
		path := filepath.Join(t.TempDir(), "mais.toml")
		if err := os.WriteFile(path, []byte("data_dir = \"var\"\nnames = [\"mais.example\"]\n[backup]\n"+c.section+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := config.Load(path)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Load = %v, want %q", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "SECRET-KEY-1") {
			t.Error("the fault shows a secret key")
		}
		if err == nil && (s.Backup.Every.Std() != 168*time.Hour || *s.Backup.Keep != 8 || s.Backup.Directory != filepath.Join(filepath.Dir(path), "b")) {
			t.Errorf("%s: Load = %+v", c.name, s.Backup)
		}
	}
}
