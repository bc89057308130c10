package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mais/server/internal/audit"
	"mais/server/internal/web/page/pagetest"
)

// device is the value of the browser's one cookie of a device.
func (b *browser) device() string {
	for name, value := range b.cookies {
		if strings.HasPrefix(name, "__Host-mais-device-") {
			return value
		}
	}
	return ""
}

// asksReset has a code for a new password sent, and returns it.
func (k *keyholder) asksReset(t *testing.T, b *browser) string {
	t.Helper()
	s, before := k.station, len(k.station.letters(t, k.email, "the code for a new password"))
	b.send(t, "/recover", url.Values{"email": {k.email}}).goesTo(t, "/recover/code")
	eventually(t, "the code is in the mail", func() bool { return len(s.letters(t, k.email, "the code for a new password")) > before })
	for _, l := range s.letters(t, k.email, "the code for a new password") {
		code := lostCodes.FindString(l)
		if s.count(t, `SELECT count(*) FROM access.password_reset WHERE id = $1 AND used_at IS NULL AND tries = 0`, code[:5]+code[6:10]) == 1 {
			return code
		}
	}
	t.Fatal("no fresh code")
	return ""
}

func (b *browser) sets(t *testing.T, code, proof, password string) reply {
	t.Helper()
	return b.send(t, "/recover/code", url.Values{"code": {code}, "proof": {proof}, "password": {password}, "again": {password}})
}

// waits lets the time pass that wrong tries cost.
func (s *station) waits(t *testing.T) {
	t.Helper()
	s.exec(t, `UPDATE access.password_guard SET not_before = now()`)
}

// TestPasswordProofs: whoever reads a holder's mail guesses no second factor, however many codes
// they ask for; the holder signs in as ever, is told, and comes back with a recovery code.
func TestPasswordProofs(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	guesses, refused := 0, 0
	for n := range 5 {
		b := s.browser(t, fmt.Sprintf("127.0.9.%d", n+1))
		code := k.asksReset(t, b)
		for range 5 {
			got := b.sets(t, code, "000000", "nine copper bells at dusk")
			switch got.StatusCode {
			case http.StatusForbidden:
				guesses++
			case http.StatusTooManyRequests:
				refused++
			default:
				t.Fatalf("a guess = %d", got.StatusCode)
			}
			if n < 3 { // who has the patience
				s.waits(t)
			}
		}
	}
	if guesses > 17 || refused < 8 {
		t.Errorf("%d guesses were looked at and %d had to wait", guesses, refused)
	}
	s.exec(t, `UPDATE access.password_guard SET tries = 20, not_before = now(), last_at = now() - interval '400 days' WHERE pool = 'proofs'`)
	s.exec(t, `DELETE FROM access.password_guard WHERE pool = 'proof'`)
	b := s.browser(t, custody)
	b.sets(t, k.asksReset(t, b), k.code(t), "nine copper bells at dusk").shown(t, http.StatusForbidden) // the right one
	eventually(t, "the holder is told", func() bool {
		for _, l := range s.letters(t, k.email, "your password") {
			if strings.Contains(l, "twenty wrong") {
				return true
			}
		}
		return false
	})
	k.signsIn(t)
	b = s.browser(t, "127.0.9.30")
	code := k.asksReset(t, b)
	k.browser = b
	k.confirm(t, "/recover/second", b.sets(t, code, k.codes[0], "nine copper bells at dusk").shown(t, http.StatusOK)).shown(t, http.StatusOK)
	k.password = "nine copper bells at dusk"
	k.signsIn(t)
	b.sets(t, k.asksReset(t, b), k.code(t), "ten copper bells at dawn").shown(t, http.StatusOK) // it begins anew
}

// TestPasswordOpenScreen: an open screen and the mail beside it are worth neither a token nor a password.
func TestPasswordOpenScreen(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	k.signsIn(t)
	orders := func() int {
		return s.count(t, `SELECT count(*) FROM ca.enrolment_order WHERE holder = $1 AND used_at IS NULL AND cancelled_at IS NULL`, k.email)
	}
	for _, form := range []url.Values{nil, {"current": {""}, "code": {""}}, {"current": {k.password}, "code": {"000000"}}} {
		if got := k.browser.send(t, "/security/enrol", form); got.StatusCode == http.StatusOK || orders() != 0 {
			t.Errorf("%v: %d, want no code for a token", form, got.StatusCode)
		}
	}
	s.waits(t)
	k.browser.send(t, "/security/enrol", url.Values{"current": {k.password}, "code": {k.code(t)}}).shown(t, http.StatusOK)
	var code string
	eventually(t, "the code is in the mail", func() bool {
		for _, l := range s.letters(t, k.email, "") {
			if found := codeForm.FindString(l); found != "" {
				code = found
				if strings.Contains(l, "/register") {
					t.Error("the mail says that the code sets a password")
				}
			}
		}
		return code != ""
	})
	got := s.browser(t, custody).send(t, "/register", url.Values{"email": {k.email}, "code": {code}, "password": {"my own lovely words here"}, "again": {"my own lovely words here"}})
	got.shown(t, http.StatusForbidden)
	if orders() != 1 {
		t.Error("the code is gone")
	}
	k.signsIn(t)
}

// TestPasswordSharedScreen: each of two who share a screen is known on it, whatever others try; and
// the door that wrong tries close opens again by itself, and its holder is told.
func TestPasswordSharedScreen(t *testing.T) {
	s := newStation(t)
	one, two := s.keyholder(t, "clinician"), s.keyholder(t, "clinician")
	shared := s.browser(t, custody)
	for _, k := range []*keyholder{one, two} {
		k.tries(t, shared, k.password, "").goesTo(t, "/")
		shared.send(t, "/sign-out", nil)
	}
	for n := range 21 {
		b := s.browser(t, fmt.Sprintf("127.0.9.%d", n+1))
		for range 5 {
			one.tries(t, b, "wrong wrong wrong wrong", "")
		}
	}
	eventually(t, "the holder is told", func() bool {
		told := 0
		for _, l := range s.letters(t, one.email, "your password") {
			if strings.Contains(l, "hundred wrong") {
				told++
			}
		}
		return told == 1
	})
	one.tries(t, s.browser(t, "127.0.9.40"), one.password, "").shown(t, http.StatusForbidden)
	cap := `SELECT coalesce(max(tries), 0) FROM access.password_guard WHERE pool = 'all'`
	before := s.count(t, cap)
	s.exec(t, `UPDATE access.password_guard SET last_at = now() - interval '31 days', not_before = now()`)
	one.tries(t, s.browser(t, "127.0.9.40"), "wrong wrong wrong wrong", "").shown(t, http.StatusForbidden)
	if after := s.count(t, cap); before < 100 || after != 1 {
		t.Errorf("after a month %d tries are counted, and there were %d", after, before)
	}
	s.exec(t, `UPDATE access.password_guard SET tries = 200 WHERE pool = 'all'`)
	for _, k := range []*keyholder{two, one} {
		k.tries(t, shared, k.password, "").goesTo(t, "/")
		shared.send(t, "/sign-out", nil)
	}
	one.tries(t, s.browser(t, "127.0.9.41"), one.password, "").goesTo(t, "/") // which opened it for others
}

// TestPasswordTriedNames: what a stranger types is no refusal of whom they named, unless a proof of theirs was right.
func TestPasswordTriedNames(t *testing.T) {
	s := newStation(t)
	officer, _ := s.invited(t, "governance_officer")
	k := s.keyholder(t, "police_officer")
	stranger := s.browser(t, "127.0.9.40")
	for _, email := range []string{officer.email, k.email} {
		for range 3 {
			got := stranger.send(t, "/sign-in", url.Values{"email": {email}, "password": {"whatever it may be"}, "code": {""}})
			s.audited(t, got, "password.fail", audit.Refused)
		}
	}
	named := func(id string) int {
		return s.count(t, `SELECT count(*) FROM audit.event WHERE user_id = $1::uuid AND outcome <> 'allowed'`, id)
	}
	tried := func(id string) int {
		return s.count(t, `SELECT count(*) FROM audit.event WHERE detail ->> 'tried' = $1`, id)
	}
	if named(officer.id) != 0 || tried(officer.id) != 0 || named(k.id) != 0 || tried(k.id) != 3 {
		t.Errorf("refusals name the officer %d and %d times, the holder %d and %d times; want 0, 0, 0, 3",
			named(officer.id), tried(officer.id), named(k.id), tried(k.id))
	}
	k.tries(t, stranger, k.password, "000000").shown(t, http.StatusForbidden) // who knows their password
	if named(k.id) != 1 {
		t.Errorf("a right password with a wrong code names the holder %d times, want 1", named(k.id))
	}
}

// TestPasswordFactorAsked: a session that began without a second factor ends when the role asks for one.
func TestPasswordFactorAsked(t *testing.T) {
	s := newStation(t)
	without, with := s.keyholder(t, "clinician"), s.keyholder(t, "police_officer")
	without.signsIn(t)
	with.signsIn(t)
	s.exec(t, `UPDATE access.role SET totp = true WHERE name = 'clinician'`)
	eventually(t, "the session without ends", func() bool { return without.browser.page(t, "/access").StatusCode == http.StatusUnauthorized })
	without.browser.page(t, "/access") // it may have been the look that the change overtook
	with.browser.page(t, "/access").shown(t, http.StatusOK)
	if n := len(s.entries(t, "act = 'session.end' AND reason = 'second-factor-needed' AND user_id = $1", without.id)); n != 1 {
		t.Errorf("%d sessions ended for it, want 1", n)
	}
}

// TestPasswordPending: what waits for a second factor is confirmed in its own place, once; and a code
// in an old mailbox sets nothing.
func TestPasswordPending(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "police_officer")
	k.signsIn(t)
	renewed := func() string {
		t.Helper()
		page := k.browser.send(t, "/security/second", url.Values{"current": {k.password}, "code": {k.code(t)}}).shown(t, http.StatusOK)
		k.secret, k.step = strings.ReplaceAll(pagetest.Text(pagetest.ByID(page, "secret")), " ", ""), 0
		return hiddenField(page, "sealed")
	}
	was := k.secret
	sealed := renewed()
	for _, path := range []string{"/register/second", "/recover/second"} {
		k.browser.send(t, path, url.Values{"sealed": {sealed}, "code": {k.code(t)}}).shown(t, http.StatusForbidden)
	}
	k.secret, k.step = was, 0
	k.forgetStep(t)
	sealed = renewed()
	confirm := func() reply {
		return k.browser.send(t, "/security/second/confirm", url.Values{"sealed": {sealed}, "code": {k.code(t)}})
	}
	confirm().shown(t, http.StatusOK)
	confirm().shown(t, http.StatusForbidden)

	b := s.browser(t, "127.0.9.3")
	code := k.asksReset(t, b)
	s.exec(t, `UPDATE access.user_account SET email = 'moved.' || email WHERE id = $1::uuid`, k.id)
	b.sets(t, code, k.codes[0], "nine copper bells at dusk").shown(t, http.StatusForbidden)
}

// TestPasswordUnfit: a new password that is not taken costs no try.
func TestPasswordUnfit(t *testing.T) {
	s := newStation(t)
	k := s.keyholder(t, "clinician")
	k.signsIn(t)
	for range 7 {
		k.browser.send(t, "/security/password", url.Values{"current": {k.password}, "code": {""}, "password": {"key holder agency"}, "again": {"key holder agency"}}).
			shown(t, http.StatusUnprocessableEntity)
	}
	if n := s.count(t, `SELECT count(*) FROM access.password_guard WHERE length(pool) = 33`); n != 0 {
		t.Errorf("%d tries are counted against the session, want none", n)
	}
}
