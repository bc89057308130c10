package token

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// signedHead returns a head in the service's form, with a signature that nobody made.
func signedHead(journal string, number, time int) string {
	return fmt.Sprintf("1.%016s.%d.%s.%d.%s", journal, number, strings.Repeat("h", 43), time, strings.Repeat("s", 86))
}

func TestKeepJournal(t *testing.T) {
	made := &Token{Name: "anna", Dir: filepath.Join(t.TempDir(), "anna")}
	if got := made.JournalSeen(); got != "" {
		t.Errorf("JournalSeen at first = %q", got)
	}
	a5, a7, b1 := signedHead("a", 5, 100), signedHead("a", 7, 200), signedHead("b", 1, 150)
	for _, test := range []struct{ announced, want string }{
		{a5, a5},
		{a7 + "," + b1, a7 + "," + b1},
		{a5, a7 + "," + b1}, // the service has become older: the highest stays
		{"", a7 + "," + b1},
		{"1.x.2", a7 + "," + b1},
		{strings.Repeat("x", maxMetaBytes+1), a7 + "," + b1},
	} {
		if err := made.KeepJournal(test.announced); err != nil {
			t.Fatal(err)
		}
		if got := made.JournalSeen(); got != test.want {
			t.Errorf("after %.40q JournalSeen = %q, want %q", test.announced, got, test.want)
		}
	}
	for n := range 20 {
		if err := made.KeepJournal(signedHead(fmt.Sprintf("c%d", n), 1, 1000+n)); err != nil {
			t.Fatal(err)
		}
	}
	got := strings.Split(made.JournalSeen(), ",")
	if len(got) != 8 || got[0] != signedHead("c19", 1, 1019) {
		t.Errorf("JournalSeen = %d heads, the first %s, want the 8 latest", len(got), got[0])
	}
	made.Dir = filepath.Join(filepath.Dir(made.Dir), "gone", "anna")
	if err := made.KeepJournal(a5); err == nil {
		t.Error("KeepJournal where nothing can be written = nil error")
	}
}

func FuzzParseHeads(f *testing.F) {
	f.Add(signedHead("a", 5, 100) + "," + signedHead("b", 6, 100))
	f.Add("1.0123456789abcdef.9223372036854775808.x.1.y\n,,")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		made := &Token{Name: "anna", Dir: filepath.Join(dir, "anna")}
		if err := os.WriteFile(made.journalFile(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		seen := made.JournalSeen()
		if strings.ContainsAny(seen, "\r\n") || len(parseHeads(seen)) > 8 {
			t.Errorf("JournalSeen = %q", seen)
		}
		if err := made.KeepJournal(text); err != nil || made.JournalSeen() != seen {
			t.Errorf("KeepJournal of the same = %v, %q, want %q", err, made.JournalSeen(), seen)
		}
	})
}
