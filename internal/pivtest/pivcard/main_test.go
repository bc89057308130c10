package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun: a command finds the card, its exit code comes back, and the card is kept in its file.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	card, said := filepath.Join(dir, "card"), filepath.Join(dir, "said")
	status := func(flags ...string) string {
		t.Helper()
		script := `yubico-piv-tool -r Virtual -a verify-pin -P 111111 2>"$0"; yubico-piv-tool -r Virtual -a status >"$0"; exit 7`
		if code, err := run(append(flags, "run", "--", "sh", "-c", script, said), io.Discard); code != 7 || err != nil {
			t.Fatalf("run() = %d, %v, want the command's 7", code, err)
		}
		text, err := os.ReadFile(said)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, want := range []string{"PIN tries left:\t2", "PIN tries left:\t1"} {
		out := status("--state", card, "--serial", "4711", "--firmware", "5.7.1")
		for _, want := range []string{"Serial Number:\t4711", "Version:\t5.7.1", want} {
			if !strings.Contains(out, want) {
				t.Errorf("yubico-piv-tool said %q, want %q in it", out, want)
			}
		}
	}
	if out := status("--state", filepath.Join(dir, "plain"), "--plain"); !strings.Contains(out, "Version:\tNo data") || !strings.Contains(out, "CHUID:\t3019") {
		t.Errorf("of a plain card yubico-piv-tool said %q", out)
	}
}

func TestRoot(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if code, err := run([]string{"--state", filepath.Join(dir, "card"), "root"}, &out); code != 0 || err != nil {
		t.Fatalf("run(root) = %d, %v", code, err)
	}
	block, _ := pem.Decode(out.Bytes())
	if block == nil {
		t.Fatalf("root printed %q", out.String())
	}
	if cert, err := x509.ParseCertificate(block.Bytes); err != nil || !cert.IsCA {
		t.Errorf("root printed %v, %v", cert, err)
	}
	if code, err := run([]string{"--state", filepath.Join(dir, "plain"), "--plain", "root"}, &out); code != 1 || err == nil {
		t.Errorf("run(root of a plain card) = %d, %v", code, err)
	}
}

func TestUsage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "card")
	for _, args := range [][]string{
		{}, {"run", "--", "true"}, {"--state", file}, {"--state", file, "run"}, {"--state", file, "run", "--"}, {"--state", file, "run", "true"},
		{"--state", file, "root", "x"}, {"--state", file, "eject"},
	} {
		if code, err := run(args, io.Discard); code != 2 || !errors.Is(err, errUsage) {
			t.Errorf("run(%q) = %d, %v, want 2 and the usage", args, code, err)
		}
	}
}
