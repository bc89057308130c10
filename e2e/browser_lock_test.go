package e2e_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestForgottenScreen: what an officer leaves open goes away in every window, and nothing
// leads back to it without signing in.
func TestForgottenScreen(t *testing.T) {
	t.Parallel()
	s := browserDemo(t)
	p := s.join(t, "forgetful", "police_officer", custody)
	c := newChromium(t, s, p)
	one, two := c.tab(t), c.tab(t) // in the same session
	signIn(t, one)
	find(t, one, "brackenridge", 1)
	reason(t, one, "custody", "NG/4471/10")
	record := one.path(t)
	begin := func() {
		t.Helper()
		one.press(t, toEmergency)
		one.fill(t, "#why", "Unconscious in the cell; the paramedic asks what he takes")
		one.press(t, toBegin)
		at(t, one, record)
		says(t, one, "400 mg")
	}

	begin()
	two.open(t, record)
	says(t, two, "400 mg")
	two.comes(t, "the end of emergency access in the other window", func() { one.press(t, toEnd) })
	at(t, two, record)
	silent(t, two, full...)

	begin()
	passes := func(minutes int) {
		t.Helper()
		s.passes(t, p, "emergency", fmt.Sprintf("began_at = began_at - interval '%[1]d minutes', ends_at = ends_at - interval '%[1]d minutes'", minutes))
	}
	passes(25)
	one.open(t, record)
	says(t, one, "400 mg")
	passes(6)
	one.comes(t, "the end of emergency access", func() { one.later(t, 6) })
	at(t, one, record)
	silent(t, one, full...)

	one.open(t, record+"/history")
	s.passes(t, p, "session", "seen_at = now() - interval '14 minutes'")
	two.comes(t, "the lock of the other window", func() {
		one.comes(t, "the lock", func() { one.later(t, 14) })
	})
	for _, b := range []*tab{one, two} {
		at(t, b, "/locked")
		says(t, b, "Sign in again")
	}
	one.arrive(t, "go back", chromedp.NavigateBack())
	silent(t, one, "Brackenridge", "BRACKENRIDGE")
	one.open(t, "/")
	says(t, one, "Sign in as Journey forgetful")
	one.seen.faultless(t)
}

// comes waits for the page that what happens brings into the tab.
func (b *tab) comes(t testing.TB, why string, happens func()) {
	t.Helper()
	b.arrive(t, "wait for "+why, func(context.Context, *chromedp.Target) (chromedp.Void, error) {
		happens()
		return chromedp.Void{}, nil
	})
}

// later puts the computer's clock forward, as after a sleep, and shows the page again.
func (b *tab) later(t testing.TB, minutes int) {
	t.Helper()
	js[bool](t, b, fmt.Sprintf(`(() => { const now = Date.now; Date.now = () => now() + %d * 60000; return document.dispatchEvent(new Event("visibilitychange")) })()`, minutes))
}

// passes changes what only time changes of a person's sessions or emergency accesses.
func (s *service) passes(t testing.TB, p *person, table, change string) {
	t.Helper()
	s.psql(t, fmt.Sprintf(`BEGIN; ALTER TABLE access.%[1]s DISABLE TRIGGER guard;
		UPDATE access.%[1]s SET %[2]s WHERE ended_at IS NULL AND user_id = (SELECT id FROM access.user_account WHERE email = '%[3]s');
		ALTER TABLE access.%[1]s ENABLE ALWAYS TRIGGER guard; COMMIT`, table, change, p.email))
}
