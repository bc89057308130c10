package e2e_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"
)

// nora and kit are clinicians whose trust lets them come with a password, to less than a token
// shows.
const (
	nora = "nora@trust.example"
	kit  = "kit@trust.example"
)

// Passwords of these pages, and what leads through them.
const (
	firstWords = "tulip anvil kestrel mango"
	laterWords = "harbour velvet ostrich candle"
	toRegister = `main form[action="/register"] button`
	toFactor   = `main form[action$="/second"] button`
	toEnter    = `main form[action="/sign-in"] button`
	toCode     = `main form[action="/recover"] button`
	toRecover  = `main form[action="/recover/code"] button`
)

// typist is somebody with a password, and an authenticator for it.
type typist struct {
	email, password string
	secret          string
	step            int64    // of the last code
	recovery        []string // codes
}

// TestPasswordPages goes the whole way without a token: from the code in a mail to a password
// and a second factor, to what a record shows on a restricted sign-in, and back in after the
// password was forgotten. Then the same by keyboard alone in a browser that runs no script.
func TestPasswordPages(t *testing.T) {
	t.Parallel()
	d := &day{post: newPost(t), i: &inspector{&gallery{pages: map[string]string{}}, "password"}}
	d.letIn(t)
	c := newChromium(t, d.service, nil)
	c.base = d.demo.URLs.Public
	b := c.tab(t)
	n := d.registers(t, b)
	d.comesIn(t, b, n)
	d.minds(t, b, n)
	d.comesBack(t, b, n)
	b.seen.faultless(t)
	k := unscripted(t, c)
	second, code := d.invited(t, kit)
	keyMinute(t, k, second, code)
	t.Logf("by keyboard from the mail to the record and out: %d tab stops, %d keys", k.stops, k.struck)
	k.seen.faultless(t)
	d.i.validate(t)
}

// letIn sets a service up where clinicians may come with a password, and has an administrator
// at hand.
func (d *day) letIn(t *testing.T) {
	dir := t.TempDir()
	at := writeSettings(t, dir, "127.0.0.1", fmt.Sprintf("[mail]\nhost = \"127.0.0.1\"\nport = %d\ntls = \"none\"\nfrom = \"MAIS <mais@mais.example>\"\n", d.post.port))
	secret := write(t, filepath.Join(t.TempDir(), "root"), "a long passphrase for the root\n")
	made := server(t, "init", "--dir", dir, "--name", "localhost", "--agency", "Northshire NHS Trust", "--site", "Ward 7", "--subnet", "127.0.0.0/8",
		"--admin", "Ann Administrator <"+ann+">", "--admin", "Ben Administrator <"+ben+">", "--root-passphrase-file", secret).exits(t, 0)
	d.service = serve(t, dir, at)
	code, command := shownInvitation(t, made.stdout, ann)
	p := newPerson(t, d.service, ann)
	p.enrolSoon(t, command, code)
	d.psql(t, "UPDATE access.agency SET passwords = 'limited', domains = '{trust.example}'")
	d.psql(t, "UPDATE access.role SET passwords = 'limited', totp = true WHERE name = 'clinician'")
	for _, who := range []string{nora, kit} {
		name, _, _ := strings.Cut(who, "@")
		d.host(t, "admin", "invite", who, "--name", "Nurse "+strings.ToUpper(name[:1])+name[1:], "--role", "clinician", "--site", "Ward 7").exits(t, 0)
	}
	d.psql(t, "UPDATE access.user_account SET terms_due = true WHERE email LIKE '%@trust.example' AND name LIKE 'Nurse %'") // as for whoever is invited in the pages
	columns, cells := brackenridge()
	d.load(t, columns, cells)
	d.ann = newChromium(t, d.service, p).tab(t)
	entersAdministration(t, d.ann)
}

// invited has the administrator send somebody a code, and reads it in their mail.
func (d *day) invited(t *testing.T, email string) (n *typist, code string) {
	t.Helper()
	d.ann.open(t, "/admin/people")
	d.ann.fill(t, "#q", email)
	d.ann.enter(t)
	d.ann.press(t, `main table a[href^="/admin/people/"]`)
	d.ann.press(t, `main form[action$="/invite"] button`)
	l := d.post.brought(t, email, "your invitation")
	if !strings.Contains(l.text, strings.TrimPrefix(d.demo.URLs.Public, "https://")+"/register") {
		t.Errorf("the invitation does not say where a password is set:\n%s", l.text)
	}
	return &typist{email: email, password: firstWords}, codeForm.FindString(l.text)
}

// fills types into the fields of a form.
func fills(t *testing.T, h hands, pairs ...string) {
	t.Helper()
	for n := 0; n < len(pairs); n += 2 {
		h.fill(t, pairs[n], pairs[n+1])
	}
}

// code is what the authenticator shows. A code works once, and the clocks may differ by half a
// minute: so there are three for as many uses, or two when the first would not be good for long
// enough to be typed.
func (n *typist) code(t *testing.T) string {
	t.Helper()
	n.step = max(n.step+1, (time.Now().Unix()-15)/30)
	await(t, "the next code to be good", func() bool { return time.Now().Unix()/30 >= n.step-1 })
	code, err := hotp.GenerateCode(n.secret, uint64(n.step))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// keeps copies the key of the second factor off the page.
func (n *typist) keeps(t *testing.T, h hands) {
	t.Helper()
	_, after, found := strings.Cut(h.text(t), "The key: ")
	line, _, _ := strings.Cut(after, "\n")
	if n.secret = strings.ReplaceAll(strings.TrimSpace(line), " ", ""); !found || n.secret == "" {
		t.Fatalf("no key is shown:\n%s", h.text(t))
	}
	n.step = 0
}

var recoveryCode = regexp.MustCompile(`(?m)\b(?:[A-Z2-7]{5}-){4}[A-Z2-7]{5}\b`)

// writesDown copies the recovery codes off the page.
func (n *typist) writesDown(t *testing.T, h hands) {
	t.Helper()
	if n.recovery = recoveryCode.FindAllString(h.text(t), -1); len(n.recovery) != 10 {
		t.Fatalf("%d recovery codes are shown, want 10:\n%s", len(n.recovery), h.text(t))
	}
}

// registers sets a password by the code from the mail, with every mistake on the way.
func (d *day) registers(t *testing.T, b *tab) *typist {
	n, code := d.invited(t, nora)
	await(t, "passwords to be taken", func() bool { b.open(t, "/"); return b.count(t, "#password") == 1 })
	d.i.look(t, b, "sign-in")
	b.link(t, "I was invited")
	d.i.look(t, b, "register")
	b.aboveFold(t, "#password, #again, "+toRegister)
	d.meters(t, b)
	b.open(t, "/register")
	fills(t, b, "#email", n.email, "#code", code, "#password", "password1234567", "#again", "password1234567")
	b.press(t, toRegister)
	if b.status != 422 {
		t.Errorf("a password that others try first: status = %d, want 422", b.status)
	}
	d.i.look(t, b, "register-error")
	b.retype(t, "#code", code) // the page may have kept it
	fills(t, b, "#password", n.password, "#again", n.password)
	b.press(t, toRegister)
	d.i.look(t, b, "factor")
	n.keeps(t, b)
	b.fill(t, "#code", "000000")
	b.press(t, toFactor)
	if b.status != 403 {
		t.Errorf("a wrong code: status = %d, want 403", b.status)
	}
	d.i.look(t, b, "factor-error")
	b.fill(t, "#code", n.code(t))
	b.press(t, toFactor)
	n.writesDown(t, b)
	d.i.look(t, b, "registered")
	return n
}

// comesIn signs in and looks somebody up: what is restricted is withheld, and nothing opens it.
func (d *day) comesIn(t *testing.T, b *tab, n *typist) {
	b.link(t, "Sign in")
	fills(t, b, "#email", n.email, "#password", "not the password", "#code", "123456")
	b.press(t, toEnter)
	if b.status != 403 {
		t.Errorf("a wrong password: status = %d, want 403", b.status)
	}
	d.i.look(t, b, "sign-in-error")
	fills(t, b, "#password", n.password, "#code", n.code(t))
	b.press(t, toEnter)
	at(t, b, "/terms")
	b.fill(t, "#accept", " ")
	b.press(t, `main form[action="/terms"] button`)
	b.open(t, "/find")
	d.i.look(t, b, "find")
	find(t, b, "Brackenridge", 1)
	reason(t, b, "care", "RiO 1")
	restricted(t, b)
	d.i.look(t, b, "record")
}

// restricted demands that a record shows what it may on a restricted sign-in, and no more.
func restricted(t *testing.T, h hands) {
	t.Helper()
	says(t, h, "Brackenridge", "Tonic-clonic", "Not with a password")
	silent(t, h, "Bipolar", "400 mg")
	if h.count(t, toEmergency) != 0 {
		t.Error("emergency access is offered on a restricted sign-in")
	}
}

// minds looks at the page about one's own password, and gets a code for a token.
func (d *day) minds(t *testing.T, b *tab, n *typist) {
	b.press(t, `nav a[href="/security"]`)
	says(t, b, "restricted sign-in", "10 of 10")
	d.i.look(t, b, "security")
	b.fill(t, "#change-current", "not the password")
	fills(t, b, "#password", laterWords, "#again", laterWords)
	b.press(t, `main form[action="/security/password"] button`)
	if b.status != 403 {
		t.Errorf("changed without the password: status = %d, want 403", b.status)
	}
	d.i.look(t, b, "security-error")
	fills(t, b, "#token-current", n.password, "#token-code", n.code(t))
	b.press(t, `main form[action="/security/enrol"] button`)
	says(t, b, "is on its way to "+n.email)
	d.i.look(t, b, "security-sent")
	b.open(t, "/sessions")
	d.i.look(t, b, "sessions")
	b.press(t, toSignOut)
	says(t, b, "signed out")
}

// comesBack is somebody who forgot the password: a code from the mail and a recovery code.
func (d *day) comesBack(t *testing.T, b *tab, n *typist) {
	b.open(t, "/")
	b.link(t, "I have forgotten")
	d.i.look(t, b, "recover")
	b.fill(t, "#email", n.email)
	b.press(t, toCode)
	at(t, b, "/recover/code")
	d.i.look(t, b, "recover-code")
	code := codeForm.FindString(d.post.brought(t, n.email, "the code for a new password").text)
	fills(t, b, "#code", code, "#proof", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "#password", laterWords, "#again", laterWords)
	b.press(t, toRecover)
	if b.status != 403 {
		t.Errorf("recovered by mail alone: status = %d, want 403", b.status)
	}
	d.i.look(t, b, "recover-error")
	b.retype(t, "#code", code)
	fills(t, b, "#proof", n.recovery[0], "#password", laterWords, "#again", laterWords)
	b.press(t, toRecover)
	d.i.look(t, b, "recover-factor") // a recovery code stands for an authenticator that is lost
	n.keeps(t, b)
	b.fill(t, "#code", n.code(t))
	b.press(t, toFactor)
	says(t, b, "Your password is set")
	d.i.look(t, b, "recovered")
	d.post.brought(t, n.email, "your password")
}

// keyMinute is the whole way with any hands.
func keyMinute(t *testing.T, h hands, n *typist, code string) {
	t.Helper()
	h.open(t, "/register")
	fills(t, h, "#email", n.email, "#code", code, "#password", n.password, "#again", n.password)
	h.press(t, toRegister)
	n.keeps(t, h)
	h.fill(t, "#code", n.code(t))
	h.press(t, toFactor)
	n.writesDown(t, h)
	h.open(t, "/")
	fills(t, h, "#email", n.email, "#password", n.password, "#code", n.code(t))
	h.press(t, toEnter)
	at(t, h, "/terms")
	h.fill(t, "#accept", " ")
	h.press(t, `main form[action="/terms"] button`)
	h.open(t, "/find")
	find(t, h, "Brackenridge", 1)
	reason(t, h, "care", "RiO 2")
	restricted(t, h)
	h.press(t, `nav a[href="/security"]`)
	h.press(t, toSignOut)
	says(t, h, "signed out")
}
