package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mais/server/api"
)

// TestOpenSSLVerifies lets openssl check a person's chain against our revocation lists, as
// anybody fetches them, before and after the holder revokes the token.
func TestOpenSSLVerifies(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := s.join(t, "openssl", "police_officer", custody)
	verify := func() result {
		args := []string{"verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", p.file("roots.pem"), "-untrusted", p.file("cert.pem"),
			"-CRLfile", s.revocationLists(t), "-crl_check_all", p.file("cert.pem")}
		return execute(t, exec.Command("openssl", args...))
	}
	verify().exits(t, 0).shows(t, ": OK")
	p.ctl(t, "revoke", "--yes").exits(t, 0)
	r := verify() // a list that was just made may be served until the node has heard of the change
	for deadline := time.Now().Add(30 * time.Second); r.code == 0 && time.Now().Before(deadline); {
		r = verify()
	}
	r.exits(t, 2).says(t, "certificate revoked")
}

// revocationLists fetches the people's and the root's list into one PEM file.
func (s *service) revocationLists(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var all strings.Builder
	for _, name := range []string{"people", "root"} {
		der := write(t, filepath.Join(dir, name+".crl"), string(fetch(t, s.demo.URLs.Plain+"/crl/"+name+".crl")))
		all.WriteString(execute(t, exec.Command("openssl", "crl", "-inform", "DER", "-in", der)).exits(t, 0).stdout)
	}
	return write(t, filepath.Join(dir, "all.pem"), all.String())
}

// TestCurl signs in with the token's PKCS#12 file.
func TestCurl(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := s.join(t, "curl", "police_officer", custody)
	// The passphrase goes by a file: arguments can be seen by everybody on the machine.
	config := write(t, filepath.Join(t.TempDir(), "curl.conf"), fmt.Sprintf("cert = \"%s:%s\"\n", p.file("token.p12"), passphrase))
	r := execute(t, exec.Command("curl", "--config", config, "--silent", "--show-error", "--fail", "--cert-type", "P12",
		"--cacert", p.file("roots.pem"), s.demo.URLs.Mutual+api.PathWhoami))
	r.exits(t, 0).shows(t, `"email":"`+p.email+`"`)
}

// TestChromium imports token.p12 into a browser's certificate store, as README tells people
// to, and lets the browser open the service.
func TestChromium(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := s.join(t, "browser", "police_officer", custody)
	home := t.TempDir()
	certificateStore(t, p, home)
	chooseByItself(t, s.demo.URLs.Mutual)
	dump := browse(t, home, s.demo.URLs.Mutual+api.PathWhoami)
	if !strings.Contains(dump.stdout, p.email) {
		t.Errorf("chromium shows %q, want %s in it\n%s", dump.stdout, p.email, dump.stderr)
	}
	if page := browse(t, home, s.demo.URLs.Mutual+"/"); !strings.Contains(page.stdout, "Journey browser") {
		t.Errorf("chromium shows %q, want the holder's name", page.stdout)
	}
}

// certificateStore makes the browser's store (NSS) in a home with the root and the token.
func certificateStore(t *testing.T, p *person, home string) {
	t.Helper()
	store := filepath.Join(home, ".pki", "nssdb")
	if err := os.MkdirAll(store, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"certutil", "-N", "-d", "sql:" + store, "--empty-password"},
		{"certutil", "-A", "-d", "sql:" + store, "-n", "MAIS", "-t", "C,,", "-i", p.file("roots.pem")},
		{"pk12util", "-d", "sql:" + store, "-K", "", "-i", p.file("token.p12"), "-w", p.secret},
	} {
		execute(t, exec.Command(args[0], args[1:]...)).exits(t, 0)
	}
}

// policies is where Chromium looks for what an administrator prescribes.
const policies = "/etc/chromium/policies/managed"

// chooseByItself lets the browser present the one certificate without asking, for this
// server only, and takes the rule away again.
func chooseByItself(t *testing.T, url string) {
	t.Helper()
	if err := os.MkdirAll(policies, 0o755); err != nil {
		t.Fatalf("a browser's policy is needed, which only root can set: %v", err)
	}
	path := filepath.Join(policies, fmt.Sprintf("mais-e2e-%d.json", os.Getpid()))
	rule := fmt.Sprintf(`{"AutoSelectCertificateForUrls": ["{\"pattern\":\"%s\",\"filter\":{}}"]}`, url)
	t.Cleanup(func() {
		os.Remove(path)
		os.Remove(policies) // if it was made for this; it is not removed while it holds anything
		os.Remove(filepath.Dir(policies))
	})
	if err := os.WriteFile(path, []byte(rule), 0o644); err != nil {
		t.Fatalf("a browser's policy is needed, which only root can set: %v", err)
	}
}

// browse opens a page without a screen and returns its contents.
func browse(t *testing.T, home, url string) result {
	t.Helper()
	cmd := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+t.TempDir(), "--dump-dom", url)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_DATA_HOME="+filepath.Join(home, "data"))
	return execute(t, cmd).exits(t, 0)
}
