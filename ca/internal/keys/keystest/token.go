// Package keystest gives tests a hardware token that is none: SoftHSM2, whose tokens are
// directories. Call [NewToken]; the token goes with the test. It wants a program built with
// the tag pkcs11, and the Debian package softhsm2.
package keystest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
)

// PIN opens every token.
const PIN = "a-pin-for-tests"

// Module is SoftHSM's library.
const Module = "/usr/lib/softhsm/libsofthsm2.so"

// Token is a token of the test's own.
type Token struct {
	Template string // the address of a key to be made on it
	PINFile  string

	dir string // of the token
}

// home is where the process's tokens lie: the library reads its settings when it is loaded.
var home = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "softhsm")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Join(dir, "tokens"), 0o700); err != nil {
		return "", err
	}
	settings := filepath.Join(dir, "softhsm2.conf")
	text := fmt.Sprintf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", filepath.Join(dir, "tokens"))
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		return "", err
	}
	return dir, os.Setenv("SOFTHSM2_CONF", settings)
})

// NewToken makes a token.
func NewToken(tb testing.TB) *Token {
	tb.Helper()
	dir, err := home()
	if err != nil {
		tb.Fatal(err)
	}
	tokens := filepath.Join(dir, "tokens")
	before := entries(tb, tokens)
	label := "mais-" + uuid.NewString()[:8]
	out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", PIN+PIN).CombinedOutput()
	if err != nil {
		tb.Fatalf("softhsm2-util (of the Debian package softhsm2): %v\n%s", err, out)
	}
	t := &Token{PINFile: filepath.Join(tb.TempDir(), "pin")}
	for name := range entries(tb, tokens) {
		if !before[name] {
			t.dir = filepath.Join(tokens, name)
		}
	}
	if err := os.WriteFile(t.PINFile, []byte(PIN+"\n"), 0o600); err != nil {
		tb.Fatal(err)
	}
	t.Template = fmt.Sprintf("pkcs11:module-path=%s;token=%s?pin-source=%s", Module, label, t.PINFile)
	tb.Cleanup(func() { os.RemoveAll(t.dir) })
	return t
}

func entries(tb testing.TB, dir string) map[string]bool {
	tb.Helper()
	found, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	names := map[string]bool{}
	for _, e := range found {
		names[e.Name()] = true
	}
	return names
}

// Remove pulls the token out.
func (t *Token) Remove(tb testing.TB) { t.move(tb, t.dir, t.dir+".away") }

// Return puts it back.
func (t *Token) Return(tb testing.TB) { t.move(tb, t.dir+".away", t.dir) }

func (t *Token) move(tb testing.TB, from, to string) {
	tb.Helper()
	// Beside the directory of tokens, where the library does not look.
	beside := func(path string) string {
		if filepath.Ext(path) == ".away" {
			return filepath.Join(filepath.Dir(filepath.Dir(path)), filepath.Base(path))
		}
		return path
	}
	if err := os.Rename(beside(from), beside(to)); err != nil {
		tb.Fatal(err)
	}
}
