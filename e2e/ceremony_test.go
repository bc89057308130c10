package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mais/server/api"
)

// rootWords are the passphrase of every root of these journeys.
const rootWords = "a long passphrase for the root\n"

// issuer returns who issued a certificate in a file, as openssl reads it.
func issuer(t *testing.T, path string) string {
	t.Helper()
	return execute(t, exec.Command("openssl", "x509", "-in", path, "-noout", "-issuer")).exits(t, 0).stdout
}

// listOf fetches a revocation list and returns what openssl says of it.
func (s *service) listOf(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "crl")
	execute(t, exec.Command("curl", "--silent", "--fail", "--output", file, s.demo.URLs.Plain+"/crl/"+name+".crl")).exits(t, 0)
	return execute(t, exec.Command("openssl", "crl", "-inform", "der", "-in", file, "-noout", "-text")).exits(t, 0).stdout
}

// elsewhere is a real service whose root was made on a machine of its own, and that root.
func elsewhere(t *testing.T) (dir, root, secret string, at urls, made result) {
	t.Helper()
	dir = t.TempDir()
	at = writeSettings(t, dir, "127.0.0.1", "")
	secret = write(t, filepath.Join(t.TempDir(), "root"), rootWords)
	ceremony := filepath.Join(t.TempDir(), "ceremony")
	args := []string{"ca", "init", "--to", ceremony, "--name", "localhost", "--deployment", "Journey", "--plain-url", at.Plain}
	server(t, args...).exits(t, 2).says(t, "--root-passphrase-file")
	args = append(args, "--root-passphrase-file", secret)
	server(t, args...).exits(t, 0).shows(t, "sha256:", "next:", "mais-server init")
	server(t, args...).exits(t, 1).says(t, "is not empty", "next:")
	if _, err := os.Stat(filepath.Join(ceremony, "ca", "root.key")); err == nil {
		t.Error("what goes to the service holds the root's key")
	}
	for _, name := range []string{"ca", "unlock"} {
		if err := os.Rename(filepath.Join(ceremony, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	made = server(t, "init", "--dir", dir, "--name", "localhost", "--agency", "Northshire NHS Trust", "--site", "MAIS desk",
		"--subnet", "127.0.0.0/8", "--admin", "One Administrator <one@trust.example>", "--admin", "Another <two@trust.example>").exits(t, 0)
	return dir, filepath.Join(ceremony, "root"), secret, at, made
}

// TestRollOver rolls both issuing CAs over, one with the root on another machine and one in a
// go, while tokens of the old ones go on, renew into the new ones, and can be ended with them.
func TestRollOver(t *testing.T) {
	t.Parallel()
	dir, root, secret, at, made := elsewhere(t)
	ca := func(args ...string) result {
		return server(t, append([]string{"ca"}, append(args, "--dir", dir)...)...)
	}
	s := serve(t, dir, at)
	one, two, desk := newPerson(t, s, "one@trust.example"), newPerson(t, s, "two@trust.example"), newPerson(t, s, "desk")
	for _, p := range []*person{one, two} {
		code, command := shownInvitation(t, made.stdout, p.email)
		p.run(t, command, code).exits(t, 0)
	}
	code, command := shownInvitation(t, server(t, "admin", "invite-site", "MAIS desk", "--dir", dir).exits(t, 0).stdout, "MAIS desk")
	desk.token = "mais-desk"
	desk.run(t, command, code).exits(t, 0)

	request, signed := filepath.Join(t.TempDir(), "people.csr"), filepath.Join(t.TempDir(), "people.pem")
	ca("rotate", "people").exits(t, 2)
	ca("rotate", "people", "--request", request).exits(t, 0).shows(t, "fingerprint: sha256:", "next:", "ca sign")
	ca("rotate", "people", "--request", request).exits(t, 0) // again
	ca("check").exits(t, 9).shows(t, "generation-people-2", "next:", "--withdraw")
	ca("rotate", "people", "--withdraw").exits(t, 2).says(t, "--yes")
	ca("rotate", "people", "--withdraw", "--yes").exits(t, 0).shows(t, "the request of people-2 is withdrawn", "next:")
	ca("rotate", "people", "--withdraw", "--yes").exits(t, 3).says(t, "no request of people waits")
	if out := ca("check").stdout; strings.Contains(out, "generation-people-2") {
		t.Errorf("the check tells of a request that was withdrawn:\n%s", out)
	}
	ca("rotate", "people", "--request", request).exits(t, 0)
	sign := []string{"ca", "sign", "--root", root, "--request", request, "--out", signed, "--root-passphrase-file", secret}
	server(t, sign...).exits(t, 2).says(t, "people-2", "sha256:", "--yes")
	server(t, append(sign, "--yes")...).exits(t, 0).shows(t, "next:", "--install")
	ca("rotate", "people", "--install", request).exits(t, 1)
	ca("rotate", "people", "--install", signed).exits(t, 0).shows(t, "does not issue yet", "restart every node")
	ca("rotate", "sites", "--root", root, "--root-passphrase-file", secret, "--yes").exits(t, 0).shows(t, "sites-2 is installed")
	ca("rotate", "people", "--activate", "--yes").exits(t, 1).says(t, "running nodes do not know it yet: people-2", "next:", "restart them")
	one.whoami(t)
	s.stop(t)
	s = serve(t, dir, at)
	ca("rotate", "people", "--activate").exits(t, 2).says(t, "--yes")
	for _, series := range []string{"people", "sites"} {
		ca("rotate", series, "--activate", "--yes").exits(t, 0).shows(t, series+"-2 is active", "next:")
		ca("rotate", series, "--activate", "--yes").exits(t, 3)
	}
	s.stop(t)
	if err := os.Remove(filepath.Join(dir, "server.crt")); err != nil { // or wait for its renewal
		t.Fatal(err)
	}
	s = serve(t, dir, at)
	one.service, two.service, desk.service = s, s, s

	if got := issuer(t, filepath.Join(dir, "server.crt")); !strings.Contains(got, "sites-2") {
		t.Errorf("the server's certificate is of %s, want of sites-2", got)
	}
	desk.ctl(t, "site", "check").exits(t, 0).says(t, "pinned key")
	before := one.whoami(t).Serial
	one.ctl(t, "renew").exits(t, 0)
	if after := one.whoami(t).Serial; after == before || !strings.Contains(issuer(t, one.file("cert.pem")), "people-2") {
		t.Errorf("the token of people-1 renews from %s into %s of %s", before, after, issuer(t, one.file("cert.pem")))
	}
	two.whoami(t) // of people-1 still
	if got := s.listOf(t, "people"); !strings.Contains(got, "CA people-2") {
		t.Errorf("people.crl is\n%s", got)
	}
	server(t, "admin", "cert", "revoke", before, "--dir", dir, "--yes").exits(t, 0)
	if got := strings.ToLower(s.listOf(t, "people-1")); !strings.Contains(got, "ca people-1") || !strings.Contains(got, before) {
		t.Errorf("people-1.crl does not list %s:\n%s", before, got)
	}
	listed := data[struct {
		Issuing []struct{ ID, State string }
	}](t, ca("show", "--json").exits(t, 0))
	got := map[string]string{}
	for _, i := range listed.Issuing {
		got[i.ID] = i.State
	}
	if got["people-1"] != "accepted" || got["people-2"] != "issues" || got["sites-1"] != "accepted" || got["sites-2"] != "issues" {
		t.Errorf("ca show = %v", got)
	}

	revoke := []string{"rotate", "root-list", "--root", root, "--root-passphrase-file", secret, "--revoke", "people-1", "--reason", "keyCompromise"}
	ca(revoke...).exits(t, 2).says(t, "--yes")
	ca(append(revoke, "--yes")...).exits(t, 0).shows(t, "certificates below it are revoked", "next:")
	two.ctl(t, "whoami").exits(t, 4)
	await(t, "the node to take the root's list over", func() bool {
		_, ok, _ := s.stderr.find(0, func(line string) bool { return strings.Contains(line, "the root's revocation list is another") })
		return ok
	})
	if got := s.listOf(t, "root"); !strings.Contains(got, "Key Compromise") {
		t.Errorf("root.crl does not list people-1:\n%s", got)
	}
	found := data[api.Check](t, ca("check", "--json").exits(t, 9)) // there is no backup, for one
	for _, f := range found.Findings {
		if f.State == "fault" {
			t.Errorf("ca check: %+v", f)
		}
	}
	for act, times := range map[string]int{"ca.install": 2, "ca.withdraw-request": 1, "ca.activate": 2, "ca.root-list": 1} {
		s.audited(t, times, act, func(e event) bool { return e.Act == act && strings.HasPrefix(e.UserName, "operator ") })
	}
}

// TestExportRoot takes the root's key away from a service that made it in place, and renews
// the root's list from the medium, there and on a machine without the service.
func TestExportRoot(t *testing.T) {
	t.Parallel()
	dir, media := t.TempDir(), t.TempDir()
	writeSettings(t, dir, "127.0.0.1", "")
	secret := write(t, filepath.Join(t.TempDir(), "root"), rootWords)
	server(t, "init", "--dir", dir, "--name", "localhost", "--agency", "Northshire NHS Trust", "--site", "MAIS desk", "--root-passphrase-file", secret,
		"--subnet", "127.0.0.0/8", "--admin", "One Administrator <one@trust.example>", "--admin", "Another <two@trust.example>").exits(t, 0).shows(t, "export-root")
	ca := func(args ...string) result { return server(t, append([]string{"ca"}, args...)...) }
	first, second := filepath.Join(media, "one"), filepath.Join(media, "two")
	export := []string{"export-root", "--dir", dir, "--root-passphrase-file", secret, "--to"}
	ca("check", "--dir", dir).exits(t, 9).shows(t, "root-key", "export-root")
	ca(append(export, filepath.Join(dir, "ca"), "--keep")...).exits(t, 2).says(t, "lies there already")
	mistyped := write(t, filepath.Join(t.TempDir(), "mistyped"), "not the root's passphrase\n")
	ca("export-root", "--dir", dir, "--root-passphrase-file", mistyped, "--to", first, "--keep").exits(t, 5).says(t, "the passphrase is not the root key's", "next:")
	ca(append(export, first, "--keep")...).exits(t, 0).shows(t, "was read back", "next:")
	ca(append(export, second)...).exits(t, 2).says(t, "--yes")
	ca(append(export, second, "--yes")...).exits(t, 0).shows(t, "no longer here", "next:")
	ca(append(export, second, "--yes")...).exits(t, 3).says(t, "not here", "next:")
	if r := ca("check", "--dir", dir).exits(t, 9); strings.Contains(r.stdout, "root-key") {
		t.Errorf("ca check still speaks of the root's key: %s", r.stdout)
	}
	for _, medium := range []string{first, second} {
		if got := read(t, filepath.Join(medium, "root.key")); !strings.Contains(got, "ENCRYPTED PRIVATE KEY") {
			t.Errorf("%s holds %q", medium, got)
		}
	}
	// What cannot be done is said before a word is to be typed for it.
	absent := filepath.Join(media, "three")
	ca("rotate", "people", "--dir", dir, "--root", absent).exits(t, 3).says(t, "root.key", "is the medium there?")
	ca("rotate", "root-list", "--dir", dir, "--root", absent).exits(t, 3).says(t, "is the medium there?")
	ca("rotate", "root-list", "--dir", dir, "--root", first, "--revoke", "people-9").exits(t, 3).says(t, "people-9", "ca show")
	ca("rotate", "root-list", "--dir", dir, "--root", first, "--revoke", "people-1", "--reason", "lost").exits(t, 2).says(t, "cACompromise")
	ca("rotate", "people", "--dir", dir, "--install", secret).exits(t, 1).says(t, "next:", "ca sign")
	list := filepath.Join(t.TempDir(), "root.pem")
	ca("rotate", "root-list", "--root", first, "--root-passphrase-file", secret).exits(t, 2).says(t, "--out")
	ca("rotate", "root-list", "--root", first, "--root-passphrase-file", secret, "--current", filepath.Join(dir, "ca", "root.crl"), "--out", list).exits(t, 0).shows(t, "next:")
	ca("rotate", "root-list", "--dir", dir, "--install", list).exits(t, 0).shows(t, "in place")
	// The other medium has not seen that list; the service's own tells it the number.
	ca("rotate", "root-list", "--dir", dir, "--root", second, "--root-passphrase-file", secret).exits(t, 0)
	ca("rotate", "root-list", "--dir", dir, "--install", list).exits(t, 1).says(t, "number 2, and number 3 is known")
}
