package cast

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/record"
)

// days are some on which a demo might be begun: leap days, year's ends, far ahead.
var days = []record.Day{"2001-01-01", "2010-11-22", "2024-02-29", "2025-03-01", "2026-03-12", "2026-12-31", "2027-01-01", "2031-07-15", "2040-02-29"}

// TestTasksCanBeDone walks the demo's people, as they are on any day, the way each task does.
func TestTasksCanBeDone(t *testing.T) {
	first, err := Choose()
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range days {
		c, err := choose(day)
		if err != nil {
			t.Fatalf("choose(%s) = %v", day, err)
		}
		if diff := cmp.Diff(first, c); diff != "" {
			t.Errorf("the cast of %s is another (-2001 +then):\n%s", day, diff)
		}
		everybody := people(day)
		man := everybody.only(t, Name{Last: c.Man.Last})
		if born := man.word("date_of_birth"); born == "" || everybody.born(born) != 1 {
			t.Errorf("%s: %d people were born on %s, as %s was", day, everybody.born(born), born, c.Man)
		}
		if released := man.word("date_of_release"); released == "" || released > string(day) {
			t.Errorf("%s: %s was released on %q", day, c.Man, released)
		}
		if len(c.Alerts) < 4 || !slices.Contains(c.Alerts, "appropriate_adult") || c.Ring.Name == "" || !strings.HasPrefix(c.Ring.OutOfHours, "0") {
			t.Errorf("%s: the alerts of %s are %v, his professional is %+v", day, c.Man, c.Alerts, c.Ring)
		}
		state(t, man, c.Missing, record.NotRecorded)
		for _, key := range []string{"mental_health_diagnosis.primary_diagnosis", "release_medication.prescriptions"} {
			state(t, man, key, record.Recorded) // or emergency access would show nothing
		}
		other := everybody.only(t, c.Alias)
		if other.name() != c.Other || other.name().Last == c.Alias.Last {
			t.Errorf("%s: the alias %s finds %s, want %s", day, c.Alias, other.name(), c.Other)
		}
		state(t, other, c.Refused, record.Refused)
		for _, n := range []Name{c.Nobody, {Last: c.Nobody.Last}, {Last: c.Nobody.Last[:4]}} {
			if found := everybody.found(n); len(found) != 0 {
				t.Errorf("%s: a search for %s finds %d people", day, n, len(found))
			}
		}
	}
}

func (c company) only(t *testing.T, n Name) person {
	t.Helper()
	found := c.found(n)
	if len(found) != 1 {
		t.Fatalf("a search for %s finds %d people, want one", n, len(found))
	}
	return found[0]
}

func state(t *testing.T, p person, key string, want record.State) {
	t.Helper()
	item, ok := record.Lookup(key)
	if got := p.entry(item.Section, item.Name).State; !ok || got != want {
		t.Errorf("%s of %s is %s, want %s", key, p.name(), got, want)
	}
}

func (c company) born(day string) (n int) {
	for _, p := range c {
		if p.word("date_of_birth") == day {
			n++
		}
	}
	return n
}

// TestRestrictedOnly: what the page tells is what a police officer may read.
func TestRestrictedOnly(t *testing.T) {
	c, err := Choose()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{c.Missing, c.Refused, "service_user_details.main_health_professional", "service_user_details.aliases"} {
		if item, ok := record.Lookup(key); !ok || item.Audience != record.Restricted {
			t.Errorf("%s is not for everybody who practises", key)
		}
	}
}

func TestFinds(t *testing.T) {
	for _, tt := range []struct {
		asked, name Name
		want        bool
	}{
		{Name{"", "Wood"}, Name{"Ryan", "Wood"}, true},
		{Name{"", "wo"}, Name{"Ryan", "Wood"}, true},
		{Name{"Ryan", "bronte"}, Name{"Ryan", "Brontë"}, true},
		{Name{"Ian", "Wood"}, Name{"Ryan", "Wood"}, false},
		{Name{"", "Woods"}, Name{"Ryan", "Wood"}, false},
	} {
		if got := tt.asked.finds(tt.name); got != tt.want {
			t.Errorf("%v finds %v = %v, want %v", tt.asked, tt.name, got, tt.want)
		}
	}
}
