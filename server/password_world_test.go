package server

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"
	"golang.org/x/net/html"

	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/people"
	"mais/server/internal/web/page/pagetest"

	camigrations "mais/ca/migrations"
	"mais/server/migrations"
)

// station is a world where police officers may come in with a password and a second factor, and
// clinicians with a password alone that gives them less. Comparing a password is made cheap,
// unless a test measures it.
type station struct {
	*postOffice
	sql *pg.DB // the owner's
	db  *pgtest.Database
}

func newStation(t *testing.T, adjust ...func(*config.Server)) *station {
	t.Helper()
	db := pgtest.New(t, camigrations.Set, migrations.Set)
	source := db.Source()
	o := &postOffice{}
	w := startedWorld(t, func(s *config.Server) {
		o.dir = filepath.Join(s.DataDir, "mail")
		s.Mail = &config.Mail{Directory: o.dir, From: "mais@mais.example"}
		s.Limits.EnrolmentsPerMinute = 60_000
		s.Passwords = config.Passwords{MemoryMiB: 1, Passes: 1, AtOnce: 8, SignInsPerMinute: 60_000}
		for _, change := range adjust {
			change(s)
		}
	}, &source)
	o.estate = &estate{world: w}
	s := &station{postOffice: o, sql: db.Owner(), db: db}
	s.allow(t)
	for i := range 60 { // sources of the station's network
		if err := w.host.AddSubnet(t.Context(), w.custody, netip.MustParsePrefix(fmt.Sprintf("127.0.9.%d/32", i+1)), testEvent); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.recognises(t.Context(), netip.MustParseAddr("127.0.9.60")); err != nil {
		t.Fatal(err)
	}
	s.settled(t)
	return s
}

// allow sets the policies.
func (s *station) allow(t *testing.T) {
	t.Helper()
	s.exec(t, `UPDATE access.agency SET passwords = 'allowed', domains = '{agency.example}'`)
	s.exec(t, `UPDATE access.role SET passwords = 'allowed', totp = true WHERE name = 'police_officer'`)
	s.exec(t, `UPDATE access.role SET passwords = 'limited', totp = false WHERE name = 'clinician'`)
}

// settled waits until the service knows the last change of access.
func (s *station) settled(t *testing.T) {
	t.Helper()
	eventually(t, "the service knows the policy", func() bool { return s.authn.PasswordsAnywhere() })
}

func (s *station) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := s.sql.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func (s *station) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := s.sql.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// keyholder is somebody with a password.
type keyholder struct {
	station  *station
	id       string
	email    string
	password string
	secret   string   // of the second factor; "": none
	codes    []string // recovery codes
	step     int64    // of the last code that was used
	browser  *browser
}

// browser keeps cookies by name, as browsers do: by host, whatever the port.
type browser struct {
	*client
	public  string
	cookies map[string]string
}

func (s *station) browser(t testing.TB, from string) *browser {
	return &browser{client: s.client(t, from), public: s.urls.Public, cookies: map[string]string{}}
}

func (b *browser) header() string {
	var all []string
	for name, value := range b.cookies {
		all = append(all, name+"="+value)
	}
	return strings.Join(all, "; ")
}

func (b *browser) keep(r reply) reply {
	for _, c := range r.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return r
}

func (b *browser) page(t *testing.T, path string, headers ...string) reply {
	t.Helper()
	all := append([]string{"Accept", "text/html", "Sec-Fetch-Site", "same-origin", "Cookie", b.header()}, headers...)
	return b.keep(b.get(t, b.public+path, all...))
}

func (b *browser) send(t *testing.T, path string, form url.Values, headers ...string) reply {
	t.Helper()
	all := append([]string{"Accept", "text/html", "Sec-Fetch-Site", "same-origin", "Cookie", b.header()}, headers...)
	if len(form) > 0 {
		all = append(all, "Content-Type", "application/x-www-form-urlencoded")
	}
	return b.keep(b.do(t, request(t, "POST", b.public+path, []byte(form.Encode()), all...)))
}

const goodPassword = "tulip anvil kestrel mango"

// invited registers a user with a role, and returns the code of their invitation.
func (s *station) invited(t *testing.T, role string, sites ...string) (*keyholder, string) {
	t.Helper()
	users.Lock()
	users.n++
	email := fmt.Sprintf("keyholder%d@agency.example", users.n)
	users.Unlock()
	if len(sites) == 0 {
		sites = []string{s.custody}
	}
	id, err := s.host.AddUser(t.Context(), people.User{Email: email, Name: "Key Holder", Agency: "Agency", Sites: sites, Roles: []string{role}}, testEvent)
	if err != nil {
		t.Fatal(err)
	}
	k := &keyholder{station: s, id: id, email: email, password: goodPassword, browser: s.browser(t, custody)}
	return k, k.invite(t)
}

func (k *keyholder) invite(t *testing.T) string {
	t.Helper()
	who, err := certs.NewIdentity(certs.User, k.id)
	if err != nil {
		t.Fatal(err)
	}
	code, err := k.station.Host().Tokens.Invite(t.Context(), who, k.email, "Key Holder")
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// keyholder registers somebody.
func (s *station) keyholder(t *testing.T, role string, sites ...string) *keyholder {
	t.Helper()
	k, code := s.invited(t, role, sites...)
	got := k.browser.send(t, "/register", url.Values{"email": {k.email}, "code": {code}, "password": {k.password}, "again": {k.password}})
	page := got.shown(t, http.StatusOK)
	if pagetest.ByID(page, "secret") != nil {
		got = k.confirm(t, "/register/second", page)
		page = got.shown(t, http.StatusOK)
	}
	k.codes = recoveryCodes(page)
	if len(k.codes) != 10 {
		t.Fatalf("%d recovery codes are shown, want 10:\n%.3000s", len(k.codes), got.body)
	}
	return k
}

// confirm reads a second factor off a page and sends its code.
func (k *keyholder) confirm(t *testing.T, action string, page *html.Node) reply {
	t.Helper()
	k.secret, k.step = strings.ReplaceAll(pagetest.Text(pagetest.ByID(page, "secret")), " ", ""), 0
	return k.browser.send(t, action, url.Values{"sealed": {hiddenField(page, "sealed")}, "code": {k.code(t)}})
}

func hiddenField(page *html.Node, name string) string {
	for _, input := range pagetest.ByTag(page, "input") {
		if pagetest.Attr(input, "name") == name {
			return pagetest.Attr(input, "value")
		}
	}
	return ""
}

var recoveryForm = regexp.MustCompile(`^(?:[A-Z2-7]{5}-){4}[A-Z2-7]{5}$`)

func recoveryCodes(page *html.Node) (codes []string) {
	for _, item := range pagetest.ByTag(page, "li") {
		if text := pagetest.Text(item); recoveryForm.MatchString(text) {
			codes = append(codes, text)
		}
	}
	return codes
}

// code is a code of the second factor that was not used: the clock is asked for the next one
// rather than waited for, within what may be off, and is good for another quarter of a minute at least.
func (k *keyholder) code(t *testing.T) string {
	t.Helper()
	if k.secret == "" {
		return ""
	}
	now := time.Now().Unix()
	oldest := (now - 15) / 30
	k.step = max(k.step+1, oldest)
	if k.step > now/30+1 { // one would have to wait for the next
		k.forgetStep(t)
		k.step = oldest
	}
	code, err := hotp.GenerateCode(k.secret, uint64(k.step))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// forgetStep lets codes of the same half minute be used again, which the guard of the table
// otherwise forbids to everybody.
func (k *keyholder) forgetStep(t *testing.T) {
	t.Helper()
	k.station.exec(t, `ALTER TABLE access.totp DISABLE TRIGGER guard`)
	k.station.exec(t, `UPDATE access.totp SET last_step = 0 WHERE user_id = $1::uuid`, k.id)
	k.station.exec(t, `ALTER TABLE access.totp ENABLE ALWAYS TRIGGER guard`)
}

// tries signs in on a browser.
func (k *keyholder) tries(t *testing.T, b *browser, password, code string) reply {
	t.Helper()
	return b.send(t, "/sign-in", url.Values{"email": {k.email}, "password": {password}, "code": {code}})
}

// signsIn signs in and returns where the work begins.
func (k *keyholder) signsIn(t *testing.T) string {
	t.Helper()
	k.tries(t, k.browser, k.password, k.code(t)).goesTo(t, "/")
	return k.browser.page(t, "/").goesTo(t, "/")
}
