package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestService runs the true main against the true service, with its database, as
// `mais-server up` starts it.
func TestService(t *testing.T) {
	dir := t.TempDir()
	startService(t, dir)
	testscript.Run(t, testscript.Params{
		Dir:                 path.Join("testdata", "service"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "keep": keep},
		Setup:               func(env *testscript.Env) error { return invite(env, filepath.Join(dir, "demo.json")) },
	})
}

// startService builds and starts the service on free ports, and waits until it says that it
// is ready. It ends with the test.
func startService(t *testing.T, dir string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "mais-server")
	if out, err := exec.Command("go", "build", "-o", binary, "mais/server/cmd/mais-server").CombinedOutput(); err != nil {
		t.Fatalf("build mais-server: %v\n%s", err, out)
	}
	const free = "127.0.0.1:0"
	cmd := exec.Command(binary, "up", "--dir", dir,
		"--listen-public", free, "--listen-mutual", free, "--listen-plain", free, "--listen-ops", free)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		err := cmd.Wait()
		if err != nil || t.Failed() {
			t.Logf("mais-server ended: %v\n%s", err, log.Bytes())
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "ready") {
			return
		}
	}
	t.Fatalf("mais-server ended before it was ready\n%s", log.Bytes())
}

// keep puts what an expression's group finds in the last output into a variable:
// keep ID '"id":"([^"]+)"'.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if neg || found == nil {
		ts.Fatalf("no %s in the output", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// invite puts what demo.json tells into a script's environment: codes as CODE_ and the part
// before the @, or SITE_CODE for the first site.
func invite(env *testscript.Env, demo string) error {
	text, err := os.ReadFile(demo)
	if err != nil {
		return err
	}
	var told struct {
		URLs            struct{ Public, Mutual string }
		RootFingerprint string `json:"root_fingerprint"`
		Users           []struct{ Email, Code string }
		Sites           []struct{ Name, Code string }
	}
	if err := json.Unmarshal(text, &told); err != nil {
		return err
	}
	env.Setenv("SERVER", told.URLs.Public)
	env.Setenv("MUTUAL", told.URLs.Mutual)
	env.Setenv("ROOT", told.RootFingerprint)
	env.Setenv("XDG_CONFIG_HOME", path.Join(env.WorkDir, "config"))
	for _, u := range told.Users {
		local, _, _ := strings.Cut(u.Email, "@")
		if env.Getenv("CODE_"+local) == "" {
			env.Setenv("CODE_"+local, u.Code)
			env.Setenv("EMAIL_"+local, u.Email)
		}
	}
	env.Setenv("SITE", told.Sites[0].Name)
	env.Setenv("SITE_CODE", told.Sites[0].Code)
	return os.WriteFile(path.Join(env.WorkDir, "pass"), []byte("four easy words here\n"), 0o600)
}
