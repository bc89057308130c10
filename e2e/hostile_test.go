package e2e_test

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"mais/server/api"
)

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
	for name, text := range hostile {
		for _, field := range []string{"surname", "first_name", "date_of_birth"} {
			findsNobody(t, c, name, field, text)
		}
		if path := api.PathPeople + escaped(text); len(path) < 8<<10 && text != "" {
			a := c.ask(t, http.MethodGet, path, nil, nil)
			if a.status != 404 && a.status != 400 {
				t.Errorf("%s as a record's id: answer = %d %s", name, a.status, a.body)
			}
			notEchoed(t, name+" as an id", text, a)
		}
	}
	hostileBodies(t, c)
	unknown := "00000000-0000-4000-8000-000000000000"
	if f := failure(t, p.ctl(t, "show", unknown, "--json").exits(t, 3)); f.Code != "not-found" || f.Next == "" || f.Reference == "" {
		t.Errorf("show of an unknown id = %+v", f)
	}
	p.ctl(t, "search", "--date-of-birth", "30.2.1970").exits(t, 2).says(t, "YYYY-MM-DD")
	p.ctl(t, "search", "--surname", "x").exits(t, 2).says(t, "two letters")
	p.ctl(t, "search").exits(t, 2).says(t, "next:")
	if got := s.psql(t, "SELECT count(*) >= 31 FROM record.person"); got != "t" {
		t.Error("people are missing afterwards")
	}
	notLogged(t, s)
}

// findsNobody demands that a search finds nobody or is refused for the field.
func findsNobody(t *testing.T, c *client, name, field, text string) {
	t.Helper()
	a := c.ask(t, http.MethodPost, api.PathSearch, object(field, text), nil)
	notEchoed(t, name+" in "+field, text, a)
	switch a.status {
	case http.StatusOK:
		if n := decode[api.SearchResults](t, a).Total; n != 0 || field == "date_of_birth" {
			t.Errorf("%s in %s finds %d people", name, field, n)
		}
	case http.StatusBadRequest:
		if len(a.problem().Errors) == 0 {
			t.Errorf("%s in %s: the problem does not name the field: %s", name, field, a.body)
		}
	case http.StatusRequestEntityTooLarge:
	default:
		t.Errorf("%s in %s: answer = %d %s", name, field, a.status, a.body)
	}
}

// hostileBodies sends what is no search at all.
func hostileBodies(t *testing.T, c *client) {
	t.Helper()
	for name, body := range map[string]string{
		"nothing": "", "no object": "[]", "two objects": "{}{}", "unknown field": `{"surname":"mo","role":"clinician"}`, "a number": `{"surname":7}`,
		"nested": strings.Repeat(`{"surname":`, 5000), "cut": `{"surname":"mo`, "null": "null",
	} {
		if a := c.ask(t, http.MethodPost, api.PathSearch, []byte(body), nil); a.status != http.StatusBadRequest {
			t.Errorf("a body with %s: answer = %d %s, want 400", name, a.status, a.body)
		}
	}
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if a := c.ask(t, http.MethodPost, api.PathSearch, []byte("surname=mo"), form); a.status != http.StatusUnsupportedMediaType {
		t.Errorf("a form: answer = %d, want 415", a.status)
	}
	for _, site := range []string{"cross-site", "same-site", "none"} {
		c.ask(t, http.MethodPost, api.PathSearch, []byte(`{"surname":"mo"}`), http.Header{"Sec-Fetch-Site": {site}}).refused(t, 403, api.CrossSite)
	}
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
