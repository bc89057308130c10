//go:build pkcs11

package ca_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/ceremony"
	"mais/ca/internal/keys/keystest"
	"mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg/pgtest"
)

// onToken holds a ceremony whose issuing keys are on a token, and opens a CA with them.
func onToken(t *testing.T) (fixture, *keystest.Token) {
	t.Helper()
	token := keystest.NewToken(t)
	held := catest.Ceremony(filepath.Join(t.TempDir(), "ca"))
	held.Manager = token.Template
	if _, err := ceremony.Init(context.Background(), held); err != nil {
		t.Fatal(err)
	}
	db := pgtest.New(t, migrations.Set)
	f := fixture{catest.New(t, db, func(o *ca.Options) { o.Dir = held.Dir }), db}
	f.Dir = held.Dir
	return f, token
}

func TestKeysOnAToken(t *testing.T) {
	ctx := context.Background()
	f, token := onToken(t)
	if _, err := os.Stat(filepath.Join(f.Dir, "people-1.key")); err == nil {
		t.Error("the key lies in a file as well")
	}
	address, err := os.ReadFile(filepath.Join(f.Dir, "people-1.kms"))
	if err != nil || !strings.HasPrefix(string(address), "pkcs11:") || strings.Contains(string(address), keystest.PIN) {
		t.Errorf("people-1.kms holds %q, %v, want an address and no PIN", address, err)
	}
	person, other, server := f.Person(t, "Jane Doe"), f.Person(t, "John Doe"), f.Server(t)
	if err := certs.CheckServer(append(server.Chain[:0:0], server.Certificate, server.Chain[0]), f.Root(), catest.DNSName, time.Now()); err != nil {
		t.Error(err)
	}
	root := rootElsewhere(t, f.Dir)
	text, err := f.Request(ctx, "people", token.Template)
	if err != nil {
		t.Fatal(err)
	}
	request, err := ceremony.ParseSigningRequest(text)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := ceremony.Sign(ctx, root, request)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := f.Install(ctx, signed, "test"); err != nil || id != "people-2" {
		t.Fatalf("Install = %s, %v", id, err)
	}
	if _, err := f.again(t, f.Dir, "next").Activate(ctx, "people", "test"); err != nil {
		t.Fatal(err)
	}
	now := f.again(t, f.Dir, "now")
	defer now.lives(t)()
	renewed, err := now.Renew(ctx, person.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
	if err != nil || renewed.Ref.Issuer != "people-2" {
		t.Fatalf("Renew = %v, %v, want of people-2", renewed.Ref, err)
	}
	now.checkLists(t, other, renewed)
	now.checkAnswers(t, other, renewed)
	for _, entry := range authorities(t, now) {
		if entry.Key != "key manager" {
			t.Errorf("%s has its key in a %s", entry.ID, entry.Key)
		}
	}
}

func authorities(t *testing.T, f fixture) []ca.AuthorityEntry {
	t.Helper()
	all, err := f.Authorities(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The token goes while the CA runs: nothing is issued and it is said why, refusals go on,
// and when it is back so is everything, without a restart.
func TestTokenGoesWhileTheCARuns(t *testing.T) {
	ctx := context.Background()
	f, token := onToken(t)
	defer f.lives(t)()
	person := f.Person(t, "Jane Doe")
	code := f.invite(t, invitation(t))
	csr := catest.Request(t, catest.Key(t))
	token.Remove(t)
	if _, err := f.ask(code, csr); err == nil || !strings.Contains(err.Error(), "the issuing key cannot be used: people-1") {
		t.Errorf("Enrol without the token = %v, want to be told", err)
	}
	if got := f.findings(t); !strings.Contains(got, "fault key-people-1") || !strings.Contains(got, "fault key-sites-1") {
		t.Errorf("Check = %q, want both keys missed", got)
	}
	if err := f.Hold(ctx, person.Ref, "test"); err != nil {
		t.Errorf("Hold without the token = %v", err)
	}
	if status, err := f.Feed().Status(ctx, person.Ref, sha256.Sum256(person.Certificate.Raw)); err != nil || status != certs.Held {
		t.Errorf("Status without the token = %s, %v, want held", status, err)
	}
	if _, err := f.CRL(ctx, "people"); !errors.Is(err, ca.ErrKey) {
		t.Errorf("CRL without the token = %v, want %v", err, ca.ErrKey)
	}
	without := f.again(t, f.Dir, "without") // it starts nevertheless
	if _, ok := without.RefOf(person.Certificate); !ok {
		t.Error("a node that starts without the token does not know what was issued")
	}
	token.Return(t)
	var issued ca.Issued
	var err error
	for deadline := time.Now().Add(10 * time.Second); ; { // a manager that has failed is left alone for a second
		if issued, err = f.ask(code, csr); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if err != nil || issued.Ref.Issuer != "people-1" {
		t.Fatalf("Enrol with the token back = %v", err)
	}
	if list := f.list(t, "people"); !lists(list, person.Ref) {
		t.Error("the list made afterwards lacks what was held meanwhile")
	}
	if got := f.findings(t); strings.Contains(got, "fault") {
		t.Errorf("Check with the token back = %q", got)
	}
}
