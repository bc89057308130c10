package pg_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mais/internal/pg"
)

func TestExternalReportsEveryFault(t *testing.T) {
	_, err := pg.External(pg.ExternalConfig{RootFile: "/no/root.pem", CertFile: "/no/cert.pem", KeyFile: "/no/key.pem", PasswordDir: "/no"})
	if err == nil || !strings.Contains(err.Error(), "no host") || !strings.Contains(err.Error(), "password of mais_ca") {
		t.Errorf("External() without a host = %v", err)
	}
	_, err = pg.External(pg.ExternalConfig{Host: "db.example", RootFile: "/no/root.pem", CertFile: "/no/cert.pem", KeyFile: "/no/key.pem", PasswordDir: "/no"})
	if strings.Contains(err.Error(), string(pg.Migrator)) {
		t.Errorf("External() = %v, want the migrator's password left alone", err)
	}
	for _, want := range []string{"/no/root.pem", "/no/cert.pem", "/no/key.pem", "/no/mais_ca", "/no/mais_audit"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("External() = %v, want %s in it", err, want)
		}
	}
}

// A PostgreSQL as somebody else would run it: on a network, with TLS, asking for a client certificate and a password.
func TestExternalOverMutualTLS(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	c := startFilled(t, dir)
	good := pg.ExternalConfig{Host: "127.0.0.1", PasswordDir: filepath.Join(dir, "passwords")}
	writePasswords(t, good.PasswordDir, c.Password)
	socketOnly := good
	socketOnly.Host = c.Sockets()
	if err := openExternal(t, socketOnly); err != nil {
		t.Errorf("over the unix socket: %v", err)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}

	ours, theirs := newIssuer(t, dir, "ours"), newIssuer(t, dir, "theirs")
	serve(t, dir, c.Program("postgres"), ours, &good)
	good.RootFile = ours.file
	good.CertFile, good.KeyFile = ours.issue(t, "client", x509.ExtKeyUsageClientAuth)
	eventually(t, func() error { return openExternal(t, good) })

	s, err := pg.External(good)
	if err != nil {
		t.Fatal(err)
	}
	db, err := s.Open(testContext(t), pg.CA)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const tls = `SELECT version || ' ' || client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()`
	if got := value[string](t, db, tls); got != "TLSv1.3 /CN=client" {
		t.Errorf("the connection is %s", got)
	}
	ctx, cancel := context.WithCancel(testContext(t))
	if err := pg.Listen(ctx, s, pg.CA, "mais_status", cancel); err != nil {
		t.Errorf("Listen() = %v", err)
	}

	wrong := map[string]func(*pg.ExternalConfig){ // by what the error says
		"certificate signed by unknown authority": func(c *pg.ExternalConfig) { c.RootFile = theirs.file },
		"wanted to match localhost":               func(c *pg.ExternalConfig) { c.Host = "localhost" },
		"": func(c *pg.ExternalConfig) { // in TLS 1.3 the refusal may arrive as an alert or as a closed connection
			c.CertFile, c.KeyFile = theirs.issue(t, "client", x509.ExtKeyUsageClientAuth)
		},
		"password authentication failed": func(c *pg.ExternalConfig) {
			c.PasswordDir = filepath.Join(dir, "wrong")
			writePasswords(t, c.PasswordDir, func(pg.Role) string { return "hunter2" })
		},
	}
	for want, change := range wrong {
		cfg := good
		change(&cfg)
		err := openExternal(t, cfg)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Open() = %v, want %q and no password", err, want)
		}
	}
}

func openExternal(t *testing.T, c pg.ExternalConfig) error {
	t.Helper()
	s, err := pg.External(c)
	if err != nil {
		t.Fatal(err)
	}
	db, err := s.Open(testContext(t), pg.CA)
	if err != nil {
		return err
	}
	return db.Close()
}

func writePasswords(t *testing.T, dir string, password func(pg.Role) string) {
	t.Helper()
	err := os.Mkdir(dir, 0o700)
	for _, role := range pg.Roles() {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, string(role)), []byte(password(role)+"\n"), 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// serve runs PostgreSQL on the data directory of a stopped cluster, on a free port that it puts into client.
func serve(t *testing.T, dir, program string, issuer *issuer, client *pg.ExternalConfig) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client.Port = uint16(free.Addr().(*net.TCPAddr).Port)
	free.Close()

	cert, key := issuer.issue(t, "server", x509.ExtKeyUsageServerAuth)
	data := filepath.Join(dir, "data")
	hba := "hostssl mais all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n"
	err = os.WriteFile(filepath.Join(data, "tls_hba.conf"), []byte(hba), 0o644)
	for from, to := range map[string]string{cert: "server.crt", key: "server.key", issuer.file: "root.crt"} {
		content, readErr := os.ReadFile(from)
		err = errors.Join(err, readErr, os.WriteFile(filepath.Join(data, to), content, 0o600))
	}
	info, statErr := os.Stat(data)
	if err = errors.Join(err, statErr); err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	for _, file := range []string{"server.crt", "server.key", "root.crt"} {
		if err := os.Chown(filepath.Join(data, file), int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-D", data}
	for _, s := range []string{"listen_addresses=127.0.0.1", fmt.Sprint("port=", client.Port), "unix_socket_directories=", "ssl=on",
		"ssl_cert_file=server.crt", "ssl_key_file=server.key", "ssl_ca_file=root.crt", "hba_file=" + filepath.Join(data, "tls_hba.conf")} {
		args = append(args, "-c", s)
	}
	cmd := osexec.Command(program, args...)
	cmd.Stderr = t.Output()
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGINT)
		cmd.Wait()
	})
}

// issuer is a throwaway certificate authority.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	dir  string
	file string
}

func newIssuer(t *testing.T, dir, name string) *issuer {
	t.Helper()
	i := &issuer{dir: filepath.Join(dir, name)}
	if err := os.Mkdir(i.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	i.cert, i.key, i.file, _ = i.sign(t, template)
	return i
}

func (i *issuer) issue(t *testing.T, name string, usage x509.ExtKeyUsage) (certFile, keyFile string) {
	t.Helper()
	_, _, certFile, keyFile = i.sign(t, &x509.Certificate{Subject: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{usage}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	return certFile, keyFile
}

func (i *issuer) sign(t *testing.T, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey, string, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := i.cert, i.key
	if parent == nil {
		parent, signer = template, key
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(i.dir, template.Subject.CommonName)
	err = errors.Join(
		os.WriteFile(base+".crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(base+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return cert, key, base + ".crt", base + ".key"
}
