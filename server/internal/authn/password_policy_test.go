package authn

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
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
