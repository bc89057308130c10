package authn

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/authn/internal/creds"
)

// TestPermits: the lesser of agency and role holds for each role; offices and roles that demand a
// card have no password, whatever stands beside them.
func TestPermits(t *testing.T) {
	role := func(name, passwords string, more ...func(*creds.RolePolicy)) creds.RolePolicy {
		r := creds.RolePolicy{Role: name, Passwords: passwords, Level: "software"}
		for _, change := range more {
			change(&r)
		}
		return r
	}
	office := func(r *creds.RolePolicy) { r.Office = true }
	card := func(r *creds.RolePolicy) { r.Level = "card" }
	factor := func(r *creds.RolePolicy) { r.TOTP = true }
	for _, c := range []struct {
		agency  string
		roles   []creds.RolePolicy
		want    []string
		limited []string
		factor  bool
	}{
		{"forbidden", []creds.RolePolicy{role("a", "allowed")}, nil, nil, false},
		{"", []creds.RolePolicy{role("a", "allowed")}, nil, nil, false},
		{"allowed", []creds.RolePolicy{role("a", "forbidden", factor)}, nil, nil, false},
		{"allowed", []creds.RolePolicy{role("a", "allowed", factor)}, []string{"a"}, nil, true},
		{"limited", []creds.RolePolicy{role("a", "allowed")}, []string{"a"}, []string{"a"}, false},
		{"allowed", []creds.RolePolicy{role("a", "allowed"), role("b", "limited"), role("c", "forbidden")}, []string{"a", "b"}, []string{"b"}, false},
		{"allowed", []creds.RolePolicy{role("a", "allowed", office), role("b", "allowed", card), {}}, nil, nil, false},
	} {
		got := permits(creds.User{Passwords: c.agency, Policies: c.roles})
		if diff := cmp.Diff(permitted{c.want, c.limited, c.factor}, got, cmp.AllowUnexported(permitted{})); diff != "" {
			t.Errorf("agency %q, roles %v (-want +got):\n%s", c.agency, c.roles, diff)
		}
	}
}

// TestLanes: however many strangers wait, a device that is known finds its place.
func TestLanes(t *testing.T) {
	l := newLanes(3)
	for range 2 {
		if _, err := l.enter(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.enter(gone, false); !errors.Is(err, ErrPasswordBusy) {
		t.Errorf("a third stranger: %v, want ErrPasswordBusy", err)
	}
	leave, err := l.enter(t.Context(), true)
	if err != nil {
		t.Fatalf("a known device: %v", err)
	}
	leave()
	if _, err := l.enter(t.Context(), true); err != nil {
		t.Errorf("a known device after another: %v", err)
	}
}

// TestSprayPatterns: each kind of pattern is raised once in its time, and one person's own wrong
// tries never are.
func TestSprayPatterns(t *testing.T) {
	began := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	from := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}) }
	name := func(n int) []byte { return fmt.Appendf(nil, "name %d", n) }
	for kind, note := range map[string]func(s *spray, n int) (pattern, bool){
		"source":   func(s *spray, n int) (pattern, bool) { return s.note(began, from(1), name(n), fmt.Sprint(n)) },
		"password": func(s *spray, n int) (pattern, bool) { return s.note(began, from(n), name(n), "Winter2026") },
		"all":      func(s *spray, n int) (pattern, bool) { return s.note(began, from(n), name(n), fmt.Sprint(n)) },
		"":         func(s *spray, n int) (pattern, bool) { return s.note(began, from(1), name(1), fmt.Sprint(n)) },
	} {
		s, raised := newSpray(), map[string]int{}
		for n := range 400 {
			if p, raise := note(s, n); raise {
				raised[p.Kind]++
			}
		}
		if kind == "" && len(raised) != 0 || kind != "" && raised[kind] != 1 {
			t.Errorf("%q raised %v", kind, raised)
		}
		if _, raise := s.note(began.Add(sprayWindow+time.Second), from(1), name(1), "x"); raise {
			t.Errorf("%q: a first failure in a new time is raised", kind)
		}
	}
}

// TestDeviceCookie: a device is one name's, for its time, and nobody makes one.
func TestDeviceCookie(t *testing.T) {
	now := time.Now()
	o := &PasswordOptions{Key: []byte("key"), Costs: PasswordCosts{Memory: 64, Passes: 1, Lanes: 1}, AtOnce: 2}
	p, err := newPasswords(o, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	name := p.nameOf("dana@example.org")
	none := httptest.NewRequest("POST", "/sign-in", nil)
	cookie := p.newDevice(none, name)[0]
	ask := func(value string) *http.Request {
		r := httptest.NewRequest("POST", "/sign-in", nil)
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: value})
		return r
	}
	if _, ok := p.deviceOf(ask(cookie.Value), name); !ok {
		t.Error("a device is not known")
	}
	other := p.nameOf("joe@example.org")
	moved := httptest.NewRequest("POST", "/sign-in", nil)
	moved.AddCookie(&http.Cookie{Name: p.deviceCookieOf(other), Value: cookie.Value})
	if _, ok := p.deviceOf(moved, other); ok {
		t.Error("a device is known for another name")
	}
	for _, forged := range []string{"", "x", cookie.Value[1:] + "A", "A" + cookie.Value[1:]} {
		if _, ok := p.deviceOf(ask(forged), name); ok && forged != cookie.Value {
			t.Errorf("the cookie %q is taken", forged)
		}
	}
	now = now.Add(deviceLife)
	if _, ok := p.deviceOf(ask(cookie.Value), name); ok {
		t.Error("a device is known for ever")
	}
}

// TestSharedScreen: of many who sign in on one browser the last sixteen are known there.
func TestSharedScreen(t *testing.T) {
	now := time.Now()
	o := &PasswordOptions{Key: []byte("key"), Costs: PasswordCosts{Memory: 64, Passes: 1, Lanes: 1}, AtOnce: 2}
	p, err := newPasswords(o, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	jar := map[string]string{deviceCookie + "00000000": "not one of ours"}
	request := func() *http.Request {
		r := httptest.NewRequest("POST", "/sign-in", nil)
		for name, value := range jar {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		return r
	}
	of := func(n int) []byte { return p.nameOf(fmt.Sprintf("officer%d@example.org", n)) }
	for n := range 20 {
		now = now.Add(time.Minute)
		for _, c := range p.newDevice(request(), of(n)) {
			if jar[c.Name] = c.Value; c.MaxAge < 0 {
				delete(jar, c.Name)
			}
		}
	}
	if len(jar) != maxDevices {
		t.Errorf("%d cookies, want %d", len(jar), maxDevices)
	}
	for n := range 20 {
		if _, known := p.deviceOf(request(), of(n)); known != (n >= 20-maxDevices) {
			t.Errorf("officer %d: known = %t", n, known)
		}
	}
}

// TestSprayingSlides: what is spread round the edge of two halves is seen, each kind is raised
// once in a window however many complete it, and the counts say how many.
func TestSprayingSlides(t *testing.T) {
	began := time.Now()
	name := func(n int) []byte { return fmt.Appendf(nil, "name %d", n) }
	from := netip.MustParseAddr("192.0.2.1")
	s := newSpray()
	raised := 0
	for n := range 2 * (sprayBySource - 1) {
		at := began.Add(time.Duration(n/(sprayBySource-1)) * (sprayWindow/2 + time.Second))
		if _, raise := s.note(at, from, name(n), fmt.Sprint(n)); raise {
			raised++
		}
	}
	if raised != 1 {
		t.Errorf("what is spread over two halves raised %d alarms, want 1", raised)
	}
	s = newSpray()
	kinds := map[string]int{}
	for n := range 1000 {
		source := netip.AddrFrom4([4]byte{192, 0, 2, byte(n % 50)})
		if found, raise := s.note(began.Add(time.Duration(n)*time.Millisecond), source, name(n), fmt.Sprint(n%3)); raise {
			if kinds[found.Kind]++; found.Names == 0 || found.Sources == 0 {
				t.Errorf("the alarm %+v counts nothing", found)
			}
		}
	}
	if kinds["source"] != 1 || kinds["password"] != 1 || kinds["all"] != 1 {
		t.Errorf("1000 tries from 50 sources raised %v, want each kind once", kinds)
	}
}
