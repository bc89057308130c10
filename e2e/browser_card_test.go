package e2e_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mais/internal/pivtest"
)

// The journeys of an officer with a card: a browser on a screen, OpenSC's module, a real smart
// card service, and a PIN typed into the dialog that the browser shows.

func TestCardInChromium(t *testing.T)        { t.Parallel(); cardMinute(t, onChromium) }
func TestCardInFirefox(t *testing.T)         { t.Parallel(); cardMinute(t, onFirefox) }
func TestCardTroubleInChromium(t *testing.T) { t.Parallel(); cardTrouble(t, onChromium) }
func TestCardTroubleInFirefox(t *testing.T)  { t.Parallel(); cardTrouble(t, onFirefox) }

// peopleForCards are loaded once into the demo that believes the tests' cards.
var peopleForCards sync.Once

func browserCardDemo(t testing.TB) *service {
	t.Helper()
	s := cardDemo(t)
	peopleForCards.Do(func() {
		columns, cells := brackenridge()
		s.load(t, columns, cells)
	})
	return s
}

// cardMinute goes from a blank card to a record in the browser, and to the refusal after a hold.
func cardMinute(t *testing.T, k kind) {
	s := browserCardDemo(t)
	at := newDesk(t, s, "minute-"+k.name, "police_officer")
	d := newDesktop(t, at.readers)
	d.profile(t)
	card := newCard(t, pivtest.Options{})
	at.readers.Insert(t, 0, card)

	began := time.Now()
	at.enrolCard(t).exits(t, 0)
	enrolled := time.Since(began)
	d.setUp(t, at, k)
	ready := time.Since(began)

	h := k.start(t, d, s)
	h.knock(t, "/")
	first := d.dialog(t, h.asks())
	d.keep(t, "card-"+k.name+"-pin")
	d.unlock(t, h.asks(), card, wrongPIN, func() bool { tries, _ := card.Tries(); return tries < 3 && d.window(t, h.asks()) != first })
	unlocked := d.admitted(t, h, k, card, goodPIN)
	says(t, h, "Sign in as Journey minute-"+k.name)
	h.press(t, toSignIn)
	atPage(t, h, "/find")
	t.Logf("from the blank card: enrolled after %s, set up after %s; from the PIN to signed in %s", enrolled, ready, time.Since(unlocked))
	if bar := h.words(t); !strings.Contains(bar, "Smart card, attested") {
		t.Errorf("the bar says %.600q, want the level", bar)
	}
	find(t, h, "brackenridge", 1)
	reason(t, h, "custody", "NG/4471/10")
	says(t, h, "Brackenridge", "Appropriate adult", "Withheld")
	silent(t, h, full...)
	d.keep(t, "card-"+k.name+"-record")

	admin := s.join(t, "holder-"+k.name, "administrator", custody)
	hold := exec.Command(filepath.Join(bin, "tokenctl"), "admin", "card", "hold", strconv.FormatUint(uint64(card.Serial()), 10),
		"--yes", "--note", "left on the train", "--home", admin.home, "--passphrase-file", admin.secret)
	if err := begin(hold); err != nil {
		t.Fatal(err)
	}
	asked := h.refused(t) // all the while
	if err := hold.Wait(); err != nil {
		t.Fatalf("tokenctl admin card hold: %v", err)
	}
	held := s.heldAt(t, at.email)
	t.Logf("admitted for the last time when it asked %s after the administrator's hold, refused %s after it", asked.admitted.Sub(held), asked.refused.Sub(held))
	if after := asked.admitted.Sub(held); after > 3*time.Second { // ca.status_stale: no node goes by what it knew before, however busy the machine is
		t.Errorf("who asks %s after the hold is admitted by what nobody may go by any more", after)
	}
	if asked.refused.Before(held.Add(-time.Second / 10)) { // the clock of the statement is read a little before the commit
		t.Errorf("refused %s before the hold", held.Sub(asked.refused))
	}
	h.open(t, "/find")
	says(t, h, "on hold", "What to do")
}

// heldAt is when the hold of a holder's certificate was committed, by the database's clock, which
// is this machine's.
func (s *service) heldAt(t testing.TB, holder string) time.Time {
	t.Helper()
	text := s.psql(t, fmt.Sprintf("SELECT (extract(epoch FROM status_at) * 1000)::bigint FROM ca.certificate WHERE status = 'held' AND holder = '%s'", holder))
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("%s has nothing on hold: %v", holder, err)
	}
	return time.UnixMilli(ms)
}

// atPage is at, with the frame when it fails.
func atPage(t testing.TB, h seat, want string) {
	t.Helper()
	if got := h.path(t); got != want {
		t.Fatalf("at %s, want %s:\n%s", got, want, h.words(t))
	}
}

// setUp makes the browsers of the computer use the token, twice, and looks whether they do.
func (d *desktop) setUp(t testing.TB, at *desk, k kind) {
	t.Helper()
	only := []string{"--home", at.home, "--browser", k.name}
	with := func(command string, more ...string) []string {
		return append(append([]string{"browser", command}, only...), more...)
	}
	d.ctl(t, with("check")...).exits(t, 9).says(t, "next: ")
	d.ctl(t, with("setup", "--dry-run")...).exits(t, 0).says(t, "Nothing was done")
	d.ctl(t, with("setup")...).exits(t, 0).shows(t, "done")
	d.ctl(t, with("check")...).exits(t, 0).shows(t, "the module", "a card is seen", "the token's certificate")
	if again := d.ctl(t, with("setup")...).exits(t, 0); strings.Contains(again.stdout, "done") || strings.Contains(again.stdout, "to-do") {
		t.Errorf("setup a second time:\n%s", again.stdout)
	}
}

// noToken is the title of the page for whoever presents no certificate.
const noToken = "No token was presented"

// cardTrouble is what goes wrong with cards: the PIN not given, the card left in, pulled out, and
// taken for somebody else's, who has a plain one.
func cardTrouble(t *testing.T, k kind) {
	s := browserCardDemo(t)
	at := newDesk(t, s, "trouble-"+k.name, "police_officer")
	d := newDesktop(t, at.readers)
	d.profile(t)
	card := newCard(t, pivtest.Options{})
	at.readers.Insert(t, 0, card)
	at.enrolCard(t).exits(t, 0)
	d.ctl(t, "browser", "setup", "--home", at.home, "--browser", k.name).exits(t, 0)

	// Cancelled: the page says what to do, and the browser remembers until it is closed.
	h := k.start(t, d, s)
	h.knock(t, "/")
	d.refuse(t, h.asks(), noToken)
	h.quit(t)

	h = k.start(t, d, s)
	h.knock(t, "/")
	d.admitted(t, h, k, card, goodPIN)
	h.press(t, toSignIn)
	atPage(t, h, "/find")

	// Signed out with the card left in: whose it is stands there, and they are asked.
	h.press(t, toSignOut)
	says(t, h, "signed out", "Take your card out now")
	h.open(t, "/")
	atPage(t, h, "/")
	says(t, h, "Sign in as Journey trouble-"+k.name, "This is not me")
	h.press(t, toSignIn)
	atPage(t, h, "/find")

	// Pulled out.
	d.pulled(t, h)
	await(t, "what to do without the card", func() bool { return h.shows(t, "Insert your card") })
	h.quit(t)

	// Somebody else's card.
	other := plainCard(t, s, "colleague-"+k.name)
	at.readers.Insert(t, 0, other)
	d.ctl(t, "browser", "check", "--home", at.home, "--browser", k.name).exits(t, 9).shows(t, "Journey colleague-"+k.name+"'s")
	h = k.start(t, d, s)
	h.knock(t, "/")
	d.admitted(t, h, k, other, pivtest.DefaultPIN)
	says(t, h, "Sign in as Journey colleague-"+k.name)
	silent(t, h, "trouble")
	h.press(t, toSignIn)
	atPage(t, h, "/find")
}

// pulled takes the card out while its holder is signed in, who signs out and comes back. Chromium
// goes on over the connection that it has, so that signing out still works; Firefox drops that
// connection and the first thing that is asked over it.
func (d *desktop) pulled(t testing.TB, h seat) {
	t.Helper()
	d.readers.Remove(t, 0)
	h.leave(t)
	var asked time.Time
	await(t, "the page "+noToken, func() bool {
		if d.window(t, noToken) != "" {
			return true
		}
		if time.Since(asked) > lost {
			h.knock(t, "/")
			asked = time.Now()
		}
		return false
	})
}
