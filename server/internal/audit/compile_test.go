package audit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The wrong order of reading, recording and releasing does not compile.
func TestWrongOrderDoesNotCompile(t *testing.T) {
	programs := map[string]string{ // directory → what the compiler says
		"receipt":    "",
		"no_receipt": "not enough arguments in call to sealed.Open",
		"field":      "sealed.value undefined",
		"forged":     "cannot refer to unexported field id in struct literal of type audit.Receipt",
		"plain":      "cannot use audit.Seal",
	}
	for name, want := range programs {
		// Read here, so that go test does not answer from its cache when a program has changed.
		if _, err := os.ReadFile(filepath.Join("testdata", "compile", name, "look.go")); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("go", "build", "./"+filepath.Join("testdata", "compile", name)).CombinedOutput()
		switch {
		case want == "" && err != nil:
			t.Errorf("%s does not compile: %v\n%s", name, err, out)
		case want != "" && err == nil:
			t.Errorf("%s compiles, want %q", name, want)
		case !strings.Contains(string(out), want):
			t.Errorf("%s fails with\n%s\nwant %q", name, out, want)
		}
	}
	found, err := filepath.Glob("testdata/compile/*/look.go")
	if err != nil || len(found) != len(programs) {
		t.Errorf("testdata/compile holds %d programs (%v), %d are tried", len(found), err, len(programs))
	}
}
