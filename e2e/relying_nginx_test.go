package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nginx is a web server of somebody else's: it serves with a site's certificate of ours and
// admits holders of ours.
type nginx struct {
	dir  string
	port string
}

// TestNginxAdmits lets nginx demand a client certificate of ours and check it by the full
// list and, in a second server, by OCSP: it admits the good, and neither the held nor the
// revoked. curl, which calls it, takes nginx's own certificate, a site's, by the list, and by
// the OCSP response that nginx staples, and no longer takes it once the site is held.
func TestNginxAdmits(t *testing.T) {
	t.Parallel()
	s := up(t, "--people", "1")
	site := newPerson(t, s, custody)
	code := shownCode(t, server(t, "admin", "invite-site", custody, "--dns-name", "localhost", "--dir", s.dir).exits(t, 0).stdout)
	site.token = "site"
	site.ctl(t, "site", "enrol", "--server", s.demo.URLs.Public, "--root-fingerprint", s.demo.RootFingerprint, "--site", custody, "--token", site.token,
		"--code-file", write(t, filepath.Join(t.TempDir(), "code"), code+"\n")).exits(t, 0)
	p := s.join(t, "visitor", "police_officer", custody)
	serial := p.whoami(t).Serial
	set := func(serial, status string) {
		s.psql(t, fmt.Sprintf("UPDATE ca.certificate SET status = '%[1]s' WHERE serial = '%[2]s' AND status <> '%[1]s'", status, serial))
	}
	stapled := staple(t, site)
	for _, step := range []struct{ status, want string }{{"active", "200"}, {"held", "400"}, {"active", "200"}, {"revoked", "400"}} {
		set(serial, step.status)
		for _, by := range []string{"list", "OCSP"} {
			await(t, fmt.Sprintf("nginx to answer %s by %s to the %s token", step.want, by, step.status), func() bool {
				server := startNginx(t, site, p, checkBy(t, p, by), stapled)
				defer server.stop(t)
				return server.visit(t, p) == step.want
			})
		}
	}

	own := fileSerial(t, site)
	server := startNginx(t, site, p, "", stapled)
	siteLists := func() string { return p.listsOf(t, s.demo.URLs.Plain+"/crl/sites.crl") }
	for _, how := range [][]string{{"--crlfile", siteLists()}, {"--cert-status"}} {
		if r := server.curl(t, p, how...); r.code != 0 {
			t.Errorf("curl %s refuses a good site: %s", how[0], r.stderr)
		}
	}
	server.stop(t)
	set(own, "held")
	await(t, "curl to refuse the held site by its list and by the stapled response", func() bool {
		server := startNginx(t, site, p, "", staple(t, site))
		defer server.stop(t)
		byList, byStaple := server.curl(t, p, "--crlfile", siteLists()), server.curl(t, p, "--cert-status")
		return byList.code == 60 && strings.Contains(byList.stderr, "revoked") && byStaple.code == 91
	})
}

// checkBy returns the directives that have nginx check callers by the full list, as it is now,
// or by OCSP.
func checkBy(t *testing.T, p *person, how string) string {
	t.Helper()
	if how == "list" {
		return fmt.Sprintf("ssl_crl %s;", p.listsOf(t, fullList(t, p)))
	}
	// By address: nginx looks names up in the DNS alone, where localhost is not.
	plain := p.service.demo.URLs.Plain
	return fmt.Sprintf("ssl_ocsp leaf; ssl_ocsp_cache off; ssl_ocsp_responder http://127.0.0.1%s/ocsp;", plain[strings.LastIndex(plain, ":"):])
}

// staple fetches the OCSP response for a site's certificate as a file for nginx to send.
func staple(t *testing.T, site *person) string {
	t.Helper()
	leaf, issuer := site.split(t)
	out := filepath.Join(t.TempDir(), "staple.der")
	execute(t, exec.Command("openssl", "ocsp", "-issuer", issuer, "-cert", leaf, "-no_nonce", "-noverify", "-respout", out,
		"-url", site.service.demo.URLs.Plain+"/ocsp")).exits(t, 0)
	return out
}

func fileSerial(t *testing.T, p *person) string {
	t.Helper()
	r := execute(t, exec.Command("openssl", "x509", "-in", p.file("cert.pem"), "-noout", "-serial")).exits(t, 0)
	return strings.ToLower(strings.TrimSpace(strings.TrimPrefix(r.stdout, "serial=")))
}

// startNginx serves with the site's token and asks callers for theirs, checked as the
// directives say.
func startNginx(t *testing.T, site, p *person, directives, stapled string) nginx {
	t.Helper()
	n := nginx{t.TempDir(), freePort(t)}
	_, issuer := p.split(t)
	trusted := write(t, filepath.Join(n.dir, "trusted.pem"), read(t, issuer)+read(t, p.file("roots.pem")))
	verify := ""
	if directives != "" {
		verify = fmt.Sprintf("ssl_verify_client on; ssl_verify_depth 2; ssl_client_certificate %s; ", trusted) + directives
	}
	write(t, filepath.Join(n.dir, "nginx.conf"), fmt.Sprintf(`daemon on; pid %[1]s/pid; error_log %[1]s/error.log info; worker_processes 1;
events {}
http {
	access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	server {
		listen 127.0.0.1:%[2]s ssl; server_name localhost; ssl_protocols TLSv1.3;
		ssl_certificate %[3]s; ssl_certificate_key %[4]s; ssl_password_file %[7]s; ssl_stapling on; ssl_stapling_file %[5]s;
		%[6]s
		location / { return 200; }
	}
}
`, n.dir, n.port, site.file("cert.pem"), site.file("key.pem"), stapled, verify, site.secret))
	execute(t, exec.Command("nginx", "-p", n.dir, "-c", filepath.Join(n.dir, "nginx.conf"))).exits(t, 0)
	return n
}

// stop ends the server by the process id that it wrote.
func (n nginx) stop(t *testing.T) {
	t.Helper()
	var pid int
	if _, err := fmt.Sscan(read(t, filepath.Join(n.dir, "pid")), &pid); err != nil {
		t.Fatalf("nginx's process id: %v", err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	await(t, "nginx to end", func() bool {
		_, err := os.Stat(filepath.Join(n.dir, "pid"))
		return err != nil
	})
}

// visit returns the status with which nginx answers the holder of the token.
func (n nginx) visit(t *testing.T, p *person) string {
	t.Helper()
	return n.curl(t, p, "--write-out", "%{http_code}").stdout
}

func (n nginx) curl(t *testing.T, p *person, args ...string) result {
	t.Helper()
	// The passphrase goes by a file: arguments can be seen by everybody on the machine.
	config := write(t, filepath.Join(t.TempDir(), "curl.conf"), fmt.Sprintf("cert = \"%s:%s\"\n", p.file("token.p12"), passphrase))
	return execute(t, exec.Command("curl", append([]string{"--config", config, "--silent", "--show-error", "--output", os.DevNull, "--cert-type", "P12",
		"--cacert", p.file("roots.pem"), "https://localhost:" + n.port + "/"}, args...)...))
}
