package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/certs/attest"
	"mais/config"
)

func TestAttestationDefaults(t *testing.T) {
	s, err := config.Load(write(t, bare))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Attestation.Demand()
	want := attest.Demand{
		Slots: []byte{0x9a}, PIN: []attest.PINPolicy{attest.PINOnce, attest.PINAlways},
		Touch: []attest.TouchPolicy{attest.TouchNever, attest.TouchAlways, attest.TouchCached}, Firmware: attest.Version{Major: 4, Minor: 3, Patch: 5},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || !s.Attestation.Yubico || s.Attestation.Roots != nil {
		t.Errorf("by default Yubico %v, roots %q, %v\n%s", s.Attestation.Yubico, s.Attestation.Roots, err, diff)
	}
}

func TestAttestationIsSet(t *testing.T) {
	path := write(t, bare+"[attestation]\nyubico = false\nroots = [\"maker.pem\", \"/etc/other.pem\"]\npin = [\"always\"]\ntouch = [\"cached\"]\nfirmware = \"5.7.0\"\n")
	s, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Attestation.Demand()
	want := attest.Demand{Slots: []byte{0x9a}, PIN: []attest.PINPolicy{attest.PINAlways}, Touch: []attest.TouchPolicy{attest.TouchCached}, Firmware: attest.Version{Major: 5, Minor: 7}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Demand: %v\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{filepath.Join(filepath.Dir(path), "maker.pem"), "/etc/other.pem"}, s.Attestation.Roots); diff != "" || s.Attestation.Yubico {
		t.Errorf("roots:\n%s", diff)
	}
}

func TestAttestationFaults(t *testing.T) {
	for text, want := range map[string]string{
		`pin = ["never"]`:         "attestation.pin",
		`pin = ["once", "never"]`: "attestation.pin",
		`pin = []`:                "attestation.pin",
		`pin = ["once", "once"]`:  "twice",
		`touch = []`:              "attestation.touch",
		`touch = ["sometimes"]`:   "attestation.touch",
		`firmware = "5"`:          "attestation.firmware",
		`firmware = ""`:           "attestation.firmware",
		`roots = [""]`:            "attestation.roots",
		`slots = ["9e"]`:          "attestation.slots: no such setting",
		`root = "x"`:              "attestation.root: no such setting",
		"roots = [" + strings.Repeat(`"x",`, 17) + "]": "more than 16",
	} {
		if _, err := config.Load(write(t, bare+"[attestation]\n"+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a fault of %s", text, err, want)
		}
	}
}
