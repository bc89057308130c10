package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/api"
)

// TestRealService goes through the first start of a real service: init, serve, an
// administrator who enrols by the code shown once, and a subnet rescued from the host.
func TestRealService(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	urls := writeSettings(t, dir, "127.0.0.1", "")
	secret := write(t, filepath.Join(t.TempDir(), "root"), "a long passphrase for the root\n")
	// 127.0.0.9 alone: the administrators have typed their subnet wrongly.
	args := []string{"init", "--dir", dir, "--name", "localhost", "--agency", "Northshire NHS Trust", "--site", "MAIS desk", "--subnet", "127.0.0.9/32",
		"--admin", "One Administrator <One@trust.example>", "--admin", "Another <two@trust.example>"}
	server(t, args[:len(args)-2]...).exits(t, 2).says(t, "two administrators")
	server(t, append(args[:len(args)-1], "Double <one@TRUST.example>")...).exits(t, 2).says(t, "twice")
	args[len(args)-1] = "Another <two@trust.example>"
	server(t, args...).exits(t, 2).says(t, "--root-passphrase-file")
	short := write(t, filepath.Join(t.TempDir(), "short"), "short\n")
	server(t, append(args, "--root-passphrase-file", short)...).exits(t, 1).says(t, "15 characters")
	args = append(args, "--root-passphrase-file", secret)
	made := server(t, args...).exits(t, 0).shows(t, "sha256:", "root.key", "one@trust.example", "two@trust.example", "serve --dir")
	server(t, args...).exits(t, 1).says(t, "set up already", "next:", "rescue-admin")
	server(t, append([]string{"up", "--dir", dir}, anyPorts...)...).exits(t, 1).says(t, "real service", "next:", "serve")
	server(t, "ca", "check", "--dir", dir).exits(t, 9).shows(t, "root.key", "next:")
	for _, name := range []string{"root-passphrase", "demo.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("init of a real service leaves %s", name)
		}
	}
	if err := os.Remove(filepath.Join(dir, "ca", "root.key")); err != nil { // as init says to
		t.Fatal(err)
	}

	s := serve(t, dir, urls)
	if people := s.psql(t, "SELECT count(*) FROM record.person"); people != "0" {
		t.Errorf("serve has loaded %s people", people)
	}
	code, command := shownInvitation(t, made.stdout, "one@trust.example")
	admin := newPerson(t, s, "one@trust.example")
	// Whoever answers over a connection that is not verified yet is not believed: what tokenctl
	// says is its own.
	f := failure(t, admin.run(t, command, code, "--json").exits(t, 8))
	if !strings.Contains(f.Message, "403") || !strings.Contains(f.Next, "a network that the service recognises") {
		t.Errorf("enrol from an unknown network = %+v, want to be told to look at the network", f)
	}
	server(t, "admin", "rescue-subnet", "127.0.0.1/32", "--site", "Nowhere", "--dir", dir).exits(t, 3).says(t, "MAIS desk")
	server(t, "admin", "rescue-subnet", "127.0.0.1/32", "--site", "MAIS desk", "--dir", dir).exits(t, 0).shows(t, "recognised")
	admin.enrolSoon(t, command, code)
	if who := admin.whoami(t); !slices.Equal(who.Roles, []string{"administrator"}) || who.Agency != "Northshire NHS Trust" || who.Site != "MAIS desk" {
		t.Errorf("whoami = %+v", who)
	}
	admin.ctl(t, "search", "--surname", "mo").exits(t, 4)

	rescued := server(t, "admin", "rescue-admin", "three@trust.example", "--name", "A Third", "--site", "MAIS desk", "--dir", dir).exits(t, 0)
	third := newPerson(t, s, "three@trust.example")
	code, command = shownInvitation(t, rescued.stdout, third.email)
	third.run(t, command, code).exits(t, 0)
	third.whoami(t)
	refused := firstRefusal(t, s)
	for _, act := range []string{"subnet.add", "user.add", "token.invite"} {
		s.audited(t, 1, act+" at the host while it serves", func(e event) bool {
			return e.Act == act && strings.HasPrefix(e.UserName, "operator ") && e.ID > refused
		})
	}
	s.stop(t)
	serve(t, dir, urls)
	admin.whoami(t)
}

// firstRefusal is the event of the caller from the unknown network.
func firstRefusal(t *testing.T, s *service) int64 {
	t.Helper()
	refused := s.audit(t, func(e event) bool { return e.Act == "network.refused" })
	if len(refused) == 0 {
		t.Fatal("the audit has no refused caller")
	}
	return refused[0].ID
}

// writeSettings writes the mais.toml that init finds, since ports of our own are wanted.
func writeSettings(t *testing.T, dir, host, database string) urls {
	t.Helper()
	ports := [4]string{freePort(t), freePort(t), freePort(t), freePort(t)}
	write(t, filepath.Join(dir, "mais.toml"), fmt.Sprintf(`data_dir = %q
deployment = "Journey"
names = ["localhost"]
[listen]
public = "%[2]s:%[3]s"
mutual = "%[2]s:%[4]s"
plain = "%[2]s:%[5]s"
ops = "127.0.0.1:%[6]s"
%[7]s`, dir, host, ports[0], ports[1], ports[2], ports[3], database))
	return urls{"https://localhost:" + ports[0], "https://localhost:" + ports[1], "http://localhost:" + ports[2], "http://127.0.0.1:" + ports[3]}
}

// serve runs `mais-server serve` until it is ready.
func serve(t *testing.T, dir string, at urls) *service {
	t.Helper()
	began := time.Now()
	s, err := launch(dir, "serve")
	if err != nil {
		t.Fatal(err)
	}
	s.demo.URLs = at
	s.endWith(t)
	if err := s.ready(began); err != nil {
		t.Fatal(err)
	}
	return s
}

// shownInvitation finds the code and the command line that were shown for somebody.
func shownInvitation(t *testing.T, words, holder string) (code, command string) {
	t.Helper()
	_, after, ok := strings.Cut(words, "Code for "+holder)
	if !ok {
		t.Fatalf("nothing is shown for %s: %s", holder, words)
	}
	var shown []string
	for _, line := range strings.Split(after, "\n") {
		if line, ok := strings.CutPrefix(line, "  "); ok {
			shown = append(shown, strings.TrimSpace(line))
		}
	}
	if len(shown) < 2 {
		t.Fatalf("no code and command for %s in %q", holder, after)
	}
	return shown[0], shown[1]
}

// run runs a shown command line with the code from a file, as there is nobody to type it.
func (p *person) run(t *testing.T, command, code string, args ...string) result {
	t.Helper()
	file := write(t, filepath.Join(t.TempDir(), "code"), code+"\n")
	line := fmt.Sprintf("%s --code-file '%s' --home '%s' --passphrase-file '%s' %s", command, file, p.home, p.secret, strings.Join(args, " "))
	cmd := exec.Command("sh", "-c", line)
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	return execute(t, cmd)
}

// enrolSoon enrols once the server knows of the subnet, of which it was just told.
func (p *person) enrolSoon(t *testing.T, command, code string) {
	t.Helper()
	roots := p.service.demo.URLs.Public + api.PathRoots
	await(t, "the rescued subnet to be recognised", func() bool {
		return execute(t, exec.Command("curl", "--insecure", "--silent", "--fail", "--output", "/dev/null", roots)).code == 0
	})
	p.run(t, command, code).exits(t, 0)
}
