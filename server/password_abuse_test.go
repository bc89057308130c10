package server

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mais/server/internal/web/page/pagetest"
)

// TestSpraying: one password on 500 users from 50 sources raises the alarm, says nothing of
// anybody, and keeps nobody out.
func TestSpraying(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	k.signsIn(t)
	stranger := s.keyholder(t, "police_officer") // who has no device here yet
	var all sync.WaitGroup
	for source := range 50 {
		all.Go(func() {
			b := s.browser(t, fmt.Sprintf("127.0.9.%d", source+1))
			for n := range 10 {
				email := fmt.Sprintf("sprayed%d@agency.example", source*10+n)
				switch n {
				case 0:
					email = k.email
				case 1:
					email = stranger.email
				}
				got := b.send(t, "/sign-in", url.Values{"email": {email}, "password": {"Winter2026Winter2026"}, "code": {""}})
				if got.StatusCode != http.StatusForbidden && got.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("POST /sign-in = %d, want it refused", got.StatusCode)
				}
			}
		})
	}
	all.Wait()
	alarms := s.entries(t, "act = 'alarm.spraying'")
	if len(alarms) == 0 {
		t.Fatal("no alarm was raised")
	}
	for _, a := range alarms {
		if a.User != "" || strings.Contains(fmt.Sprint(a), "Winter") {
			t.Errorf("the alarm names somebody, or what was typed: %+v", a)
		}
	}
	k.browser.page(t, "/access").shown(t, http.StatusOK)
	k.browser.send(t, "/sign-out", nil)
	k.signsIn(t)
	stranger.signsIn(t)
	if n := s.count(t, `SELECT count(*) FROM audit.event WHERE position('Winter' IN event::text) > 0`); n != 0 {
		t.Errorf("%d entries hold what was typed", n)
	}
}

// TestRightPasswordLeavesNoWord: of a password that is right nothing is kept where the code was wrong; the failure counts.
func TestRightPasswordLeavesNoWord(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	elsewhere := s.browser(t, "127.0.9.8")
	kept := func(letter string) int {
		return s.count(t, `SELECT count(*) FROM access.password_guard WHERE substr(pool, 1, 1) = convert_to($1, 'UTF8')`, letter)
	}
	k.tries(t, elsewhere, k.password, "000000").shown(t, http.StatusForbidden)
	if words, sources := kept("w"), kept("f"); words != 0 || sources != 1 {
		t.Errorf("of a right password %d words are kept, and %d sources, want 0 and 1", words, sources)
	}
	if k.tries(t, elsewhere, "not the password at all", "000000"); kept("w") != 1 {
		t.Errorf("of a wrong one %d words are kept, want 1", kept("w"))
	}
}

// TestPasswordLockOut: wrong tries slow down whoever makes them; the holder's own device comes in
// whatever others do, and tries from elsewhere count for nothing.
func TestPasswordLockOut(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	k.signsIn(t)
	k.browser.send(t, "/sign-out", nil)
	attacker := s.browser(t, "127.0.9.7")
	var last reply
	for n := range 7 { // as the page says to everybody
		last = k.tries(t, attacker, "not the password at all", "000000")
		if n < 6 && !strings.Contains(pagetest.Text(last.shown(t, http.StatusForbidden)), "More than 5 wrong tries in a row make you wait: 15 seconds at first, 15 minutes at most") {
			t.Errorf("try %d: the page does not say what more of them cost", n+1)
		}
	}
	if text := pagetest.Text(last.shown(t, http.StatusTooManyRequests)); !strings.Contains(text, "Wait 1") {
		t.Errorf("nobody says how long to wait: %s", text)
	}
	k.tries(t, attacker, k.password, k.code(t)).shown(t, http.StatusTooManyRequests) // the right one too
	unknown := s.browser(t, "127.0.9.8")
	for range 7 { // a name that nobody has is slowed down the same
		last = unknown.send(t, "/sign-in", url.Values{"email": {"nobody@agency.example"}, "password": {"x"}, "code": {""}})
	}
	last.shown(t, http.StatusTooManyRequests)
	// A hundred wrong tries from the holder's own site close the door to devices that nobody knows.
	s.exec(t, `UPDATE access.password_guard SET tries = 100 WHERE pool = 'all'`)
	fresh := s.browser(t, "127.0.9.9")
	k.tries(t, fresh, k.password, k.code(t)).shown(t, http.StatusForbidden)
	k.signsIn(t) // on the device that they had signed in with
	k.tries(t, fresh, k.password, k.code(t)).goesTo(t, "/")
	// From another site nothing counts.
	before := s.count(t, `SELECT coalesce(sum(tries), 0)::int FROM access.password_guard WHERE pool = 'all'`)
	for range 5 {
		k.tries(t, s.browser(t, ward), "wrong wrong wrong wrong", "").shown(t, http.StatusForbidden)
	}
	if now := s.count(t, `SELECT coalesce(sum(tries), 0)::int FROM access.password_guard WHERE pool = 'all'`); now != before {
		t.Errorf("tries from another site count %d against the holder", now-before)
	}
	k.tries(t, s.browser(t, ward), k.password, k.code(t)).shown(t, http.StatusForbidden)
}

// TestPasswordGuessesAtOnce: of two hundred tries at once no more are looked at than in turn.
func TestPasswordGuessesAtOnce(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	c := s.client(t, "127.0.9.20")
	var mu sync.Mutex
	counts := map[int]int{}
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			b := &browser{client: c, public: s.urls.Public, cookies: map[string]string{}}
			got := k.tries(t, b, fmt.Sprintf("wrong password number %d", n), "")
			mu.Lock()
			counts[got.StatusCode]++
			mu.Unlock()
		})
	}
	all.Wait()
	if counts[http.StatusForbidden] > 6 || counts[http.StatusForbidden] < 1 {
		t.Errorf("the answers were %v, want at most six tries looked at", counts)
	}
}

var changing = regexp.MustCompile(`[a-z0-9]+@agency\.example|[0-9a-f]{8}-[0-9a-f-]{27}`)

// TestPasswordEnumeration: who exists, who has a password and who may use it is the same to whoever asks,
// in bytes and in the time that it takes.
func TestPasswordEnumeration(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	none, _ := s.invited(t, "police_officer")
	elsewhere := s.keyholderAt(t, "police_officer", s.ward, ward)
	names := map[string]string{"known": k.email, "without": none.email, "elsewhere": elsewhere.email, "unknown": "nobody@agency.example"}
	took := map[string][]time.Duration{}
	var first []byte
	const rounds = 30
	for n := range rounds {
		for name, email := range names {
			b := s.browser(t, fmt.Sprintf("127.0.9.%d", 1+n))
			if n == 0 {
				b.page(t, "/help")
			}
			b.page(t, "/help") // the handshake is done
			began := time.Now()
			got := b.send(t, "/sign-in", url.Values{"email": {email}, "password": {"wrong password " + fmt.Sprint(n)}, "code": {"123456"}})
			took[name] = append(took[name], time.Since(began))
			got.shown(t, http.StatusForbidden)
			body := changing.ReplaceAll(got.body, []byte("X"))
			if first == nil {
				first = body
			}
			if !bytes.Equal(body, first) {
				t.Fatalf("%s: the answer differs:\n%s\nfrom\n%s", name, body, first)
			}
			if len(got.Cookies()) != 0 {
				t.Errorf("%s: a refusal sets a cookie", name)
			}
		}
	}
	medians, longer := map[string]time.Duration{}, map[string][]time.Duration{}
	for name, all := range took {
		for n, this := range all {
			longer[name] = append(longer[name], this-took["unknown"][n])
		}
	}
	for name, all := range took {
		slices.Sort(all)
		medians[name] = all[len(all)/2]
		t.Logf("%s: median %v, nine of ten within %v", name, medians[name], all[len(all)*9/10])
	}
	for name, all := range longer { // within a round: the machine may be busier in another
		slices.Sort(all)
		if m, slack := all[len(all)/2], medians["unknown"]/2+3*time.Millisecond; m.Abs() > slack {
			t.Errorf("%s takes %v longer than unknown, which takes %v", name, m, medians["unknown"])
		}
	}
	for _, email := range names {
		got := s.browser(t, custody).send(t, "/recover", url.Values{"email": {email}})
		got.goesTo(t, "/recover/code")
	}
}

// keyholderAt is keyholder for somebody of another site.
func (s *station) keyholderAt(t *testing.T, role, site, from string) *keyholder {
	t.Helper()
	k, code := s.invited(t, role, site)
	k.browser = s.browser(t, from)
	page := k.browser.send(t, "/register", url.Values{"email": {k.email}, "code": {code}, "password": {k.password}, "again": {k.password}}).shown(t, http.StatusOK)
	k.codes = recoveryCodes(k.confirm(t, "/register/second", page).shown(t, http.StatusOK))
	return k
}

// TestPasswordSession: an id is new at each sign-in, belongs to one listener and one site, and no
// other page sends for it.
func TestPasswordSession(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	fixed := strings.Repeat("A", 43)
	k.browser.cookies["__Host-mais-p"] = fixed
	k.signsIn(t)
	first := k.browser.cookies["__Host-mais-p"]
	if first == fixed || first == "" {
		t.Fatal("the session has an id that was there before")
	}
	k.signsIn(t)
	if again := k.browser.cookies["__Host-mais-p"]; again == first {
		t.Error("a second sign-in keeps the id")
	}
	old := s.browser(t, custody)
	old.cookies["__Host-mais-p"] = first
	old.page(t, "/find").shown(t, http.StatusUnauthorized)

	for _, site := range []string{"cross-site", "same-site"} { // CSRF, GET too
		for path, form := range map[string]url.Values{"/sign-out": nil, "/security/enrol": nil, "/sign-in": {"email": {k.email}, "password": {k.password}, "code": {""}}} {
			got := k.browser.send(t, path, form, "Sec-Fetch-Site", site, "Origin", "https://attacker.invalid")
			if got.StatusCode != http.StatusForbidden {
				t.Errorf("POST %s by a page of %s = %d, want 403", path, site, got.StatusCode)
			}
		}
		if got := k.browser.page(t, "/recent", "Sec-Fetch-Site", site); got.StatusCode != http.StatusForbidden {
			t.Errorf("GET /recent by a page of %s = %d, want 403", site, got.StatusCode)
		}
	}
	k.browser.page(t, "/access").shown(t, http.StatusOK)

	// On the other listener, with a good token, under either name.
	token := s.enrolled(t, "police_officer", s.custody)
	c := s.client(t, custody, token.tls)
	stolen := k.browser.cookies["__Host-mais-p"]
	got := c.get(t, s.urls.Mutual+"/find", "Accept", "text/html", "Sec-Fetch-Site", "same-origin", "Cookie", "__Host-mais-p="+stolen)
	got.goesTo(t, "/")
	k.browser.page(t, "/access").shown(t, http.StatusOK)
	if got := c.get(t, s.urls.Mutual+"/find", "Accept", "text/html", "Sec-Fetch-Site", "same-origin", "Cookie", "__Host-mais="+stolen); got.StatusCode != http.StatusForbidden {
		t.Errorf("the other listener takes the cookie: %d", got.StatusCode)
	}
	k.browser.page(t, "/access").shown(t, http.StatusUnauthorized) // it was ended

	// From another site.
	both := s.keyholder(t, "police_officer", s.custody, s.ward)
	both.signsIn(t)
	moved := s.browser(t, ward)
	moved.cookies["__Host-mais-p"] = both.browser.cookies["__Host-mais-p"]
	got = moved.page(t, "/access")
	got.shown(t, http.StatusForbidden)
	if hijack := s.entries(t, "request = $1", got.Header.Get("Request-Id")); len(hijack) != 1 || hijack[0].Act != "session.hijack" {
		t.Errorf("the audit has %+v, want a hijack", hijack)
	}
	both.browser.page(t, "/access").shown(t, http.StatusUnauthorized)
	if n := len(s.entries(t, "act = 'session.end' AND reason = 'mismatch'")); n != 2 {
		t.Errorf("%d sessions ended for a mismatch, want 2", n)
	}
	// A session of a token, under the public listener's name.
	cookie := s.signIn(t, c)
	b := s.browser(t, custody)
	b.cookies["__Host-mais-p"] = strings.TrimPrefix(cookie, "__Host-mais=")
	b.page(t, "/find").shown(t, http.StatusForbidden)
}

// TestFactorReplay: a code of the second factor is used once, also by many at once.
func TestFactorReplay(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	code := k.code(t)
	var mu sync.Mutex
	var served int
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			got := k.tries(t, s.browser(t, fmt.Sprintf("127.0.9.%d", 30+n)), k.password, code)
			mu.Lock()
			defer mu.Unlock()
			if got.StatusCode == http.StatusSeeOther {
				served++
			}
		})
	}
	all.Wait()
	if served != 1 {
		t.Errorf("one code let %d in, want 1", served)
	}
	k.tries(t, s.browser(t, "127.0.9.55"), k.password, code).shown(t, http.StatusForbidden)
	k.tries(t, s.browser(t, "127.0.9.55"), k.password, "").shown(t, http.StatusForbidden)
}

// TestPasswordRecovery: mail alone sets nothing; with a second proof all sessions end, and the
// holder is told.
func TestPasswordRecovery(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	k.signsIn(t)
	b := s.browser(t, custody)
	ask := func() string {
		t.Helper()
		before := len(s.letters(t, k.email, "the code for a new password"))
		b.send(t, "/recover", url.Values{"email": {" " + strings.ToUpper(k.email)}}).goesTo(t, "/recover/code")
		eventually(t, "the code is in the mail", func() bool { return len(s.letters(t, k.email, "the code for a new password")) > before })
		var codes []string
		for _, l := range s.letters(t, k.email, "the code for a new password") {
			codes = append(codes, lostCodes.FindString(l))
		}
		for _, code := range codes {
			if s.count(t, `SELECT count(*) FROM access.password_reset WHERE id = $1 AND used_at IS NULL AND tries = 0`, code[:5]+code[6:10]) == 1 {
				return code
			}
		}
		t.Fatal("no fresh code")
		return ""
	}
	set := func(code, proof, password string) reply {
		return b.send(t, "/recover/code", url.Values{"code": {code}, "proof": {proof}, "password": {password}, "again": {password}})
	}
	code := ask()
	for _, proof := range []string{"", "000000", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", code} {
		set(code, proof, "nine copper bells at dusk").shown(t, http.StatusForbidden)
	}
	set(code, k.codes[0], "short").shown(t, http.StatusUnprocessableEntity)
	set(code, k.code(t), "nine copper bells at dusk").shown(t, http.StatusOK) // the fifth try
	k.browser.page(t, "/access").shown(t, http.StatusUnauthorized)            // all sessions ended
	set(code, k.code(t), "ten copper bells at dusk").shown(t, http.StatusForbidden)
	old := k.password
	k.password = "nine copper bells at dusk"
	k.tries(t, s.browser(t, custody), old, k.code(t)).shown(t, http.StatusForbidden)
	k.signsIn(t)
	eventually(t, "the holder is told", func() bool {
		return slices.ContainsFunc(s.letters(t, k.email, "your password"), func(l string) bool { return strings.Contains(l, "set anew") })
	})

	// With a recovery code, once, a new second factor comes first.
	code = ask()
	page := set(code, k.codes[1], "eleven copper bells ring").shown(t, http.StatusOK)
	if s.count(t, `SELECT count(*) FROM access.recovery_code WHERE used_at IS NOT NULL`) != 0 {
		t.Error("the recovery code is used before the second factor is there")
	}
	was := k.secret
	k.confirm(t, "/recover/second", page).shown(t, http.StatusOK)
	if k.password = "eleven copper bells ring"; k.secret == was {
		t.Error("the second factor is the old one")
	}
	k.signsIn(t)
	set(ask(), k.codes[1], "twelve copper bells ring").shown(t, http.StatusForbidden)
	for _, e := range s.entries(t, "act LIKE 'password%'") {
		if said := fmt.Sprint(e); strings.Contains(said, "copper") || strings.Contains(said, code) || strings.Contains(said, k.codes[1]) {
			t.Errorf("an event holds a secret: %s", said)
		}
	}
}

// TestLimitedPassword: the same record shows a limited session what is restricted, and a token all.
func TestLimitedPassword(t *testing.T) {
	s := newStation(t)
	person := s.aPerson(t)
	k := s.keyholder(t, "clinician")
	k.signsIn(t)
	k.browser.send(t, "/person/"+person+"/reason", url.Values{"reason": {"custody"}, "number": {"CUST/1"}}).goesTo(t, "/person/"+person)
	k.browser.page(t, "/person/"+person).shown(t, http.StatusOK)
	items := func(user string) (n int) {
		return s.count(t, `SELECT count(*) FROM audit.event e, unnest(e.items) item WHERE e.act = 'record.show' AND e.user_id = $1::uuid
			AND (item LIKE 'mental_health_diagnosis.%' OR item LIKE 'release_medication.%')`, user)
	}
	for path, says := range map[string][]string{
		"/terms":            {"What you see in this sign-in", "With the password that you signed in with, restricted items only", "Risk factors"},
		"/access":           {"With a token your role shows you also", "not with a password"},
		"/person/" + person: {"Not with a password"},
	} {
		got := k.browser.page(t, path)
		for _, words := range append(says, "") {
			got.wantPage(t, http.StatusOK, words)
		}
		if text := string(got.body); strings.Contains(text, "Every item, with where it came from") || strings.Contains(strings.ToLower(text), "withheld from your role") {
			t.Errorf("%s promises what a password does not show, or puts it on the role", path)
		}
	}
	if n := items(k.id); n != 0 {
		t.Errorf("a limited session was shown %d items of the full audience", n)
	}
	if got := k.browser.page(t, "/person/"+person+"/emergency"); got.StatusCode == http.StatusOK && strings.Contains(string(got.body), `name="why"`) {
		t.Error("a limited session may begin emergency access")
	}
	if got := k.browser.send(t, "/person/"+person+"/emergency", url.Values{"why": {"because it is an emergency"}}); got.StatusCode != http.StatusForbidden && got.StatusCode != http.StatusBadRequest {
		t.Errorf("POST emergency = %d, want it refused", got.StatusCode)
	}
	v := s.visitor(t, "clinician")
	v.reasons(t, person)
	v.page(t, "/person/"+person).shown(t, http.StatusOK)
	if n := items(v.user); n == 0 {
		t.Error("a token is limited as well")
	}
}
