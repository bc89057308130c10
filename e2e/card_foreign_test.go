package e2e_test

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mais/certs"
	"mais/internal/pivtest"
)

// selfSigned makes a certificate of nobody's for a key.
func selfSigned(t *testing.T, key crypto.Signer) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// TestCardOfAnIssuer takes a plain card as its issuer gives it out, runs the lines of
// docs/cards.md word by word, and has the card with our certificate.
func TestCardOfAnIssuer(t *testing.T) {
	t.Parallel()
	s := cardDemo(t)
	d := newDesk(t, s, "plainy", "police_officer")
	card := newCard(t, pivtest.Options{Plain: true})
	key, err := card.Provision(0x9a, "P-256")
	if err != nil {
		t.Fatal(err)
	}
	card.Store(0x9a, selfSigned(t, key).Raw)
	d.readers.Insert(t, 0, card)

	dir := t.TempDir()
	write(t, filepath.Join(dir, "management"), strings.Repeat("0102030405060708", 3)+"\n")
	write(t, filepath.Join(dir, "code"), d.code+"\n")
	_, section, _ := strings.Cut(read(t, "../docs/cards.md"), "## A card on which tokenctl makes no keys\n")
	_, section, _ = strings.Cut(section, "```sh\n")
	lines, _, _ := strings.Cut(section, "```")
	lines = strings.NewReplacer(
		"https://mais.example:8443", s.demo.URLs.Public, "sha256:HEX", s.demo.RootFingerprint, "anna@police.example", d.email,
		"tokenctl enrol", filepath.Join(bin, "tokenctl")+" enrol --code-file code",
		"certificate.pem -k", "certificate.pem -k --stdin-input <management", // nobody is there to type it
	).Replace(lines)
	for line := range strings.Lines(lines) {
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), append(d.readers.Env(), "GNUTLS_PIN="+pivtest.DefaultPIN)...)
		execute(t, cmd).exits(t, 0)
	}

	got := firstCertificate(t, read(t, filepath.Join(dir, "certificate.pem")))
	if rules, ok := certs.ProfileOf(got); !ok || rules.Level != certs.Software || !certs.SameKey(got.PublicKey, key.Public()) {
		t.Errorf("certified at the level %s, want software, for the card's key", rules.Level)
	}
	reading := exec.Command("pkcs15-tool", "--read-certificate", "01")
	reading.Env = append(os.Environ(), d.readers.Env()...)
	if on := firstCertificate(t, execute(t, reading).exits(t, 0).stdout); !on.Equal(got) {
		t.Errorf("the card has the certificate %s, want %s", on.SerialNumber, got.SerialNumber)
	}
	again := []string{"enrol", "--server", s.demo.URLs.Public, "--root-fingerprint", s.demo.RootFingerprint, "--email", d.email,
		"--csr", filepath.Join(dir, "request.pem"), "--code-file", filepath.Join(dir, "code"), "--out"}
	d.bare(t, append(again, filepath.Join(dir, "certificate.pem"))...).exits(t, 2).says(t, "is there already")
	d.bare(t, append(again, filepath.Join(dir, "same.pem"))...).exits(t, 0)
	if read(t, filepath.Join(dir, "same.pem")) != read(t, filepath.Join(dir, "certificate.pem")) {
		t.Error("the same request got another certificate")
	}
	if _, err := os.Stat(d.home); err == nil {
		if left, _ := os.ReadDir(d.home); len(left) > 0 {
			t.Errorf("there is a token: %v", left)
		}
	}
}
