package e2e_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mais/server/api"
)

// passphrase protects every token of the tests.
const passphrase = "four easy words here"

// person is somebody at a machine of their own: a home for tokens and a passphrase.
type person struct {
	service *service
	email   string
	home    string
	secret  string // the file that holds the passphrase
	token   string // the name of the token
}

func newPerson(t testing.TB, s *service, email string) *person {
	t.Helper()
	dir := t.TempDir()
	name, _, _ := strings.Cut(email, "@")
	return &person{s, email, filepath.Join(dir, "tokens"), write(t, filepath.Join(dir, "passphrase"), passphrase+"\n"), name}
}

// enrol makes a user of the demo enrol by exactly the command line that was printed.
func (s *service) enrol(t testing.TB, email string) *person {
	t.Helper()
	for _, u := range s.demo.Users {
		if u.Email != email {
			continue
		}
		if u.Enrol == nil {
			t.Fatalf("demo.json has no enrolment command for %s", email)
		}
		p := newPerson(t, s, email)
		p.paste(t, *u.Enrol).exits(t, 0)
		return p
	}
	t.Fatalf("demo.json does not have %s", email)
	return nil
}

// paste runs a printed command line in the directory that it was printed for.
func (p *person) paste(t testing.TB, line string) result {
	t.Helper()
	cmd := exec.Command("sh", "-c", fmt.Sprintf("%s --home '%s' --passphrase-file '%s'", line, p.home, p.secret))
	cmd.Dir = filepath.Dir(bin)
	return execute(t, cmd)
}

// join registers a new user at the host, with a fresh address, and enrols them.
func (s *service) join(t testing.TB, who, role, site string) *person {
	t.Helper()
	p := newPerson(t, s, who+"@police.northshire.example")
	code := s.invite(t, p.email, "--name", "Journey "+who, "--role", role, "--site", site)
	p.enrolWith(t, code).exits(t, 0)
	return p
}

// Sites of the demo.
const (
	custody = "Northgate Custody Suite"
	liaison = "Criminal Justice Liaison Team"
)

// invite returns the code that `admin invite` shows once.
func (s *service) invite(t testing.TB, email string, args ...string) string {
	t.Helper()
	r := s.host(t, append([]string{"admin", "invite", email}, args...)...).exits(t, 0)
	return shownCode(t, r.stdout)
}

// shownCode takes the code out of the words that show it.
func shownCode(t testing.TB, words string) string {
	t.Helper()
	for _, line := range strings.Split(words, "\n") {
		if code, ok := strings.CutPrefix(line, "  "); ok {
			return strings.TrimSpace(code)
		}
	}
	t.Fatalf("no code is shown in %q", words)
	return ""
}

func (p *person) enrolWith(t testing.TB, code string, args ...string) result {
	t.Helper()
	d := p.service.demo
	return p.ctl(t, append([]string{"enrol", "--server", d.URLs.Public, "--root-fingerprint", d.RootFingerprint, "--email", p.email,
		"--code-file", write(t, filepath.Join(t.TempDir(), "code"), code+"\n")}, args...)...)
}

// ctl runs tokenctl with the person's token.
func (p *person) ctl(t testing.TB, args ...string) result {
	t.Helper()
	return tokenctl(t, append(args, "--home", p.home, "--passphrase-file", p.secret)...)
}

// file is the path of one of the token's files.
func (p *person) file(name string) string { return filepath.Join(p.home, p.token, name) }

// whoami asks the service by tokenctl.
func (p *person) whoami(t testing.TB) api.Whoami {
	t.Helper()
	return data[api.Whoami](t, p.ctl(t, "whoami", "--json").exits(t, 0))
}
