package audit_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit"
)

const other = "11111111-2222-4333-8444-666666666666"

// opening is the entry of an opened record.
func opening(by, act string, person string, detail map[string]string) audit.Event {
	return audit.Event{Act: act, Outcome: audit.Allowed, User: by, UserName: "Ann", Persons: []string{person}, Detail: detail}
}

func add(t *testing.T, l *audit.Log, events ...audit.Event) (ids []int64) {
	t.Helper()
	for _, e := range events {
		r, err := l.Append(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID())
	}
	return ids
}

// open releases what was read, as its event says.
func open[T any](t *testing.T, l *audit.Log, sealed audit.Sealed[T], err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sealed.Open(audit.Receipt{}); !errors.Is(err, audit.ErrSealed) {
		t.Errorf("the trail is readable before its event: %v", err)
	}
	r, err := l.Append(t.Context(), sealed.Event())
	if err != nil {
		t.Fatal(err)
	}
	value, err := sealed.Open(r)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

var asking = audit.Event{Act: "record.looked", Outcome: audit.Allowed, User: user}

// noise is what no question about opened records is answered with.
func noise(t *testing.T, l *audit.Log) {
	refused, failed := shown(person1), shown(person1)
	refused.User, refused.Outcome = user, audit.Refused
	failed.User, failed.Outcome = user, audit.Failed
	add(t, l, refused, failed, opening(user, "record.search", person1, nil), opening(user, "record.reason", person1, nil),
		opening(user, "record.identify", person1, nil), opening(user, "record.looked", person1, nil),
		opening(user, "emergency.begin", person1, nil), audit.Event{Act: "record.show", Outcome: audit.Allowed, User: user})
}

func TestAbout(t *testing.T) {
	l, _ := newLog(t)
	noise(t, l)
	ids := add(t, l, opening(user, "record.show", person1, nil), opening(other, "record.print", person1, map[string]string{"reason": "custody"}),
		opening(user, "record.show", person2, nil), opening(other, "record.show", person1, nil))
	sealed, err := l.About(t.Context(), asking, person1, 10)
	if e := sealed.Event(); !slices.Equal(e.Persons, []string{person1}) || e.Rows != 3 || e.Act != asking.Act {
		t.Errorf("the event is %+v, want it to name the person and three rows", e)
	}
	entries := open(t, l, sealed, err)
	var got []int64
	for _, e := range entries {
		got = append(got, e.ID)
	}
	if want := []int64{ids[3], ids[1], ids[0]}; !slices.Equal(got, want) || entries[1].Detail["reason"] != "custody" || entries[1].At.Location() != time.UTC {
		t.Errorf("About = %v, %+v, want %v", got, entries, want)
	}
	sealed, err = l.About(t.Context(), asking, person1, 2)
	if got := open(t, l, sealed, err); len(got) != 2 || got[0].ID != ids[3] {
		t.Errorf("About at most two = %+v", got)
	}
	if _, err := l.About(t.Context(), asking, "x", 2); err == nil {
		t.Error("About of no UUID = nil error")
	}
}

func TestOf(t *testing.T) {
	l, d := newLog(t)
	noise(t, l)
	ids := add(t, l, opening(user, "record.show", person1, map[string]string{"reason": "custody"}), opening(user, "record.show", person2, nil),
		opening(other, "record.show", person2, nil), opening(user, "record.print", person1, map[string]string{"reason": "care"}))
	_, err := d.Owner().Exec(t.Context(), `INSERT INTO audit.event (at, act, outcome, user_id, persons)
		VALUES (now() - interval '31 days', 'record.show', 'allowed', '`+user+`', ARRAY[gen_random_uuid()])`)
	if err != nil {
		t.Fatal(err)
	}
	since := time.Now().AddDate(0, 0, -30)
	sealed, err := l.Of(t.Context(), asking, user, since, 10)
	if e := sealed.Event(); !slices.Equal(e.Persons, []string{person1, person2}) || e.Rows != 2 {
		t.Errorf("the event is %+v, want it to name both", e)
	}
	got := fmt.Sprint(short(open(t, l, sealed, err)))
	if want := fmt.Sprint([]string{fmt.Sprint(ids[3], 2, "care"), fmt.Sprint(ids[1], 1, "")}); got != want {
		t.Errorf("Of = %s, want %s", got, want)
	}
	sealed, err = l.Of(t.Context(), asking, user, since, 1)
	if got := open(t, l, sealed, err); len(got) != 1 || got[0].ID != ids[3] || !slices.Equal(sealed.Event().Persons, []string{person1}) {
		t.Errorf("Of at most one = %+v", got)
	}
	sealed, err = l.Of(t.Context(), asking, "11111111-2222-4333-8444-777777777777", since, 10)
	if got := open(t, l, sealed, err); len(got) != 0 {
		t.Errorf("Of a stranger = %+v, want nobody", got)
	}
}

func short(visits []audit.Visit) (lines []string) {
	for _, v := range visits {
		lines = append(lines, fmt.Sprint(v.ID, v.Looks, v.Detail["reason"]))
	}
	return lines
}

func TestLooks(t *testing.T) {
	l, _ := newLog(t)
	const a, b = "5ad8b9f6-0000-4a52-9f0d-000000000001", "5ad8b9f6-0000-4a52-9f0d-000000000002"
	under := func(by, id string) audit.Event {
		return opening(by, "record.show", person1, map[string]string{"emergency": "true", "emergency_id": id})
	}
	noise(t, l)
	add(t, l, under(user, a), under(user, b), under(user, a), under(other, a), opening(user, "record.show", person1, nil))
	now := time.Now()
	hour := audit.Span{User: user, From: now.Add(-time.Hour), To: now.Add(time.Hour)}
	span := func(id, by string, shift time.Duration) audit.Span {
		s := hour
		s.Emergency, s.User, s.From, s.To = id, by, s.From.Add(shift), s.To.Add(shift)
		return s
	}
	spans := []audit.Span{span(b, user, 0), span(a, user, 0), span(a, other, 0), span(a, user, -2*time.Hour), span(a, user, 2*time.Hour), span("x", user, 0)}
	sealed, err := l.Looks(t.Context(), asking, spans)
	if got, want := open(t, l, sealed, err), []int{1, 2, 1, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("Looks = %v, want %v", got, want)
	}
	sealed, err = l.Looks(t.Context(), asking, nil)
	if got := open(t, l, sealed, err); len(got) != 0 {
		t.Errorf("Looks in no span = %v", got)
	}
}

// The marks of a write are those of a receipt: what had committed when its event was made.
func TestMarkIn(t *testing.T) {
	l, d := newLog(t)
	register := d.Open(t, pg.Register)
	err := register.Transact(t.Context(), func(tx *pg.Tx) error {
		before, err := audit.MarkIn(t.Context(), tx, shown(person1))
		if err != nil {
			return err
		}
		if _, err := d.Owner().Exec(t.Context(), `INSERT INTO access.agency (name, kind) VALUES ('A', 'police')`); err != nil {
			return err
		}
		after, err := audit.MarkIn(t.Context(), tx, shown(person1))
		if err != nil || after.AccessGeneration != before.AccessGeneration+1 || after.StatusNumber != before.StatusNumber {
			t.Errorf("marks %+v and then %+v, %v, want one change of access between", before, after, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(list(t, l, audit.Filter{Act: "record.show"})); got != 2 {
		t.Errorf("%d entries, want both", got)
	}
}
