package e2e_test

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mais/server/api"
)

// TestCodes: every refusal of a code is one and the same, and says what to do.
func TestCodes(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	good := newPerson(t, s, "codes@staff.northshire.example")
	used := s.invite(t, good.email, "--name", "Journey codes", "--role", "police_officer", "--site", custody)
	good.enrolWith(t, used).exits(t, 0)
	if f := failure(t, good.enrolWith(t, s.invite(t, good.email), "--json").exits(t, 2)); !strings.Contains(f.Message, "already") || !strings.Contains(f.Next, "--replace") {
		t.Errorf("a second enrolment under the same name = %+v", f)
	}

	late := newPerson(t, s, "late@staff.northshire.example")
	expired := s.invite(t, late.email, "--name", "Journey late", "--role", "police_officer", "--site", custody)
	// What was ordered cannot be changed, the schema sees to that; the superuser can look away.
	s.psql(t, "SET session_replication_role = replica; UPDATE ca.enrolment_order SET expires_at = now() - interval '1 second' WHERE holder = '"+late.email+"'")
	void := s.invite(t, "void@staff.northshire.example", "--name", "Journey void", "--role", "police_officer", "--site", custody)
	s.invite(t, "void@staff.northshire.example")

	var said string
	for _, tt := range []struct{ name, email, code string }{
		{"wrong", late.email, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF"},
		{"not a code", late.email, "' OR 1=1 --"},
		{"used", good.email, used},
		{"expired", late.email, expired},
		{"replaced by a newer", "void@staff.northshire.example", void},
		{"somebody else's", late.email, used},
		{"nobody's", "nobody@staff.northshire.example", used},
	} {
		p := newPerson(t, s, tt.email)
		f := failure(t, p.enrolWith(t, tt.code, "--json").exits(t, 4))
		if f.Code != "wrong-code" || f.Next == "" || f.Reference == "" {
			t.Errorf("%s: %+v", tt.name, f)
		}
		if said == "" {
			said = f.Message + f.Next
		} else if f.Message+f.Next != said {
			t.Errorf("%s: %q, want what is said of others: %q", tt.name, f.Message+f.Next, said)
		}
		if events := s.audit(t, func(e event) bool {
			return e.Request == f.Reference && e.Act == "token.enrol" && e.Outcome == "refused"
		}); len(events) != 1 || events[0].Reason == "" {
			t.Errorf("%s: the audit has %v under the reference", tt.name, events)
		}
	}
}

// TestWrongServer: the ends of a connection that are not as they should be.
func TestWrongServer(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := s.join(t, "wrong-server", "police_officer", custody)
	typo := write(t, filepath.Join(t.TempDir(), "typo"), "for easy words here\n")
	if f := failure(t, tokenctl(t, "whoami", "--json", "--home", p.home, "--passphrase-file", typo).exits(t, 5)); f.Code != "wrong-passphrase" || f.Next == "" {
		t.Errorf("a typo in the passphrase = %+v", f)
	}
	enrol := func(server, root string) trouble {
		return failure(t, p.ctl(t, "enrol", "--json", "--token", "other", "--server", server, "--root-fingerprint", root, "--email", p.email,
			"--code", "x").exits(t, 8))
	}
	closed := "https://localhost:" + freePort(t)
	if f := enrol(closed, s.demo.RootFingerprint); f.Code != "unreachable" || !strings.Contains(f.Message, closed) {
		t.Errorf("enrol where nobody listens = %+v", f)
	}
	wrong := s.demo.RootFingerprint[:len(s.demo.RootFingerprint)-4] + "0000"
	if f := enrol(s.demo.URLs.Public, wrong); f.Code != "wrong-root" || !strings.Contains(f.Message, wrong) {
		t.Errorf("enrol with another root = %+v", f)
	}
	p.edit(t, func(token map[string]any) { token["mutual"] = closed })
	if f := failure(t, p.ctl(t, "whoami", "--json").exits(t, 8)); f.Code != "unreachable" || f.Next == "" {
		t.Errorf("whoami where nobody listens = %+v", f)
	}
	p.edit(t, func(token map[string]any) { token["mutual"] = s.demo.URLs.Mutual })
	p.whoami(t)
}

// freePort returns a port that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestStartRefused: what keeps a server from starting is said with its place and a way out.
func TestStartRefused(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	taken := s.demo.URLs.Mutual[strings.LastIndex(s.demo.URLs.Mutual, ":"):]
	args := append([]string{"up", "--dir", t.TempDir()}, anyPorts...)
	server(t, append(args, "--listen-mutual", "127.0.0.1"+taken)...).exits(t, 1).says(t, "127.0.0.1"+taken, "mutual", "taken", "another address", "next:")
	server(t, append([]string{"up", "--dir", s.dir}, anyPorts...)...).exits(t, 1).says(t, "in use", "next:", "stop it")
	server(t, append(args, "--subnet", "10.0.0.1/8")...).exits(t, 2).says(t, "10.0.0.0/8")
	server(t, append(args, "--subnet", "0.0.0.0/0")...).exits(t, 2).says(t, "everybody")
	server(t, append(args, "--subnet", "127.0.0.1")...).exits(t, 2).says(t, "not a network")
	server(t, append(args, "--people", "-1")...).exits(t, 2).says(t, "--people")
	server(t, append(args, "--listen-ops", "0.0.0.0:0")...).exits(t, 2).says(t, "loopback")
	server(t, "serve", "--dir", t.TempDir()).exits(t, 1).says(t, "next:", "init")
	server(t, "audit", "list", "--dir", t.TempDir()).exits(t, 1).says(t, "next:")
	server(t, "psql", "--dir", t.TempDir(), "--", "-c", "SELECT 1").exits(t, 1).says(t, "no database", "next:")
	server(t, "admin", "cert", "revoke", strings.Repeat("ab", 16), "--yes", "--dir", s.dir).exits(t, 3).says(t, "no certificate", "next:")
	server(t, "admin", "cert", "revoke", strings.Repeat("ab", 16), "--dir", s.dir).exits(t, 3)
	server(t, "admin", "cert", "revoke", "mine", "--yes", "--dir", s.dir).exits(t, 2)
	server(t, "admin", "invite", "new@staff.northshire.example", "--dir", s.dir).exits(t, 1).says(t, "--name", "--site", "--role")
	server(t, "admin", "invite", "new@staff.northshire.example", "--name", "N", "--role", "police_officer", "--site", "Nowhere", "--dir", s.dir).exits(t, 3).says(t, custody)
}

// TestNewerDatabase: a later version has migrated the data.
func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	s := up(t, "--people", "1")
	s.psql(t, "INSERT INTO migration.server_migration (version_id, is_applied) VALUES (99999, true)")
	s.stop(t)
	server(t, append([]string{"up", "--dir", s.dir}, anyPorts...)...).exits(t, 1).says(t, "newer", "99999", "next:", "later version")
	server(t, "audit", "list", "--dir", s.dir).exits(t, 1).says(t, "newer", "99999", "next:")
	server(t, "psql", "--dir", s.dir, "--", "-q", "-c", "DELETE FROM migration.server_migration WHERE version_id = 99999").exits(t, 0)
	upIn(t, s.dir, samePorts(s.demo.URLs)...)
}

// TestWithoutPostgreSQL starts in a mount namespace where Debian's programs are hidden.
func TestWithoutPostgreSQL(t *testing.T) {
	t.Parallel()
	script := `mount -t tmpfs none /usr/lib/postgresql && exec "$@"`
	cmd := exec.Command("unshare", append([]string{"--mount", "sh", "-c", script, "sh", filepath.Join(bin, "mais-server"), "up", "--dir", t.TempDir()}, anyPorts...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	r := execute(t, cmd)
	if strings.Contains(r.stderr, "unshare:") || strings.Contains(r.stderr, "mount:") {
		t.Fatalf("hiding PostgreSQL needs CAP_SYS_ADMIN, as root in CI has it: %s", r.stderr)
	}
	r.exits(t, 1).says(t, "PostgreSQL", "install the Debian package postgresql", "next:")
}

// TestCheckConfig reports every fault at once, each with its place.
func TestCheckConfig(t *testing.T) {
	t.Parallel()
	file := write(t, filepath.Join(t.TempDir(), "faulty.toml"), `data_dir = "x"
names = ["UPPER CASE"]
colour = "blue"
[listen]
public = "8443"
ops = "0.0.0.0:8081"
[limits]
session_idle = "3h"
[ca]
status_stale = "1h"
`)
	server(t, "checkconfig", file).exits(t, 1).says(t, file, "names:", "3:1: colour", "listen.public:", "listen.ops:", "limits.session_idle:", "ca.status_stale:", "next:")
	good := write(t, filepath.Join(t.TempDir(), "good.toml"), "data_dir = \"x\"\nnames = [\"localhost\"]\n")
	server(t, "checkconfig", good).exits(t, 0).shows(t, "is valid")
	broken := write(t, filepath.Join(t.TempDir(), "broken.toml"), "data_dir = \"x\nnames = [\n")
	server(t, "checkconfig", broken).exits(t, 1).says(t, broken+": 1:")
	server(t, "checkconfig", "/nowhere.toml").exits(t, 1).says(t, "/nowhere.toml", "next:")
}

// hostile is what may stand in any field that a stranger fills in.
var hostile = map[string]string{
	"empty":           "",
	"blank":           "   ",
	"64 KiB":          strings.Repeat("x", 64<<10),
	"60 KiB":          strings.Repeat("é", 30<<10),
	"NUL":             "Mo\x00rgan",
	"line break":      "Mo\nrgan level=ERROR msg=forged",
	"escape":          "Mo\x1b[31mrgan",
	"right to left":   "Mo\u202ergan",
	"SQL":             `x'; DROP TABLE record.person; --`,
	"SQL wildcard":    "%%",
	"SQL wildcards":   "__",
	"HTML":            `<script>alert(1)</script>`,
	"template":        `{{.}}${7*7}`,
	"CSV":             `=cmd|' /C calc'!A0`,
	"path":            "../../../../etc/passwd",
	"bad UTF-8":       "Mo\xff\xfergan",
	"no such date":    "2010-02-30",
	"American date":   "12/31/1970",
	"date with time":  "1970-01-01T00:00:00Z",
	"five-digit year": "11970-01-01",
	"year zero":       "0000-01-01",
}

// TestHostileSearch puts all of it into every field of a search, and into a record's address.
func TestHostileSearch(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := s.join(t, "hostile", "police_officer", custody)
	c := p.client(t)
	people := s.psql(t, "SELECT count(*) > 0 FROM record.person")
	for name, text := range hostile {
		for _, field := range []string{"surname", "first_name", "date_of_birth"} {
			a := c.ask(t, http.MethodPost, api.PathSearch, object(field, text), nil)
			if dateLike := field == "date_of_birth" && text != ""; a.status != 200 && a.status != 400 && a.status != 413 || dateLike && a.status == 200 {
				t.Errorf("%s in %s: answer = %d %s", name, field, a.status, a.body)
			}
			if a.status == 200 {
				if n := decode[api.SearchResults](t, a).Total; n != 0 {
					t.Errorf("%s in %s finds %d people", name, field, n)
				}
			}
			notEchoed(t, name+" in "+field, text, a)
			if a.status == 400 && len(a.problem().Errors) == 0 {
				t.Errorf("%s in %s: the problem does not name the field: %s", name, field, a.body)
			}
		}
		if path := api.PathPeople + escaped(text); len(path) < 8<<10 && text != "" {
			a := c.ask(t, http.MethodGet, path, nil, nil)
			if a.status != 404 && a.status != 400 {
				t.Errorf("%s as a record's id: answer = %d %s", name, a.status, a.body)
			}
			notEchoed(t, name+" as an id", text, a)
		}
	}
	for name, body := range map[string]string{
		"nothing": "", "no object": "[]", "two objects": "{}{}", "unknown field": `{"surname":"mo","role":"clinician"}`, "a number": `{"surname":7}`,
		"nested": strings.Repeat(`{"surname":`, 5000), "cut": `{"surname":"mo`, "null": "null",
	} {
		if a := c.ask(t, http.MethodPost, api.PathSearch, []byte(body), nil); a.status != 400 {
			t.Errorf("a body with %s: answer = %d %s, want 400", name, a.status, a.body)
		}
	}
	if a := c.ask(t, http.MethodPost, api.PathSearch, []byte("surname=mo"), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}); a.status != 415 {
		t.Errorf("a form: answer = %d, want 415", a.status)
	}
	for _, site := range []string{"cross-site", "same-site", "none"} {
		a := c.ask(t, http.MethodPost, api.PathSearch, []byte(`{"surname":"mo"}`), http.Header{"Sec-Fetch-Site": {site}})
		a.refused(t, 403, api.CrossSite)
	}
	unknown := "00000000-0000-4000-8000-000000000000"
	if f := failure(t, p.ctl(t, "show", unknown, "--json").exits(t, 3)); f.Code != "not-found" || f.Next == "" || f.Reference == "" {
		t.Errorf("show of an unknown id = %+v", f)
	}
	p.ctl(t, "search", "--date-of-birth", "30.2.1970").exits(t, 2).says(t, "YYYY-MM-DD")
	p.ctl(t, "search", "--surname", "x").exits(t, 2).says(t, "two letters")
	p.ctl(t, "search").exits(t, 2)
	if got := s.psql(t, "SELECT count(*) > 0 FROM record.person"); got != people || got != "t" {
		t.Errorf("there were people: %s, there are: %s", people, got)
	}
	notLogged(t, s)
}

// object is {"field": text} with the bytes of text as they are, good UTF-8 or not.
func object(field, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string
	}
	if strings.Contains(text, "\xff") {
		quoted = []byte(`"` + text + `"`)
	}
	return fmt.Appendf(nil, `{%q:%s}`, field, quoted)
}

// escaped makes text one segment of a path.
func escaped(text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, "%%%02X", text[i])
	}
	return b.String()
}

// notEchoed demands that an answer does not repeat what was typed.
func notEchoed(t *testing.T, where, text string, a answer) {
	t.Helper()
	if len(text) > 6 && strings.Contains(string(a.body), text) {
		t.Errorf("%s: the answer repeats it: %s", where, a.body)
	}
}

// notLogged demands that each event of the log is one line of its own making, and that
// nothing typed stands in it.
func notLogged(t *testing.T, s *service) {
	t.Helper()
	for _, line := range strings.Split(s.stderr.String(), "\n") {
		if line != "" && !strings.HasPrefix(line, "time=") {
			t.Errorf("a line of the log is not one of ours: %q", line)
		}
		if strings.Contains(line, "DROP TABLE") || strings.Contains(line, "level=ERROR msg=forged") {
			t.Errorf("what was typed stands in the log: %q", line)
		}
	}
}

// TestHostileEnrolment puts all of it into every field of an enrolment.
func TestHostileEnrolment(t *testing.T) {
	t.Parallel()
	s := up(t, "--people", "1") // of its own: attempts to enrol are counted by address
	c := newClient(t, s.demo.URLs.Public, &tls.Config{RootCAs: s.roots(t)})
	limited, refused := 0, 0
	for name, text := range hostile {
		for _, field := range []string{"email", "code", "csr"} {
			a := c.ask(t, http.MethodPost, api.PathEnrol, object(field, text), nil)
			switch a.status {
			case 429:
				limited++
			case 403:
				refused++
			case 400, 413:
			default:
				t.Errorf("%s in %s: answer = %d %s", name, field, a.status, a.body)
			}
			notEchoed(t, name+" in "+field, text, a)
		}
	}
	if refused == 0 || limited == 0 {
		t.Errorf("%d refused, %d limited of %d; want some of each", refused, limited, 3*len(hostile))
	}
	p := newPerson(t, s, "x@y.example")
	for name, text := range hostile {
		if strings.ContainsRune(text, 0) || len(text) > 32<<10 {
			continue // the kernel does not take such an argument
		}
		r := p.ctl(t, "enrol", "--server", s.demo.URLs.Public, "--root-fingerprint", s.demo.RootFingerprint, "--code", "x", "--email", text)
		r.exits(t, 2).says(t, "error:", "next:")
		if strings.Contains(r.stderr, "\x1b") || strings.Contains(r.stderr, "\u202e") {
			t.Errorf("%s: the terminal is sent %q", name, r.stderr)
		}
	}
	notLogged(t, s)
}
