package e2e_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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
	var r result
	await(t, "the revocation list", func() bool { r = verify(); return r.code != 0 }) // one that was just made is served until the node has heard of the change
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
	b := newChromium(t, s, p).tab(t)
	for _, page := range []struct{ path, says string }{{api.PathWhoami, p.email}, {"/", "Journey browser"}} {
		b.open(t, page.path)
		if text := js[string](t, b, "document.body.innerText"); !strings.Contains(text, page.says) {
			t.Errorf("chromium shows %q at %s, want %s in it", text, page.path, page.says)
		}
	}
}
