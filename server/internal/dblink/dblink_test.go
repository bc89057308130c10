package dblink_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mais/certs"
	"mais/internal/pg"
	"mais/server/internal/dblink"
)

func TestMake(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "link")
	if err := dblink.Make(dir, "db.mais.example"); err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(read(dblink.RootFile))
	for _, c := range []struct {
		file, name string
		usage      x509.ExtKeyUsage
	}{{dblink.ServerCertFile, "db.mais.example", x509.ExtKeyUsageServerAuth}, {dblink.ClientCertFile, "", x509.ExtKeyUsageClientAuth}} {
		found, err := certs.ParseCertificates(read(c.file))
		if err != nil {
			t.Fatal(err)
		}
		opts := x509.VerifyOptions{Roots: roots, DNSName: c.name, KeyUsages: []x509.ExtKeyUsage{c.usage}}
		if _, err := found[0].Verify(opts); err != nil {
			t.Errorf("%s: %v", c.file, err)
		}
	}
	sql := string(read(dblink.RolesFile))
	for _, role := range pg.Roles() {
		password := strings.TrimSpace(string(read(filepath.Join(dblink.PasswordDir, string(role)))))
		if strings.Contains(sql, password) {
			t.Errorf("the SQL holds the password of %s", role)
		}
		if !strings.Contains(sql, string(role)) {
			t.Errorf("the SQL does not make %s", role)
		}
	}
	if err := dblink.Make(dir, "db.mais.example"); err == nil {
		t.Error("a link is made over another")
	}
}

func TestKeysAndPasswordsArePrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "link")
	if err := dblink.Make(dir, "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{dblink.ClientKeyFile, dblink.ServerKeyFile, dblink.RolesFile, filepath.Join(dblink.PasswordDir, string(pg.CA))} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}
