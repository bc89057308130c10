package deploy

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mais/certs"
	"mais/config"
	"mais/tokenctl/internal/client/clienttest"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

type fixture struct {
	*testing.T
	pki  *clienttest.PKI
	home token.Home
	out  string
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	home, err := token.NewHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return fixture{t, clienttest.NewPKI(t), home, t.TempDir()}
}

// issue puts another token into the home.
func (f fixture) issue() *token.Token {
	f.Helper()
	l, err := f.home.Lock("northgate")
	if err != nil {
		f.Fatal(err)
	}
	defer l.Unlock()
	p, err := l.Start(f.Context(), token.Intent{Act: "renew"}, token.InFile(config.Secret{}), time.Now())
	if err != nil {
		f.Fatal(err)
	}
	leaf := f.pki.Issue(f, certs.SiteToken, "5a0e6d1c-77b4-4f0c-9f6e-d2a1c1b0e9f3", p.Key.Public(), clienttest.Life{})
	identity, err := certs.IdentityOf(leaf)
	if err != nil {
		f.Fatal(err)
	}
	meta := token.NewMeta(identity, leaf, &url.URL{Scheme: "https", Host: "mais.example:9443"})
	meta.Public = "https://mais.example"
	chain := []*x509.Certificate{leaf, f.pki.Issuer(f, certs.SiteToken)}
	if err := errors.Join(p.Fill(token.Contents{Meta: meta, Chain: chain, Root: f.pki.Root(), Pins: clienttest.Pins(certs.PinOf(f.pki.Root()))}), p.Commit(f.Context())); err != nil {
		f.Fatal(err)
	}
	t, err := f.home.Open("northgate")
	if err != nil {
		f.Fatal(err)
	}
	return t
}

func (f fixture) path(name string) string { return filepath.Join(f.out, name) }

// script writes a program that notes each of its runs, and ends with the exit code.
func (f fixture) script(body string) string {
	f.Helper()
	path := f.path("reload.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho run >> "+f.path("runs")+"\n"+body+"\n"), 0o700); err != nil {
		f.Fatal(err)
	}
	return path
}

func (f fixture) runs() int {
	text, _ := os.ReadFile(f.path("runs")) // none: no runs
	return strings.Count(string(text), "run\n")
}

func (f fixture) target(reload string) Target {
	f.Helper()
	d, err := NewTarget(f.home, f.path("cert.pem"), f.path("key.pem"), reload)
	if err != nil {
		f.Fatal(err)
	}
	return d
}

func (f fixture) apply(d Target, t *token.Token) (bool, error) {
	return d.Apply(f.Context(), f.home, t, func() (tls.Certificate, error) { return t.Unlock(token.InFile(config.Secret{})) })
}

// wantApplied applies and demands whether that did anything; then all has to be in place.
func (f fixture) wantApplied(d Target, t *token.Token, want bool) {
	f.Helper()
	did, err := f.apply(d, t)
	if err != nil || did != want {
		f.Fatalf("Apply = %t, %v, want %t", did, err, want)
	}
	pair, err := tls.LoadX509KeyPair(f.path("cert.pem"), f.path("key.pem"))
	if err != nil || len(pair.Certificate) != 2 || certs.SerialHex(pair.Leaf.SerialNumber) != t.Serial {
		f.Fatalf("what a server would load: %d certificates, %v, want the token's two", len(pair.Certificate), err)
	}
	for name, mode := range map[string]os.FileMode{"cert.pem": certMode, "key.pem": keyMode} {
		if info, err := os.Stat(f.path(name)); err != nil || info.Mode() != mode {
			f.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, mode)
		}
	}
}

func TestApply(t *testing.T) {
	f := newFixture(t)
	d := f.target(f.script("exit 0"))
	first := f.issue()
	f.wantApplied(d, first, true)
	f.wantApplied(d, first, false)
	second := f.issue()
	f.wantApplied(d, second, true)
	f.wantApplied(d, second, false)
	if n := f.runs(); n != 2 {
		t.Errorf("the command ran %d times for two tokens", n)
	}
	for _, spoil := range []func() error{
		func() error { return os.Remove(f.path("cert.pem")) },
		func() error { return os.Remove(f.path("key.pem")) },
		func() error { return os.WriteFile(f.path("key.pem"), []byte("half a key"), 0o600) },
		func() error { return os.WriteFile(f.path("cert.pem"), []byte("-----BEGIN"), 0o600) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		f.wantApplied(d, second, true)
	}
	if n := f.runs(); n != 6 {
		t.Errorf("the command ran %d times, want once more for each spoilt file", n)
	}
}

// TestApplyStopped stops after each step of handing on; the next Apply does the rest, and
// the command has run at least once after the files were there.
func TestApplyStopped(t *testing.T) {
	for _, stop := range []string{"noted", "prepared", "the key in place", "both in place"} {
		f := newFixture(t)
		f.wantApplied(f.target(f.script("exit 0")), f.issue(), true)
		next := f.issue()
		d := f.target(f.script("exit 0"))
		own, err := next.Unlock(token.InFile(config.Secret{}))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.home.SetDeployed("northgate", ""); err != nil {
			t.Fatal(err)
		}
		if stop != "noted" {
			key, err := certs.EncodeKey(own.PrivateKey.(crypto.Signer), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(prepare(f.path("key.pem"), key, keyMode), prepare(f.path("cert.pem"), certs.EncodeCertificates(next.Chain...), certMode)); err != nil {
				t.Fatal(err)
			}
			if stop != "prepared" {
				os.Rename(beside(f.path("key.pem")), f.path("key.pem"))
			}
			if stop == "both in place" {
				os.Rename(beside(f.path("cert.pem")), f.path("cert.pem"))
			}
		}
		f.wantApplied(d, next, true)
		if n := f.runs(); n != 2 {
			t.Errorf("stopped with %s: the command ran %d times, want 2", stop, n)
		}
		if left, _ := filepath.Glob(f.path(".*.mais-new")); len(left) > 0 {
			t.Errorf("stopped with %s: %v is left", stop, left)
		}
	}
}

// TestCommandFails: the files are there, the fault says what the command said, and it is run
// again until it succeeds.
func TestCommandFails(t *testing.T) {
	f := newFixture(t)
	made := f.issue()
	for n := range 3 {
		_, err := f.apply(f.target(f.script("echo out; echo no such server >&2; exit 3")), made)
		if !fault.Is(err, fault.Partly) || !strings.HasSuffix(err.Error(), "failed: exit status 3: out\nno such server") {
			t.Errorf("Apply = %v, want the fault partly with what the command said", err)
		}
		if got := f.runs(); got != n+1 {
			t.Errorf("%d runs, want %d", got, n+1)
		}
	}
	f.wantApplied(f.target(f.script("exit 0")), made, true)
	f.wantApplied(f.target(f.script("exit 1")), made, false)
}

func TestCommandIsBounded(t *testing.T) {
	f := newFixture(t)
	c, err := ParseCommand(f.script("head -c 100000 /dev/zero | tr '\\0' x; sleep 1000 & sleep 1000"))
	if err != nil {
		t.Fatal(err)
	}
	c.limit = 300 * time.Millisecond
	began := time.Now()
	err = c.Run(t.Context())
	if !fault.Is(err, fault.Partly) || !strings.Contains(err.Error(), "ended after 300ms") || len(err.Error()) > maxOutput+1000 {
		t.Errorf("Run = %.300v, want it ended, and not too many words", err)
	}
	if took := time.Since(began); took > pipeLimit {
		t.Errorf("it took %s: its children were not ended with it", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Run after an interruption = %v", err)
	}
}

// TestCommandInheritsNothing: neither the manager's socket nor the credentials' place.
func TestCommandInheritsNothing(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CREDENTIALS_DIRECTORY"} {
		t.Setenv(name, "x")
	}
	t.Setenv("OTHER", "kept")
	c, err := ParseCommand(f.script("env > " + f.path("env")))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(f.path("env"))
	if err != nil || !strings.Contains(string(text), "OTHER=kept") || strings.Contains(string(text), "=x\n") {
		t.Errorf("%v; of the command's environment, want OTHER and none of the four", err) // not shown: it is the tester's own
	}
}

func TestParseCommand(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"true":                     "true",
		"  true   a  b=c /x-y_z ":  "true a b=c /x-y_z",
		" ":                        "!",
		"no-such-program-anywhere": "!",
		"/":                        "!",
		"true; false":              "!",
		"true 'a b'":               "!",
		`true "a"`:                 "!",
		"true $HOME":               "!",
		"true `id`":                "!",
		"true | true":              "!",
		"true > /dev/null":         "!",
		"true &":                   "!",
		"true *":                   "!",
		"true\ntrue":               "!",
		"true \x00":                "!",
		"true " + strings.Repeat("a", maxCommand): "!",
	} {
		c, err := ParseCommand(text)
		if want == "!" {
			if !fault.Is(err, fault.Usage) {
				t.Errorf("ParseCommand(%.40q) = %q, %v, want it refused", text, c, err)
			}
			continue
		}
		if err != nil || c.String() != want {
			t.Errorf("ParseCommand(%q) = %q, %v, want %q", text, c, err, want)
		}
	}
}
