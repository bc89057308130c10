package server

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"mime/quotedprintable"
	"net/http"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"mais/config"
	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/pagetest"
)

// postOffice is an estate whose mail goes to a directory.
type postOffice struct {
	*estate
	dir string
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	o := &postOffice{}
	w := newWorld(t, func(s *config.Server) {
		o.dir = filepath.Join(s.DataDir, "mail")
		s.Mail = &config.Mail{Directory: o.dir, From: "mais@mais.example"}
		s.Limits.EnrolmentsPerMinute = 60_000 // codes are typed in plenty here
	})
	o.estate = &estate{world: w}
	o.all = o.member(t, "Agency", "All Admin", lifecycle.Administrator)
	o.officer = o.member(t, "Agency", "Ann Officer", "police_officer")
	o.d = newDescribed(t, o.all.c.get(t, w.urls.Mutual+api.PathOpenAPI).body)
	return o
}

// letters are the mails to an address whose subject has some words, as text.
func (o *postOffice) letters(t *testing.T, to, subject string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(o.dir, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := netmail.ReadMessage(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.Contains(m.Header.Get("To"), to) || !strings.Contains(m.Header.Get("Subject"), subject) {
			continue
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(quotedprintable.NewReader(m.Body)); err != nil {
			t.Fatal(err)
		}
		found = append(found, body.String())
	}
	return found
}

var lostCodes = regexp.MustCompile(`(?:[A-Z2-7]{5}-){6}[A-Z2-7]{5}`)

// code asks for a code by the API, and returns it from the mail.
func (o *postOffice) code(t *testing.T, email string) string {
	t.Helper()
	before := len(o.letters(t, email, "report a lost card"))
	if got := o.ask(t, email, custody); got.StatusCode != http.StatusAccepted {
		t.Fatalf("a code is asked for: %d %s", got.StatusCode, got.body)
	}
	eventually(t, "the code is in the mail", func() bool { return len(o.letters(t, email, "report a lost card")) > before })
	all := o.letters(t, email, "report a lost card")
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(lostCodes.FindString(a), lostCodes.FindString(b)) })
	for _, l := range all {
		if code := lostCodes.FindString(l); !o.knows(t, code[:5]+code[6:10]) {
			return code
		}
	}
	t.Fatal("no mail has a fresh code")
	return ""
}

// knows reports whether a code was used or tried before.
func (o *postOffice) knows(t *testing.T, id string) (known bool) {
	t.Helper()
	err := o.ownerOf(t).QueryRow(t.Context(), `SELECT used_at IS NOT NULL OR tries > 0 FROM access.lost_report WHERE id = $1`, id).Scan(&known)
	if err != nil {
		t.Fatal(err)
	}
	return known
}

func (o *postOffice) ask(t *testing.T, email, from string) reply {
	t.Helper()
	return o.client(t, from).post(t, o.urls.Public+api.PathLost, api.LostRequest{Email: email})
}

func (o *postOffice) report(t *testing.T, code string) reply {
	t.Helper()
	return o.client(t, custody).post(t, o.urls.Public+api.PathLostConfirm, api.LostConfirm{Code: code})
}

// form sends a form of the public listener.
func (o *postOffice) form(t *testing.T, path string, fields url.Values, headers ...string) reply {
	t.Helper()
	all := append([]string{"Accept", "text/html", "Sec-Fetch-Site", "same-origin", "Content-Type", "application/x-www-form-urlencoded"}, headers...)
	return o.client(t, custody).do(t, request(t, "POST", o.urls.Public+path, []byte(fields.Encode()), all...))
}

// TestLostCard: the whole way on the pages, from the first link to a token that is refused, and
// back by an administrator.
func TestLostCard(t *testing.T) {
	o := newPostOffice(t)
	c := o.client(t, custody)
	for _, path := range []string{"/", "/help"} {
		page := c.get(t, o.urls.Public+path, "Accept", "text/html").shown(t, http.StatusOK)
		if len(pagetest.All(page, func(e *html.Node) bool { return strings.HasSuffix(pagetest.Attr(e, "href"), "/lost") })) == 0 {
			t.Errorf("nothing on %s leads to the report", path)
		}
	}
	c.get(t, o.urls.Public+"/lost", "Accept", "text/html").shown(t, http.StatusOK)
	o.form(t, "/lost", url.Values{"email": {" " + strings.ToUpper(o.officer.email)}}).goesTo(t, "/lost/code")
	eventually(t, "the code is in the mail", func() bool { return len(o.letters(t, o.officer.email, "report a lost card")) == 1 })
	code := lostCodes.FindString(o.letters(t, o.officer.email, "report a lost card")[0])
	c.get(t, o.urls.Public+"/lost/code", "Accept", "text/html").shown(t, http.StatusOK)

	got := o.form(t, "/lost/code", url.Values{"code": {strings.ToLower(strings.ReplaceAll(code, "-", " "))}})
	text := pagetest.Text(got.shown(t, http.StatusOK))
	last := o.officer.ref.Serial[len(o.officer.ref.Serial)-6:]
	if !strings.Contains(text, "Everything of yours is on hold") || !strings.Contains(text, last) || strings.Contains(string(got.body), o.officer.email) {
		t.Errorf("the page says %s", text)
	}
	o.officer.get(t, api.PathWhoami).wantProblem(t, http.StatusForbidden, api.HeldToken)
	o.all.get(t, api.PathWhoami)

	reports := o.entries(t, "request = $1 AND act = 'card.lost' AND outcome = 'allowed'", got.Header.Get("Request-Id"))
	if len(reports) != 1 || reports[0].User != o.officer.user || reports[0].Detail["held"] != "1" {
		t.Errorf("the audit of the report = %+v", reports)
	}
	holds := o.entries(t, "act = 'token.hold' AND auth_method = $1", lifecycle.MailProof)
	if len(holds) != 1 || holds[0].User != o.officer.user || holds[0].Detail["certificate"] != o.officer.ref.String() || holds[0].Detail["lost"] == "" || holds[0].Address != custody {
		t.Errorf("the audit of the hold = %+v", holds)
	}
	eventually(t, "the holder and the administrator are written to", func() bool {
		return len(o.letters(t, o.officer.email, "on hold")) == 1 && len(o.letters(t, o.all.email, "a lost card was reported")) == 1
	})
	if letter := o.letters(t, o.all.email, "a lost card was reported")[0]; !strings.Contains(letter, "Ann Officer") || !strings.Contains(letter, "1 certificate put on hold") {
		t.Errorf("the administrator is told %s", letter)
	}

	release := o.all.plan(t, api.PlanRequest{Act: "release", Serials: []string{o.officer.ref.Serial}})
	if done := o.all.confirm(t, release); done.Results[api.ResultDone] != 1 {
		t.Errorf("found again: %+v", done)
	}
	if got := o.officer.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Errorf("after its release: %d", got.StatusCode)
	}
	if got := o.form(t, "/lost/code", url.Values{"code": {code}}); got.StatusCode != http.StatusForbidden {
		t.Errorf("the code once more = %d", got.StatusCode)
	}
	if got := o.officer.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Errorf("a spent code holds again: %d", got.StatusCode)
	}
}

// TestLostTellsNobody: whose address is registered cannot be told from the answers, and every
// code that is not accepted gets the same one.
func TestLostTellsNobody(t *testing.T) {
	o := newPostOffice(t)
	gone := o.member(t, "Agency", "Gone", "police_officer")
	spent, left := o.code(t, o.all.email), o.code(t, gone.email)
	late := "AAAAA-AAAA2-" + spent[12:]
	sum := sha256.Sum256([]byte(strings.ReplaceAll(late, "-", "")[9:]))
	sql := func(statement string, args ...any) {
		t.Helper()
		if _, err := o.ownerOf(t).Exec(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	sql(`INSERT INTO access.lost_report (id, secret_sha256, user_id, asked_from, asked_at, expires_at)
		VALUES ('AAAAAAAAA', $1, $2, '127.0.0.1', now() - interval '20 minutes', now() - interval '5 minutes')`, sum[:], o.officer.user)
	sql(`UPDATE access.user_account SET left_at = now() WHERE id = $1`, gone.user)
	if got := o.report(t, spent); got.StatusCode != http.StatusOK {
		t.Fatalf("a code = %d %s", got.StatusCode, got.body)
	}
	same := func(name string, answers map[string]reply) {
		t.Helper()
		first := ""
		for of, got := range answers {
			got.Header.Del("Request-Id")
			got.Header.Del("Date")
			text := fmt.Sprint(got.StatusCode, got.Header, string(got.body))
			if first == "" {
				first = text
			}
			if text != first {
				t.Errorf("%s: %s is told\n%s\nanother\n%s", name, of, text, first)
			}
		}
	}
	codes := map[string]string{"expired": late, "spent": spent, "of who has left": left, "unknown": "AAAAA-" + spent[6:], "wrong": left[:11] + "AAAAA" + left[16:], "no code": "x", "empty": "", "long": strings.Repeat("A", 500)}
	programs, pages := map[string]reply{}, map[string]reply{}
	for name, code := range codes {
		programs[name], pages[name] = o.report(t, code), o.form(t, "/lost/code", url.Values{"code": {code}})
		programs[name].wantProblem(t, http.StatusForbidden, api.LostRefused)
		e := o.audited(t, pages[name], "card.lost", audit.Refused)
		if e.Reason == "" || strings.Contains(fmt.Sprint(e), strings.ReplaceAll(spent, "-", "")[9:]) {
			t.Errorf("%s: the audit = %+v", name, e)
		}
	}
	same("codes by the API", programs)
	same("codes on the page", pages)

	o2 := newPostOffice(t) // with fresh buckets
	programs, pages = map[string]reply{}, map[string]reply{}
	for name, email := range map[string]string{"known": o2.officer.email, "unknown": "nobody@agency.example"} {
		programs[name], pages[name] = o2.ask(t, email, custody), o2.form(t, "/lost", url.Values{"email": {email}})
		if len(o2.entries(t, "request = $1 AND act = 'card.lost-ask' AND outcome = 'allowed'", pages[name].Header.Get("Request-Id"))) != 1 {
			t.Errorf("%s: the audit has not what was asked", name)
		}
	}
	same("addresses by the API", programs)
	same("addresses on the page", pages)
	eventually(t, "all four were looked at", func() bool { return len(o2.entries(t, "act = 'card.lost-code'")) == 4 })
	for _, e := range o2.entries(t, "act = 'card.lost-code' AND outcome = 'failed'") {
		if e.User != "" || strings.Contains(fmt.Sprint(e), "nobody@") {
			t.Errorf("whom nobody knows is in the audit: %+v", e)
		}
	}
	if n := len(o2.entries(t, "act = 'card.lost-code' AND outcome = 'allowed' AND user_id = $1", o2.officer.user)); n != 2 {
		t.Errorf("%d codes are recorded, want 2", n)
	}
}

// TestLostCodeTries: a code takes five wrong tries and is then dead; of two hundred who have it
// at once, one is served; asking anew takes nothing from a code that is there.
func TestLostCodeTries(t *testing.T) {
	o := newPostOffice(t)
	code := o.code(t, o.officer.email)
	wrong := code[:len(code)-5] + "AAAAA"
	if wrong == code {
		wrong = code[:len(code)-5] + "BBBBB"
	}
	for range 4 {
		o.report(t, wrong).wantProblem(t, http.StatusForbidden, api.LostRefused)
	}
	another := o.code(t, o.officer.email)
	o.report(t, wrong).wantProblem(t, http.StatusForbidden, api.LostRefused)
	o.report(t, code).wantProblem(t, http.StatusForbidden, api.LostRefused)
	if got := o.officer.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Fatalf("a dead code holds: %d", got.StatusCode)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	c := o.client(t, custody)
	for range 200 {
		all.Go(func() {
			got, err := c.try(request(t, "POST", o.urls.Public+api.PathLostConfirm, []byte(`{"code":"`+another+`"}`), "Content-Type", "application/json"))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			statuses[got.StatusCode]++
		})
	}
	all.Wait()
	if statuses[http.StatusOK] != 1 || statuses[http.StatusInternalServerError] != 0 {
		t.Errorf("two hundred at once = %v, want one 200", statuses)
	}
	if n := len(o.entries(t, "act = 'token.hold'")); n != 1 {
		t.Errorf("%d holds, want 1", n)
	}
	for role, query := range map[pg.Role]string{
		pg.Register: `SELECT count(*) FROM access.lost_report r WHERE position($1 in r::text) > 0`,
		pg.Mail:     `SELECT count(*) FROM mail.message m WHERE position($1 in replace(m::text, '-', '')) > 0`,
		pg.Audit:    `SELECT count(*) FROM audit.event e WHERE position($1 in replace(e::text, '-', '')) > 0`,
	} {
		db, err := o.source.Open(t.Context(), role)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var stored int
		if err := db.QueryRow(t.Context(), query, strings.ReplaceAll(another, "-", "")[9:]).Scan(&stored); err != nil || stored != 0 {
			t.Errorf("%s finds a usable code %d times, %v", role, stored, err)
		}
	}
}

// TestLostFlood: one source asks six times at once and then waits; of one user three codes are
// good at a time, whoever asks, and nobody learns that there were no more.
func TestLostFlood(t *testing.T) {
	o := newPostOffice(t)
	asked := map[int]int{}
	for n := range 9 {
		asked[o.ask(t, o.officer.email, []string{custody, ward}[n%2]).StatusCode]++
	}
	if asked[http.StatusAccepted] != 9 {
		t.Errorf("nine from two sources = %v", asked)
	}
	eventually(t, "nine were looked at", func() bool { return len(o.entries(t, "act = 'card.lost-code'")) == 9 })
	if n := len(o.letters(t, o.officer.email, "report a lost card")); n != 3 {
		t.Errorf("%d codes were sent, want 3", n)
	}
	if n := len(o.entries(t, "act = 'card.lost-code' AND outcome = 'refused' AND user_id = $1", o.officer.user)); n != 6 {
		t.Errorf("%d codes were refused, want 6", n)
	}
	last := 0
	for range 4 {
		last = o.ask(t, "nobody@agency.example", custody).StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the ninth from one source = %d, want 429", last)
	}
}

// TestLostAsksNobody: what is answered to who asks for a code waits for nothing that knows
// whose an address is: with the register and the reports locked it is the same, at once.
func TestLostAsksNobody(t *testing.T) {
	o := newPostOffice(t)
	db, err := o.source.Open(t.Context(), pg.Migrator)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	locked, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- db.Transact(t.Context(), func(tx *pg.Tx) error {
			if _, err := tx.Exec(t.Context(), `SET LOCAL ROLE mais_owner; LOCK TABLE access.user_account, access.user_role, access.lost_report, mail.message IN ACCESS EXCLUSIVE MODE`); err != nil {
				return err
			}
			close(locked)
			<-release
			return nil
		})
	}()
	select {
	case <-locked:
	case err := <-done:
		t.Fatal(err)
	}
	for _, email := range []string{o.officer.email, "nobody@agency.example"} {
		if got := o.ask(t, email, custody); got.StatusCode != http.StatusAccepted {
			t.Errorf("%s: %d %s", email, got.StatusCode, got.body)
		}
		o.form(t, "/lost", url.Values{"email": {email}}).goesTo(t, "/lost/code")
	}
	if n := len(o.letters(t, o.officer.email, "report a lost card")); n != 0 {
		t.Errorf("%d codes were sent while nobody could know to whom", n)
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	eventually(t, "both codes are sent", func() bool { return len(o.letters(t, o.officer.email, "report a lost card")) == 2 })
}

// TestLostTime measures the answers for an address that is somebody's and for one that is
// nobody's. How long they take is told and not judged: TestLostAsksNobody shows why they are
// the same.
func TestLostTime(t *testing.T) {
	o := newPostOffice(t)
	if err := o.host.AddSubnet(t.Context(), o.custody, netip.MustParsePrefix("127.77.0.0/16"), testEvent); err != nil {
		t.Fatal(err)
	}
	const asks, each = 200, 4 // a source may ask six times at once
	took := map[string][]time.Duration{}
	var c *client
	for n := range asks {
		if n%(each/2) == 0 {
			c = o.client(t, fmt.Sprintf("127.77.1.%d", 1+n/(each/2)))
			eventually(t, "the network is recognised, and the connection there", func() bool {
				got, err := c.try(request(t, "GET", o.urls.Public+"/help", nil))
				return err == nil && got.StatusCode == http.StatusOK
			})
		}
		for _, email := range []string{o.officer.email, "nobody@agency.example"} {
			began := time.Now()
			got := c.post(t, o.urls.Public+api.PathLost, api.LostRequest{Email: email})
			took[email] = append(took[email], time.Since(began))
			if got.StatusCode != http.StatusAccepted {
				t.Fatalf("ask %d: %d %s", n, got.StatusCode, got.body)
			}
		}
	}
	for email, all := range took {
		slices.Sort(all)
		t.Logf("%s: median %v, nine of ten within %v, %d asks", email, all[len(all)/2], all[len(all)*9/10], len(all))
	}
	eventually(t, "all were looked at", func() bool { return len(o.entries(t, "act = 'card.lost-code'")) == 2*asks })
	if n := len(o.letters(t, o.officer.email, "report a lost card")); n != 3 {
		t.Errorf("%d codes were sent, want 3", n)
	}
}

// TestLostNotSent: codes that no mail server took keep nobody from the next.
func TestLostNotSent(t *testing.T) {
	o := newPostOffice(t)
	away := o.dir + ".away"
	if err := os.Rename(o.dir, away); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for n := range 5 { // one after the other: those that are being sent at the same moment count
		if got := o.ask(t, o.officer.email, custody); got.StatusCode != http.StatusAccepted {
			t.Fatalf("ask %d: %d %s", n, got.StatusCode, got.body)
		}
		eventually(t, "the code was tried", func() bool {
			return len(o.entries(t, "act = 'card.lost-code' AND outcome = 'failed'")) == n+1
		})
	}
	if err := os.Remove(o.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(away, o.dir); err != nil {
		t.Fatal(err)
	}
	if got := o.report(t, o.code(t, o.officer.email)); got.StatusCode != http.StatusOK {
		t.Errorf("the report = %d %s", got.StatusCode, got.body)
	}
}

// TestLostByTheOnlyAdministrator: who has nobody above them is told what comes next themselves.
func TestLostByTheOnlyAdministrator(t *testing.T) {
	o := newPostOffice(t)
	if got := o.report(t, o.code(t, o.all.email)); got.StatusCode != http.StatusOK {
		t.Fatalf("the report = %d %s", got.StatusCode, got.body)
	}
	eventually(t, "the administrator is written to", func() bool { return len(o.letters(t, o.all.email, "a lost card was reported")) == 1 })
}

// TestLostOnce: a second code of the same mail holds nothing again after a release.
func TestLostOnce(t *testing.T) {
	o := newPostOffice(t)
	first, second := o.code(t, o.officer.email), ""
	o.ask(t, o.officer.email, ward)
	eventually(t, "a second code is in the mail", func() bool {
		for _, l := range o.letters(t, o.officer.email, "report a lost card") {
			if code := lostCodes.FindString(l); code != first {
				second = code
			}
		}
		return second != ""
	})
	if got := o.report(t, first); got.StatusCode != http.StatusOK {
		t.Fatalf("the report = %d %s", got.StatusCode, got.body)
	}
	if done := o.all.confirm(t, o.all.plan(t, api.PlanRequest{Act: "release", Serials: []string{o.officer.ref.Serial}})); done.Results[api.ResultDone] != 1 {
		t.Fatalf("the release: %+v", done)
	}
	o.report(t, second).wantProblem(t, http.StatusForbidden, api.LostRefused)
	if got := o.officer.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Errorf("whoever has read the mail once holds again: %d", got.StatusCode)
	}
}

// TestLostForms: another site's page sends none, what is no form of ours is refused, and what is
// typed is shown as text.
func TestLostForms(t *testing.T) {
	o := newPostOffice(t)
	for _, path := range []string{"/lost", "/lost/code"} {
		got := o.form(t, path, url.Values{"email": {o.officer.email}}, "Sec-Fetch-Site", "cross-site")
		if got.StatusCode != http.StatusForbidden {
			t.Errorf("%s from another site = %d", path, got.StatusCode)
		}
		if got := o.form(t, path, url.Values{"other": {"x"}}); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s with another field = %d", path, got.StatusCode)
		}
		if got := o.form(t, path, url.Values{}, "Content-Type", "text/plain"); got.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("%s of another type = %d", path, got.StatusCode)
		}
	}
	if got := o.client(t, strange).get(t, o.urls.Public+"/lost"); got.StatusCode != http.StatusForbidden || bytes.Contains(got.body, []byte("<form")) {
		t.Errorf("from a strange network = %d %s", got.StatusCode, got.body)
	}
	plain := o.form(t, "/lost", url.Values{"email": {"x"}}).shown(t, http.StatusUnprocessableEntity)
	for _, text := range append(hostile(), "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "A <a@b.example>", strings.Repeat("a", 250)+"@b.example", "\xff@b.example", "a\u202eb@c.example") {
		got := o.form(t, "/lost", url.Values{"email": {text}})
		if got.StatusCode == http.StatusTooManyRequests {
			t.Fatal("the bucket is empty")
		}
		if got.StatusCode == http.StatusBadRequest && !utf8.ValidString(text) {
			continue
		}
		if born := bornOf(got.shown(t, http.StatusUnprocessableEntity), plain); born != "" {
			t.Errorf("%q makes %s", text, born)
		}
	}
	if n := len(o.entries(t, "act = 'card.lost-code'")); n != 0 {
		t.Errorf("%d codes are asked for", n)
	}
}

// TestLostWithoutMail: the page says that nobody can report a loss here, and whom to ring.
func TestLostWithoutMail(t *testing.T) {
	w := sharedWorld(t)
	o := &postOffice{estate: &estate{world: w}}
	page := o.form(t, "/lost", url.Values{"email": {"a@b.example"}}).shown(t, http.StatusServiceUnavailable)
	if !strings.Contains(pagetest.Text(page), "This service sends no mail") {
		t.Errorf("the page says %s", pagetest.Text(page))
	}
	o.ask(t, "a@b.example", custody).wantProblem(t, http.StatusServiceUnavailable, api.Unavailable)
}
