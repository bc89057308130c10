package terms

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// TestSheets: every role of the beginning has a sheet of its own, and any other the one for all.
func TestSheets(t *testing.T) {
	seen := map[string]string{}
	for _, role := range []string{"police_officer", "clinician", "record_clinician", "administrator", "agency_administrator", "governance_officer", "any_role"} {
		s := SheetOf(role)
		text := strings.Join(s.Text, "\n")
		if s.Role != role || s.Title == "" || len(s.Text) < 3 || !strings.HasPrefix(text, "What it is for.") {
			t.Errorf("SheetOf(%s) = %+v", role, s)
		}
		if other, twice := seen[text]; twice {
			t.Errorf("%s and %s have the same sheet", role, other)
		}
		seen[text] = role
	}
	for _, odd := range []string{"made_at_run_time", "../terms", "", "*"} {
		if got := SheetOf(odd); !slices.Equal(got.Text, SheetOf("any_role").Text) || got.Role != odd {
			t.Errorf("SheetOf(%q) = %+v", odd, got)
		}
	}
}

// TestVersion: who changes the terms or a sheet is reminded here that people accepted what stood there before.
func TestVersion(t *testing.T) {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(path)
		fmt.Fprintf(sum, "%s\n%s", path, text)
		return err
	})
	if got, want := Version+" "+hex.EncodeToString(sum.Sum(nil)), "2026-11 ab1492e21e26950b5976aec0003665dae3b1dc5efc7f156eaffef3ce240eb4da"; err != nil || got != want {
		t.Errorf("terms and sheets = %s, %v, want %s: raise Version if they say something else now, and then mend this line", got, err, want)
	}
}

func TestText(t *testing.T) {
	if text := Text(); len(text) != 8 || slices.ContainsFunc(text, func(p string) bool { return strings.ContainsAny(p, "\n\t") }) {
		t.Errorf("Text() = %d paragraphs: %q", len(text), text)
	}
}

// TestLimited: a sheet does not promise what a session of a password does not show, whatever the role.
func TestLimited(t *testing.T) {
	for _, role := range []string{"clinician", "police_officer", "record_clinician", "made_at_run_time"} {
		for nothing, want := range map[bool]string{false: "restricted items only, to read", true: "this role asks for a token"} {
			text := strings.Join(Limited(SheetOf(role), nothing).Text, "\n")
			if !strings.HasPrefix(text, "What it is for.") || strings.Count(text, seeing) != 1 || !strings.Contains(text, want) || strings.Contains(text, "Every item, with") {
				t.Errorf("Limited(%s, %v) = %q", role, nothing, text)
			}
		}
	}
}
