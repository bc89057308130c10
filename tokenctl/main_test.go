package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/client/clienttest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tokenctl": func() {
		// Leave the terminal that the tests were started from, so that no script meets it. This
		// fails where a script has given a terminal with ttyin, and that one stays.
		syscall.Setsid()
		main()
	}})
}

// TestScripts runs the true main against a stand-in for the service that misbehaves on
// demand: see clienttest.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 path.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "service": control, "mode": mode},
	})
}

type serviceKey struct{}

func setup(env *testscript.Env) error {
	tb := env.T().(testing.TB)
	s := clienttest.New(tb)
	env.Values[serviceKey{}], env.Values[tbKey{}] = s, tb
	for name, value := range map[string]string{
		"SERVER": s.Public, "MUTUAL": s.Mutual, "ROOT": certs.FingerprintOf(s.PKI.Root().Raw).String(), "EMAIL": s.Email,
		"XDG_CONFIG_HOME": path.Join(env.WorkDir, "config"), "HOME": env.WorkDir,
	} {
		env.Setenv(name, value)
	}
	if err := os.WriteFile(path.Join(env.WorkDir, "code"), []byte(s.Code+"\n"), 0o600); err != nil {
		return err
	}
	return os.WriteFile(path.Join(env.WorkDir, "pass"), []byte("four easy words here\n"), 0o600)
}

// exits runs a command and demands its exit code: exits 8 tokenctl whoami.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var status *exec.ExitError
		if !errors.As(err, &status) {
			ts.Fatalf("%v", err)
		}
		got = status.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// mode demands the permissions of files: mode 600 config/mais/tokens/anna/key.pem.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.ParseUint(args[0], 8, 32)
	ts.Check(err)
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if got := info.Mode().Perm(); got != os.FileMode(want) {
			ts.Fatalf("%s has the mode %o, want %o", name, got, want)
		}
	}
}

// control steers the stand-in: see the switch.
func control(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serviceKey{}).(*clienttest.Service)
	tb := ts.Value(tbKey{}).(testing.TB)
	switch args[0] {
	case "cut": // PATH: does the work and drops the connection
		s.Misbehave(args[1], clienttest.Cut)
	case "says": // PATH STATUS MEDIA FILE
		status, err := strconv.Atoi(args[2])
		ts.Check(err)
		s.Misbehave(args[1], clienttest.Say(status, args[3], ts.ReadFile(args[4])))
	case "breaks": // PATH MEDIA FILE: gives the file and drops the connection
		s.Misbehave(args[1], clienttest.Break(args[2], ts.ReadFile(args[3])))
	case "exports": // GAP: a line of the audit, with what it lacks
		s.Misbehave(api.PathAuditExport, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(api.HeaderAuditGap, args[1])
			clienttest.Say(http.StatusOK, "application/x-ndjson", "{\"id\":1}\n")(w, r)
		})
	case "problem": // PATH STATUS TYPE
		status, err := strconv.Atoi(args[2])
		ts.Check(err)
		s.Misbehave(args[1], clienttest.Problem(status, api.Problem{Type: args[3], Title: "A title", Detail: "a detail", Next: "call 01234", Instance: "urn:uuid:9c1d"}))
	case "floods": // PATH: five megabytes
		s.Misbehave(args[1], clienttest.Say(http.StatusOK, "application/json", `{"name":"`+strings.Repeat("a", 5<<20)+`"}`))
	case "hangs": // PATH
		arrived := make(chan struct{})
		s.Misbehave(args[1], clienttest.Hang(arrived))
		ts.Defer(func() { s.Misbehave(args[1], nil) })
		hanging.Store(s, arrived)
	case "waits": // until a request hangs
		arrived, _ := hanging.Load(s)
		<-arrived.(chan struct{})
	case "heals": // PATH
		s.Misbehave(args[1], nil)
	case "presents": // PROFILE: the same name, a new key
		s.Present(s.PKI.ServerToken(tb, certs.Profile(args[1])))
	case "presents-foreign": // the service of another root
		s.Present(clienttest.NewPKI(tb).ServerToken(tb, certs.ServerNode))
	case "announces": // the key that it presents now, as if it had never had another
		s.AnnounceAnew(clienttest.FirstPins(tb, s.Presented()))
	case "issues": // due | expired | normal
		s.IssueFor(life(args[1]))
	case "issued": // N certificates so far
		if got := strconv.Itoa(s.Issued()); got != args[1] {
			ts.Fatalf("%s certificates issued, want %s", got, args[1])
		}
	case "ages": // DIR: the certificate of a site's token in the clear is over
		age(ts, s, ts.MkAbs(args[1]))
	case "fills": // N certificates into the inventory
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		s.AddCertificates(n)
	case "twins": // the first serial gets a second issuer
		s.AddTwin()
	case "steps": // N items of a plan are done at each look; all with -1
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		s.Step(n)
	case "fails": // SERIAL: acts on it do
		s.Fail(args[1])
	case "forgets":
		s.Forget()
	case "saw-nothing": // connections, and on them not a request, not a certificate
		if why := sawSomething(s); (why == "") == neg {
			ts.Fatalf("saw nothing is %t: %s", !neg, why)
		}
	case "saw": // METHOD PATH
		requests, _ := s.Seen()
		if want := strings.Join(args[1:], " "); strings.Contains(strings.Join(requests, "\n"), want) == neg {
			ts.Fatalf("requests %q, want %s: %t", requests, want, !neg)
		}
	default:
		ts.Fatalf("the service does not know how to %q", args[0])
	}
}

// age puts an expired certificate into a token's directory, for the key that is there.
func age(ts *testscript.TestScript, s *clienttest.Service, dir string) {
	text, err := os.ReadFile(path.Join(dir, "key.pem"))
	ts.Check(err)
	key, err := certs.ParseKey(text, nil)
	ts.Check(err)
	tb := ts.Value(tbKey{}).(testing.TB)
	leaf := s.PKI.Issue(tb, certs.SiteToken, s.SiteID, key.Public(), clienttest.Life{From: time.Now().Add(-48 * time.Hour), To: time.Now().Add(-time.Hour)})
	ts.Check(os.WriteFile(path.Join(dir, "cert.pem"), certs.EncodeCertificates(leaf, s.PKI.Issuer(tb, certs.SiteToken)), 0o600))
	meta, err := os.ReadFile(path.Join(dir, "token.json"))
	ts.Check(err)
	meta = regexp.MustCompile(`"serial": "[0-9a-f]+"`).ReplaceAll(meta, []byte(`"serial": "`+certs.SerialHex(leaf.SerialNumber)+`"`))
	ts.Check(os.WriteFile(path.Join(dir, "token.json"), meta, 0o600))
}

// sawSomething says what a client sent beyond the one encrypted record of 19 bytes by which
// it left each connection, an alert. The smallest certificate or request is several times that.
func sawSomething(s *clienttest.Service) string {
	const alert = 19
	requests, wires := s.Seen()
	if len(requests) > 0 || len(wires) == 0 {
		return fmt.Sprintf("requests %q over %d connections", requests, len(wires))
	}
	for _, wire := range wires {
		if got := wire.Encrypted(); got > alert {
			return fmt.Sprintf("%d bytes under encryption", got)
		}
	}
	return ""
}

func life(which string) clienttest.Life {
	const day = 24 * time.Hour
	switch now := time.Now(); which {
	case "due":
		return clienttest.Life{From: now.Add(-70 * day), To: now.Add(20 * day)}
	case "late": // 15 of 90 days are left
		return clienttest.Life{From: now.Add(-75 * day), To: now.Add(15 * day)}
	case "short":
		return clienttest.Life{From: now.Add(-70 * day), To: now.Add(3 * time.Second)}
	}
	return clienttest.Life{}
}

type tbKey struct{}

var hanging sync.Map // *clienttest.Service → chan struct{}

func TestWantsJSON(t *testing.T) {
	for args, want := range map[string]bool{"": false, "search --json x": true, "search x --json=true": true, "search -- --json": false} {
		if got := wantsJSON(strings.Fields(args)); got != want {
			t.Errorf("wantsJSON(%q) = %t, want %t", args, got, want)
		}
	}
}
