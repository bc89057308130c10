package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// module is the path of a file of an npm package. What the style sheet is made with comes
// with two judges of pages, axe and vnu, under the same lock file.
func module(t testing.TB, path ...string) string {
	t.Helper()
	if err := installed(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(append([]string{"..", "var", "npm", "node_modules"}, path...)...)
}

// installed fetches the packages when no test and no builder has done so before. The script
// does it before it compares what it makes of them, and changes nothing.
var installed = sync.OnceValue(func() error {
	if _, err := os.Stat("../var/npm/node_modules/vnu-jar"); err == nil {
		return nil
	}
	if out, err := exec.Command("../scripts/theme.sh", "--check").CombinedOutput(); err != nil {
		return fmt.Errorf("scripts/theme.sh --check: %w\n%s", err, out)
	}
	return nil
})
