package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
)

// desktop is a computer of its own: a screen that nobody sees, a person's home, an
// administrator's settings, and readers for cards.
type desktop struct {
	home    string
	etc     string // stands for /etc
	display string
	screen  string // the file that holds what the screen shows
	readers *pcsc.Service
}

func newDesktop(t testing.TB, readers *pcsc.Service) *desktop {
	t.Helper()
	d := &desktop{home: t.TempDir(), etc: t.TempDir(), readers: readers}
	frames := t.TempDir()
	d.screen = filepath.Join(frames, "Xvfb_screen0")
	shown, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer shown.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", laptop.width, laptop.height), "-nolisten", "tcp", "-fbdir", frames)
	cmd.ExtraFiles = []*os.File{tell}
	if err := begin(cmd); err != nil {
		t.Fatal(err)
	}
	tell.Close()
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(shown).ReadString('\n') // once it can be used
	if err != nil {
		t.Fatalf("Xvfb says no display: %v", err)
	}
	d.display = ":" + strings.TrimSpace(line)
	return d
}

// witness says what the screen shows when the test has failed, before a browser is gone that was
// started before it was called. The picture is kept by go test -artifacts.
func (d *desktop) witness(t testing.TB) {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the screen shows the windows:\n%s", d.hand(t, "search", "--onlyvisible", "--name", ".", "getwindowname", "%@").stdout)
			write(t, filepath.Join(t.ArtifactDir(), "screen.png"), string(d.picture(t)))
		}
	})
}

// env is the environment of the programs at this computer. A Firefox without a locale gives its window
// no title that is more than ASCII, and a bare Debian need not have one.
func (d *desktop) env() []string {
	return append(d.readers.Env(), "DISPLAY="+d.display, "HOME="+d.home, "XDG_CONFIG_HOME="+filepath.Join(d.home, ".config"),
		"XDG_CACHE_HOME="+filepath.Join(d.home, ".cache"), "XDG_DATA_HOME="+filepath.Join(d.home, ".local/share"), "MOZ_CRASHREPORTER_DISABLE=1", "LC_ALL=C.UTF-8")
}

// ctl runs tokenctl as the person at this computer.
func (d *desktop) ctl(t testing.TB, args ...string) result {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "tokenctl"), append(args, "--policy-dir", d.etc)...)
	cmd.Env = append(os.Environ(), d.env()...)
	return execute(t, cmd)
}

// hand does something with the mouse or the keyboard. It fails where a window is gone.
func (d *desktop) hand(t testing.TB, args ...string) result {
	t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.display)
	return execute(t, cmd)
}

// window returns the window whose title begins so and that is shown, or "".
func (d *desktop) window(t testing.TB, title string) string {
	t.Helper()
	found := d.hand(t, "search", "--onlyvisible", "--name", "^"+title)
	first, _, _ := strings.Cut(found.stdout, "\n")
	return first
}

// dialog waits for a dialog.
func (d *desktop) dialog(t testing.TB, title string) (id string) {
	t.Helper()
	await(t, "the dialog "+title, func() bool { id = d.window(t, title); return id != "" })
	return id
}

// lost is how long a dialog that was answered may stay before its keys count as lost: one that has
// just opened does not have them all.
const lost = 5 * time.Second

// unlock types a PIN into the browser's dialog until there is what comes of it, and says when it was
// typed. A dialog that did not have all the keys stays, or comes again as another and asks again.
func (d *desktop) unlock(t testing.TB, title string, card *pivtest.Card, pin string, taken func() bool) time.Time {
	t.Helper()
	var last string // the dialog that the PIN was typed into
	var typed time.Time
	var before int // the tries that were left then
	await(t, "the dialog "+title+" to take the PIN", func() bool {
		if last != "" && taken() {
			return true
		}
		now, _ := card.Tries()
		if id := d.window(t, title); id != "" && (id != last || now >= before && time.Since(typed) > lost) {
			d.hand(t, "windowfocus", "--sync", id, "key", "ctrl+a")
			d.hand(t, "type", "--delay", "5", pin)
			d.hand(t, "key", "Return")
			last, before, typed = id, now, time.Now()
		}
		return false
	})
	return typed
}

// refuse cancels the browser's dialog as often as it comes, which is for each connection that a page
// needs, until the page of the title is there. More may come after it: no script of ours would be
// answered while one is open.
func (d *desktop) refuse(t testing.TB, dialog, title string) {
	t.Helper()
	await(t, "the page "+title, func() bool {
		if id := d.window(t, dialog); id != "" {
			d.hand(t, "windowfocus", "--sync", id, "key", "Escape") // fails where it is just going
		}
		return d.window(t, title) != ""
	})
}

// keep stores a picture of the screen, when that was asked for: what the browser's own pictures
// leave out, its dialogs. What a page says it is, the screen shows a moment later.
func (d *desktop) keep(t testing.TB, name string) {
	t.Helper()
	if *screens == "" {
		return
	}
	var last []byte
	began, since := time.Now(), time.Now()
	await(t, "the screen to stand still", func() bool {
		if now := d.picture(t); !bytes.Equal(now, last) {
			last, since = now, time.Now()
		}
		return time.Since(since) > time.Second/4 || time.Since(began) > lost // a wheel turns while a page loads
	})
	store(t, name, last)
}

// picture is a PNG of the screen.
func (d *desktop) picture(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, d.look(t)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// look is what the screen shows. Xvfb keeps it in the form of xwd: a header of 25 words,
// big-endian, the first of which says how long it is with a name behind it, then a map of colours,
// then the pixels.
func (d *desktop) look(t testing.TB) *image.RGBA {
	t.Helper()
	raw, err := os.ReadFile(d.screen)
	if err != nil {
		t.Fatal(err)
	}
	word := func(i int) int { return int(binary.BigEndian.Uint32(raw[4*i:])) }
	const length, columns, lines, perLine, colours, perColour = 0, 4, 5, 12, 19, 12
	at := word(length) + word(colours)*perColour
	img := image.NewRGBA(image.Rect(0, 0, word(columns), word(lines)))
	for y := range word(lines) {
		for x := range word(columns) {
			p := raw[at+y*word(perLine)+4*x:] // blue, green, red, nothing
			img.SetRGBA(x, y, color.RGBA{p[2], p[1], p[0], 0xff})
		}
	}
	return img
}
