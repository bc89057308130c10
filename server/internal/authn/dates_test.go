package authn

import (
	"testing"
	"time"

	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
)

// A day begins and ends at midnight UTC, and the last day counts.
func TestWithin(t *testing.T) {
	day := func(text string) time.Time {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	at := func(text string) time.Time {
		d, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	both := creds.User{StartsOn: day("2026-03-02"), EndsOn: day("2026-03-04")}
	for _, test := range []struct {
		u    creds.User
		now  string
		good bool
	}{
		{creds.User{}, "2026-03-01T00:00:00Z", true},
		{both, "2026-03-01T23:59:59.999999999Z", false},
		{both, "2026-03-02T00:00:00Z", true},
		{both, "2026-03-02T00:30:00+01:00", false}, // in London's summer or Berlin it is the day already
		{both, "2026-03-04T23:59:59.999999999Z", true},
		{both, "2026-03-05T00:00:00Z", false},
		{both, "2026-03-04T23:30:00-05:00", false},
		{creds.User{EndsOn: day("2024-02-29")}, "2024-02-29T12:00:00Z", true},
		{creds.User{EndsOn: day("2024-02-29")}, "2024-03-01T00:00:00Z", false},
		{creds.User{EndsOn: time.Date(2026, 3, 4, 0, 0, 0, 0, time.FixedZone("", 3600))}, "2026-03-04T23:30:00Z", true},
	} {
		refusal := within(test.u, at(test.now))
		if (refusal == nil) != test.good || refusal != nil && refusal.Kind != OutsideDates {
			t.Errorf("within(%v to %v, at %s) = %v, want good: %v", test.u.StartsOn, test.u.EndsOn, test.now, refusal, test.good)
		}
	}
}

// Dates hold for a live session's next request, for the answer that is being made, and before there is a certificate.
func TestOutsideDates(t *testing.T) {
	s, d := newLevels(t)
	cookie, err := s.SignIn(t.Context(), ask(t, s, certs.Software), audit.Event{})
	if err != nil {
		t.Fatal(err)
	}
	before := ask(t, s, certs.Software, cookie)
	who, err := certs.NewIdentity(certs.User, levelUser)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		set  string
		want Kind
	}{
		{"starts_on = (now() AT TIME ZONE 'UTC')::date + 1", OutsideDates},
		{"starts_on = (now() AT TIME ZONE 'UTC')::date, ends_on = (now() AT TIME ZONE 'UTC')::date + 1", ""},
		{"starts_on = NULL, ends_on = (now() AT TIME ZONE 'UTC')::date - 1", OutsideDates},
		{"ends_on = NULL", ""},
	} {
		change(t, d, `UPDATE access.user_account SET `+test.set)
		if err := s.directory.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := kindOf(ask(t, s, certs.Software, cookie)); got != test.want {
			t.Errorf("with %s a request in a session is refused as %q, want %q", test.set, got, test.want)
		}
		if got := KindOf(s.Recheck(t.Context(), before.principal, 0, before.principal.Generation()+1)); got != test.want {
			t.Errorf("with %s an answer is refused as %q, want %q", test.set, got, test.want)
		}
		if got := KindOf(s.Admits(t.Context(), who, before.known.address)); got != test.want {
			t.Errorf("with %s an enrolment is refused as %q, want %q", test.set, got, test.want)
		}
	}
}

// Whoever has yet to accept the terms is known as such from the next request on, and no longer once they have.
func TestTermsDue(t *testing.T) {
	s, d := newLevels(t)
	for _, due := range []bool{false, true, false} {
		change(t, d, map[bool]string{true: `UPDATE access.user_account SET terms_due = true`, false: `UPDATE access.user_account SET terms_due = false`}[due])
		if err := s.directory.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, s, certs.Software).principal.TermsDue(); got != due {
			t.Errorf("TermsDue = %v, want %v", got, due)
		}
	}
}
