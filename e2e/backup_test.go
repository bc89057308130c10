package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// loss is what was taken away after a backup, and what was not.
type loss struct {
	revoked, held, kept *person
	spent               string // a code that was used after the backup
	spender             *person
}

// TestRestoreNeverGivesBack restores a backup that is older than a revocation, a hold and a
// spent code: the database alone; the whole service with an old journal, which a client
// knows to be old; and without any journal.
func TestRestoreNeverGivesBack(t *testing.T) {
	t.Parallel()
	s := up(t, "--people", "1")
	dir := t.TempDir()
	key, archives := filepath.Join(dir, "recovery.txt"), filepath.Join(dir, "archives")
	recipient := strings.TrimSpace(server(t, "backup", "key", "--out", key).exits(t, 0).stdout)
	l := loss{
		revoked: s.join(t, "revoked", "police_officer", custody), held: s.join(t, "held", "police_officer", custody), kept: s.join(t, "kept", "police_officer", custody),
		spender: newPerson(t, s, "spender@police.northshire.example"),
	}
	l.spent = s.invite(t, l.spender.email, "--name", "Journey spender", "--role", "police_officer", "--site", custody)
	archive := strings.TrimSpace(server(t, "backup", "--to", archives, "--recipient", recipient, "--dir", s.dir).exits(t, 0).stdout)
	root := s.demo.RootFingerprint
	server(t, "backup", "verify", "--from", archive, "--identity", key, "--root-fingerprint", root).exits(t, 0).shows(t, "whole, and signed by this service")
	s.checkArchive(t, archive, key)

	server(t, "admin", "cert", "revoke", l.revoked.whoami(t).Serial, "--yes", "--reason", "keyCompromise", "--dir", s.dir).exits(t, 0)
	admin := s.enrol(t, "admin@trust.northshire.example")
	admin.ctl(t, "admin", "cert", "hold", l.held.whoami(t).Serial, "--yes").exits(t, 0)
	l.spender.enrolWith(t, l.spent).exits(t, 0)
	l.kept.whoami(t) // and learns how far the journal is
	s.stop(t)

	t.Run("database alone", func(t *testing.T) {
		server(t, "restore", "--from", archive, "--identity", key, "--dir", s.dir, "--database-only").exits(t, 2).says(t, "--database-only --yes\n")
		server(t, "restore", "--from", archive, "--identity", key, "--dir", s.dir, "--database-only", "--yes").exits(t, 0).says(t, "start it: mais-server up --dir "+s.dir)
		again := upIn(t, s.dir, samePorts(s.demo.URLs)...)
		l.stays(t, again)
		again.stop(t)
	})
	old := filepath.Join(dir, "elsewhere")
	t.Run("the whole service, with the journal of the backup", func(t *testing.T) {
		server(t, "restore", "--from", archive, "--identity", key, "--root-fingerprint", root, "--dir", old, "--unlock-file", filepath.Join(s.dir, "unlock")).exits(t, 0).says(t, "bring the newest journal")
		again := serveAt(t, old, s)
		if f := failure(t, l.kept.ctl(t, "whoami", "--json").exits(t, 1)); f.Code != "unavailable" || !strings.Contains(f.Message, "which tokens are revoked") {
			t.Errorf("whoami of somebody who knows of a later journal = %+v, want that the service is closed", f)
		}
		await(t, "the service to be closed for everybody", func() bool { return l.revoked.ctl(t, "whoami").code == 1 })
		server(t, "ca", "journal", "status", "--dir", old).exits(t, 1)
		// What is done at the host goes on meanwhile, and is what opens it again.
		server(t, "ca", "show", "--dir", old).exits(t, 0)
		server(t, "backup", "--to", archives, "--recipient", recipient, "--dir", old).exits(t, 0)
		again.stop(t)

		// The journal of the machine that was lost turns up.
		found, err := filepath.Glob(filepath.Join(s.dir, "ca", "journal", "*"))
		if err != nil || len(found) == 0 {
			t.Fatalf("journal files %v, %v", found, err)
		}
		for _, path := range found {
			if strings.HasSuffix(path, ".journal") {
				server(t, "ca", "journal", "replay", path, "--dir", old).exits(t, 0)
			}
		}
		again = serveAt(t, old, s)
		l.stays(t, again)
		again.stop(t)
	})
	t.Run("without a journal", func(t *testing.T) {
		lost := filepath.Join(dir, "lost")
		server(t, "restore", "--from", archive, "--identity", key, "--root-fingerprint", root, "--dir", lost, "--unlock-file", filepath.Join(s.dir, "unlock")).exits(t, 0)
		server(t, "ca", "journal", "declare-lost", "--yes", "--dir", lost).exits(t, 0)
		again := serveAt(t, lost, s)
		l.on(again)
		for name, p := range map[string]*person{"revoked": l.revoked, "held": l.held, "kept": l.kept} {
			if f := failure(t, p.ctl(t, "whoami", "--json").exits(t, 4)); f.Code != "held" {
				t.Errorf("%s without a journal = %+v, want held", name, f)
			}
		}
		l.spender.enrolWith(t, l.spent, "--replace").exits(t, 4)
	})
}

// on makes everybody call another service under the same addresses.
func (l *loss) on(s *service) {
	for _, p := range []*person{l.revoked, l.held, l.kept, l.spender} {
		p.service = s
	}
}

// stays demands that what was taken away is refused still, and the rest is not.
func (l *loss) stays(t *testing.T, s *service) {
	t.Helper()
	l.on(s)
	for want, p := range map[string]*person{"revoked": l.revoked, "held": l.held, "unknown-token": l.spender} {
		if f := failure(t, p.ctl(t, "whoami", "--json").exits(t, 4)); f.Code != want {
			t.Errorf("after the restore whoami = %+v, want %s", f, want)
		}
	}
	l.kept.whoami(t)
	l.spender.enrolWith(t, l.spent, "--replace").exits(t, 4)
}

// serveAt runs the service that was restored into dir, at the addresses of the one that was lost.
func serveAt(t *testing.T, dir string, lost *service) *service {
	t.Helper()
	settings := read(t, filepath.Join(dir, "mais.toml"))
	for name, url := range map[string]string{"public": lost.demo.URLs.Public, "mutual": lost.demo.URLs.Mutual, "plain": lost.demo.URLs.Plain, "ops": lost.demo.URLs.Ops} {
		address := "127.0.0.1" + url[strings.LastIndex(url, ":"):]
		settings = regexp.MustCompile(`(?m)^`+name+` = .*$`).ReplaceAllString(settings, name+" = '"+address+"'")
	}
	write(t, filepath.Join(dir, "mais.toml"), settings)
	began := time.Now()
	s, err := launch(dir, "serve")
	if err == nil {
		err = s.ready(began)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.demo = lost.demo
	s.endWith(t)
	return s
}

// checkArchive demands that the archive gives nothing to who has no key, nothing when it is
// cut short, changed or not this service's, and never anything of what opens the keys.
func (s *service) checkArchive(t *testing.T, archive, key string) {
	t.Helper()
	dir, root := t.TempDir(), s.demo.RootFingerprint
	server(t, "backup", "verify", "--from", archive, "--identity", key).exits(t, 2).says(t, "root-fingerprint")
	server(t, "restore", "--from", archive, "--identity", key, "--dir", filepath.Join(dir, "unasked")).exits(t, 2).says(t, "--root-fingerprint")
	foreign := "sha256:" + strings.Repeat("ab", 32)
	server(t, "backup", "verify", "--from", archive, "--identity", key, "--root-fingerprint", foreign).exits(t, 1).says(t, "not signed by this service")
	server(t, "restore", "--from", archive, "--identity", key, "--root-fingerprint", foreign, "--dir", filepath.Join(dir, "foreign")).exits(t, 1).says(t, "Nothing was changed")
	if _, err := os.Stat(filepath.Join(dir, "foreign")); !os.IsNotExist(err) {
		t.Error("an archive of another service left a service")
	}
	other := filepath.Join(dir, "other.txt")
	server(t, "backup", "key", "--out", other).exits(t, 0)
	server(t, "backup", "verify", "--from", archive, "--identity", other, "--root-fingerprint", root).exits(t, 1).says(t, "does not open the archive")
	text := read(t, archive)
	for what, bad := range map[string]string{"cut": text[:len(text)-100], "changed": text[:len(text)/2] + "x" + text[len(text)/2+1:]} {
		path := write(t, filepath.Join(dir, what), bad)
		server(t, "backup", "verify", "--from", path, "--identity", key, "--root-fingerprint", root).exits(t, 1).says(t, "damaged")
		into := filepath.Join(dir, what+"-restored")
		server(t, "restore", "--from", path, "--identity", key, "--root-fingerprint", root, "--dir", into).exits(t, 1).says(t, "nothing was changed")
		if _, err := os.Stat(into); !os.IsNotExist(err) {
			t.Errorf("an archive that is %s left a service", what)
		}
	}
	m := server(t, "backup", "verify", "--from", archive, "--identity", key, "--root-fingerprint", root, "--json").exits(t, 0).stdout
	for _, secret := range []string{"unlock", "root.key", "root-passphrase"} {
		if strings.Contains(m, fmt.Sprintf("/%s\"", secret)) {
			t.Errorf("the archive has %s", secret)
		}
	}
}
