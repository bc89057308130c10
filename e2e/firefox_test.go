package e2e_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// firefox is a Firefox without a screen, with a profile of its own.
type firefox struct {
	*marionette
	base string
}

// prefs keep the browser quiet, let it present its one certificate without asking, and let
// the system give the port that it is driven by.
const prefs = `user_pref("marionette.port", 0);
user_pref("security.default_personal_cert", "Select Automatically");
user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage", "about:blank");
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.prefetch-next", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
`

// newFirefox starts a browser that trusts the service's root and holds a person's token.
func newFirefox(t testing.TB, s *service, p *person) *firefox {
	t.Helper()
	home, profile := t.TempDir(), t.TempDir()
	certificates(t, s, p, profile)
	write(t, filepath.Join(profile, "user.js"), prefs)
	cmd := exec.Command("firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", profile,
		"--width", fmt.Sprint(laptop.width), "--height", fmt.Sprint(laptop.height))
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "MOZ_CRASHREPORTER_DISABLE=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := begin(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it and what it started
		cmd.Wait()                                      // killed
	})
	var port string
	await(t, "firefox to listen", func() bool {
		text, _ := os.ReadFile(filepath.Join(profile, "MarionetteActivePort"))
		port = strings.TrimSpace(string(text))
		return port != ""
	})
	f := &firefox{dialMarionette(t, "127.0.0.1:"+port), s.demo.URLs.Mutual}
	f.call(t, "WebDriver:NewSession", nil, nil)
	return f
}

func (f *firefox) open(t testing.TB, path string) {
	t.Helper()
	f.call(t, "WebDriver:Navigate", map[string]any{"url": f.base + path}, nil)
}

func (f *firefox) fill(t testing.TB, selector, text string) {
	t.Helper()
	f.call(t, "WebDriver:ElementSendKeys", map[string]any{"id": f.element(t, selector), "text": text}, nil)
}

func (f *firefox) choose(t testing.TB, selector string) {
	t.Helper()
	f.call(t, "WebDriver:ElementClick", map[string]any{"id": f.element(t, selector)}, nil)
}

func (f *firefox) press(t testing.TB, selector string) {
	t.Helper()
	f.arrive(t, func() { f.choose(t, selector) })
}

// enter presses Enter where the focus is (WebDriver, 17.4.2: U+E007).
func (f *firefox) enter(t testing.TB) {
	t.Helper()
	f.arrive(t, func() { f.fill(t, ":focus", "\ue007") })
}

// arrive does what leads to another page, and waits for it.
func (f *firefox) arrive(t testing.TB, leave func()) {
	t.Helper()
	before := script[float64](t, f, "return performance.timeOrigin")
	leave()
	await(t, "the next page", func() bool {
		return script[bool](t, f, "return "+since(before))
	})
}

func (f *firefox) path(t testing.TB) string {
	t.Helper()
	var at string
	f.call(t, "WebDriver:GetCurrentURL", nil, &at)
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}

func (f *firefox) text(t testing.TB) string {
	t.Helper()
	return script[string](t, f, `return document.querySelector("main").innerText`)
}

func (f *firefox) count(t testing.TB, selector string) int {
	t.Helper()
	return script[int](t, f, "return document.querySelectorAll("+quoted(selector)+").length")
}

// picture is a PNG of the window.
func (f *firefox) picture(t testing.TB) (png []byte) {
	t.Helper()
	f.call(t, "WebDriver:TakeScreenshot", map[string]any{"full": false}, &png)
	return png
}

// TestFirefox is the officer's minute in the other browser.
func TestFirefox(t *testing.T) {
	t.Parallel()
	s := browserDemo(t)
	f := newFirefox(t, s, s.join(t, "firefox", "police_officer", custody))
	began := time.Now()
	signIn(t, f)
	find(t, f, "brackenridge", 1)
	reason(t, f, "custody", "NG/1/10")
	t.Logf("from the sign-in page to the record in %s", time.Since(began))
	says(t, f, "Brackenridge", "Appropriate adult", "Withheld")
	silent(t, f, "bipolar", "Bipolar")
	store(t, "firefox-record", f.picture(t))
	signOut(t, f)
}
