package server

import (
	"flag"
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

var leakRequests = flag.Int("leak.requests", 300, "how many requests TestFieldLeakage makes for each role")

// seed is the generators'. A failure names the request, so there is no need for another.
const seed = 18032025

// roles are those that TestFieldLeakage asks as; some may read some items, most none.
var roles = []string{"police_officer", "reception", "first_aid", "administrator", "governance_officer", "site"}

// TestFieldLeakage: two databases that differ in one item that a role may not read answer
// that role the same, byte for byte: status, headers and body, whatever it asks. So there
// is no way left to learn what the item holds, not even whether it is recorded, but time.
func TestFieldLeakage(t *testing.T) {
	tw := newTwins(t, 40)
	tw.usedInEmergency(t)
	for _, role := range roles {
		t.Run(role, func(t *testing.T) {
			hidden := hiddenFrom(tw.readable(t, role))
			p := tw.pair(t, role)
			for n := 0; p.asked < *leakRequests; n++ {
				d := hidden[n%len(hidden)]
				tw.change.apply(t, d)
				p.journey(t, d.String())
				for range 8 {
					p.same(t, d.String(), p.any())
				}
				tw.change.takeBack(t, d)
			}
			p.sameAudit(t)
			if reads := len(tw.readable(t, role)); reads > 10 && p.shown < p.asked/4 || reads > 0 && p.shown == 0 || reads == 0 && p.shown > 0 {
				t.Errorf("%d of %d answers showed something of a record", p.shown, p.asked)
			}
			t.Logf("%d requests, %d of them showed something of a record", p.asked, p.shown)
		})
	}
}

// TestUnreadablePersonLeakage: whoever may read no record learns nothing from a person's
// being there or not.
func TestUnreadablePersonLeakage(t *testing.T) {
	tw := newTwins(t, 2)
	tw.change.run(t, `DELETE FROM record.person WHERE id = $1`, tw.ghost)
	for _, role := range []string{"administrator", "governance_officer", "site"} {
		p := tw.pair(t, role)
		p.target = tw.ghost
		p.journey(t, "a person less")
		for range 60 {
			p.same(t, "a person less", p.any())
		}
		p.sameAudit(t)
	}
}

// TestLeakageIsFound is the control: the same journey, with a difference that its caller may
// read, is not the same.
func TestLeakageIsFound(t *testing.T) {
	tw := newTwins(t, 2)
	nurse, officer := tw.pair(t, "clinician"), tw.pair(t, "police_officer")
	police := tw.readable(t, "police_officer")
	show := get(api.PathPeople + tw.target)
	for _, d := range differences() {
		if strings.HasPrefix(d.items[0], "person.") {
			continue // nobody is shown these
		}
		tw.change.apply(t, d)
		if nurse.askOnce(t, show) == "" {
			t.Errorf("%v: a clinician is answered the same", d)
		}
		if visible := slices.ContainsFunc(d.items, func(key string) bool { return slices.Contains(police, key) }); visible != (officer.askOnce(t, show) != "") {
			t.Errorf("%v: an officer is answered otherwise: %v, want %v", d, !visible, visible)
		}
		tw.change.takeBack(t, d)
	}
	nurse.same(t, "everything taken back", show)
}

// pair is one caller with a session in each twin.
type pair struct {
	*twins
	*generator
	target  string
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
	p := &pair{twins: tw, target: tw.target, generator: &generator{rand.New(rand.NewPCG(seed, uint64(len(role)))), tw.target, tw.ghost}}
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
	person := "/person/" + p.target
	p.same(t, why, get("/find/{result}"))
	p.same(t, why, get(person))
	p.giveReason(t, why)
	for _, path := range []string{person, person + "/history", person + "/looks", person + "/print", person + "/emergency", "/recent", api.PathPeople + p.target} {
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
		p.known[n] = append(p.known[n], result)
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
	s = moments.ReplaceAllString(s, "<time>")
	for _, day := range []time.Time{time.Now(), time.Now().AddDate(0, 0, -1)} { // in case this runs over midnight
		s = strings.NewReplacer(day.Format("2 January 2006"), "<day>", day.Format(time.DateOnly), "<day>").Replace(s)
	}
	return s
}

// moments are times of day, alone or with a date.
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
	page := "/person/" + p.target + "/reason"
	p.same(t, why, get(page))
	p.same(t, why, post(page, url.Values{}))
	p.same(t, why, post(page, url.Values{"reason": {"custody"}, "number": {"CUST/1"}}))
}

// usedInEmergency lets an officer use emergency access in both twins, so that there is
// something to review. Before it and after it they are the same to the officer; while it is
// on they are not, which is what it is for.
func (tw *twins) usedInEmergency(t *testing.T) {
	t.Helper()
	p := tw.pair(t, "police_officer")
	for _, d := range hiddenFrom(tw.readable(t, "police_officer")) {
		if d.String() != "mental_health_diagnosis.primary_diagnosis: not recorded" {
			continue
		}
		tw.change.apply(t, d)
		why := d.String() + " and emergency access"
		p.journey(t, why+" to come")
		person := "/person/" + tw.target
		p.same(t, why, post(person+"/emergency", url.Values{"why": {"too short"}}))
		p.same(t, why, post(person+"/emergency", url.Values{"why": {"Unconscious, the paramedic asks what he takes"}}))
		if p.askOnce(t, get(person)) == "" {
			t.Errorf("%v: emergency access shows no difference", d)
		}
		p.same(t, why+" on", get(person+"/print")) // paper has none of it
		p.same(t, why, post(person+"/emergency/end", nil))
		p.journey(t, why+" over")
		tw.change.takeBack(t, d)
	}
	p.sameAudit(t)
}
