package oversight_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/oversight"
)

// happened is a record that was opened, or what else became of a request.
type happened struct {
	at                           time.Time
	user, person, reason, detail string
	act, outcome                 string
}

// write puts entries of the past into the ledger, as nobody may.
func (f *fixture) write(all []happened) {
	f.t.Helper()
	columns := make([][]string, 7)
	for _, h := range all {
		if h.act == "" {
			h.act, h.outcome = "record.show", "allowed"
		}
		if h.detail == "" {
			h.detail = `{"reason": "custody"}`
		}
		for n, text := range []string{h.at.Format(time.RFC3339Nano), h.user, h.person, h.reason, h.detail, h.act, h.outcome} {
			columns[n] = append(columns[n], text)
		}
	}
	args := make([]any, len(columns))
	for n := range columns {
		args[n] = pg.Array(columns[n])
	}
	_, err := f.owner.Exec(f.t.Context(), `INSERT INTO audit.event (at, user_id, user_name, persons, reason, detail, act, outcome, agency)
		SELECT h.at, h.id::uuid, 'User ' || right(h.id, 3), CASE WHEN h.person <> '' THEN ARRAY[h.person::uuid] END, nullif(h.reason, ''), h.detail::jsonb, h.act, h.outcome, 'Agency'
		FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS h (at, id, person, reason, detail, act, outcome)`, args...)
	if err != nil {
		f.t.Fatal(err)
	}
}

func userNo(n int) string   { return fmt.Sprintf("11111111-2222-4333-8444-%012d", n) }
func personNo(n int) string { return fmt.Sprintf("5ad8b9f6-7c1e-4a52-9f0d-%012d", n) }

// usual returns nine weeks of work before a time: of day staff who are off at weekends, and of
// custody staff on early, late and night shifts that rotate. On a busy shift thirty people are
// brought in; at times somebody looks twice, or where they may not.
func usual(end time.Time, seed uint64) (all []happened) {
	r := rand.New(rand.NewPCG(seed, 7))
	today := time.Date(end.Year(), end.Month(), end.Day(), 0, 0, 0, 0, oversight.London)
	for user := range 24 {
		for ago := 63; ago >= 0; ago-- {
			day := today.AddDate(0, 0, -ago)
			begins, off := 8+user%3, day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
			if user >= 12 {
				begins, off = []int{6, 14, 22}[(ago/7+user)%3], (ago+user)%7 >= 5
			}
			if off {
				continue
			}
			for range 3 + r.IntN(28) {
				at := day.Add(time.Duration(begins)*time.Hour + time.Duration(r.IntN(8*60))*time.Minute)
				if at.After(end) {
					continue
				}
				h := happened{at: at, user: userNo(user), person: personNo(r.IntN(4000))}
				if r.IntN(40) == 0 {
					h.act, h.outcome, h.reason = "record.show", "refused", "no-reason"
				}
				all = append(all, h)
			}
		}
	}
	return all
}

// alarms returns the alarms that were raised, by act and user.
func (f *fixture) alarms() []string { return f.raised("alarm.*") }

func (f *fixture) raised(act string) (list []string) {
	f.t.Helper()
	for e, err := range f.log.List(f.t.Context(), audit.Event{}, audit.Filter{Act: act}) {
		if err != nil {
			f.t.Fatal(err)
		}
		list = append(list, e.Act+" "+e.User+" "+e.Detail["says"])
	}
	return list
}

func (f *fixture) watch(at time.Time) {
	f.t.Helper()
	if err := f.Watch(f.t.Context(), at); err != nil {
		f.t.Fatal(err)
	}
}

// TestUsualWeeksAreQuiet: nine weeks of work raise nothing in the last of them, looked at every
// hour, whatever the shifts.
func TestUsualWeeksAreQuiet(t *testing.T) {
	for seed := range uint64(1) {
		f, now := open(t), time.Now()
		f.write(usual(now, seed))
		for at := now.AddDate(0, 0, -7); at.Before(now); at = at.Add(time.Hour) {
			f.watch(at)
		}
		if found := f.alarms(); len(found) > 0 {
			t.Errorf("seed %d: usual work raises %d alarms:\n%s", seed, len(found), strings.Join(found, "\n"))
		}
	}
}

// mostCrawled is how many records somebody may have crawled before it is noticed.
const mostCrawled = 60

// TestCrawlIsRaised: somebody opens one record after the other, and is noticed before they have
// many, once.
func TestCrawlIsRaised(t *testing.T) {
	f, now := open(t), time.Now()
	f.write(usual(now.Add(-2*time.Hour), 3))
	crawled, begin := 0, now.Add(-30*time.Minute)
	for len(f.raised("alarm.scraping")) == 0 && crawled < 200 {
		var some []happened
		for range 3 { // the watch comes by every half minute
			some = append(some, happened{at: begin.Add(time.Duration(crawled) * 10 * time.Second), user: userNo(1), person: personNo(crawled)})
			crawled++
		}
		f.write(some)
		f.watch(begin.Add(time.Duration(crawled) * 10 * time.Second))
	}
	found := f.raised("alarm.scraping")
	if crawled > mostCrawled || len(found) != 1 || !strings.HasPrefix(found[0], "alarm.scraping "+userNo(1)) {
		t.Fatalf("after %d records: %q", crawled, found)
	}
	f.watch(begin.Add(time.Hour))
	if again := f.raised("alarm.scraping"); len(again) != 1 {
		t.Errorf("raised again: %q", again)
	}
}

// TestAlarms: each rule, beside what it must let pass.
func TestAlarms(t *testing.T) {
	now := time.Now()
	repeat := func(n int, h happened) (all []happened) {
		for i := range n {
			one := h
			one.at = now.Add(-time.Duration(i+1) * time.Second)
			if one.person == "each" {
				one.person = personNo(i)
			}
			all = append(all, one)
		}
		return all
	}
	refused := happened{user: userNo(1), act: "record.show", outcome: "refused", reason: "not-permitted", person: personNo(1)}
	failed := happened{user: userNo(1), act: "record.show", outcome: "failed", reason: "not-found"}
	unwhy := happened{user: userNo(1), person: personNo(1), detail: `{}`}
	begun := happened{user: userNo(1), act: "emergency.begin", outcome: "allowed", detail: `{"emergency_id": "e1"}`, person: personNo(1)}
	weekAgo, review := begun, happened{user: userNo(2), act: "emergency.review", outcome: "allowed", detail: `{"emergency_id": "e1"}`}
	weekAgo.at, review.at = now.AddDate(0, 0, -8), now.AddDate(0, 0, -1)
	recent := begun
	recent.at = now.AddDate(0, 0, -6)
	for name, test := range map[string]struct {
		all  []happened
		want string
	}{
		"many refusals":          {repeat(31, refused), "alarm.refusals"},
		"refusals":               {repeat(30, refused), ""},
		"many failures":          {repeat(121, failed), "alarm.failures"},
		"many without a reason":  {repeat(51, unwhy), "alarm.no-reason"},
		"some without a reason":  {repeat(50, unwhy), ""},
		"one person often":       {repeat(200, happened{user: userNo(1), person: personNo(1)}), ""},
		"many people":            {repeat(41, happened{user: userNo(1), person: "each"}), "alarm.scraping"},
		"emergency not reviewed": {[]happened{weekAgo}, "alarm.unreviewed"},
		"emergency reviewed":     {[]happened{weekAgo, review}, ""},
		"emergency of late":      {[]happened{recent}, ""},
	} {
		f := open(t)
		f.write(test.all)
		f.watch(now)
		f.watch(now)
		found := strings.Join(f.alarms(), "\n")
		if test.want == "" && found != "" || strings.Count(found, "alarm.") != strings.Count(test.want, "alarm.") || !strings.HasPrefix(found, test.want) {
			t.Errorf("%s: raised %q, want %q", name, found, test.want)
		}
	}
}

// TestOddHours: a look in the night, or at a weekend, of somebody who works by day on weekdays, but
// not of a newcomer.
func TestOddHours(t *testing.T) {
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, oversight.London)
	var past []happened
	for week := range 7 {
		for day := range 5 {
			past = append(past, happened{at: monday.AddDate(0, 0, week*7+day).Add(10 * time.Hour), user: userNo(1), person: personNo(day)})
		}
	}
	next := monday.AddDate(0, 0, 49)
	for name, test := range map[string]struct {
		at   time.Time
		user int
		want bool
	}{
		"by day": {next.Add(11 * time.Hour), 1, false}, "early": {next.Add(8 * time.Hour), 1, false}, "in the night": {next.Add(3 * time.Hour), 1, true},
		"at a weekend": {next.AddDate(0, 0, 5).Add(10 * time.Hour), 1, true}, "a newcomer": {next.Add(3 * time.Hour), 2, false},
	} {
		f := open(t)
		f.write(append(past, happened{at: test.at, user: userNo(test.user), person: personNo(9)}))
		f.watch(test.at.Add(time.Minute))
		if found := f.alarms(); (len(found) == 1) != test.want || len(found) > 1 || test.want && !strings.HasPrefix(found[0], "alarm.odd-hours") {
			t.Errorf("%s: raised %q", name, found)
		}
	}
}
