package ceremony_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	zx509 "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"

	"mais/ca/catest"
	"mais/ca/ceremony"
	"mais/ca/internal/keydir"
	"mais/certs"
	"mais/config"
)

func certificateOf(t *testing.T, dir, id string) *x509.Certificate {
	t.Helper()
	cert, err := keydir.ReadCertificate(dir, id)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// ceremonyFiles are what a ceremony with keys in files writes, in order.
func ceremonyFiles() []string {
	return slices.DeleteFunc(ceremony.Files(), func(name string) bool { return strings.HasSuffix(name, ".kms") })
}

func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "ca")
	fingerprint, err := ceremony.Init(context.Background(), catest.Ceremony(dir))
	if err != nil {
		t.Fatal(err)
	}
	root := certificateOf(t, dir, "root")
	if !fingerprint.Matches(root.Raw) {
		t.Errorf("Init = %s, want the root's fingerprint %s", fingerprint, certs.FingerprintOf(root.Raw))
	}
	modes := map[string]fs.FileMode{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		modes[e.Name()] = info.Mode()
	}
	if len(modes) != len(ceremonyFiles()) {
		t.Errorf("Init left %v, want %v", modes, ceremonyFiles())
	}
	for _, name := range []string{"root.key", "people-1.key", "sites-1.key"} {
		if modes[name] != 0o600 {
			t.Errorf("%s has mode %v, want 0600", name, modes[name])
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if block, rest := pem.Decode(text); block == nil || block.Type != "ENCRYPTED PRIVATE KEY" || len(rest) > 0 {
			t.Errorf("%s is not one encrypted PKCS#8 key", name)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %v, %v, want 0700", info.Mode(), err)
	}
	if _, err := ceremony.Init(context.Background(), catest.Ceremony(dir)); !errors.Is(err, ceremony.ErrDirectory) || !strings.Contains(err.Error(), "made already") {
		t.Errorf("a second Init = %v, want it refused as made already", err)
	}
}

func TestAuthorities(t *testing.T) {
	dir := catest.Dir(t)
	root, people, sites := certificateOf(t, dir, "root"), certificateOf(t, dir, "people-1"), certificateOf(t, dir, "sites-1")
	for _, cert := range []*x509.Certificate{people, sites} {
		if err := cert.CheckSignatureFrom(root); err != nil {
			t.Errorf("%s: %v", cert.Subject, err)
		}
		if !cert.IsCA || cert.MaxPathLen != 0 || !cert.MaxPathLenZero {
			t.Errorf("%s: CA %v with path length %d, want a CA with 0", cert.Subject, cert.IsCA, cert.MaxPathLen)
		}
		if len(cert.CRLDistributionPoints) != 1 || cert.CRLDistributionPoints[0] != catest.PlainURL+"/crl/root.crl" {
			t.Errorf("%s: CRL at %v", cert.Subject, cert.CRLDistributionPoints)
		}
	}
	if got := people.ExtKeyUsage; !slices.Equal(got, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}) {
		t.Errorf("people-1 may issue for %v, want clientAuth", got)
	}
	if got := sites.ExtKeyUsage; !slices.Equal(got, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}) {
		t.Errorf("sites-1 may issue for %v, want clientAuth and serverAuth", got)
	}
	for _, cert := range []*x509.Certificate{root, sites} {
		if !cert.PermittedDNSDomainsCritical || !slices.Equal(cert.PermittedDNSDomains, []string{"localhost"}) || len(cert.PermittedIPRanges) != 2 {
			t.Errorf("%s: name constraints critical %v, names %v, ranges %v", cert.Subject, cert.PermittedDNSDomainsCritical, cert.PermittedDNSDomains, cert.PermittedIPRanges)
		}
	}
}

// zlint, with every rule book but those of the public web, finds nothing in our CAs.
func TestAuthoritiesAreLintClean(t *testing.T) {
	dir := catest.Dir(t)
	registry, err := lint.GlobalRegistry().Filter(lint.FilterOptions{IncludeSources: lint.SourceList{
		lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC8813, lint.Community,
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"root", "people-1", "sites-1"} {
		cert, err := zx509.ParseCertificate(certificateOf(t, dir, id).Raw)
		if err != nil {
			t.Fatal(err)
		}
		for name, result := range zlint.LintCertificateEx(cert, registry).Results {
			if result.Status >= lint.Notice {
				t.Errorf("%s: %s: %s %s", id, name, result.Status, result.Details)
			}
		}
	}
}

func TestInitRefusesABadCeremony(t *testing.T) {
	for name, spoil := range map[string]func(c *ceremony.Ceremony){
		"no name":                  func(c *ceremony.Ceremony) { c.Name = "" },
		"a long name":              func(c *ceremony.Ceremony) { c.Name = strings.Repeat("x", 41) },
		"no DNS name":              func(c *ceremony.Ceremony) { c.DNSNames = nil },
		"a DNS name in capitals":   func(c *ceremony.Ceremony) { c.DNSNames = []string{"LOCALHOST"} },
		"an empty DNS name":        func(c *ceremony.Ceremony) { c.DNSNames = []string{""} },
		"a wildcard":               func(c *ceremony.Ceremony) { c.DNSNames = []string{"*.example.org"} },
		"the whole Internet":       func(c *ceremony.Ceremony) { c.IPRanges = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")} },
		"a range with host bits":   func(c *ceremony.Ceremony) { c.IPRanges = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")} },
		"no range at all":          func(c *ceremony.Ceremony) { c.IPRanges = []netip.Prefix{{}} },
		"a TLS URL":                func(c *ceremony.Ceremony) { c.PlainURL = "https://localhost" },
		"a URL with a path":        func(c *ceremony.Ceremony) { c.PlainURL = "http://localhost/pki" },
		"no URL":                   func(c *ceremony.Ceremony) { c.PlainURL = "" },
		"no root passphrase":       func(c *ceremony.Ceremony) { c.RootPassphrase = config.Secret{} },
		"no unlock secret":         func(c *ceremony.Ceremony) { c.Unlock = config.Secret{} },
		"one secret for both":      func(c *ceremony.Ceremony) { c.Unlock = c.RootPassphrase },
		"a key manager with a PIN": func(c *ceremony.Ceremony) { c.Manager = "pkcs11:token=mais?pin-value=1234" },
		"no key manager at all":    func(c *ceremony.Ceremony) { c.Manager = "people-{id}" },
		"a directory that is not":  func(c *ceremony.Ceremony) { c.Dir = "/dev/null/ca" },
	} {
		t.Run(name, func(t *testing.T) {
			c := catest.Ceremony(filepath.Join(t.TempDir(), "ca"))
			spoil(&c)
			if _, err := ceremony.Init(context.Background(), c); err == nil {
				t.Error("Init = nil error, want one")
			}
		})
	}
}

// A crash at any point of the ceremony leaves a directory that says what to do.
func TestHalfMadeDirectory(t *testing.T) {
	files := append([]string{"UNFINISHED"}, ceremonyFiles()...)
	for n := 1; n <= len(files); n++ {
		dir := t.TempDir()
		for _, name := range files[:n] {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := ceremony.Init(context.Background(), catest.Ceremony(dir))
		if !errors.Is(err, ceremony.ErrDirectory) || !strings.Contains(err.Error(), "half made") || !strings.Contains(err.Error(), "run init or up again") {
			t.Errorf("Init with %v = %v, want half made and what to do", files[:n], err)
		}
	}
}

func TestDirectoryThatLostAFile(t *testing.T) {
	for _, lost := range ceremonyFiles() {
		dir := catest.Dir(t)
		if err := os.Remove(filepath.Join(dir, lost)); err != nil {
			t.Fatal(err)
		}
		done, err := keydir.Made(dir)
		switch {
		case lost == "root.key": // kept elsewhere, as it should be
			if !done || err != nil {
				t.Errorf("without %s: %v, %v, want made", lost, done, err)
			}
		case !errors.Is(err, ceremony.ErrDirectory) || !strings.Contains(err.Error(), "restore it from a backup"):
			t.Errorf("without %s: %v, want to be told to restore it", lost, err)
		}
	}
}
