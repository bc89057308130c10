package server

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/record/recordtest"
)

// pair is one caller with a session in each twin.
type pair struct {
	*twins
	*generator
	clients [2]*client
	cookies [2]string
	results [2]string // the sealed id of the last search
	known   [2][]string
	reviews [2]string // the id of an emergency access
	asked   int
	shown   int      // answers with something of a record
	since   [2]int64 // the last event before the first request
}

// pair signs in as a role; whoever has no pages goes without a session.
func (tw *twins) pair(t *testing.T, role string) *pair {
	t.Helper()
	p := &pair{twins: tw, generator: &generator{rand.New(rand.NewPCG(seed, uint64(slices.Index(roles, role)))), tw.target, tw.ghost}}
	for n, w := range tw.worlds {
		if err := tw.databases[n].Owner().QueryRow(t.Context(), `SELECT coalesce(max(id), 0) FROM audit.event`).Scan(&p.since[n]); err != nil {
			t.Fatal(err)
		}
		if p.known[n] = tw.emergencies(t, n); len(p.known[n]) > 0 {
			p.reviews[n] = p.known[n][0]
		}
		p.clients[n] = w.client(t, custody, tw.tokens[role].tls)
		p.clients[n].transport.DisableCompression = true
		p.known[n] = append(p.known[n], w.urls.Mutual, w.urls.Public, w.urls.Plain, strings.TrimPrefix(w.urls.Mutual, "https://"))
		if role != "site" {
			p.cookies[n] = w.signIn(t, p.clients[n])
			p.known[n] = append(p.known[n], p.cookies[n])
		}
	}
	return p
}

// emergencies returns the ids of the emergency accesses, which each twin makes up itself.
func (tw *twins) emergencies(t *testing.T, n int) []string {
	t.Helper()
	rows, err := tw.databases[n].Owner().Query(t.Context(), `SELECT id::text FROM access.emergency ORDER BY began_at`)
	ids, err := pg.Collect(rows, err, func(r *pg.Rows) (id string, err error) { err = r.Scan(&id); return id, err })
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// journey is an officer's way from a search to the printed page, as far as the role gets.
func (p *pair) journey(t *testing.T, why string) {
	t.Helper()
	p.same(t, why, p.search())
	p.same(t, why, searchFor(`"surname":"another"`)) // what many differences say
	p.find(t, why)
	person := "/person/" + p.about
	p.same(t, why, get("/find/{result}"))
	p.same(t, why, get(person))
	p.giveReason(t, why)
	for _, path := range []string{person, person + "/history", person + "/looks", person + "/print", person + "/emergency", "/recent", api.PathPeople + p.about} {
		p.same(t, why, get(path))
	}
}

// same asks both twins and demands the same answer.
func (p *pair) same(t *testing.T, why string, a ask) {
	t.Helper()
	if differs := p.ask(t, a); differs != "" {
		t.Fatalf("with %s, request %d tells the difference: %v\n%s", why, p.asked, a, differs)
	}
}

// ask asks both twins at once and returns in what their answers differ, or "".
func (p *pair) ask(t *testing.T, a ask) (differs string) {
	t.Helper()
	for range 2 { // the clock may tick between the two; a difference that it made does not come again
		if differs = p.askOnce(t, a); differs == "" {
			return ""
		}
	}
	return differs
}

func (p *pair) askOnce(t *testing.T, a ask) (differs string) {
	t.Helper()
	p.asked++
	answers := p.both(t, a)
	if r := answers[0]; r.Response != nil && r.StatusCode == http.StatusOK && strings.Contains(string(r.body), recordtest.MarkerPrefix) {
		p.shown++
	}
	return firstDifference(p.masked(0, answers[0]), p.masked(1, answers[1]))
}

func (p *pair) both(t *testing.T, a ask) (answers [2]reply) {
	t.Helper()
	var asking sync.WaitGroup
	var failed [2]error
	for n := range p.worlds {
		r := request(t, a.method, p.worlds[n].urls.Mutual+"/", []byte(a.body))
		r.Header = a.header.Clone()
		if p.cookies[n] != "" {
			r.Header.Set("Cookie", p.cookies[n])
		}
		path := strings.NewReplacer("{result}", p.results[n], "{review}", p.reviews[n]).Replace(a.path)
		path, r.URL.RawQuery, _ = strings.Cut(path, "?")
		r.URL.Opaque = "//" + r.URL.Host + path // as it stands, unclean paths too
		asking.Go(func() { answers[n], failed[n] = p.clients[n].try(r) })
	}
	asking.Wait()
	if (failed[0] == nil) != (failed[1] == nil) || failed[0] != nil && a.method != "TRACE" {
		t.Fatalf("%v: %v and %v", a, failed[0], failed[1])
	}
	for n, answer := range answers {
		p.remember(n, answer)
	}
	return answers
}

// remember learns what a twin gave out itself, to mask it from then on.
func (p *pair) remember(n int, r reply) {
	if result, ok := strings.CutPrefix(r.Header.Get("Location"), "/find/"); ok {
		p.results[n] = result
	}
	for _, c := range r.Cookies() {
		if c.Value != "" {
			p.cookies[n] = c.Name + "=" + c.Value
			p.known[n] = append(p.known[n], c.Value)
		}
	}
}

// masked is an answer as text, without what is random or of the moment. What was masked
// leaves its length behind, unless it is a time, whose length is the clock's.
func (p *pair) masked(n int, r reply) string {
	if r.Response == nil {
		return "no answer"
	}
	var text strings.Builder
	header := r.Header.Clone()
	id := header.Get("Request-Id")
	header.Del("Date")
	for _, name := range []string{api.HeaderPins, api.HeaderJournal} { // of a twin's own keys and journals
		if header.Get(name) != "" {
			header.Set(name, "…")
		}
	}
	body := string(r.body)
	if length := header.Get("Content-Length"); r.Request.Method != "HEAD" && length != strconv.Itoa(len(body)) {
		text.WriteString("a body of another length than it says\n")
	}
	mask := func(s string) string { return p.withoutOwn(n, s, id, id[:min(8, len(id))]) } // paper has its beginning
	body = mask(body)
	if r.Request.Method != "HEAD" {
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	fmt.Fprintf(&text, "%s %s\n", r.Proto, r.Status)
	header.Write(&text)
	return mask(text.String()) + "\n" + body
}

// withoutOwn masks what a twin gave out itself, and the time and day at which it did.
func (p *pair) withoutOwn(n int, s string, more ...string) string {
	for _, known := range slices.Concat(p.known[n], more) {
		if known != "" {
			s = strings.ReplaceAll(s, known, "<"+strconv.Itoa(len(known))+">")
		}
	}
	s = sealed.ReplaceAllStringFunc(s, func(path string) string { return "/find/<" + strconv.Itoa(len(path)) + ">" })
	s = moments.ReplaceAllString(s, "<time>")
	for _, day := range []time.Time{time.Now(), time.Now().AddDate(0, 0, -1)} { // in case this runs over midnight
		s = strings.NewReplacer(day.Format("2 January 2006"), "<day>", day.Format(time.DateOnly), "<day>").Replace(s)
	}
	return s
}

// sealed are the addresses of searches.
var sealed = regexp.MustCompile(`/find/[A-Za-z0-9_-]{100,}`)

// moments are times of day, alone or with a date, and how a page says when it was made.
var moments = regexp.MustCompile(`(\d{4}-\d\d-\d\dT)?\d\d:\d\d(:\d\d(\.\d+)?)?Z?|data-lock-clock="\d+"`)

// firstDifference returns the neighbourhood of the first byte in which two texts differ.
func firstDifference(a, b string) string {
	if a == b {
		return ""
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	around := func(s string) string { return s[max(0, n-200):min(len(s), n+200)] }
	return fmt.Sprintf("the first: …%s…\nthe second: …%s…", around(a), around(b))
}

// sameAudit demands that the audit of all that was asked is the same as well: whoever reads
// it reads no record either.
func (p *pair) sameAudit(t *testing.T) {
	t.Helper()
	texts := [2]string{}
	for n := range p.worlds {
		rows, err := p.databases[n].Owner().Query(t.Context(), `SELECT concat_ws(' ', act, outcome, reason, method, uri, user_id, roles, auth_method, persons, items, rows, detail)
			FROM audit.event WHERE id > $1 AND request IS NOT NULL ORDER BY id`, p.since[n])
		lines, err := pg.Collect(rows, err, func(r *pg.Rows) (line string, err error) { err = r.Scan(&line); return line, err })
		if err != nil {
			t.Fatal(err)
		}
		texts[n] = p.withoutOwn(n, strings.Join(lines, "\n"), p.emergencies(t, n)...)
	}
	if differs := firstDifference(texts[0], texts[1]); differs != "" {
		t.Errorf("the audit tells the difference: %s", differs)
	}
}

// find searches by the page, which leads to a result's sealed id.
func (p *pair) find(t *testing.T, why string) {
	t.Helper()
	p.same(t, why, get("/find"))
	form := url.Values{"family-name": {"canary"}}
	if p.IntN(2) == 0 {
		form = url.Values{"date-of-birth-day": {"14"}, "date-of-birth-month": {"11"}, "date-of-birth-year": {"2009"}}
	}
	p.same(t, why, post("/find", form))
}

// giveReason answers the question why.
func (p *pair) giveReason(t *testing.T, why string) {
	t.Helper()
	page := "/person/" + p.about + "/reason"
	p.same(t, why, get(page))
	p.same(t, why, post(page, url.Values{}))
	p.same(t, why, post(page, url.Values{"reason": {"custody"}, "number": {"CUST/1"}}))
}
