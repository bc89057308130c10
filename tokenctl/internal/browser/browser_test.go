package browser

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/config"
	"mais/tokenctl/internal/fault"
)

const service = "https://mais.example:9443"

// machine is one with a Chromium, and a Firefox with two profiles.
func machine(t *testing.T) (Machine, []Store) {
	t.Helper()
	home := t.TempDir()
	m := Machine{home, filepath.Join(home, "config"), filepath.Join(home, "etc"), func(program string) (string, error) {
		if program == "chromium" {
			return "/usr/bin/chromium", nil
		}
		return "", exec.ErrNotFound
	}, os.Geteuid()}
	for _, profile := range []string{"one", "two"} {
		if err := os.MkdirAll(filepath.Join(home, ".mozilla/firefox", profile), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(home, ".mozilla/firefox/profiles.ini"), "[Install4F]\nDefault=one\n\n[Profile1]\nName=a\nIsRelative=1\nPath=one\n\n"+
		"[Profile0]\nName=b\nIsRelative=0\nPath="+home+"/.mozilla/firefox/two\nDefault=1\n[Profile2]\nIsRelative=1\nPath=gone\n")
	stores, err := m.Stores()
	if err != nil {
		t.Fatal(err)
	}
	want := []Store{{Chromium, home + "/.pki/nssdb", ""}, {Firefox, home + "/.mozilla/firefox/one", ""}, {Firefox, home + "/.mozilla/firefox/two", ""}}
	if diff := cmp.Diff(want, stores); diff != "" {
		t.Fatalf("Stores: -want +got\n%s", diff)
	}
	return m, stores
}

// root makes a self-signed root of a name, and what signs with it.
func root(t *testing.T, name string) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	return issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: name, Organization: []string{"Test"}}, IsCA: true}, nil, nil)
}

func issue(t *testing.T, template, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if parent == nil {
		parent, by = template, key
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.BasicConstraintsValid = serial, true
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(90*24*time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// softToken makes a key in a PKCS#12 file.
func softToken(t *testing.T, issuer *x509.Certificate, by *ecdsa.PrivateKey) *Key {
	t.Helper()
	leaf, key := issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "Anna Example"}}, issuer, by)
	p12, err := certs.EncodePKCS12(key, leaf, []*x509.Certificate{issuer}, []byte("four easy words"))
	if err != nil {
		t.Fatal(err)
	}
	return &Key{write(t, filepath.Join(t.TempDir(), "token.p12"), string(p12)), config.NewSecret([]byte("four easy words")), []*x509.Certificate{leaf}}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// set sets up, and returns what state each step is in.
func set(t *testing.T, m Machine, stores []Store, w Want) (states []string) {
	t.Helper()
	steps, err := m.Setup(t.Context(), stores, w)
	if err == nil {
		err = Do(t.Context(), ledger(t, m), steps)
	}
	if err != nil {
		t.Fatal(err)
	}
	return statesOf(steps)
}

func statesOf(steps []Step) (states []string) {
	for _, s := range steps {
		states = append(states, fmt.Sprintf("%s %s %s", s.Browser, s.What, s.State))
	}
	return states
}

func undo(t *testing.T, m Machine) []string {
	t.Helper()
	l := ledger(t, m)
	steps, err := l.Undo(t.Context())
	if err == nil {
		err = l.Take(t.Context(), steps)
	}
	if err != nil {
		t.Fatal(err)
	}
	return statesOf(steps)
}

func ledger(t *testing.T, m Machine) *Ledger {
	t.Helper()
	l, err := m.OpenLedger()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// tree lists the files below a directory.
func tree(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(path, dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func modulePath(t *testing.T) string {
	t.Helper()
	path, found := FindModule()
	if !found {
		t.Fatal("OpenSC's module is in none of its usual places: install opensc-pkcs11")
	}
	return path
}

// TestSetup: everything is done once, is there the second time, and is taken away again, with
// nothing else.
func TestSetup(t *testing.T) {
	m, stores := machine(t)
	ours, sign := root(t, "Root")
	w := Want{Root: ours, Service: service, Module: modulePath(t), Key: softToken(t, ours, sign)}
	before := tree(t, m.Home)

	steps, err := m.Setup(t.Context(), stores, w)
	if err != nil {
		t.Fatal(err)
	}
	if after := tree(t, m.Home); !slices.Equal(before, after) {
		t.Fatalf("a plan changes %v into %v", before, after)
	}
	for _, s := range steps {
		if s.State != ToDo {
			t.Errorf("at first %s %s is %s", s.Browser, s.What, s.State)
		}
	}
	want := []string{
		"chromium database done", "chromium root done", "chromium module done", "chromium key done",
		"firefox database done", "firefox root done", "firefox module done", "firefox key done",
		"firefox database done", "firefox root done", "firefox module done", "firefox key done",
		"chromium choice done",
	}
	if diff := cmp.Diff(want, set(t, m, stores, w)); diff != "" {
		t.Fatalf("Setup: -want +got\n%s", diff)
	}
	for _, state := range set(t, m, stores, w) {
		if !strings.HasSuffix(state, " there") && !strings.HasSuffix(state, "database done") {
			t.Errorf("the second time: %s", state)
		}
	}
	for _, f := range check(t, m, stores, Look{Want: w, Own: w.Key.Chain[0], Now: time.Now()}) {
		if f.Verdict == Wrong && f.What != "card" && f.What != "certificate" {
			t.Errorf("after setup: %+v", f)
		}
	}
	for _, state := range undo(t, m) {
		if !strings.HasSuffix(state, " done") {
			t.Errorf("Undo: %s", state)
		}
	}
	if after := tree(t, m.Home); !slices.Equal(before, after) {
		t.Errorf("after Undo there are %v, want %v", after, before)
	}
}

// TestUndoLeaves: what somebody else has put there, or has changed since, stays.
func TestUndoLeaves(t *testing.T) {
	m, stores := machine(t)
	stores = stores[1:2] // a Firefox
	db, ctx := database(stores[0].Dir), t.Context()
	ours, _ := root(t, "Root")
	theirs, _ := root(t, "Theirs")
	if err := errors.Join(db.create(ctx), db.addRoot(ctx, "theirs", theirs), db.addModule(ctx, "their cards", modulePath(t))); err != nil {
		t.Fatal(err)
	}
	w := Want{Root: ours, Service: service, Module: modulePath(t)}
	want := []string{"firefox root done", "firefox module there"}
	if diff := cmp.Diff(want, set(t, m, stores, w)); diff != "" {
		t.Fatalf("Setup: -want +got\n%s", diff)
	}
	undo(t, m)
	have, err := db.certificates(ctx)
	if err != nil || len(have) != 1 || have[0].nickname != "theirs" || have[0].trust != serversOnly || !have[0].is(theirs) {
		t.Errorf("certificates = %+v, %v, want theirs", have, err)
	}
	modules, err := db.modules(ctx)
	if err != nil || modules["their cards"] != modulePath(t) {
		t.Errorf("modules = %v, %v, want theirs", modules, err)
	}
}

// TestTrust: a root that is trusted for too much, or not at all, is set right, and back.
func TestTrust(t *testing.T) {
	for _, trust := range []string{"CT,C,C", ",,"} {
		m, stores := machine(t)
		stores = stores[1:2]
		db, ctx := database(stores[0].Dir), t.Context()
		ours, _ := root(t, "Root")
		if err := errors.Join(db.create(ctx), db.addRoot(ctx, "by hand", ours), db.setTrust(ctx, "by hand", trust)); err != nil {
			t.Fatal(err)
		}
		w := Want{Root: ours, Service: service}
		trusted := func() string {
			have, err := db.certificates(ctx)
			if err != nil || len(have) != 1 {
				t.Fatalf("certificates = %+v, %v", have, err)
			}
			return have[0].trust
		}
		if f := finding(t, check(t, m, stores, Look{Want: w, Now: time.Now()}), "root"); f.Verdict != Wrong {
			t.Errorf("%s: Check = %+v, want wrong", trust, f)
		}
		set(t, m, stores, w)
		if got := trusted(); got != serversOnly {
			t.Errorf("%s: after setup the trust is %s", trust, got)
		}
		undo(t, m)
		if got := trusted(); got != trust {
			t.Errorf("%s: after undo the trust is %s", trust, got)
		}
	}
}

func check(t *testing.T, m Machine, stores []Store, l Look) []Finding {
	t.Helper()
	found, err := m.Check(t.Context(), stores, l)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func finding(t *testing.T, found []Finding, what string) Finding {
	t.Helper()
	for _, f := range found {
		if f.What == what {
			return f
		}
	}
	t.Fatalf("nothing is said of the %s: %+v", what, found)
	return Finding{}
}

// TestCheckFinds: each thing that is wrong is named, with what to do.
func TestCheckFinds(t *testing.T) {
	m, stores := machine(t)
	stores = stores[:2]
	ours, sign := root(t, "Root")
	other, _ := root(t, "Root") // of the same name
	w := Want{Root: ours, Service: service, Module: modulePath(t), Key: softToken(t, ours, sign)}
	look := Look{Want: w, Own: w.Key.Chain[0], Now: time.Now()}
	if f := finding(t, check(t, m, stores, look), "database"); f.Verdict != Wrong || f.Next == "" {
		t.Errorf("without a database: %+v", f)
	}
	for _, s := range stores {
		if err := database(s.Dir).create(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	found := check(t, m, stores, look)
	for _, what := range []string{"root", "key", "module"} {
		if f := finding(t, found, what); f.Verdict != Wrong || f.Next == "" {
			t.Errorf("before setup: %+v", f)
		}
	}
	set(t, m, stores, w)
	if f := finding(t, check(t, m, stores, look), "card"); f.Verdict != Wrong || f.Next == "" {
		t.Errorf("with no reader: %+v", f)
	}
	if err := database(stores[0].Dir).addRoot(t.Context(), "false", other); err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, f := range check(t, m, stores, look) {
		if f.What == "root" && f.Verdict == Wrong && strings.Contains(f.Text, certs.FingerprintOf(other.Raw).String()) {
			said++
		}
	}
	if said != 1 {
		t.Errorf("another root of the same name is found %d times, want once", said)
	}
	steps, err := m.Setup(t.Context(), stores[:1], w)
	if err != nil || steps[0].What != "root" || steps[0].State != ByHand {
		t.Errorf("Setup beside another root of the same name = %v, %v", statesOf(steps), err)
	}
	late := look
	late.Now = look.Own.NotAfter.Add(-time.Hour)
	if f := finding(t, check(t, m, stores, late), "expiry"); f.Verdict != Wrong || !strings.Contains(f.Next, "renew") {
		t.Errorf("an hour before the end: %+v", f)
	}
	moved := look
	moved.Service = "https://elsewhere.example:9443"
	for _, f := range check(t, m, stores[:1], moved) {
		if f.What == "choice" && f.Verdict != Wrong {
			t.Errorf("with the policy of another service: %+v", f)
		}
	}
}

// TestBusy: a database that another program has open is not touched, and nothing else is done.
func TestBusy(t *testing.T) {
	m, stores := machine(t)
	stores = stores[1:2]
	ours, _ := root(t, "Root")
	db := database(stores[0].Dir)
	if err := db.create(t.Context()); err != nil {
		t.Fatal(err)
	}
	browser := exec.Command("sleep", "600")
	f, err := os.Open(filepath.Join(stores[0].Dir, "cert9.db"))
	if err != nil {
		t.Fatal(err)
	}
	browser.ExtraFiles = []*os.File{f}
	if err := errors.Join(browser.Start(), f.Close()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { browser.Process.Kill(); browser.Wait() })
	w := Want{Root: ours, Service: service}
	steps, err := m.Setup(t.Context(), stores, w)
	if err != nil || len(steps[0].Busy) != 1 || steps[0].Busy[0].ID != browser.Process.Pid {
		t.Fatalf("Setup = %+v, %v, want the process %d", steps, err, browser.Process.Pid)
	}
	if err := Do(t.Context(), ledger(t, m), steps); !fault.Is(err, fault.Busy) {
		t.Errorf("Do = %v, want busy", err)
	}
	if have, err := db.certificates(t.Context()); err != nil || len(have) != 0 {
		t.Errorf("the database holds %+v, %v, want nothing", have, err)
	}
	browser.Process.Kill()
	browser.Wait()
	set(t, m, stores, w)
}

// TestSuperseded: the key of the token's predecessor goes when the new one comes.
func TestSuperseded(t *testing.T) {
	m, stores := machine(t)
	stores = stores[:1]
	ours, sign := root(t, "Root")
	first, second := softToken(t, ours, sign), softToken(t, ours, sign)
	set(t, m, stores, Want{Root: ours, Service: service, Key: first})
	l := ledger(t, m)
	old, err := l.Outdated(t.Context(), stores, second.Chain[0])
	if err == nil {
		err = l.Take(t.Context(), old)
	}
	if err != nil || len(old) != 1 {
		t.Fatalf("Outdated = %v, %v, want one", statesOf(old), err)
	}
	set(t, m, stores, Want{Root: ours, Service: service, Key: second})
	have, err := database(stores[0].Dir).certificates(t.Context())
	keys := 0
	for _, e := range have {
		if strings.HasPrefix(e.trust, "u") {
			keys++
		}
		if e.is(first.Chain[0]) {
			t.Error("the predecessor is there still")
		}
	}
	if err != nil || keys != 1 {
		t.Errorf("%d keys are there, %v, want one", keys, err)
	}
}

// TestWrongPassphrase: nothing is taken in, and the failure says what failed.
func TestWrongPassphrase(t *testing.T) {
	m, stores := machine(t)
	ours, sign := root(t, "Root")
	key := softToken(t, ours, sign)
	key.Passphrase = config.NewSecret([]byte("not this"))
	steps, err := m.Setup(t.Context(), stores[:1], Want{Root: ours, Service: service, Key: key})
	if err == nil {
		err = Do(t.Context(), ledger(t, m), steps)
	}
	if err == nil || !strings.Contains(err.Error(), "pk12util") || strings.Contains(err.Error(), "not this") {
		t.Errorf("Do with a wrong passphrase = %v", err)
	}
	undo(t, m)
}

// TestInterrupted: a tool does not outlive what called for it.
func TestInterrupted(t *testing.T) {
	_, stores := machine(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := database(stores[0].Dir).create(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("create = %v, want canceled", err)
	}
}
