package browser

import (
	"os"
	"path/filepath"
	"testing"

	"mais/tokenctl/internal/fault"
)

// TestAnothersHome: nothing is read of a home, a ledger or a database that belongs to another
// user, whose modules would run as whoever sets up.
func TestAnothersHome(t *testing.T) {
	m, stores := machine(t)
	ours, _ := root(t, "Root")
	set(t, m, stores, Want{Root: ours, Service: service})
	another := m
	another.user++
	if s, err := another.Stores(); !fault.Is(err, fault.Usage) {
		t.Errorf("Stores = %v, %v, want a refusal", s, err)
	}
	if l, err := another.OpenLedger(); !fault.Is(err, fault.Usage) {
		t.Errorf("OpenLedger = %v, %v, want a refusal", l, err)
	}
	l := ledger(t, m)
	l.user++
	if steps, err := l.Undo(t.Context()); !fault.Is(err, fault.Usage) {
		t.Errorf("Undo = %v, %v, want a refusal", statesOf(steps), err)
	}
	for _, path := range []string{m.Home, filepath.Dir(stores[0].Dir), filepath.Join(stores[0].Dir, "pkcs11.txt")} {
		if err := ownedBelow(m.user+1, filepath.Dir(m.Home), path); !fault.Is(err, fault.Usage) {
			t.Errorf("%s belongs to another: %v, want a refusal", path, err)
		}
	}
}

// TestUndoTouchesNoOtherFile: a ledger that names a file that setup does not make removes nothing.
func TestUndoTouchesNoOtherFile(t *testing.T) {
	m, _ := machine(t)
	for _, name := range []string{"secret", "mais.json", "firefox/policies/../../secret", "etc/x/policies.json"} {
		path := m.Home + "/" + name
		write(t, filepath.Clean(path), "keep")
		if err := os.MkdirAll(filepath.Join(m.Home, "firefox/policies"), 0o700); err != nil {
			t.Fatal(err)
		}
		l := ledger(t, m)
		if err := l.add(Record{Kind: madeFile, Where: path, Content: sumOf([]byte("keep"))}); err != nil {
			t.Fatal(err)
		}
		undo(t, m)
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v, want it kept", name, err)
		}
	}
}

// TestTrustedModule: what others may write is not what every user's browser runs.
func TestTrustedModule(t *testing.T) {
	dir := t.TempDir()
	at := func(name string, dirMode, mode os.FileMode) string {
		path := write(t, filepath.Join(dir, name, "module.so"), "")
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Dir(path), dirMode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := filepath.Join(dir, "link.so")
	if err := os.Symlink(at("linked", 0o777, 0o644), link); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path      string
		one, many bool
	}{
		{at("own", 0o755, 0o644), true, true},
		{modulePath(t), true, true},
		{at("group", 0o775, 0o644), true, false},
		{at("open", 0o755, 0o666), false, false},
		{at("above", 0o777, 0o644), false, false},
		{link, false, false},
		{filepath.Join(dir, "gone.so"), false, false},
		{dir, false, false},
	} {
		for everybody, want := range map[bool]bool{false: test.one, true: test.many} {
			got, err := TrustedModule(test.path, everybody)
			if (err == nil) != want || err != nil && !fault.Is(err, fault.Usage) || want && resolved(test.path) != got {
				t.Errorf("TrustedModule(%s, %t) = %s, %v, want good: %t", test.path, everybody, got, err, want)
			}
		}
	}
}
