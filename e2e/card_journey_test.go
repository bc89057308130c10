package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/internal/pivtest"
	"mais/server/api"
)

// onCard is what 'status' says of a token on a card.
type onCard struct {
	Serial, Level, State string
	Encrypted            bool
	Card                 *struct {
		Serial uint32
		GUID   string
		Slot   string
	}
}

// TestCardJourney is the life of a card: blank, enrolled, looked people up with, renewed, lost,
// found, given up and wiped.
func TestCardJourney(t *testing.T) {
	s := cardDemo(t)
	d := newDesk(t, s, "carla", "police_officer")
	card := newCard(t, pivtest.Options{})
	d.readers.Insert(t, 0, card)
	admin := s.join(t, "cardadmin", "administrator", custody)

	began := time.Now()
	enrolled := d.enrolCard(t).exits(t, 0).shows(t, "Smart card, attested", "on card").says(t, "Signed in with the card", "browser setup")
	t.Logf("from 'piv enrol' to signed in: 1 command, %s, APDUs %s", time.Since(began).Round(time.Millisecond), card.Counted())
	if puk := read(t, d.puk); len(puk) != 9 {
		t.Errorf("the PUK's file holds %d bytes, want eight digits and a line end", len(puk))
	}
	if _, err := os.Stat(d.file("key.pem")); err == nil {
		t.Error("the token on a card has a key.pem")
	}
	first := data[onCard](t, d.bare(t, "status", "--json").exits(t, 0))
	if first.Card == nil || first.Card.Serial != card.Serial() || first.Card.Slot != "9a" || first.Level != "attested" || first.Encrypted {
		t.Errorf("status = %+v, want it on card %d\n%s", first, card.Serial(), enrolled.stdout)
	}

	card.Counted()
	began = time.Now()
	who := data[api.Whoami](t, d.ctl(t, "whoami", "--json").exits(t, 0))
	t.Logf("whoami: %s, APDUs %s", time.Since(began).Round(time.Millisecond), card.Counted())
	if who.Serial != first.Serial || who.Level != "attested" || who.Email != d.email {
		t.Errorf("whoami = %+v, want %s with the serial %s", who, d.email, first.Serial)
	}
	found := data[api.SearchResults](t, d.ctl(t, "search", "--surname", "mo", "--json").exits(t, 0))
	if len(found.Results) == 0 {
		t.Fatal("nobody is found")
	}
	d.ctl(t, "show", found.Results[0].ID).exits(t, 0)

	d.ctl(t, "piv", "renew").exits(t, 0).shows(t, "Smart card, attested").says(t, "takes the place of "+first.Serial)
	next := data[onCard](t, d.bare(t, "status", "--json").exits(t, 0))
	if next.Serial == first.Serial || next.Level != "attested" {
		t.Errorf("renewed to %+v, want another serial and the same level", next)
	}
	d.ctl(t, "whoami").exits(t, 0)

	second := newPerson(t, s, d.email) // the holder's other token, on another machine
	began = time.Now()
	second.enrolWith(t, s.invite(t, d.email)).exits(t, 0)
	t.Logf("a key in a file: enrolled in %s", time.Since(began).Round(time.Millisecond))
	began = time.Now()
	second.ctl(t, "whoami").exits(t, 0)
	t.Logf("whoami with it: %s", time.Since(began).Round(time.Millisecond))
	second.ctl(t, "hold", next.Serial, "--yes").exits(t, 0)
	d.ctl(t, "whoami").exits(t, 4).says(t, "on hold")
	admin.ctl(t, "admin", "cert", "release", next.Serial, "--yes").exits(t, 0)
	d.ctl(t, "whoami").exits(t, 0)

	d.ctl(t, "revoke", "--reason", "cessationOfOperation", "--yes").exits(t, 0)
	d.ctl(t, "whoami").exits(t, 4)
	d.bare(t, "destroy", "--yes").exits(t, 0).says(t, "still on card", "piv reset")
	d.bare(t, "piv", "reset", "--yes").exits(t, 0)
	if key := card.Key(0x9a); key != nil {
		t.Error("the card has its key after the reset")
	}
}

// TestCardSecretsStayOut: no PIN, PUK or code stands in what the commands say or leave behind.
func TestCardSecretsStayOut(t *testing.T) {
	s := cardDemo(t)
	d := newDesk(t, s, "sina", "police_officer")
	d.readers.Insert(t, 0, newCard(t, pivtest.Options{}))
	said := d.enrolCard(t, "--json").exits(t, 0)
	puk := read(t, d.puk)[:8]
	for what, secret := range map[string]string{"PIN": goodPIN, "PUK": puk, "code": d.code} {
		if strings.Contains(said.stdout, secret) || strings.Contains(said.stderr, secret) {
			t.Errorf("the %s stands in what 'piv enrol' said", what)
		}
		err := filepath.WalkDir(d.home, func(path string, e os.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() && strings.Contains(read(t, path), secret) {
				t.Errorf("the %s stands in %s", what, path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestCardCost measures a sign-in with the card beside one with a key in a file; -v prints it.
func TestCardCost(t *testing.T) {
	s := cardDemo(t)
	d := newDesk(t, s, "costa", "police_officer")
	card := newCard(t, pivtest.Options{})
	d.readers.Insert(t, 0, card)
	began := time.Now()
	d.enrolCard(t).exits(t, 0)
	took, commands := time.Since(began), card.Counted().Total()
	t.Logf("enrolment on a card: %s, %d commands to the card", took.Round(time.Millisecond), commands)
	const mostToEnrol = 80 // docs/performance.md says what for
	if commands > mostToEnrol {
		t.Errorf("an enrolment costs %d commands to the card, want at most %d", commands, mostToEnrol)
	}
	file := newPerson(t, s, d.email)
	code := s.invite(t, d.email)
	began = time.Now()
	file.enrolWith(t, code).exits(t, 0)
	t.Logf("enrolment in a file: %s", time.Since(began).Round(time.Millisecond))

	const times = 7
	signIn := func(ctl func(testing.TB, ...string) result) time.Duration {
		took := make([]time.Duration, times)
		for i := range took {
			began := time.Now()
			ctl(t, "whoami").exits(t, 0)
			took[i] = time.Since(began)
		}
		slices.Sort(took)
		return took[times/2].Round(time.Millisecond)
	}
	inFile := signIn(file.ctl)
	card.Counted()
	onCard := signIn(d.ctl)
	const most = 12 // what a sign-in may cost: piv-go alone needs 5 for a signature
	commands = card.Counted().Total() / times
	t.Logf("whoami, median of %d: on a card %s and %d commands to it, in a file %s", times, onCard, commands, inFile)
	if commands > most {
		t.Errorf("a sign-in costs %d commands to the card, want at most %d", commands, most)
	}
}
