package ca_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

func (f fixture) list(t *testing.T, series string) *x509.RevocationList {
	t.Helper()
	der, err := f.CRL(context.Background(), series)
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestCRL(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.Grace = time.Nanosecond })
	ctx, now := context.Background(), time.Now()
	f.SetNow(func() time.Time { return now })
	revoked, held, renewed, good := f.Person(t, "a"), f.Person(t, "b"), f.Person(t, "c"), f.Person(t, "d")
	if got := f.list(t, "people"); got.Number.Int64() != 1 || len(got.RevokedCertificateEntries) != 0 {
		t.Errorf("the first list is number %d with %d entries, want 1 with none", got.Number, len(got.RevokedCertificateEntries))
	}
	if got := f.list(t, "people"); got.Number.Int64() != 1 {
		t.Errorf("the list was made anew as number %d although nothing changed", got.Number)
	}
	if err := f.Revoke(ctx, revoked.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	if err := f.Hold(ctx, held.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Renew(ctx, renewed.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Second)
	if _, err := f.Supersede(ctx); err != nil {
		t.Fatal(err)
	}
	list := f.list(t, "people")
	if err := list.CheckSignatureFrom(f.Issuers()[0]); err != nil {
		t.Error(err)
	}
	reasons := map[string]int{}
	for _, e := range list.RevokedCertificateEntries {
		reasons[certs.SerialHex(e.SerialNumber)] = e.ReasonCode
	}
	if len(reasons) != 3 || reasons[revoked.Ref.Serial] != 1 || reasons[held.Ref.Serial] != 6 || reasons[renewed.Ref.Serial] != 4 {
		t.Errorf("entries = %v, want revoked 1, held 6, superseded 4, and not %s", reasons, good.Ref.Serial)
	}
	if list.Number.Cmp(big.NewInt(2)) != 0 {
		t.Errorf("number %d, want 2", list.Number)
	}
	if err := f.Release(ctx, held.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	if got := f.list(t, "people"); len(got.RevokedCertificateEntries) != 2 || got.Number.Int64() != 3 {
		t.Errorf("after a release: number %d with %d entries, want 3 with 2", got.Number, len(got.RevokedCertificateEntries))
	}
	if got := f.list(t, "sites"); len(got.RevokedCertificateEntries) != 0 || got.CheckSignatureFrom(f.Issuers()[1]) != nil {
		t.Errorf("the sites' list has %d entries, want none, signed by sites-1", len(got.RevokedCertificateEntries))
	}
	if got := f.list(t, "root"); got.CheckSignatureFrom(f.Root()) != nil || time.Until(got.NextUpdate) < 300*24*time.Hour {
		t.Errorf("the root's list is good until %s, want a year, signed by the root", got.NextUpdate)
	}
	if _, err := f.CRL(ctx, "pets"); !errors.Is(err, ca.ErrUnknown) {
		t.Errorf("CRL(pets) = %v, want %v", err, ca.ErrUnknown)
	}
}

// A list is made anew before its time is over, and what expired leaves it later.
func TestCRLByTime(t *testing.T) {
	f := newFixture(t)
	now, person := time.Now(), f.Person(t, "a")
	f.SetNow(func() time.Time { return now })
	if err := f.Revoke(context.Background(), person.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at      time.Time
		number  int64
		entries int
	}{
		{now, 1, 1},
		{now.Add(11 * time.Hour), 1, 1},
		{now.Add(13 * time.Hour), 2, 1},
		{person.Certificate.NotAfter.Add(24 * time.Hour), 3, 1}, // RFC 5280, 3.3: once more after it ended
		{person.Certificate.NotAfter.Add(8 * 24 * time.Hour), 4, 0},
	} {
		now = step.at
		if got := f.list(t, "people"); got.Number.Int64() != step.number || len(got.RevokedCertificateEntries) != step.entries || got.NextUpdate.Before(now.Add(12*time.Hour)) {
			t.Errorf("at %s: number %d with %d entries until %s, want %d with %d", now, got.Number, len(got.RevokedCertificateEntries), got.NextUpdate, step.number, step.entries)
		}
	}
}

// Many who ask at once get the same list, and its number goes up by one.
func TestCRLIsMadeOnce(t *testing.T) {
	f := newFixture(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := f.CRL(context.Background(), "people"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := f.list(t, "people"); got.Number.Int64() != 1 {
		t.Errorf("number %d, want 1", got.Number)
	}
}

// openssl, as a relying party, takes the good and refuses the revoked, by our lists alone.
func TestOpenSSLVerifies(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal("openssl is needed: install the Debian package openssl")
	}
	f := newFixture(t)
	ctx, dir := context.Background(), t.TempDir()
	write := func(name string, blocks ...*pem.Block) string {
		var text []byte
		for _, b := range blocks {
			text = append(text, pem.EncodeToMemory(b)...)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	certificate := func(c *x509.Certificate) *pem.Block { return &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw} }
	verify := func(token catest.Token, purpose string) string {
		crls := []*pem.Block{}
		for _, series := range []string{"root", "people", "sites"} {
			crls = append(crls, &pem.Block{Type: "X509 CRL", Bytes: f.list(t, series).Raw})
		}
		root := write("root.pem", certificate(f.Root()))
		out, _ := exec.Command(openssl, "verify", "-x509_strict", "-crl_check_all", "-policy_check", "-purpose", purpose,
			"-CAfile", root, "-untrusted", write("issuer.pem", certificate(token.Chain[0])),
			"-CRLfile", write("crls.pem", crls...), write("leaf.pem", certificate(token.Certificate))).CombinedOutput()
		return string(out)
	}
	person, server := f.Person(t, "Jane Doe"), f.Server(t)
	for _, test := range []struct {
		what    string
		token   catest.Token
		purpose string
		act     func() error
		want    string
	}{
		{"a person", person, "sslclient", nil, "leaf.pem: OK"},
		{"a person as a server", person, "sslserver", nil, "unsuitable certificate purpose"},
		{"the server", server, "sslserver", nil, "leaf.pem: OK"},
		{"the server as a client", server, "sslclient", nil, "unsuitable certificate purpose"},
		{"held", person, "sslclient", func() error { return f.Hold(ctx, person.Ref, "test") }, "certificate revoked"},
		{"released", person, "sslclient", func() error { return f.Release(ctx, person.Ref, "test") }, "leaf.pem: OK"},
		{"revoked", person, "sslclient", func() error { return f.Revoke(ctx, person.Ref, ca.KeyCompromise, "test") }, "certificate revoked"},
	} {
		if test.act != nil {
			if err := test.act(); err != nil {
				t.Fatal(err)
			}
		}
		if got := verify(test.token, test.purpose); !strings.Contains(got, test.want) {
			t.Errorf("%s: openssl says %q, want %q", test.what, got, test.want)
		}
	}
}
