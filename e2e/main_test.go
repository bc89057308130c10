package e2e_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// bin is where TestMain builds the two commands; the printed command lines say bin/tokenctl,
// so they are run in its parent.
var bin string

// tools are what the journeys call, and the Debian packages that hold them.
var tools = []struct{ program, pkg string }{
	{"openssl", "openssl"}, {"curl", "curl"}, {"chromium", "chromium"}, {"firefox-esr", "firefox-esr"},
	{"pdfinfo", "poppler-utils"}, {"pdftoppm", "poppler-utils"}, {"npm", "npm"}, {"java", "default-jre-headless"},
	{"certtool", "gnutls-bin"}, {"ocsptool", "gnutls-bin"}, {"nginx", "nginx-light"},
	{"certutil", "libnss3-tools"}, {"pk12util", "libnss3-tools"},
	{"modutil", "libnss3-tools"}, {"Xvfb", "xvfb"}, {"xdotool", "xdotool"},
	{"pcscd", "pcscd"}, {"yubico-piv-tool", "yubico-piv-tool"}, {"pkcs15-tool", "opensc"},
	{"ip", "iproute2"}, {"unshare", "util-linux"}, {"runuser", "util-linux"},
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "mais-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = filepath.Join(dir, "bin")
	os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin") // where nginx is; not everybody's
	if err := errors.Join(findTools(), build()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code = m.Run()
	if err := errors.Join(stopShared(), stopCards()); err != nil {
		fmt.Fprintln(os.Stderr, "a demo that journeys share:", err)
		return 1
	}
	return code
}

func findTools() error {
	var missing []error
	for _, tool := range tools {
		if _, err := exec.LookPath(tool.program); err != nil {
			missing = append(missing, fmt.Errorf("%s is missing: install the Debian package %s", tool.program, tool.pkg))
		}
	}
	return errors.Join(missing...)
}

// build builds the commands, and beside them the server that can be told to believe the maker
// of the tests' cards, which no release can (tag testcards).
func build() error {
	err := make(chan error)
	go func() { err <- goBuild(bin, "mais/server/cmd/mais-server", "mais/tokenctl") }()
	go func() {
		err <- goBuild(filepath.Join(bin, "testcards"), "-tags", "testcards", "mais/server/cmd/mais-server")
	}()
	return errors.Join(<-err, <-err)
}

func goBuild(into string, args ...string) error {
	out, err := exec.Command("go", append([]string{"build", "-o", into + "/"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("build the commands: %w\n%s", err, out)
	}
	return nil
}

// TestSourcesAreAnInput reads the list of every source file. The go command keeps the result
// of a test until a file that the test looked at changes; it cannot know that this one
// has built binaries.
func TestSourcesAreAnInput(t *testing.T) {
	sources := 0
	for _, root := range []string{"ca", "certs", "config", "internal", "server", "tokenctl"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, d fs.DirEntry, err error) error {
			if slices.Contains([]string{".go", ".sql", ".html", ".css", ".js"}, filepath.Ext(path)) {
				sources++
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if sources == 0 {
		t.Error("no sources found")
	}
}
