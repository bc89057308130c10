package token

import (
	"crypto/x509"
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
)

const user = "3f2c9a52-7d0e-4a53-9f60-2f6a3f1d8c11"

type fixture struct {
	*testing.T
	pki  *clienttest.PKI
	home Home
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	home, err := NewHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return fixture{t, clienttest.NewPKI(t), home}
}

var intent = Intent{Act: "enrol", Server: "https://mais.example", Root: "sha256:00", For: "anna"}

// begin makes a key in .anna.next; fill adds the rest and returns the serial.
func (f fixture) begin(l *Lock) *Pending {
	f.Helper()
	p, err := l.Start(f.Context(), intent, InFile(config.Secret{}), time.Now())
	if err != nil {
		f.Fatal(err)
	}
	return p
}

func (f fixture) fill(p *Pending) (serial string) {
	f.Helper()
	leaf := f.pki.Issue(f, certs.PersonSoftware, user, p.Key.Public(), clienttest.Life{})
	identity, err := certs.IdentityOf(leaf)
	if err != nil {
		f.Fatal(err)
	}
	meta := NewMeta(identity, leaf, &url.URL{Scheme: "https", Host: "mais.example:9443"})
	meta.Public = "https://mais.example"
	if err := p.Fill(Contents{Meta: meta, Chain: []*x509.Certificate{leaf, f.pki.Root()}, Root: f.pki.Root(), Pins: clienttest.Pins(certs.PinOf(f.pki.Root()))}); err != nil {
		f.Fatal(err)
	}
	return meta.Serial
}

func (f fixture) lock() *Lock {
	f.Helper()
	l, err := f.home.Lock("anna")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(l.Unlock)
	return l
}

// wantWhole opens the token and checks that key and certificate belong together.
func (f fixture) wantWhole(serial string) {
	f.Helper()
	got, err := f.home.Open("anna")
	if err != nil {
		f.Fatal(err)
	}
	if _, err := got.Unlock(InFile(config.Secret{})); err != nil {
		f.Fatal(err)
	}
	if got.Serial != serial {
		f.Errorf("serial %s, want %s", got.Serial, serial)
	}
}

func (f fixture) rename(from, to string) {
	f.Helper()
	if err := os.Rename(from, to); err != nil {
		f.Fatal(err)
	}
}

// TestReplaceStopped stops a replacement after each of its steps and opens the token as the
// next command would.
func TestReplaceStopped(t *testing.T) {
	const steps = 5
	names := [steps]string{"nothing yet", "the new key", "the whole new token", "the old one set aside", "the new one in place"}
	for stop := range steps {
		t.Run(names[stop], func(t *testing.T) {
			f := newFixture(t)
			l := f.lock()
			old := f.begin(l)
			want := f.fill(old)
			if err := old.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			var p *Pending
			var made string
			for n, step := range [steps]func(){
				func() {},
				func() { p = f.begin(l) },
				func() { made = f.fill(p) },
				func() { f.rename(f.home.path("anna"), f.home.aside("anna")); want = made },
				func() { f.rename(f.home.next("anna"), f.home.path("anna")) },
			} {
				if n <= stop {
					step()
				}
			}
			l.Unlock() // as the end of the process does
			f.wantWhole(want)
			if _, err := os.Stat(f.home.aside("anna")); err == nil {
				t.Error("the old token is still there")
			}
		})
	}
}

func TestFillStopped(t *testing.T) {
	for _, missing := range []string{metaFile, certFile, rootsFile} {
		f := newFixture(t)
		l := f.lock()
		p := f.begin(l)
		f.fill(p)
		if err := os.Remove(filepath.Join(p.dir, missing)); err != nil {
			t.Fatal(err)
		}
		left, err := l.Waiting(intent, time.Now())
		if err != nil || !left.Key {
			t.Fatalf("without %s: Waiting = %+v, %v, want a key", missing, left, err)
		}
		again, err := l.Resume(t.Context(), intent, InFile(config.Secret{}), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if again.Made || !certs.SameKey(again.Key.Public(), p.Key.Public()) {
			t.Errorf("without %s: Made = %t, want false and the same key", missing, again.Made)
		}
		serial := f.fill(again)
		if err := again.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.wantWhole(serial)
	}
}

func TestWaiting(t *testing.T) {
	other := intent
	other.For = "bert"
	for _, test := range []struct {
		name  string
		want  Intent
		after time.Duration
		whole bool
		keeps bool
	}{
		{"at once", intent, 0, false, true},
		{"in time", intent, keepPending - time.Minute, false, true},
		{"too late", intent, keepPending + time.Second, false, false},
		{"too late, yet the certificate is there", intent, 1000 * time.Hour, true, true},
		{"the clock went back", intent, -time.Hour, false, false},
		{"for somebody else", other, 0, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture(t)
			l := f.lock()
			p := f.begin(l)
			if test.whole {
				f.fill(p)
			}
			got, err := l.Waiting(test.want, time.Now().Add(test.after))
			if err != nil || got.Key != test.keeps {
				t.Errorf("Waiting = %+v, %v, want %t", got, err, test.keeps)
			}
			if _, err := os.Stat(p.dir); (err == nil) != test.keeps {
				t.Errorf("the directory is there: %t, want %t", err == nil, test.keeps)
			}
		})
	}
}

func TestLockIsForOne(t *testing.T) {
	f := newFixture(t)
	l := f.lock()
	if _, err := f.home.Lock("anna"); err == nil || !strings.Contains(err.Error(), "another tokenctl") {
		t.Errorf("a second Lock = %v, want a refusal", err)
	}
	if second, err := f.home.Lock("bert"); err != nil {
		t.Errorf("Lock of another token = %v", err)
	} else {
		second.Unlock()
	}
	l.Unlock()
	f.lock()
}

func TestUnlockRefusesForeignKey(t *testing.T) {
	f := newFixture(t)
	l := f.lock()
	p := f.begin(l)
	f.fill(p)
	if err := p.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	stray := f.begin(l)
	f.rename(filepath.Join(stray.dir, keyFile), filepath.Join(f.home.path("anna"), keyFile))
	got, err := f.home.Open("anna")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := got.Unlock(InFile(config.Secret{})); !fault.Is(err, fault.Damaged) {
		t.Errorf("Unlock = %v, want the fault damaged", err)
	}
}

func TestState(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	token := &Token{Chain: []*x509.Certificate{{NotBefore: from, NotAfter: from.AddDate(0, 0, 90)}}}
	for day, want := range map[int]string{0: StateGood, 59: StateGood, 60: StateDue, 90: StateDue, 91: StateExpired} {
		if got := token.State(from.AddDate(0, 0, day)); got != want {
			t.Errorf("State on day %d of 90 = %s, want %s", day, got, want)
		}
	}
	token.Revoked = &from
	if got := token.State(from); got != StateRevoked {
		t.Errorf("State of a revoked token = %s", got)
	}
}

func TestNames(t *testing.T) {
	for holder, want := range map[string]string{
		"anna@police.example":     "anna",
		"Anna.O'Hara+x@a.example": "anna.o-hara+x",
		"Northgate Custody 2":     "northgate-custody-2",
		"Łódź":                    "d",
		"../../etc":               "etc",
		"@":                       "",
		strings.Repeat("a", 100):  strings.Repeat("a", 64),
	} {
		if got := NameFor(holder); got != want {
			t.Errorf("NameFor(%q) = %q, want %q", holder, got, want)
		}
	}
	for _, bad := range []string{"", ".", "..", ".hidden", "a/b", "A", "a b", "-a", strings.Repeat("a", 65), "a\n"} {
		if CheckName(bad) == nil {
			t.Errorf("CheckName(%q) = nil", bad)
		}
	}
}
