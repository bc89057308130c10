package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mais/config"
	"mais/server"
)

func TestParseEmail(t *testing.T) {
	for text, want := range map[string]string{
		"Officer@Police.Example": "officer@police.example", "a@b": "a@b",
		"": "", "a": "", "A <a@b>": "", "a@b\x1b[2J": "", "a@b ": "", "$(touch${IFS}x) @b": "", "a@b,c@d": "",
	} {
		if got, err := parseEmail(text); got != want || (err == nil) != (want != "") {
			t.Errorf("parseEmail(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestParseSubnets(t *testing.T) {
	for text, ok := range map[string]bool{
		"127.0.0.0/8": true, "::1/128": true, "192.0.2.1/24": false, "0.0.0.0/0": false, "::/0": false, "192.0.2.1": false, "x": false,
	} {
		if got, err := parseSubnets([]string{text}); (err == nil) != ok {
			t.Errorf("parseSubnets(%q) = %v, %v, want ok %v", text, got, err, ok)
		}
	}
}

// TestDemoAndServiceKeepApart: neither command takes the other's directory.
func TestDemoAndServiceKeepApart(t *testing.T) {
	service := t.TempDir()
	if err := os.WriteFile(filepath.Join(service, "unlock"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := claimForDemo(service); err == nil || isDemo(service) {
		t.Errorf("a service's directory is taken for a demo, %v", err)
	}
	fresh := t.TempDir()
	for range 2 { // the second start resumes
		if err := claimForDemo(fresh); err != nil || !isDemo(fresh) {
			t.Errorf("claimForDemo of an empty directory = %v", err)
		}
	}
	f := initFlags{dir: fresh}
	var refused *failure
	if _, err := f.settings(); !errors.As(err, &refused) {
		t.Errorf("init takes a demo's directory: %v", err)
	}
}

// TestShellLine: what is to be typed again is what was typed, whatever stood in it.
func TestShellLine(t *testing.T) {
	words := []string{"bin/mais-server", "restore", "--from", "/tmp/it's here", "--dir=x", "", "$(id)"}
	line := shellLine(words)
	if want := `bin/mais-server restore --from '/tmp/it'\''s here' --dir=x '' '$(id)'`; line != want {
		t.Errorf("shellLine = %s, want %s", line, want)
	}
	out, err := exec.Command("sh", "-c", "printf '%s\n' "+line).Output()
	if got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"); err != nil || !slices.Equal(got, words) {
		t.Errorf("a shell reads %q, %v, want %q", got, err, words)
	}
}

// TestRestoreSaysWhatToType: the next steps after a restore can be typed as they stand, wherever the service lies.
func TestRestoreSaysWhatToType(t *testing.T) {
	demo := filepath.Join(t.TempDir(), "the demo's")
	if err := errors.Join(os.Mkdir(demo, 0o700), claimForDemo(demo)); err != nil {
		t.Fatal(err)
	}
	quoted := shellLine([]string{demo})
	var said strings.Builder
	f := &restoreFlags{dir: demo}
	f.tellStart(&said, demo)
	(&restoreFlags{dir: "my service"}).tellStart(&said, "my service")
	(&restoreFlags{dir: "x", config: "my settings"}).tellStart(&said, "x")
	if err := f.tell(&said, server.Restored{Settings: &config.Server{DataDir: demo}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"mais-server up --dir " + quoted + "\n", "mais-server ca journal status --dir " + quoted + " says", "mais-server serve --dir 'my service'\n",
		"mais-server serve --config 'my settings'\n", "ca journal replay FILE... --dir " + quoted + "\n", "3. mais-server serve --dir " + quoted + "\n",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("after a restore is said\n%s, without %q", said.String(), want)
		}
	}
}

func TestExplain(t *testing.T) {
	err := advise(errors.Join(errors.New("first"), errors.New("second")), "do this")
	if got, want := explain(err), "error: first\n       second\nnext:  do this\n"; got != want {
		t.Errorf("explain = %q, want %q", got, want)
	}
	if got := exitOf(usage(errors.New("x"))); got != exitUsage {
		t.Errorf("exitOf(usage) = %d", got)
	}
}

// TestInitAgreesWithItsSettings: a corrected flag is not dropped in favour of an earlier file.
func TestInitAgreesWithItsSettings(t *testing.T) {
	dir := t.TempDir()
	first := initFlags{dir: dir, names: []string{"wrong.example"}}
	settings, err := first.settings()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, settingsFile)); err == nil {
		t.Error("settings are written before the ceremony")
	}
	if err := writeSettings(settings); err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{"wrong.example": true, "right.example": false} {
		if _, err := (initFlags{dir: dir, names: []string{name}}).settings(); (err == nil) != ok {
			t.Errorf("init --name %s over a file for wrong.example = %v, want ok %v", name, err, ok)
		}
	}
	if _, err := (initFlags{dir: dir}).settings(); err != nil {
		t.Errorf("init without flags over a file = %v", err)
	}
}

func TestItemsIn(t *testing.T) {
	for want, items := range map[int][]string{0: nil, 1: {"a.b"}, 5: {"physical_health.*"}, 6: {"physical_health.*", "a.b"}} {
		if got := itemsIn(items); got != want {
			t.Errorf("itemsIn(%v) = %d, want %d", items, got, want)
		}
	}
}

// TestConstraints: a certificate of the root names each name once, also one that is the server's and the sites'.
func TestConstraints(t *testing.T) {
	settings := config.Default(t.TempDir())
	settings.Names, settings.SiteNames = []string{"mais.example", "192.0.2.1"}, []string{"mais.example", ".site.example", "192.0.2.1/32", "192.0.2.0/24"}
	domains, ranges := constraints(settings)
	if got, want := fmt.Sprint(domains, ranges), "[mais.example site.example] [192.0.2.1/32 192.0.2.0/24]"; got != want {
		t.Errorf("constraints = %s, want %s", got, want)
	}
}

// TestWordTooMany: what takes no arguments says so, and does not call one an unknown command.
func TestWordTooMany(t *testing.T) {
	root, began := command(), false
	mark(root, &began)
	root.SetArgs([]string{"ca", "show", "people-1"})
	if err := root.Execute(); err == nil || began || err.Error() != `"people-1" is a word too many for mais-server ca show` {
		t.Errorf("ca show people-1 = %v, began %v", err, began)
	}
}
