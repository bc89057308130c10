package ca_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
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

// shardOf returns what a certificate says about its list: the series and the number.
func shardOf(t testing.TB, cert *x509.Certificate) (series string, n int) {
	t.Helper()
	if len(cert.CRLDistributionPoints) != 1 {
		t.Fatalf("the certificate names the lists %q, want one", cert.CRLDistributionPoints)
	}
	path, _ := strings.CutPrefix(cert.CRLDistributionPoints[0], catest.PlainURL+"/crl/")
	series, name, _ := strings.Cut(path, "/")
	if _, err := fmt.Sscanf(name, "%d.crl", &n); err != nil || fmt.Sprintf("%d.crl", n) != name {
		t.Fatalf("the certificate names the list %q, want %s/crl/SERIES/N.crl", cert.CRLDistributionPoints[0], catest.PlainURL)
	}
	return series, n
}

// shard fetches the list that a certificate names.
func (f fixture) shard(t testing.TB, cert *x509.Certificate) *x509.RevocationList {
	t.Helper()
	series, n := shardOf(t, cert)
	der, err := f.CRLShard(context.Background(), series, n)
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func lists(list *x509.RevocationList, ref certs.Ref) bool {
	for _, e := range list.RevokedCertificateEntries {
		if certs.SerialHex(e.SerialNumber) == ref.Serial {
			return true
		}
	}
	return false
}

// personInAnother enrols people until one has another shard than cert.
func (f fixture) personInAnother(t testing.TB, cert *x509.Certificate) catest.Token {
	t.Helper()
	for {
		other := f.Person(t, "Jane Doe")
		if other.Certificate.CRLDistributionPoints[0] != cert.CRLDistributionPoints[0] {
			return other
		}
	}
}

func TestShardIsMadeAtOnce(t *testing.T) {
	f := newFixture(t)
	ctx, person := context.Background(), f.Person(t, "Jane Doe")
	other := f.personInAnother(t, person.Certificate)
	_, n := shardOf(t, person.Certificate)
	if got := f.count(t, `SELECT shard FROM ca.certificate WHERE serial = $1`, person.Ref.Serial); got != n {
		t.Errorf("shard %d is recorded, the certificate names %d", got, n)
	}
	if first := f.shard(t, person.Certificate); first.Number.Int64() != 1 || len(first.RevokedCertificateEntries) != 0 {
		t.Errorf("the first list is number %d with %d entries, want 1 with none", first.Number, len(first.RevokedCertificateEntries))
	}
	f.shard(t, other.Certificate)
	if err := f.Hold(ctx, person.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	// Nobody has fetched it: it was made right after the commit.
	if got := f.count(t, `SELECT number FROM ca.crl_shard WHERE shard = $1`, n); got != 2 {
		t.Errorf("after a hold the list that is kept is number %d, want 2", got)
	}
	list := f.shard(t, person.Certificate)
	if err := list.CheckSignatureFrom(f.Issuers()[0]); err != nil || !lists(list, person.Ref) || list.Number.Int64() != 2 {
		t.Errorf("list %d, signature %v, lists the held one: %v", list.Number, err, lists(list, person.Ref))
	}
	if another := f.shard(t, other.Certificate); another.Number.Int64() != 1 || lists(another, person.Ref) {
		t.Errorf("another shard's list is number %d, want 1 still, without what is not its own", another.Number)
	}
	if err := f.Release(ctx, person.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	if list := f.shard(t, person.Certificate); lists(list, person.Ref) || list.Number.Int64() != 3 {
		t.Errorf("after a release: number %d, lists it: %v, want 3, not", list.Number, lists(list, person.Ref))
	}
}

// What plain SQL changes is in the list that is fetched next.
func TestShardAfterPlainSQL(t *testing.T) {
	f := newFixture(t)
	person := f.Person(t, "Jane Doe")
	f.shard(t, person.Certificate)
	if _, err := f.db.Owner().Exec(context.Background(), `UPDATE ca.certificate SET status = 'revoked' WHERE serial = '`+person.Ref.Serial+`'`); err != nil {
		t.Fatal(err)
	}
	if !lists(f.shard(t, person.Certificate), person.Ref) {
		t.Error("the shard's list is behind")
	}
}

func TestShardByTime(t *testing.T) {
	f := newFixture(t)
	now, person := time.Now(), f.Person(t, "Jane Doe")
	f.SetNow(func() time.Time { return now })
	if err := f.Revoke(context.Background(), person.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at     time.Time
		number int64
		listed bool
	}{
		{now.Add(11 * time.Hour), 1, true},
		{now.Add(13 * time.Hour), 2, true},
		{person.Certificate.NotAfter.Add(24 * time.Hour), 3, true}, // RFC 5280, 3.3
		{person.Certificate.NotAfter.Add(8 * 24 * time.Hour), 4, false},
	} {
		now = step.at
		if got := f.shard(t, person.Certificate); got.Number.Int64() != step.number || lists(got, person.Ref) != step.listed {
			t.Errorf("at %s: number %d lists it: %v, want %d, %v", now, got.Number, lists(got, person.Ref), step.number, step.listed)
		}
	}
}

// RFC 5280, 5.2.5: critical, with the distribution point of the certificate, byte by byte.
func TestShardSaysWhatItCovers(t *testing.T) {
	f := newFixture(t)
	for _, token := range []catest.Token{f.Person(t, "Jane Doe"), f.Server(t)} {
		list := f.shard(t, token.Certificate)
		var value []byte
		for _, e := range list.Extensions {
			if e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 28}) && e.Critical {
				value = e.Value
			}
		}
		uri := token.Certificate.CRLDistributionPoints[0]
		name := append([]byte{0x86, byte(len(uri))}, uri...)
		want := append(append([]byte{0x30, byte(len(name) + 7), 0xa0, byte(len(name) + 2), 0xa0, byte(len(name))}, name...), 0x81, 1, 0xff)
		if !bytes.Equal(value, want) {
			t.Errorf("issuing distribution point %x, want %x", value, want)
		}
	}
	for _, e := range f.list(t, "people").Extensions {
		if e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 28}) {
			t.Error("the full list says that it is not full")
		}
	}
}

func TestNoSuchShard(t *testing.T) {
	f := newFixture(t)
	for _, test := range []struct {
		series string
		n      int
	}{{"people", -1}, {"people", 1024}, {"root", 0}, {"pets", 0}} {
		if _, err := f.CRLShard(context.Background(), test.series, test.n); !errors.Is(err, ca.ErrUnknown) {
			t.Errorf("CRLShard(%s, %d) = %v, want %v", test.series, test.n, err, ca.ErrUnknown)
		}
	}
}

// Many who ask at once get the same list, and its number goes up by one.
func TestShardIsMadeOnce(t *testing.T) {
	f := newFixture(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := f.CRLShard(context.Background(), "people", 7); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := f.count(t, `SELECT number FROM ca.crl_shard WHERE shard = 7`); got != 1 {
		t.Errorf("number %d, want 1", got)
	}
}

func TestListNumbersNeverGoBack(t *testing.T) {
	f := newFixture(t)
	f.shard(t, f.Person(t, "Jane Doe").Certificate)
	f.list(t, "people")
	for _, query := range []string{
		`UPDATE ca.crl_shard SET number = number`, `UPDATE ca.crl SET number = number - 1`, `DELETE FROM ca.crl`, `TRUNCATE ca.crl_shard`,
		`UPDATE ca.crl_shard SET number = number + 1, status_number = status_number - 1`, `UPDATE ca.certificate SET shard = 5000`,
	} {
		if _, err := f.db.Owner().Exec(context.Background(), query); err == nil {
			t.Errorf("%s = nil error, want one", query)
		}
	}
}

// A long full list is made anew by the hour, but at once for a certificate that names it.
func TestLongListByTimer(t *testing.T) {
	f := newFixture(t)
	ctx, now := context.Background(), time.Now()
	f.SetNow(func() time.Time { return now })
	later, old := f.Person(t, "a"), f.Person(t, "b")
	if _, err := f.db.Owner().Exec(ctx, `ALTER TABLE ca.certificate DISABLE TRIGGER guard;
		UPDATE ca.certificate SET shard = NULL WHERE serial = '`+old.Ref.Serial+`'; ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER guard`); err != nil {
		t.Fatal(err)
	}
	f.populate(t, 3000)
	if got := f.list(t, "people"); len(got.RevokedCertificateEntries) != 3000 {
		t.Fatalf("%d entries, want 3000", len(got.RevokedCertificateEntries))
	}
	if err := f.Revoke(ctx, later.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	if !lists(f.shard(t, later.Certificate), later.Ref) || lists(f.list(t, "people"), later.Ref) {
		t.Error("a change is not in the shard, or is in the long list at once")
	}
	now = now.Add(61 * time.Minute)
	if !lists(f.list(t, "people"), later.Ref) {
		t.Error("a change is not in the long list after an hour")
	}
	if err := f.Revoke(ctx, old.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	if !lists(f.list(t, "people"), old.Ref) {
		t.Error("a certificate that names the full list is not in it at once")
	}
}

// openssl, as a relying party, judges by the one list that a certificate names.
func TestOpenSSLVerifiesByShard(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	person, server := f.Person(t, "Jane Doe"), f.Server(t)
	other := f.personInAnother(t, person.Certificate)
	verify := func(token catest.Token, list *x509.RevocationList) string {
		dir := t.TempDir()
		out, _ := exec.Command(openssl(t), "verify", "-x509_strict", "-crl_check_all",
			"-CAfile", pemFile(t, dir, "CERTIFICATE", f.Root().Raw), "-untrusted", pemFile(t, dir, "CERTIFICATE", token.Chain[0].Raw),
			"-CRLfile", pemFile(t, dir, "X509 CRL", list.Raw, f.list(t, "root").Raw), pemFile(t, dir, "CERTIFICATE", token.Certificate.Raw)).CombinedOutput()
		return string(out)
	}
	for _, test := range []struct {
		what  string
		act   func() error
		token catest.Token
		list  func() *x509.RevocationList
		want  string
	}{
		{"a person", nil, person, func() *x509.RevocationList { return f.shard(t, person.Certificate) }, ": OK"},
		{"the server", nil, server, func() *x509.RevocationList { return f.shard(t, server.Certificate) }, ": OK"},
		{"by another shard", nil, person, func() *x509.RevocationList { return f.shard(t, other.Certificate) }, "different CRL scope"},
		{"by the full list", nil, person, func() *x509.RevocationList { return f.list(t, "people") }, ": OK"},
		{"held", func() error { return f.Hold(ctx, person.Ref, "test") }, person,
			func() *x509.RevocationList { return f.shard(t, person.Certificate) }, "certificate revoked"},
		{"held, by another shard", nil, person, func() *x509.RevocationList { return f.shard(t, other.Certificate) }, "different CRL scope"},
		{"released", func() error { return f.Release(ctx, person.Ref, "test") }, person,
			func() *x509.RevocationList { return f.shard(t, person.Certificate) }, ": OK"},
		{"revoked", func() error { return f.Revoke(ctx, person.Ref, ca.KeyCompromise, "test") }, person,
			func() *x509.RevocationList { return f.shard(t, person.Certificate) }, "certificate revoked"},
		{"revoked, by the full list", nil, person, func() *x509.RevocationList { return f.list(t, "people") }, "certificate revoked"},
	} {
		if test.act != nil {
			if err := test.act(); err != nil {
				t.Fatal(err)
			}
		}
		if got := verify(test.token, test.list()); !strings.Contains(got, test.want) {
			t.Errorf("%s: openssl says %q, want %q", test.what, got, test.want)
		}
	}
}

func openssl(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal("openssl is needed: install the Debian package openssl")
	}
	return path
}

// pemFile writes blocks of one type into a new file.
func pemFile(t testing.TB, dir, kind string, blocks ...[]byte) string {
	t.Helper()
	var text []byte
	for _, b := range blocks {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b})...)
	}
	return file(t, dir, text)
}

func file(t testing.TB, dir string, content []byte) string {
	t.Helper()
	f, err := os.CreateTemp(dir, "*")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return filepath.Clean(f.Name())
}
