package e2e_test

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mais/internal/pivtest"
)

// The browsers' own question which certificate to present, where nobody has settled it.

func TestCardChooserInChromium(t *testing.T) { t.Parallel(); cardChooser(t, onChromium) }
func TestCardChooserInFirefox(t *testing.T)  { t.Parallel(); cardChooser(t, onFirefox) }

// cardChooser cancels the choice, is told what to do, tries without doing it, and then does it.
func cardChooser(t *testing.T, k kind) {
	s := browserCardDemo(t)
	at := newDesk(t, s, "chooser-"+k.name, "police_officer")
	d := newDesktop(t, at.readers)
	d.profile(t)
	card := newCard(t, pivtest.Options{})
	at.readers.Insert(t, 0, card)
	at.enrolCard(t).exits(t, 0)
	d.ctl(t, "browser", "setup", "--home", at.home, "--browser", k.name).exits(t, 0)
	d.unsettle(t, k)

	h := k.start(t, d, s)
	h.knock(t, "/")
	d.unlock(t, h.asks(), card, goodPIN, d.chooses(t, h, k))
	d.keep(t, "card-"+k.name+"-chooser")
	d.answer(t, h, k, choice.cancels, noToken)
	h.arrived(t)
	says(t, h, noToken, "close every window of the browser", "Whom to call")
	h.knock(t, "/") // the browser remembers the answer, and does not ask again
	h.arrived(t)
	says(t, h, noToken)
	h.quit(t)

	h = k.start(t, d, s)
	h.knock(t, "/")
	d.unlock(t, h.asks(), card, goodPIN, d.chooses(t, h, k))
	d.answer(t, h, k, choice.accepts, "Sign in")
	h.arrived(t)
	says(t, h, "Sign in as Journey chooser-"+k.name)
	h.press(t, toSignIn)
	atPage(t, h, "/find")
}

// unsettle takes back what 'browser setup' did about the choice, as on a computer whose
// administrator has not settled it.
func (d *desktop) unsettle(t testing.TB, k kind) {
	t.Helper()
	if k.name != onChromium.name {
		return // setup leaves the choice to the person, for Firefox could settle it for all sites only
	}
	if err := os.Remove(filepath.Join(d.etc, "chromium/policies/managed/mais.json")); err != nil {
		t.Fatal(err)
	}
}

// choice is where the buttons of a chooser are on the screen.
type choice struct{ ok, cancel image.Point }

func (c choice) accepts() image.Point { return c.ok }
func (c choice) cancels() image.Point { return c.cancel }

// chooses says whether the browser's chooser is there, and not the dialog for the PIN, whose button is
// as blue.
func (d *desktop) chooses(t testing.TB, h seat, k kind) func() bool {
	return func() bool {
		_, there := d.chooser(t, k)
		return there && d.window(t, h.asks()) == ""
	}
}

// chooser looks for the browser's chooser. It is no window of its own but is drawn within the
// browser's, beyond the reach of any page and its script; so it is looked for as a person would,
// by its one button of the browser's blue, to the left of which is the other.
func (d *desktop) chooser(t testing.TB, k kind) (c choice, there bool) {
	t.Helper()
	blue := map[string]color.RGBA{onChromium.name: {11, 87, 208, 0xff}, onFirefox.name: {0, 98, 250, 0xff}}[k.name]
	button := bars(d.look(t), blue)
	c.ok = button.Min.Add(button.Size().Div(2))
	c.cancel = image.Pt(button.Min.X-50, c.ok.Y)
	return c, button.Dy() > 20 && button.Dy() < 80
}

// settles is how long a chooser is left alone after a click. Chromium takes clicks that come soon
// after it has opened, or one upon another, for unintended, and the whole row of them.
const settles = time.Second

// stands is how long a chooser has not moved when it is clicked on: it slides in, and where the one
// button was the other is a moment later.
const stands = time.Second / 4

// answer clicks on a button of the chooser as often as that comes, until the page of the title is
// there. A connection that was cancelled may lead to no page at all: then it is asked for again.
func (d *desktop) answer(t testing.TB, h seat, k kind, with func(choice) image.Point, title string) {
	t.Helper()
	asked, clicked := time.Now(), time.Time{}
	var last choice
	var since time.Time
	await(t, "the page "+title, func() bool {
		if d.window(t, title) != "" {
			return true
		}
		c, there := d.chooser(t, k)
		if !there || c != last {
			last, since = c, time.Now()
		}
		switch {
		case there && time.Since(since) > stands && time.Since(clicked) > settles:
			d.click(t, with(c))
			clicked, asked = time.Now(), time.Now()
		case !there && time.Since(asked) > lost:
			t.Logf("asked for the page %s again", title)
			h.knock(t, "/")
			asked = time.Now()
		}
		return false
	})
}

// admitted types the right PIN and waits for the page after it. A Firefox asks, once after each start,
// which certificate to present. It says when the PIN was taken.
func (d *desktop) admitted(t testing.TB, h seat, k kind, card *pivtest.Card, pin string) time.Time {
	t.Helper()
	if k.name != onFirefox.name {
		return d.unlock(t, h.asks(), card, pin, func() bool { return h.there(t) })
	}
	unlocked := d.unlock(t, h.asks(), card, pin, d.chooses(t, h, k))
	d.answer(t, h, k, choice.accepts, "Sign in") // the title comes before the rest of the page
	h.arrived(t)
	return unlocked
}

// bars is the smallest rectangle that holds every line of a colour that is as long as a button is
// wide.
func bars(seen *image.RGBA, c color.RGBA) (all image.Rectangle) {
	for y := seen.Rect.Min.Y; y < seen.Rect.Max.Y; y++ {
		began := seen.Rect.Min.X
		for x := began; x <= seen.Rect.Max.X; x++ {
			if seen.RGBAAt(x, y) == c { // nothing is at Max
				continue
			}
			if x-began > 50 && x-began < 120 {
				all = all.Union(image.Rect(began, y, x, y+1))
			}
			began = x + 1
		}
	}
	return all
}

// click clicks, and takes the mouse away.
func (d *desktop) click(t testing.TB, at image.Point) {
	t.Helper()
	d.hand(t, "mousemove", "--sync", fmt.Sprint(at.X), fmt.Sprint(at.Y), "click", "1").exits(t, 0)
	d.hand(t, "mousemove", "--sync", "3", fmt.Sprint(laptop.height-3)).exits(t, 0) // a button below it has another colour
}
