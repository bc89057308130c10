// Package catest gives tests a working certificate authority: call [New]. Its keys are made
// once for each test process, by the real ceremony; everything else, from the lints to the
// transactions, is package ca itself on the test's own database. At the end of a test it
// checks that the inventory kept its promises.
package catest

import (
	"context"
	"crypto/ecdsa"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"mais/ca"
	"mais/ca/ceremony"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
)

// DNSName and the loopback addresses are what the test CAs may certify.
const DNSName = "localhost"

// PlainURL is the address of revocation lists in test certificates; nothing listens there.
const PlainURL = "http://localhost:8080"

// The secrets of the ceremony.
var (
	RootPassphrase = config.NewSecret([]byte("a passphrase for the root of tests"))
	Unlock         = config.NewSecret([]byte("an unlock secret for tests"))
)

// Ceremony returns the ceremony that the test CAs come from, for another directory.
func Ceremony(dir string) ceremony.Ceremony {
	return ceremony.Ceremony{
		Dir: dir, Name: "Test", DNSNames: []string{DNSName},
		IPRanges:       []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		RootPassphrase: RootPassphrase, Unlock: Unlock, PlainURL: PlainURL,
	}
}

// CA is a certificate authority and what it did.
type CA struct {
	*ca.CA
	Dir string // of its keys

	mu   sync.Mutex
	acts []ca.Act
}

// New opens a CA on a database that has the migrations of schema ca. Each of adjust may
// change its options.
func New(tb testing.TB, db *pgtest.Database, adjust ...func(*ca.Options)) *CA {
	tb.Helper()
	c := On(tb, db.Open(tb, pg.CA), db.Source(), adjust...)
	tb.Cleanup(func() { checkInventory(tb, db) })
	return c
}

// On is New on a database that is not of package pgtest, and whose inventory nobody checks.
func On(tb testing.TB, db *pg.DB, source pg.Source, adjust ...func(*ca.Options)) *CA {
	tb.Helper()
	c := &CA{Dir: Dir(tb)}
	options := ca.Options{
		DB: db, Source: source, Dir: c.Dir, Unlock: Unlock, PlainURL: PlainURL, Record: c.remember,
		Grace: time.Hour, Node: "test",
	}
	for _, f := range adjust {
		f(&options)
	}
	opened, err := ca.Open(context.Background(), options)
	if err != nil {
		tb.Fatal(err)
	}
	c.CA = opened
	return c
}

// Dir returns a directory of its own with the process's CA keys.
func Dir(tb testing.TB) string {
	tb.Helper()
	files, err := keys()
	if err != nil {
		tb.Fatalf("hold the ceremony: %v", err)
	}
	dir := filepath.Join(tb.TempDir(), "ca")
	if err := os.Mkdir(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

var keys = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "catest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if _, err := ceremony.Init(context.Background(), Ceremony(dir)); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"people-1.key", "sites-1.key"} {
		if files[name], err = sealLightly(files[name], Unlock); err != nil {
			return nil, err
		}
	}
	if files["journal.key"], err = journalKey(); err != nil {
		return nil, err
	}
	return files, nil
})

// journalKey makes the key that a CA would make at its first start, lightly sealed.
func journalKey() ([]byte, error) {
	key, err := certs.NewKey()
	if err != nil {
		return nil, err
	}
	sealed, err := certs.EncodeKey(key, Unlock.Reveal())
	if err != nil {
		return nil, err
	}
	return sealLightly(sealed, Unlock)
}

func (c *CA) remember(_ context.Context, _ *pg.Tx, act ca.Act) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acts = append(c.acts, act)
	return nil
}

// Acts returns what the CA recorded, in order. An act whose transaction was undone or tried
// again is among them.
func (c *CA) Acts() []ca.Act {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]ca.Act(nil), c.acts...)
}

// Follow runs the feed until the test ends, and returns once it has looked.
func (c *CA) Follow(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Feed().Run(ctx) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Errorf("follow certificate status: %v", err)
		}
	})
	for deadline := time.Now().Add(10 * time.Second); c.Feed().Fresh() != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatalf("the feed does not get going: %v", c.Feed().Fresh())
		}
	}
}

// Token is a key and its certificate.
type Token struct {
	ca.Issued
	Key *ecdsa.PrivateKey
}

// Enrol invites and enrols, with a new key.
func (c *CA) Enrol(tb testing.TB, i ca.Invitation) Token {
	tb.Helper()
	code, err := c.Invite(context.Background(), i)
	if err != nil {
		tb.Fatal(err)
	}
	key := Key(tb)
	issued, err := c.CA.Enrol(context.Background(), ca.Enrolment{Code: code.Reveal(), Holder: i.Holder, CSR: Request(tb, key), By: "catest"})
	if err != nil {
		tb.Fatal(err)
	}
	return Token{issued, key}
}

// Person invites and enrols a person of that name with a new identity.
func (c *CA) Person(tb testing.TB, name string) Token {
	tb.Helper()
	return c.Enrol(tb, ca.Invitation{Identity: Identity(tb, certs.User), Holder: name + "@example.org", Name: name, By: "catest"})
}

// Server issues a server certificate for localhost and the loopback addresses.
func (c *CA) Server(tb testing.TB) Token {
	tb.Helper()
	key := Key(tb)
	loopback := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()}
	issued, err := c.IssueServer(context.Background(), Identity(tb, certs.Server), Request(tb, key), []string{DNSName}, loopback)
	if err != nil {
		tb.Fatal(err)
	}
	return Token{issued, key}
}

// Identity returns a new identity.
func Identity(tb testing.TB, kind certs.Kind) certs.Identity {
	tb.Helper()
	id, err := certs.NewIdentity(kind, uuid.NewString())
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// Key returns a new key.
func Key(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := certs.NewKey()
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// Request returns a certificate request for key, in DER.
func Request(tb testing.TB, key *ecdsa.PrivateKey) []byte {
	tb.Helper()
	der, err := certs.NewRequest(key)
	if err != nil {
		tb.Fatal(err)
	}
	return der
}
