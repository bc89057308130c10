package e2e_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPinRollOver changes the key of a running server twice and loses it once, before a site
// that calls in time, a person who is away for the whole window, and the recovery key.
func TestPinRollOver(t *testing.T) {
	t.Parallel()
	s := up(t, "--people", "1")
	site, person := s.site(t, custody), s.join(t, "away", "police_officer", custody)
	safe := filepath.Join(t.TempDir(), "recovery.key")
	secret := write(t, filepath.Join(t.TempDir(), "recovery"), "another four easy words\n")
	pin := func(args ...string) result {
		return server(t, append(append([]string{"pin"}, args...), "--dir", s.dir)...)
	}

	pin("switch").exits(t, 1).says(t, "no next key is prepared")
	pin("status").exits(t, 0).shows(t, "There is no pin recovery key")
	pin("recovery-key", "--out", safe, "--passphrase-file", secret).exits(t, 0).shows(t, "the pin recovery key is sha256:")
	if info, err := os.Stat(safe); err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(read(t, safe), "ENCRYPTED") {
		t.Errorf("the recovery key lies in %v, %v", info, err)
	}
	site.ctl(t, "site", "check").exits(t, 0) // learns the recovery key
	person.whoami(t)

	// The site has not called since the next key was made, so it would be cut off.
	pin("prepare").exits(t, 0).shows(t, "Of 1 site 1 do not know the next key")
	pin("switch", "--yes").exits(t, 1).says(t, custody, "would be cut off", "--override")
	site.ctl(t, "site", "check").exits(t, 0)
	pin("status").exits(t, 0).shows(t, "Of 1 site every one knows the next key")
	before := s.key(t)
	pin("switch").exits(t, 2).says(t, "--yes") // nobody there to type
	pin("switch", "--yes").exits(t, 0)
	if after := s.key(t); after.Key == before.Key || after.Key != before.Next {
		t.Errorf("the key was %s, with %s to come, and is %s", before.Key, before.Next, after.Key)
	}
	site.ctl(t, "site", "check").exits(t, 0).says(t, "pinned key")
	person.whoami(t) // has heard of nothing, and follows

	// Once more, over the site's head; it follows when it calls.
	pin("prepare").exits(t, 0)
	pin("abandon").exits(t, 0)
	pin("prepare").exits(t, 0)
	pin("switch", "--override", "the key may have been copied", "--yes").exits(t, 0)
	s.audited(t, 2, "switches of the key", func(e event) bool { return e.Act == "pin.switch" })
	s.audited(t, 1, "overridden switch", func(e event) bool {
		return e.Act == "pin.switch" && e.Detail["override"] == "the key may have been copied" && e.Detail["cut_off"] == custody
	})
	site.ctl(t, "site", "check").exits(t, 0)

	// The machine is lost: another key, which nobody vouches for until the recovery key does.
	s.stop(t)
	for _, name := range []string{"server.key", "server.crt", "server.id", "pins.json"} {
		if err := os.Remove(filepath.Join(s.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	again := upIn(t, s.dir, samePorts(s.demo.URLs)...)
	site.service, person.service = again, again
	if f := failure(t, site.ctl(t, "site", "check", "--json").exits(t, 8)); f.Code != "wrong-pin" {
		t.Errorf("site check of a server whose key nobody announced = %+v", f)
	}
	wrong := write(t, filepath.Join(t.TempDir(), "wrong"), "not these four words\n")
	pin("recover", "--recovery-key", safe, "--passphrase-file", wrong).exits(t, 1).says(t, "passphrase")
	pin("recover", "--recovery-key", safe, "--passphrase-file", secret, "--forget", before.Node).exits(t, 2).says(t, "--yes")
	pin("recover", "--recovery-key", safe, "--passphrase-file", secret, "--forget", before.Node, "--yes").exits(t, 0).shows(t, "by the pin recovery key")
	await(t, "the site to follow the recovery key", func() bool { return site.ctl(t, "site", "check").code == 0 })
	person.whoami(t)
}

// rollover is how far a change of the server's key is.
type rollover struct{ Node, Key, Next string }

func (s *service) key(t *testing.T) rollover {
	t.Helper()
	return data[rollover](t, server(t, "pin", "status", "--json", "--dir", s.dir).exits(t, 0))
}

// site enrols a site of the demo by exactly the command line that was printed.
func (s *service) site(t *testing.T, name string) *person {
	t.Helper()
	p := newPerson(t, s, "")
	for _, place := range s.demo.Sites {
		if place.Name == name {
			p.token = strings.ReplaceAll(strings.ToLower(name), " ", "-")
			p.paste(t, *place.Enrol).exits(t, 0)
			return p
		}
	}
	t.Fatalf("the demo has no site %q", name)
	return nil
}
