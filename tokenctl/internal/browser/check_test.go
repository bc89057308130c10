package browser

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mais/certs"
)

// TestOnCards: the certificate that signs in is told from an older one of its key, from a
// colleague's, and from others that a card may hold.
func TestOnCards(t *testing.T) {
	ours, sign := root(t, "Root")
	person := func(name string) *x509.Certificate {
		rules, _ := certs.RulesOf(certs.PersonAttested)
		cert, _ := issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: name}, Policies: []x509.OID{rules.Policy}}, ours, sign)
		return cert
	}
	own, colleague := person("Anna Example"), person("Bert Example")
	foreign, _ := root(t, "Bank")
	renewed := *own
	renewed.Raw = append([]byte("another"), own.Raw...) // of the same key
	now := time.Now()
	for _, test := range []struct {
		what    string
		onCards []*x509.Certificate
		own     *x509.Certificate
		now     time.Time
		want    Verdict
		says    string
	}{
		{"no card", nil, own, now, Wrong, "no card"},
		{"somebody else's certificates", []*x509.Certificate{foreign}, own, now, Wrong, "no card"},
		{"the token's", []*x509.Certificate{foreign, colleague, own}, own, now, Good, "is on the card"},
		{"the key's predecessor", []*x509.Certificate{own}, &renewed, now, Wrong, "another certificate"},
		{"a colleague's", []*x509.Certificate{colleague}, own, now, Wrong, "Bert Example's"},
		{"any, without a token", []*x509.Certificate{foreign, colleague}, nil, now, Good, "Bert Example"},
		{"an expired one, without a token", []*x509.Certificate{colleague}, nil, now.AddDate(1, 0, 0), Wrong, "expired"},
	} {
		l := Look{Want: Want{Root: ours, Service: service}, Own: test.own, OnCards: test.onCards, Now: test.now}
		got := l.onCards()
		if got.Verdict != test.want || !strings.Contains(got.Text, test.says) || (got.Next == "") != (test.want == Good) {
			t.Errorf("%s: %+v, want %s and %q", test.what, got, test.want, test.says)
		}
	}
}

// TestBoxes: browsers that reach no card are told of, and are not given the module.
func TestBoxes(t *testing.T) {
	m, _ := machine(t)
	write(t, filepath.Join(m.Home, "snap/firefox/common/.mozilla/firefox/profiles.ini"), "[Profile0]\nIsRelative=1\nPath=p\n")
	write(t, filepath.Join(m.Home, "snap/firefox/common/.mozilla/firefox/p/prefs.js"), "")
	write(t, filepath.Join(m.Home, ".var/app/org.chromium.Chromium/x"), "")
	stores, err := m.Stores()
	if err != nil || len(stores) != 5 {
		t.Fatalf("Stores = %+v, %v, want five", stores, err)
	}
	ours, _ := root(t, "Root")
	for _, s := range stores {
		steps, err := m.Setup(t.Context(), []Store{s}, Want{Root: ours, Service: service, Module: modulePath(t)})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range steps {
			if step.What == "module" && (step.State == ByHand) != (s.Confined != "") {
				t.Errorf("%s in %q: the module is %s", s.Browser, s.Confined, step.State)
			}
		}
	}
}

// TestLedgerRefuses: what is no ledger of ours is neither followed nor overwritten.
func TestLedgerRefuses(t *testing.T) {
	m, _ := machine(t)
	path := filepath.Join(m.Config, "mais/browser.json")
	for _, text := range []string{`{`, `{"schema":2,"records":[]}`, strings.Repeat(" ", maxLedgerBytes+1)} {
		write(t, path, text)
		if l, err := m.OpenLedger(); err == nil {
			t.Errorf("OpenLedger of %.20q = %+v, want an error", text, l)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if l := ledger(t, m); len(l.records) != 0 {
		t.Errorf("OpenLedger of nothing = %+v", l)
	}
}
