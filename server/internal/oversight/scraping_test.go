package oversight_test

import (
	"strings"
	"testing"
	"time"
)

// looksAt returns looks at so many people that nobody looked at before, evenly in a span.
func looksAt(begin time.Time, span time.Duration, first, n int) (all []happened) {
	for i := range n {
		all = append(all, happened{at: begin.Add(time.Duration(i) * span / time.Duration(n)), user: userNo(1), person: personNo(first + i)})
	}
	return all
}

// TestRampIsRaised: somebody who doubles what they take each time, so that it is no more than twice
// their busiest day, is noticed at the ceiling, and again at each doubling.
func TestRampIsRaised(t *testing.T) {
	f, now, total := open(t), time.Now(), 0
	for day, n := 20, 150; day >= 12; day, n = day-2, n*2 {
		end := now.AddDate(0, 0, -day)
		begin := time.Date(end.Year(), end.Month(), end.Day(), 6, 0, 0, 0, time.UTC)
		f.write(looksAt(begin, 12*time.Hour, total, n))
		total += n
		before := len(f.raised("alarm.scraping"))
		for h := 1; h <= 13; h++ {
			f.watch(begin.Add(time.Duration(h) * time.Hour))
		}
		if raised := len(f.raised("alarm.scraping")) > before; raised != (n > 300) {
			t.Errorf("%d people on a day: raised %v: %q", n, raised, f.raised("alarm.scraping"))
		}
	}
}

// TestRaisedAgain: an alarm hides no greater one, whether or not it was settled, and there are few
// of a long theft.
func TestRaisedAgain(t *testing.T) {
	f, now := open(t), time.Now()
	begin, total := now.Add(-20*time.Hour), 0
	for h := range 19 {
		n := 41
		if h > 0 {
			n = 400
		}
		f.write(looksAt(begin.Add(time.Duration(h)*time.Hour), 55*time.Minute, total, n))
		total += n
		f.watch(begin.Add(time.Duration(h+1) * time.Hour))
	}
	if found := f.raised("alarm.scraping"); len(found) < 5 || len(found) > 9 {
		t.Errorf("%d people in 19 hours raise %d alarms: %q", total, len(found), found)
	}
}

// TestListsAreCounted: who is given lists of everybody is noticed though they open no record.
func TestListsAreCounted(t *testing.T) {
	for n, want := range map[int]int{500: 0, 501: 1} {
		f, now := open(t), time.Now()
		all := looksAt(now.Add(-50*time.Minute), 40*time.Minute, 0, n)
		for i := range all {
			all[i].act, all[i].outcome = []string{"record.search", "record.identify"}[i%2], "allowed"
		}
		f.write(append(all, all...)) // the same people once more are the same
		f.watch(now)
		f.watch(now)
		found := f.alarms()
		if len(found) != want || want > 0 && !strings.HasPrefix(found[0], "alarm.listing "+userNo(1)) {
			t.Errorf("lists of %d people: %q", n, found)
		}
	}
}

// TestEveryUnreviewedIsRaised: however many wait, each is raised in its turn, and once.
func TestEveryUnreviewedIsRaised(t *testing.T) {
	f, now := open(t), time.Now()
	var all []happened
	for i := range 130 {
		all = append(all, happened{at: now.AddDate(0, 0, -9).Add(time.Duration(i) * time.Second), user: userNo(1), act: "emergency.begin", outcome: "allowed",
			person: personNo(i), detail: `{"emergency_id": "` + personNo(i) + `"}`})
	}
	f.write(all)
	for range 3 {
		f.watch(now)
	}
	if found := f.raised("alarm.unreviewed"); len(found) != 130 {
		t.Errorf("%d emergencies are raised, want 130", len(found))
	}
}
