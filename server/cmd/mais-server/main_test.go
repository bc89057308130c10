package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
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

func TestExplain(t *testing.T) {
	err := advise(errors.Join(errors.New("first"), errors.New("second")), "do this")
	if got, want := explain(err), "error: first\n       second\nnext:  do this\n"; got != want {
		t.Errorf("explain = %q, want %q", got, want)
	}
	if got := exitOf(usage(errors.New("x"))); got != exitUsage {
		t.Errorf("exitOf(usage) = %d", got)
	}
}
