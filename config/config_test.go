package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mais/config"
)

func TestExamplesAreValid(t *testing.T) {
	files, err := filepath.Glob("examples/*.toml")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %d examples, %v", len(files), err)
	}
	for _, file := range files {
		if _, err := config.Load(file); err != nil {
			t.Errorf("Load(%s) = %v", file, err)
		}
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mais.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAllFaultsAtOnce: whoever corrects a file corrects it once.
func TestAllFaultsAtOnce(t *testing.T) {
	path := write(t, `
data_dir = ""
names = ["UPPER case"]
nmes = ["mais.example"]

[listen]
ops = "0.0.0.0:8081"
mutual = "nonsense"

[ca]
graze = "1h"

[ca.profile.person-software]
validity = "10s"
`)
	_, err := config.Load(path)
	if err == nil {
		t.Fatal("a file with seven faults is taken")
	}
	got := err.Error()
	for _, want := range []string{"4:1: nmes", "11:1: ca.graze", "data_dir", `"UPPER case"`, "listen.ops", "listen.mutual", "ca.profile.person-software.validity"} {
		if !strings.Contains(got, want) {
			t.Errorf("the error does not say %q:\n%s", want, got)
		}
	}
	for _, line := range strings.Split(got, "\n") {
		if !strings.HasPrefix(line, path+": ") {
			t.Errorf("a line without its file: %q", line)
		}
	}
}

func TestPathsAreTakenFromTheFile(t *testing.T) {
	path := write(t, "data_dir = \"var\"\nnames = [\"mais.example\"]\n")
	s, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(filepath.Dir(path), "var", "unlock"); s.UnlockPath() != want {
		t.Errorf("UnlockPath() = %s, want %s", s.UnlockPath(), want)
	}
}

func TestMalformed(t *testing.T) {
	for _, text := range []string{"data_dir = ", "data_dir = 5", "[ca]\ngrace = \"soon\"", "\x00", "[[listen]]", strings.Repeat("#\n", 200_000)} {
		if _, err := config.Load(write(t, text)); err == nil {
			t.Errorf("Load of %.20q succeeds", text)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, file := range []string{"examples/embedded.toml", "examples/external.toml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) { config.Load(write(t, text)) })
}

func TestSecretsNeverShow(t *testing.T) {
	const plain = "hunter2-hunter2"
	s := config.NewSecret([]byte(plain))
	encoded, err := json.Marshal(map[string]any{"secret": s})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s, "struct", struct{ S config.Secret }{s})
	for _, shown := range []string{
		s.String(), fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s),
		fmt.Sprintf("%+v %#v", struct{ S config.Secret }{s}, &s), string(encoded), log.String(),
	} {
		if strings.Contains(shown, "hunter2") || strings.Contains(shown, fmt.Sprintf("%x", plain)) || strings.Contains(shown, "104 117") {
			t.Errorf("a secret shows: %s", shown)
		}
	}
	if string(s.Reveal()) != plain {
		t.Error("Reveal does not give the secret")
	}
}

func TestSecretFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := config.WriteSecret(path, config.NewSecret([]byte("over the hills"))); err != nil {
		t.Fatal(err)
	}
	if err := config.WriteSecret(path, config.NewSecret([]byte("other"))); err == nil {
		t.Error("WriteSecret overwrites a secret")
	}
	got, err := config.ReadSecret(path)
	if err != nil || string(got.Reveal()) != "over the hills" {
		t.Errorf("ReadSecret = %q, %v", got.Reveal(), err)
	}
	if err := os.Chmod(path, 0o604); err != nil {
		t.Fatal(err)
	}
	if _, err := config.ReadSecret(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("ReadSecret of a world-readable file = %v", err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := config.ReadSecret(path); err == nil {
		t.Error("an empty file is taken for a secret")
	}
}
