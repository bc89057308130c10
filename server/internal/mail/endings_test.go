package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/ca"
	"mais/ca/catest"
)

const hour, day = time.Hour, 24 * time.Hour

// TestReminders follows a person's, a site's and a node's certificate from their issue past
// their end, with an hourly look, and says when who was written to.
func TestReminders(t *testing.T) {
	w := newWorld(t)
	w.everybody(t) // 90 days
	w.token(t, w.site(t, "Northgate Custody", w.police), "Northgate Custody", "Northgate Custody")
	w.ca.Server(t)
	began := w.now
	type told struct {
		Day  int
		Mail string
	}
	var got []told
	for ; w.now.Before(began.Add(100 * day)); w.now = w.now.Add(6 * hour) {
		if err := w.remind(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.send(t)
		for _, m := range w.arrived(t) {
			got = append(got, told{int(w.now.Sub(began) / day), m})
		}
	}
	expiring := "officer@police.example: MAIS Test: your token expires on " + began.Add(90*day).In(london).Format("2 January 2006")
	want := []told{
		{22, "admin@trust.example: MAIS Test: 2 certificates about to expire"}, // site and node: less than a quarter of 30 days is left
		{22, "local@police.example: MAIS Test: 1 certificate about to expire"},
		{30, "admin@trust.example: MAIS Test: 2 certificates expired"},
		{30, "local@police.example: MAIS Test: 1 certificate expired"},
		{60, "admin@trust.example: MAIS Test: 1 certificate about to expire"},
		{60, "local@police.example: MAIS Test: 1 certificate about to expire"},
		{60, expiring},
		{83, "admin@trust.example: MAIS Test: 1 certificate about to expire"},
		{83, "local@police.example: MAIS Test: 1 certificate about to expire"},
		{83, expiring},
		{89, "admin@trust.example: MAIS Test: 1 certificate about to expire"},
		{89, "local@police.example: MAIS Test: 1 certificate about to expire"},
		{89, expiring},
		{90, "admin@trust.example: MAIS Test: 1 certificate expired"},
		{90, "local@police.example: MAIS Test: 1 certificate expired"},
		{90, "officer@police.example: MAIS Test: your token has expired"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestNoReminder: not of what was renewed, is on hold or revoked, nor to somebody who has
// left, nor of a life too short for it.
func TestNoReminder(t *testing.T) {
	w := newWorld(t)
	officer := w.everybody(t)
	renewed, err := w.ca.Renew(t.Context(), officer.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	held := w.token(t, w.user(t, "held@police.example", "Held", w.police, "police_officer"), "held@police.example", "Held")
	if err := w.ca.Hold(t.Context(), held.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	w.token(t, w.user(t, "left@police.example", "Left", w.police, "police_officer"), "left@police.example", "Left")
	w.exec(t, `UPDATE access.user_account SET left_at = now() WHERE email = 'left@police.example'`)
	short := w.token(t, w.user(t, "short@police.example", "Short", w.police, "police_officer"), "short@police.example", "Short")
	w.exec(t, `ALTER TABLE ca.certificate DISABLE TRIGGER guard`)
	w.exec(t, `UPDATE ca.certificate SET not_after = not_before + interval '40 hours' WHERE serial = $1`, short.Ref.Serial)
	w.exec(t, `UPDATE ca.certificate SET not_after = $2 WHERE serial = $1`, renewed.Ref.Serial, w.now.Add(200*day))
	w.exec(t, `ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER guard`)
	for _, at := range []time.Duration{0, 39 * hour, 61 * day, 89*day + 20*hour, 91 * day} {
		later := w.now
		w.now = w.now.Add(at)
		if err := w.remind(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.now = later
	}
	w.now = w.now.Add(100 * day)
	w.send(t)
	if got := w.arrived(t); len(got) != 0 {
		t.Errorf("reminders arrived: %v", got)
	}
}

// TestExpiredIsToldOnce, and says what to do.
func TestExpiredIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.everybody(t)
	w.now = w.now.Add(91 * day)
	for range 3 {
		if err := w.remind(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(day)
	}
	w.send(t)
	mails := w.server.taken()
	if len(mails) != 3 {
		t.Fatalf("%d mails arrived, want 3", len(mails))
	}
	for _, m := range mails {
		if m.to[0] == "officer@police.example" && !strings.Contains(open(t, m.raw).body, "ask for an invitation") {
			t.Errorf("the holder is not told what to do:\n%s", m.raw)
		}
	}
}
