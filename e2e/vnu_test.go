package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// vnu returns the errors that the HTML validator finds in pages, by their names. It takes
// seconds to start, and judges all pages at once.
func vnu(t testing.TB, pages map[string]string) (faults []string) {
	t.Helper()
	dir := t.TempDir()
	args := []string{"-jar", module(t, "vnu-jar", "build", "dist", "vnu.jar"), "--format", "json", "--errors-only", "--exit-zero-always"}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		args = append(args, write(t, filepath.Join(dir, name+".html"), pages[name]))
	}
	r := execute(t, exec.Command("java", args...)).exits(t, 0)
	var report struct {
		Messages []struct {
			URL, Type, SubType, Message, Extract string
			LastLine                             int
		}
	}
	if err := json.Unmarshal([]byte(r.stderr), &report); err != nil {
		t.Fatalf("%v: %s", err, r.stderr)
	}
	for _, m := range report.Messages {
		faults = append(faults, fmt.Sprintf("vnu: %s:%d: %s: %s\n  %s", filepath.Base(m.URL), m.LastLine, m.Type, m.Message, m.Extract))
	}
	return faults
}
