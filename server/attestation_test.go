package server

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mais/certs/attest"
	"mais/certs/attest/attesttest"
	"mais/config"
)

func rootFile(t *testing.T, der ...[]byte) string {
	t.Helper()
	var text []byte
	for _, d := range der {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: d})...)
	}
	path := filepath.Join(t.TempDir(), "maker.pem")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMakers(t *testing.T) {
	template := attesttest.CA("Agency Cards")
	template.ExtraExtensions = nil // a maker that is none of the tests'
	other := attesttest.Certify(t, template, attesttest.Signer{})
	file := rootFile(t, other.Certificate.Raw)
	for _, test := range []struct {
		yubico bool
		roots  []string
		want   string
	}{
		{true, nil, "Yubico PIV Root CA Serial 263751, Yubico U2F Root CA Serial 457200631, Yubico Attestation Root 1"},
		{true, []string{file}, "Yubico PIV Root CA Serial 263751, Yubico U2F Root CA Serial 457200631, Yubico Attestation Root 1, Agency Cards"},
		{false, []string{file}, "Agency Cards"},
		{false, nil, ""},
	} {
		set := config.Default("").Attestation
		set.Yubico, set.Roots = test.yubico, test.roots
		got, err := attestation(set)
		if names := strings.Join(got.Roots.Makers(), ", "); err != nil || names != test.want {
			t.Errorf("Yubico %v, files %q: %q, %v, want %q", test.yubico, test.roots, names, err, test.want)
		}
	}
	for name, file := range map[string]string{"a file that is not there": "/nowhere/x.pem", "an empty file": rootFile(t)} {
		set := config.Default("").Attestation
		set.Roots = []string{file}
		if _, err := attestation(set); err == nil || !strings.Contains(err.Error(), "attestation.roots") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReleaseRefusesTestCards: a server for officers does not start when its settings name the
// tests' maker of cards; one that was built for the tests does.
func TestReleaseRefusesTestCards(t *testing.T) {
	set := config.Default("").Attestation
	set.Roots = []string{rootFile(t, attesttest.NewMaker(t, "Test Maker").Certificate.Raw)}
	if _, err := attestation(set); errors.Is(err, attest.ErrTestMaker) == attest.TestCards {
		t.Errorf("the tests' maker: %v; built for tests: %v", err, attest.TestCards)
	}
}
