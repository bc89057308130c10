package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A seat is a browser on a desktop, with a dialog for the PIN that no page can reach.
type seat interface {
	hands
	knock(t testing.TB, path string) // begins to open an address, and does not wait for it
	leave(t testing.TB)              // begins to sign out, and does not wait for it
	arrived(t testing.TB)            // waits for where either leads
	there(t testing.TB) bool         // whether that is shown
	shows(t testing.TB, words string) bool
	words(t testing.TB) string     // all that the page shows, with its frame
	asks() string                  // the title of the dialog for the PIN
	refused(t testing.TB) refusing // asks for a page until it is refused
	quit(t testing.TB)             // closes every window
}

// kind is one of the two browsers.
type kind struct {
	name  string
	start func(t testing.TB, d *desktop, s *service) seat
}

var (
	onChromium = kind{"chromium", func(t testing.TB, d *desktop, s *service) seat { return d.chromium(t, s) }}
	onFirefox  = kind{"firefox", func(t testing.TB, d *desktop, s *service) seat { return d.firefox(t, s) }}
)

// chromium starts a Chromium on the screen, set up by whoever uses the computer.
func (d *desktop) chromium(t testing.TB, s *service) *chromiumSeat {
	t.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("headless", false), // there are no dialogs: it would wait for a PIN for ever
		chromedp.NoSandbox, chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(laptop.width, laptop.height), chromedp.Flag("window-position", "0,0"),
		chromedp.Env(d.env()...),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { apart(cmd, filepath.Join(d.etc, "chromium")) }))
	machine, leave := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, end := chromedp.NewContext(machine)
	quit := func() { end(); leave() } // a second time is none
	t.Cleanup(quit)
	d.witness(t)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	c := &chromium{ctx, s.demo.URLs.Mutual}
	return &chromiumSeat{tab: c.tab(t), end: quit}
}

// profile makes a Firefox's first profile, as its first start would, for it to be set up.
func (d *desktop) profile(t testing.TB) string {
	t.Helper()
	home := filepath.Join(d.home, ".mozilla/firefox")
	profile := filepath.Join(home, "abcdefgh.default-esr")
	if _, err := os.Stat(profile); err == nil {
		return profile
	}
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(home, "profiles.ini"), "[Profile0]\nName=default-esr\nIsRelative=1\nPath="+filepath.Base(profile)+"\nDefault=1\n\n[General]\nStartWithLastProfile=1\nVersion=2\n")
	chooses := "user_pref(\"security.default_personal_cert\", \"Select Automatically\");\n" // the person is asked
	write(t, filepath.Join(profile, "user.js"), strings.ReplaceAll(prefs, chooses, ""))
	return profile
}

// firefox starts a Firefox on the screen with the profile.
func (d *desktop) firefox(t testing.TB, s *service) *firefoxSeat {
	t.Helper()
	profile := d.profile(t)
	listens := filepath.Join(profile, "MarionetteActivePort")
	os.Remove(listens) // of the one before, if there was one
	// Its policies are the machine's: it gets an /etc with those of this computer.
	script := `mount -t tmpfs none /mnt && cp -a /etc "$0" /mnt && cp -a /mnt/"${0##*/}"/. /mnt/etc && mount --bind /mnt/etc /etc && exec firefox-esr "$@"`
	cmd := exec.Command("unshare", "--mount", "sh", "-c", script, d.etc, "--marionette", "--no-remote", "--profile", profile,
		"--width", fmt.Sprint(laptop.width), "--height", fmt.Sprint(laptop.height))
	cmd.Env = append(os.Environ(), d.env()...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := begin(cmd); err != nil {
		t.Fatal(err)
	}
	quit := sync.OnceFunc(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	})
	t.Cleanup(quit)
	d.witness(t)
	var port string
	await(t, "firefox to listen", func() bool {
		text, _ := os.ReadFile(listens)
		port = strings.TrimSpace(string(text))
		return port != ""
	})
	f := &firefox{dialMarionette(t, "127.0.0.1:"+port), s.demo.URLs.Mutual}
	f.call(t, "WebDriver:NewSession", nil, nil)
	f.call(t, "WebDriver:Navigate", map[string]any{"url": "about:blank"}, nil) // its own first page may come still, and drop what another was told
	return &firefoxSeat{firefox: f, end: quit}
}

// soon is what a page is told to do: it does it a moment later, so that whoever told it is
// answered, which is with the time at which the page itself began.
func soon(act string) string { return "(setTimeout(() => " + act + "), performance.timeOrigin)" }

func knocking(url string) string { return soon("location.assign(" + quoted(url) + ")") }

const leaving = `document.querySelector('form[action="/sign-out"]').requestSubmit()`

// since says whether the page that is shown is complete, and another than the one that began then. The
// blank page is none: a browser makes one anew on its way from one process to another.
func since(before float64) string {
	return fmt.Sprintf("performance.timeOrigin != %f && document.readyState == 'complete' && location.href != 'about:blank'", before)
}

// shown is all that a page shows, which is nothing when it has just begun.
const shown = `(document.body || {innerText: ""}).innerText`

func showing(words string) string { return shown + ".includes(" + quoted(words) + ")" }

// refusing is when a page was refused, and when it was asked for the last time that it was not: a busy
// browser may ask late, and hear of it late.
type refusing struct{ admitted, refused time.Time }

// untilRefused asks for a page of its own until that is refused, for a minute at most, and says when
// that was and when it last asked and was admitted, in milliseconds by this machine's clock; 0: never.
const untilRefused = `(async () => {
	for (let began = performance.now(), admitted = 0; performance.now() - began < 60000; await new Promise(next => setTimeout(next, 10))) {
		const asked = Date.now()
		if ((await fetch("/access", {cache: "no-store", redirect: "manual"})).status == 403) return [admitted, Date.now()]
		admitted = asked
	}
	return [0, 0]
})()`

func refusingAt(t testing.TB, ms []int64) refusing {
	t.Helper()
	if len(ms) != 2 || ms[0] == 0 {
		t.Fatalf("admitted and refused at %v: want to be admitted first, and then refused", ms)
	}
	return refusing{time.UnixMilli(ms[0]), time.UnixMilli(ms[1])}
}

// chromiumSeat is a tab of a Chromium.
type chromiumSeat struct {
	*tab
	end    func()
	before float64 // when the page began that is being left
}

func (c *chromiumSeat) asks() string { return "Unlock Security Device" }

func (c *chromiumSeat) quit(testing.TB) { c.end() }

func (c *chromiumSeat) knock(t testing.TB, path string) {
	t.Helper()
	c.begin(t, knocking(c.base+path))
}

func (c *chromiumSeat) leave(t testing.TB) {
	t.Helper()
	c.begin(t, soon(leaving))
}

// begin begins what leads to another page. A page that is just going does not answer, nor does one
// below a dialog: whoever waits for the next page sees that none comes.
func (c *chromiumSeat) begin(t testing.TB, act string) {
	t.Helper()
	ctx, end := context.WithTimeout(c.ctx, lost)
	defer end()
	before, err := chromedp.Run(ctx, chromedp.Evaluate[float64](act))
	if err != nil {
		t.Logf("%s: %v", act, err)
		return
	}
	c.before = before
}

func (c *chromiumSeat) arrived(t testing.TB) {
	t.Helper()
	await(t, "the next page", func() bool { return c.there(t) })
}

func (c *chromiumSeat) there(testing.TB) bool { return c.is(since(c.before)) }

func (c *chromiumSeat) shows(_ testing.TB, words string) bool { return c.is(showing(words)) }

func (c *chromiumSeat) words(t testing.TB) string {
	t.Helper()
	return js[string](t, c.tab, shown)
}

func (c *chromiumSeat) refused(t testing.TB) refusing {
	t.Helper()
	return refusingAt(t, js[[]int64](t, c.tab, untilRefused))
}

// firefoxSeat is the window of a Firefox.
type firefoxSeat struct {
	*firefox
	end    func()
	before float64
}

func (f *firefoxSeat) asks() string { return "Password Required" }

func (f *firefoxSeat) quit(testing.TB) { f.end() }

func (f *firefoxSeat) knock(t testing.TB, path string) {
	t.Helper()
	f.begin(t, knocking(f.base+path))
}

func (f *firefoxSeat) leave(t testing.TB) {
	t.Helper()
	f.begin(t, soon(leaving))
}

// begin begins what leads to another page, unless a dialog is open.
func (f *firefoxSeat) begin(t testing.TB, act string) {
	t.Helper()
	if before, ok := tryScript[float64](t, f.firefox, "return "+act); ok {
		f.before = before
	}
}

func (f *firefoxSeat) arrived(t testing.TB) {
	t.Helper()
	await(t, "the next page", func() bool { return f.there(t) })
}

func (f *firefoxSeat) there(t testing.TB) bool { return f.is(t, since(f.before)) }

func (f *firefoxSeat) shows(t testing.TB, words string) bool { return f.is(t, showing(words)) }

func (f *firefoxSeat) is(t testing.TB, expression string) bool {
	t.Helper()
	holds, ok := tryScript[bool](t, f.firefox, "return "+expression)
	return ok && holds
}

func (f *firefoxSeat) words(t testing.TB) string {
	t.Helper()
	return script[string](t, f.firefox, "return "+shown)
}

func (f *firefoxSeat) refused(t testing.TB) refusing {
	t.Helper()
	f.call(t, "WebDriver:SetTimeouts", map[string]any{"script": patience.Milliseconds()}, nil)
	return refusingAt(t, script[[]int64](t, f.firefox, "return "+untilRefused))
}
