package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// chromium is a Chromium without a screen at a machine of its own: a home with its own
// certificates, and an administrator's policy that nobody else on this machine sees.
type chromium struct {
	ctx  context.Context // chromedp keeps the browser in it
	base string          // where addresses without a host lead
}

// newChromium starts a browser that trusts the service's root and holds the token of a
// person, or none when the person is nil.
func newChromium(t testing.TB, s *service, p *person) *chromium {
	t.Helper()
	home, etc := t.TempDir(), t.TempDir()
	certificates(t, s, p, filepath.Join(home, ".pki", "nssdb"))
	choose := filepath.Join(etc, "policies", "managed")
	if err := os.MkdirAll(choose, 0o755); err != nil {
		t.Fatal(err)
	}
	// As an agency's administrator would: the one certificate is presented without asking.
	write(t, filepath.Join(choose, "mais.json"), `{"AutoSelectCertificateForUrls": ["{\"pattern\":\"`+s.demo.URLs.Mutual+`\",\"filter\":{}}"]}`)

	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, // we are root, for the sake of the policy
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(laptop.width, laptop.height),
		chromedp.Env("HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_DATA_HOME="+filepath.Join(home, "data")),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { apart(cmd, etc) }))
	machine, leave := chromedp.NewExecAllocator(context.Background(), flags...) // t.Context is over when a test cleans up
	ctx, quit := chromedp.NewContext(machine)
	t.Cleanup(func() { quit(); leave() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return &chromium{ctx, s.demo.URLs.Mutual}
}

// apart starts the browser with an /etc/chromium of its own. Policies are the machine's;
// with another mount namespace two browsers of tests that run at once are on two machines.
func apart(cmd *exec.Cmd, etc string) {
	script := `mount --bind "$0" /etc/chromium && exec chromium "$@"`
	cmd.Args = append([]string{"unshare", "--mount", "sh", "-c", script, etc}, cmd.Args[1:]...)
	cmd.Path, cmd.Err = exec.LookPath(cmd.Args[0])
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // chromedp starts it on a thread that waits for it
}

// certificates makes a browser's store (NSS) with the service's root and a person's token.
func certificates(t testing.TB, s *service, p *person, store string) {
	t.Helper()
	if err := os.MkdirAll(store, 0o700); err != nil {
		t.Fatal(err)
	}
	roots := write(t, filepath.Join(t.TempDir(), "roots.pem"), string(fetch(t, s.demo.URLs.Plain+"/roots.pem")))
	commands := [][]string{
		{"certutil", "-N", "-d", "sql:" + store, "--empty-password"},
		{"certutil", "-A", "-d", "sql:" + store, "-n", "MAIS", "-t", "C,,", "-i", roots},
	}
	if p != nil {
		commands = append(commands, []string{"pk12util", "-d", "sql:" + store, "-K", "", "-i", p.file("token.p12"), "-w", p.secret})
	}
	for _, args := range commands {
		execute(t, exec.Command(args[0], args[1:]...)).exits(t, 0)
	}
}

// version is what the browser calls itself, for the log.
func (c *chromium) version(t testing.TB) string {
	t.Helper()
	v, err := chromedp.CallBrowser(c.ctx, browser.GetVersion, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	return v.Product
}
