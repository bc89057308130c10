package e2e_test

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"mais/internal/pivtest"
	"mais/server/api"
)

var lossCode = regexp.MustCompile(`(?:[A-Z2-7]{5}-){6}[A-Z2-7]{5}`)

// mailedTo returns a mail to an address that has some words, once there is one.
func (s *service) mailedTo(t *testing.T, email, words string) (found string) {
	t.Helper()
	ok := until(t, s, func() bool {
		files, err := filepath.Glob(filepath.Join(s.dir, "mail", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if text := read(t, file); strings.Contains(text, email) && strings.Contains(text, words) {
				found = text
			}
		}
		return found != ""
	})
	if !ok {
		t.Fatalf("no mail to %s has %q", email, words)
	}
	return found
}

// TestAdministratorsCards is what an administrator does with cards on the command line: finds
// one, holds and releases it; its holder loses it and says so without it; it is replaced, given
// back, wiped, and turns up with somebody else.
func TestAdministratorsCards(t *testing.T) {
	t.Parallel()
	s := cardDemo(t)
	d := newDesk(t, s, "clive", "police_officer")
	card := newCard(t, pivtest.Options{})
	d.readers.Insert(t, 0, card)
	d.enrolCard(t).exits(t, 0)
	admin := s.join(t, "cardkeeper", "administrator", custody)
	number := strconv.FormatUint(uint64(card.Serial()), 10)

	list := data[api.CardList](t, admin.ctl(t, "admin", "card", "list", "-q", d.email, "--json").exits(t, 0))
	if list.Total != 1 || list.Cards[0].Serial != card.Serial() || list.Cards[0].Level != "attested" || list.Cards[0].State != api.CardInUse || list.Cards[0].Firmware == "" {
		t.Fatalf("card list = %+v, want the one of %s", list, d.email)
	}
	id := list.Cards[0].ID
	admin.ctl(t, "admin", "card", "list", "--state", "in-use", "--level", "attested").exits(t, 0).shows(t, "CARD", number, d.email)
	admin.ctl(t, "admin", "card", "list", "--state", "lost").exits(t, 2)
	admin.ctl(t, "admin", "card", "show", "1").exits(t, 3)
	admin.ctl(t, "admin", "card", "show", "yubico-1").exits(t, 3)
	admin.ctl(t, "admin", "card", "show", number).exits(t, 0).shows(t, id, d.email, "its maker", "once a session", "Certificates on it")
	shown := data[api.CardDetail](t, admin.ctl(t, "admin", "card", "show", id, "--json").exits(t, 0))
	if len(shown.Keys) != 1 || shown.Keys[0].Card == nil || !shown.Keys[0].Card.Attested {
		t.Errorf("card show = %+v", shown)
	}
	admin.ctl(t, "admin", "cert", "show", shown.Keys[0].Serial).exits(t, 0).shows(t, number, "vouched for by")
	d.bare(t, "admin", "card", "list", "--pin-file", d.pin).exits(t, 4)

	admin.ctl(t, "admin", "card", "hold", number, "--dry-run").exits(t, 0).shows(t, "hold 1 certificate")
	d.ctl(t, "whoami").exits(t, 0)
	admin.ctl(t, "admin", "card", "hold", number, "--yes", "--note", "left on the train").exits(t, 0)
	d.ctl(t, "whoami").exits(t, 4).says(t, "on hold")
	admin.ctl(t, "admin", "card", "release", number, "--yes").exits(t, 0)
	d.ctl(t, "whoami").exits(t, 0)

	// The holder reports it where they once enrolled, without the card.
	d.readers.Take(0)
	d.bare(t, "lost", "--send").exits(t, 0).says(t, "If "+d.email+" is registered")
	code := lossCode.FindString(s.mailedTo(t, d.email, "lost card"))
	file := write(t, filepath.Join(t.TempDir(), "code"), strings.ToLower(code)+"\n")
	d.bare(t, "lost", "--code-file", file).exits(t, 0).shows(t, number, "person-attested").says(t, "Ring your administrator")
	d.bare(t, "lost", "--code-file", file).exits(t, 4).says(t, "not accepted")
	d.readers.Insert(t, 0, card)
	d.ctl(t, "whoami").exits(t, 4).says(t, "on hold")
	nobody := newPerson(t, s, "nobody@police.northshire.example")
	at := s.demo
	nobody.ctl(t, "lost", "--send").exits(t, 2)
	nobody.ctl(t, "lost", "--send", "--server", at.URLs.Public, "--root-fingerprint", at.RootFingerprint, "--email", nobody.email).exits(t, 0).says(t, "If "+nobody.email+" is registered")

	replaced := data[struct {
		Card    string
		Plan    *api.Plan
		Invited *api.Invited
	}](t, admin.ctl(t, "admin", "card", "replace", number, "--lost", "--yes", "--json").exits(t, 0))
	if replaced.Plan == nil || replaced.Plan.Reason != "keyCompromise" || replaced.Plan.Results[api.ResultDone] != 1 || replaced.Invited == nil || replaced.Invited.Email != d.email {
		t.Errorf("card replace = %+v", replaced)
	}
	s.mailedTo(t, d.email, "your invitation")
	d.ctl(t, "whoami").exits(t, 4)
	returned := data[api.CardDetail](t, admin.ctl(t, "admin", "card", "return", number, "--yes", "--json").exits(t, 0))
	if returned.State != api.CardReturned || returned.ReturnedBy != admin.email {
		t.Errorf("card return = %+v", returned.CardEntry)
	}
	admin.ctl(t, "admin", "card", "return", number, "--yes").exits(t, 0).says(t, "tokenctl piv reset") // again does no harm
	d.bare(t, "piv", "reset", "--yes").exits(t, 0)

	next := newDeskAt(t, s, "norman", "clinician", d.readers)
	next.enrolCard(t).exits(t, 0)
	moved := data[api.CardList](t, admin.ctl(t, "admin", "card", "list", "--other-holder", "-q", number, "--json").exits(t, 0))
	if moved.Total != 1 || moved.Cards[0].ID != id || moved.Cards[0].Holder != next.email {
		t.Errorf("cards with another holder = %+v", moved)
	}
	s.mailedTo(t, admin.email, "another holder")
	admin.ctl(t, "admin", "card", "return", number).exits(t, 2) // nobody to ask
	admin.ctl(t, "admin", "card", "revoke", number, "--reason", "superseded", "--yes").exits(t, 0)
	next.ctl(t, "whoami").exits(t, 4)
}

// TestCardPagesInABrowser looks at every page about cards, and at the report of a loss, as a
// browser shows them.
func TestCardPagesInABrowser(t *testing.T) {
	t.Parallel()
	s, g := cardDemo(t), &gallery{pages: map[string]string{}}
	d := newDesk(t, s, "paula", "police_officer")
	d.readers.Insert(t, 0, newCard(t, pivtest.Options{}))
	d.enrolCard(t).exits(t, 0)

	i := &inspector{g, "card"}
	b := newChromium(t, s, s.join(t, "cardlooker", "administrator", custody)).tab(t)
	entersAdministration(t, b)
	b.press(t, `nav a[href="/admin/certificates"]`) // Tokens; below it, cards
	b.press(t, `nav a[href="/admin/cards"]`)
	i.look(t, b, "cards")
	b.fill(t, "#q", d.email)
	b.press(t, `main form[action="/admin/cards"] button`)
	if strings.Contains(b.path(t), d.email) || b.count(t, `main table a[href^="/admin/cards/"]`) != 1 {
		t.Errorf("%s finds %d cards", b.path(t), b.count(t, `main table a[href^="/admin/cards/"]`))
	}
	i.look(t, b, "found")
	b.press(t, `main table a[href^="/admin/cards/"]`)
	says(t, b, "The card’s maker vouches", "Journey paula")
	one := b.path(t)
	i.look(t, b, "one")
	b.press(t, `main a[href$="/replace"]`)
	i.look(t, b, "replace")
	b.open(t, one)
	b.press(t, `main a[href$="/returned"]`)
	i.look(t, b, "return-first")
	b.press(t, `main a[href^="/admin/plans/new?act=revoke"]`)
	b.choose(t, "#reason-cessationOfOperation")
	b.press(t, toPreview)
	b.fill(t, "#word", word(t, b))
	b.press(t, toConfirm)
	says(t, b, "1 of 1 certificate was revoked")
	b.open(t, one+"/returned")
	i.look(t, b, "return")
	b.press(t, `main form[action$="/returned"] button`)
	says(t, b, "Given back", "tokenctl piv reset")
	i.look(t, b, "returned")
	b.press(t, `main table a[href^="/admin/certificates/"]`)
	says(t, b, "The card’s maker vouches")
	i.look(t, b, "certificate")

	p := &inspector{g, "lost"}
	stranger := newChromium(t, s, nil).tab(t)
	stranger.open(t, s.demo.URLs.Public)
	stranger.press(t, `main a[href="/lost"]`)
	p.look(t, stranger, "address")
	stranger.press(t, `main form[action="/lost"] button`)
	p.look(t, stranger, "address-error")
	loser := s.join(t, "loseall", "police_officer", custody)
	stranger.fill(t, "#email", loser.email)
	stranger.press(t, `main form[action="/lost"] button`)
	p.look(t, stranger, "code")
	stranger.fill(t, "#code", "AAAAA")
	stranger.press(t, `main form[action="/lost/code"] button`)
	p.look(t, stranger, "code-error")
	stranger.fill(t, "#code", lossCode.FindString(s.mailedTo(t, loser.email, "lost card")))
	stranger.press(t, `main form[action="/lost/code"] button`)
	says(t, stranger, "Everything of yours is on hold", "Software token")
	p.look(t, stranger, "held")
	loser.ctl(t, "whoami").exits(t, 4).says(t, "on hold")
	g.validate(t)
}
