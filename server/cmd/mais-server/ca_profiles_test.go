package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mais/ca"
	"mais/certs"
)

// profiles runs the command on a file of settings.
func profiles(t *testing.T, settings string, args ...string) (out string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), settingsFile)
	if err := os.WriteFile(file, []byte("data_dir = \"var\"\nnames = [\"mais.example\"]\n"+settings), 0o600); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	cmd := caProfilesCommand()
	cmd.SetOut(&text)
	cmd.SetErr(&text)
	cmd.SetArgs(append([]string{"--config", file}, args...))
	err = cmd.Execute()
	return text.String(), err
}

// What an administrator of a PKI looks for stands there, as the settings have it.
func TestProfilesInFull(t *testing.T) {
	out, err := profiles(t, "[listen]\nplain_url = \"http://pki.mais.example\"\n[ca.profile.site]\nvalidity = \"48h\"\nkeys = [\"P-256\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range certs.AllRules {
		if !strings.Contains(out, "\n"+string(r.Profile)+"\n") && !strings.HasPrefix(out, string(r.Profile)+"\n") || !strings.Contains(out, r.Policy.String()) {
			t.Errorf("profile %s with policy %s is missing from\n%s", r.Profile, r.Policy, out)
		}
	}
	for _, want := range []string{
		"48h0m0s, from 1m0s before", "P-256, P-384, RSA-2048, RSA-3072, RSA-4096", "clientAuth, serverAuth", "URI urn:mais:user:UUID",
		"OCSP http://pki.mais.example/ocsp, caIssuers http://pki.mais.example/ca/people-1.cer", "http://pki.mais.example/crl/sites/N.crl", "2.5.29.15, critical",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing from\n%s", want, out)
		}
	}
}

func TestProfilesAsJSON(t *testing.T) {
	out, err := profiles(t, "", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Schema int
		Data   []ca.Profile
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Schema != 1 || len(got.Data) != len(certs.AllRules) {
		t.Errorf("%d profiles of schema %d, %v, want %d", len(got.Data), got.Schema, err, len(certs.AllRules))
	}
	for _, p := range got.Data {
		if p.Validity == "" || len(p.Keys) == 0 || len(p.Extensions) < 6 {
			t.Errorf("profile %s is not told in full: %+v", p.Name, p)
		}
	}
}

func TestProfileRules(t *testing.T) {
	out, err := profiles(t, "", "--rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"mais_key_type ", "e_serial_number_not_positive ", "left out: they are about policy qualifiers: mais_one_policy"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing from\n%s", want, out)
		}
	}
	if _, err := profiles(t, "[ca.profile.site]\nvalidity = \"1s\"\n"); err == nil || !strings.Contains(err.Error(), "ca.profile.site.validity") {
		t.Errorf("profiles of faulty settings = %v, want the fault", err)
	}
}
