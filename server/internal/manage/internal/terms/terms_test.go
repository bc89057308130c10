package terms

import (
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

func TestText(t *testing.T) {
	if text := Text(); len(text) != 8 || slices.ContainsFunc(text, func(p string) bool { return strings.ContainsAny(p, "\n\t") }) {
		t.Errorf("Text() = %d paragraphs: %q", len(text), text)
	}
}
