package authn

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"mais/certs"
	"mais/internal/pg/pgtest"
	"mais/server/internal/audit"
)

func TestLockAfter(t *testing.T) {
	for idle, want := range map[time.Duration]time.Duration{
		15 * time.Minute: 14 * time.Minute, time.Hour: 59 * time.Minute, 2 * time.Minute: time.Minute, 10 * time.Second: 5 * time.Second,
	} {
		if got := LockAfter(idle); got != want {
			t.Errorf("LockAfter(%v) = %v, want %v", idle, got, want)
		}
	}
}

// unused makes the session one that nobody has used for so long.
func unused(t *testing.T, d *pgtest.Database, long time.Duration) {
	t.Helper()
	change(t, d, fmt.Sprintf(`ALTER TABLE access.session DISABLE TRIGGER guard;
		UPDATE access.session SET seen_at = now() - %d * interval '1 second' WHERE ended_at IS NULL;
		ALTER TABLE access.session ENABLE ALWAYS TRIGGER guard`, int(long.Seconds())))
}

// rests reports whether the session is one that was not used in the last minute.
func rests(t *testing.T, d *pgtest.Database) (rests bool) {
	t.Helper()
	err := d.Owner().QueryRow(t.Context(), `SELECT seen_at < now() - interval '1 minute' FROM access.session WHERE ended_at IS NULL`).Scan(&rests)
	if err != nil {
		t.Fatal(err)
	}
	return rests
}

func signedIn(t *testing.T, s *Service) *http.Cookie {
	t.Helper()
	cookie, err := s.SignIn(t.Context(), ask(t, s, certs.Software), audit.Event{})
	if err != nil {
		t.Fatal(err)
	}
	return cookie
}

// A verdict is no use of the session that it finds, Touch is; without a session there is
// nothing to touch.
func TestTouch(t *testing.T) {
	s, d := newLevels(t)
	if err := s.Touch(t.Context(), ask(t, s, certs.Software)); err != nil {
		t.Errorf("Touch without a session = %v", err)
	}
	cookie := signedIn(t, s)
	unused(t, d, 10*time.Minute)
	v := ask(t, s, certs.Software, cookie)
	if v.refusal != nil || !rests(t, d) {
		t.Errorf("the verdict %v marks the session as used: %v", v.refusal, !rests(t, d))
	}
	if err := s.Touch(t.Context(), v); err != nil || rests(t, d) {
		t.Errorf("Touch = %v, rests %v; want the session used", err, rests(t, d))
	}
	unused(t, d, 10*time.Minute)
	v = ask(t, s, certs.Software, cookie)
	change(t, d, `REVOKE UPDATE ON access.session FROM mais_creds`)
	if err := s.Touch(t.Context(), v); KindOf(err) != StatusStale {
		t.Errorf("Touch that fails = %v, want %s", err, StatusStale)
	}
}

// A screen that locks ends the session that nobody used, and no other.
func TestLock(t *testing.T) {
	s, d := newLevels(t) // whose sessions last an hour
	if ended, err := s.Lock(t.Context(), ask(t, s, certs.Software), audit.Event{}); ended || err != nil {
		t.Errorf("Lock without a session = %v, %v", ended, err)
	}
	for _, test := range []struct {
		unused time.Duration
		ended  bool
	}{
		{0, false}, {30 * time.Minute, false}, {57 * time.Minute, false}, {58*time.Minute + 30*time.Second, true}, {59*time.Minute + 30*time.Second, true},
	} {
		cookie := signedIn(t, s)
		unused(t, d, test.unused)
		v := ask(t, s, certs.Software, cookie)
		ended, err := s.Lock(t.Context(), v, v.Event("session.lock"))
		if ended != test.ended || errors.Is(err, ErrInUse) == test.ended || v.Closing() != test.ended {
			t.Errorf("Lock after %v = %v, %v, closing %v; want ended %v", test.unused, ended, err, v.Closing(), test.ended)
		}
		want := Kind("")
		if test.ended {
			want = SessionEnded
		}
		if got := kindOf(ask(t, s, certs.Software, cookie)); got != want {
			t.Errorf("after the lock at %v: refused as %q, want %q", test.unused, got, want)
		}
		if test.ended {
			continue
		}
		if rested := rests(t, d); rested != (test.unused > 0) {
			t.Errorf("after the lock at %v: the session rests %v", test.unused, rested)
		}
		if _, err := s.SignOut(t.Context(), v, v.Event("session.end")); err != nil {
			t.Fatal(err)
		}
	}
	var reasons, events int
	err := d.Owner().QueryRow(t.Context(), `SELECT count(*), (SELECT count(*) FROM audit.event WHERE act = 'session.end' AND reason = 'locked')
		FROM access.session WHERE end_reason = 'locked'`).Scan(&reasons, &events)
	if err != nil || reasons != 2 || events != 2 {
		t.Errorf("%d sessions ended by the lock with %d events, %v; want 2 and 2", reasons, events, err)
	}
}

// Of two windows that lock at once one ends the session, and neither says that it goes on.
func TestLockTwice(t *testing.T) {
	s, d := newLevels(t)
	cookie := signedIn(t, s)
	unused(t, d, 59*time.Minute)
	first, second := ask(t, s, certs.Software, cookie), ask(t, s, certs.Software, cookie)
	if ended, err := s.Lock(t.Context(), first, first.Event("session.lock")); !ended || err != nil {
		t.Fatalf("Lock = %v, %v, want the session ended", ended, err)
	}
	if ended, err := s.Lock(t.Context(), second, second.Event("session.lock")); ended || err != nil || !second.CookieStale() {
		t.Errorf("Lock of the second = %v, %v, cookie stale %v; want it over", ended, err, second.CookieStale())
	}
}

// What is the same for everybody goes to whoever comes from a site, also while it is not known
// who they are.
func TestRecognised(t *testing.T) {
	for kind, want := range map[Kind]bool{"": true, WrongNetwork: false, StatusStale: true, NoToken: true, Revoked: true} {
		v := &Verdict{refusal: refuse(kind, nil)}
		if kind == "" {
			v.refusal = nil
		}
		if got := v.Recognised(); got != want {
			t.Errorf("Recognised when refused as %q = %v, want %v", kind, got, want)
		}
	}
}
