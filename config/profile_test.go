package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"mais/certs"
	"mais/config"
)

const bare = "data_dir = \"var\"\nnames = [\"mais.example\"]\n"

// Every profile that certificates can have can be set, and is what package certs says by
// default.
func TestProfileDefaults(t *testing.T) {
	s, err := config.Load(write(t, bare))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range certs.AllRules {
		set, ok := s.CA.Profile.Of(r.Profile)
		if !ok || set.Validity.Std() != r.Validity || !cmp.Equal(set.Keys, r.Keys) {
			t.Errorf("Of(%s) = %v, %v, want %v and %v", r.Profile, set, ok, r.Validity, r.Keys)
		}
		if s.CA.Profile.Validities()[r.Profile] != r.Validity || !cmp.Equal(s.CA.Profile.Keys()[r.Profile], r.Keys) {
			t.Errorf("profile %s is missing from Validities or Keys", r.Profile)
		}
	}
	if set, ok := s.CA.Profile.Of("nobody"); ok {
		t.Errorf("Of(nobody) = %v, want none", set)
	}
}

// What is not set of a profile keeps its default, and so do the others.
func TestProfilesAreSetInPart(t *testing.T) {
	s, err := config.Load(write(t, bare+"[ca.profile.site]\nvalidity = \"48h\"\n[ca.profile.person-card]\nkeys = [\"RSA-2048\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[certs.Profile]config.Profile{
		certs.SiteToken:      {Validity: config.Duration(48 * time.Hour), Keys: []certs.KeyType{certs.P256, certs.P384}},
		certs.PersonCard:     {Validity: config.Duration(365 * 24 * time.Hour), Keys: []certs.KeyType{certs.RSA2048}},
		certs.PersonSoftware: {Validity: config.Duration(90 * 24 * time.Hour), Keys: []certs.KeyType{certs.P256, certs.P384}},
	}
	for profile, p := range want {
		if got, _ := s.CA.Profile.Of(profile); !cmp.Equal(got, p) {
			t.Errorf("Of(%s) = %v, want %v", profile, got, p)
		}
	}
}

// init writes the settings that it was given; they are read back as they were.
func TestProfilesAreWrittenAndRead(t *testing.T) {
	s := config.Default("var")
	s.CA.Profile.Server.Validity = config.Duration(4 * time.Second)
	text, err := toml.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again, err := config.Load(write(t, string(text)))
	if err != nil {
		t.Fatalf("%v of\n%s", err, text)
	}
	if diff := cmp.Diff(s.CA.Profile, again.CA.Profile); diff != "" {
		t.Errorf("written and read (-written +read):\n%s", diff)
	}
}

func TestProfileFaults(t *testing.T) {
	for text, want := range map[string]string{
		"[ca.profile.site]\nvalidity = \"2161h\"":                    "ca.profile.site.validity: 2161h0m0s is out of range",
		"[ca.profile.ocsp]\nvalidity = \"8760h\"":                    "ca.profile.ocsp.validity",
		"[ca.profile.person-software]\nvalidity = \"0s\"":            "ca.profile.person-software.validity",
		"[ca.profile.person-software]\nkeys = []":                    "at least one type of key",
		"[ca.profile.person-card]\nkeys = [\"P-521\"]":               `"P-521" is not a type of key: want "P-256", "P-384", "RSA-2048"`,
		"[ca.profile.person-card]\nkeys = [\"P-256\", \"P-256\"]":    `"P-256" stands there twice`,
		"[ca.profile.server]\nkeys = [\"P-384\"]":                    `ca.profile.server.keys: "P-256" is missing`,
		"[ca.profile.site]\npolicy = \"1.2.3\"":                      "ca.profile.site.policy: no such setting",
		"[ca.profile.officer]\nvalidity = \"1h\"":                    "ca.profile.officer",
		"[ca]\nperson_validity = \"1h\"":                             "ca.person_validity: no such setting",
		"[ca.profile.site]\nusages = [\"clientAuth\", \"anything\"]": "ca.profile.site.usages: no such setting",
	} {
		if _, err := config.Load(write(t, bare+text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load(%q) = %v, want %q", text, err, want)
		}
	}
}
