package e2e_test

import (
	"fmt"
	"strings"
	"testing"
)

// What leads through the pages of the administration.
const (
	toSearch  = `main form[action="/admin/certificates"] button`
	toOne     = `main table a[href^="/admin/certificates/people-"]`
	toHold    = `main a[href^="/admin/plans/new?act=hold"]`
	toRelease = `main a[href^="/admin/plans/new?act=release"]`
	toPreview = `main form[action$="/plans"] button.govuk-button:not(.govuk-button--secondary)`
	toConfirm = `main .mais-confirm button`
	toReceipt = `main a[href$="/receipt"]`
)

// administratorsDay is what an administrator does: somebody rings and a token is held, and
// released when it was found; three who have left lose theirs; what ends next month; and the
// other pages of the administration. Then the same by keyboard alone in a browser that runs no
// script, and a holder who has lost their own.
func administratorsDay(t *testing.T, s *service, g *gallery) {
	lost := s.join(t, "finder", "police_officer", custody)
	for _, who := range []string{"leaver-a", "leaver-b", "leaver-c"} {
		s.join(t, who, "police_officer", custody)
	}
	c := newChromium(t, s, s.join(t, "keeper", "administrator", liaison))
	b, i := c.tab(t), &inspector{g, "admin"}
	entersAdministration(t, b)
	i.look(t, b, "overview")

	b.press(t, `nav a[href="/admin/certificates"]`)
	i.look(t, b, "certificates")
	holdsAndReleases(t, b, i, lost)
	revokesThree(t, b, i)
	mendsAFile(t, b, i)
	for _, page := range []string{"expiries", "plans", "check", "people"} {
		b.press(t, `nav a[href="/admin/`+page+`"]`)
		i.look(t, b, page)
	}
	b.press(t, `nav a[href="/admin/people/new"]`)
	b.press(t, `main a[href="/admin/invite"]`) // who is registered already
	i.look(t, b, "invite")
	b.open(t, "/admin/quarantines")
	i.look(t, b, "quarantines")
	sameNumbers(t, b)
	invites(t, b, i)
	b.forceColours(t)
	b.open(t, "/admin/expiries")
	for _, v := range b.axe(t) {
		t.Errorf("forced colours: %s", v)
	}
	i.keep(t, b, "expiries-forced-colours", false)
	b.open(t, "/")
	b.press(t, toSignOut)
	b.seen.faultless(t)

	k := unscripted(t, c)
	entersAdministration(t, k)
	holds(t, k, "finder", "Rang again, without a mouse")
	k.press(t, `nav a[href="/admin/certificates"]`)
	t.Logf("the administrator's hold: %d tab stops, %d keys", k.stops, k.struck)
	k.open(t, "/")
	k.press(t, toSignOut)
	k.seen.faultless(t)
	losesTheirOwn(t, s, i)
}

func entersAdministration(t *testing.T, h hands) {
	t.Helper()
	h.open(t, "/")
	h.press(t, toSignIn)
	at(t, h, "/admin")
	says(t, h, "You administer every user")
}

// searches looks for a holder and demands that so many certificates are found.
func searches(t *testing.T, h hands, words string, want int) {
	t.Helper()
	h.open(t, "/admin/certificates")
	h.fill(t, "#q", words)
	h.enter(t)
	if strings.Contains(h.path(t), words) {
		t.Errorf("what was searched for stands in the address: %s", h.path(t))
	}
	if got := h.count(t, toOne); got != want {
		t.Fatalf("%q finds %d certificates, want %d:\n%s", words, got, want, h.text(t))
	}
}

// word is what the page wants to be typed.
func word(t *testing.T, h hands) string {
	t.Helper()
	text := h.text(t)
	_, after, found := strings.Cut(text, "To confirm, type ")
	if !found {
		t.Fatalf("nothing is to be confirmed:\n%s", text)
	}
	line, _, _ := strings.Cut(after, "\n")
	if _, digits, one := strings.Cut(line, "serial number, "); one {
		return strings.TrimSpace(digits)
	}
	return strings.TrimSpace(line)
}

// holds puts a holder's one certificate on hold, with any hands.
func holds(t *testing.T, h hands, who, note string) {
	t.Helper()
	searches(t, h, who, 1)
	h.press(t, toOne)
	h.press(t, toHold)
	h.fill(t, "#note", note)
	h.press(t, toPreview)
	says(t, h, "Nothing has happened yet", "Journey "+who)
	h.fill(t, "#word", word(t, h))
	h.press(t, toConfirm)
	says(t, h, "1 of 1 certificate was put on hold")
}

func holdsAndReleases(t *testing.T, b *tab, i *inspector, lost *person) {
	t.Helper()
	searches(t, b, "finder", 1)
	i.look(t, b, "found")
	b.press(t, toOne)
	certificate := b.path(t)
	i.look(t, b, "certificate")
	b.press(t, toHold)
	i.look(t, b, "hold")
	b.press(t, toPreview)
	i.look(t, b, "hold-preview")
	says(t, b, "1 holder would have no good certificate left", "Journey finder")
	b.fill(t, "#word", "hold")
	b.press(t, toConfirm)
	if b.status != 422 {
		t.Errorf("the wrong word: status = %d, want 422", b.status)
	}
	i.look(t, b, "hold-error")
	lost.ctl(t, "whoami").exits(t, 0) // nothing was done
	js[any](t, b, `document.querySelector("#word").value = ""`)
	b.fill(t, "#word", word(t, b))
	b.press(t, toConfirm)
	says(t, b, "1 of 1 certificate was put on hold")
	i.look(t, b, "held")
	if r := lost.ctl(t, "whoami"); r.code == 0 {
		t.Error("a token on hold is not refused")
	}
	b.open(t, certificate)
	says(t, b, "On hold since")
	b.press(t, toReceipt)
	says(t, b, "Put on hold", "Committed at")
	i.look(t, b, "receipt")
	b.open(t, certificate)
	b.press(t, toRelease)
	b.press(t, toPreview)
	b.fill(t, "#word", word(t, b))
	b.press(t, toConfirm)
	says(t, b, "1 of 1 certificate was released")
	lost.ctl(t, "whoami").exits(t, 0)
}

// revokesThree ticks three of a list, the reason and the word.
func revokesThree(t *testing.T, b *tab, i *inspector) {
	t.Helper()
	searches(t, b, "leaver", 3)
	b.press(t, `button[name="act"][value="revoke"]`)
	if b.status != 422 {
		t.Errorf("nothing ticked: status = %d, want 422", b.status)
	}
	i.look(t, b, "select-error")
	for n := range 3 {
		b.choose(t, fmt.Sprintf(`tr:nth-child(%d) input[name="pick"]`, n+1))
	}
	b.press(t, `button[name="act"][value="revoke"]`)
	says(t, b, "Journey leaver-a", "Journey leaver-b", "Journey leaver-c", "Nobody can undo it")
	i.look(t, b, "revoke")
	b.press(t, toPreview)
	if b.status != 422 {
		t.Errorf("no reason: status = %d, want 422", b.status)
	}
	i.look(t, b, "revoke-error")
	b.choose(t, `input[name="reason"][value="cessationOfOperation"]`)
	b.fill(t, "#note", "Left on Friday")
	b.press(t, toPreview)
	says(t, b, "3 holders would have no good certificate left", "This cannot be undone")
	i.look(t, b, "revoke-preview")
	if got := word(t, b); got != "revoke 3" {
		t.Errorf("the word is %q, want %q", got, "revoke 3")
	}
	b.fill(t, "#word", "revoke 3")
	b.press(t, toConfirm)
	says(t, b, "3 of 3 certificates were revoked")
	i.look(t, b, "revoked")
}

// mendsAFile pastes serial numbers, one of them good and on hold already or unknown, some of
// them none at all.
func mendsAFile(t *testing.T, b *tab, i *inspector) {
	t.Helper()
	b.open(t, "/admin/plans/new?act=hold")
	i.look(t, b, "lines")
	b.fill(t, "#serials", "00112233445566778899aabbccddeeff\n\nnot a serial number\n<b>bold</b>\n")
	b.press(t, toPreview)
	says(t, b, "3 of the lines name no certificate that you administer", "not a serial number", "<b>bold</b>", "There is nothing to do")
	i.look(t, b, "bad-lines")
}

// sameNumbers demands that the drawing says what the table says.
func sameNumbers(t *testing.T, b *tab) {
	t.Helper()
	b.open(t, "/admin/expiries")
	drawn := js[[]string](t, b, `[...document.querySelectorAll(".mais-chart__number")].map(e => e.textContent.trim())`)
	table := js[[]string](t, b, `[...document.querySelectorAll(".mais-numeric tbody tr td:nth-child(5)")].map(e => e.textContent.trim())`)
	if len(drawn) != 13 || strings.Join(drawn, " ") != strings.Join(table, " ") {
		t.Errorf("the drawing says %v, the table %v", drawn, table)
	}
	if over := js[[]string](t, b, `(() => { const r = [...document.querySelectorAll(".mais-chart text")].map(e => [e.textContent, e.getBoundingClientRect()]);
		const hits = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
		return r.flatMap(([t, a], n) => r.slice(n + 1).filter(([, b]) => hits(a, b)).map(([u]) => t + " over " + u)) })()`); len(over) > 0 {
		t.Errorf("text over text in the drawing: %v", over)
	}
}

// invites has a code sent, which stands on no page.
func invites(t *testing.T, b *tab, i *inspector) {
	t.Helper()
	b.open(t, "/admin/invite")
	b.fill(t, "#email", "finder")
	b.press(t, `main form[action="/admin/invite"] button`)
	if b.status != 422 {
		t.Errorf("no mail address: status = %d, want 422", b.status)
	}
	i.look(t, b, "invite-error")
	js[any](t, b, `document.querySelector("#email").value = ""`)
	b.fill(t, "#email", "finder@police.northshire.example")
	b.press(t, `main form[action="/admin/invite"] button`)
	says(t, b, "A code is on its way to finder@police.northshire.example")
	i.look(t, b, "invited")
}

// losesTheirOwn is a holder who holds the very token that they use, and is out.
func losesTheirOwn(t *testing.T, s *service, i *inspector) {
	t.Helper()
	b := newChromium(t, s, s.join(t, "loser", "police_officer", custody)).tab(t)
	holder := &inspector{i.gallery, "holder"}
	signIn(t, b)
	b.open(t, "/admin")
	if b.status != 403 {
		t.Errorf("an officer's administration: status = %d, want 403", b.status)
	}
	b.press(t, `nav a[href="/tokens"]`)
	says(t, b, "The one you are using now")
	holder.look(t, b, "tokens")
	b.press(t, `main a[href^="/tokens/plans/new?act=revoke"]`)
	holder.look(t, b, "revoke")
	b.open(t, "/tokens")
	b.press(t, `main form[action="/tokens/plans"] button`)
	says(t, b, "The token that you are using now is among them")
	holder.look(t, b, "hold-preview")
	b.fill(t, "#word", word(t, b))
	b.press(t, toConfirm)
	says(t, b, "Your token is on hold")
}
