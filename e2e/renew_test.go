package e2e_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mais/certs"
	"mais/server/api"
)

// enrolSite makes a site's machine: a token in the clear, as nobody types there.
func (s *service) enrolSite(t *testing.T, site string) *person {
	t.Helper()
	shown := server(t, "admin", "invite-site", site, "--dir", s.dir).exits(t, 0)
	code, command := shownInvitation(t, shown.stdout, site)
	p := newPerson(t, s, "")
	command = regexp.MustCompile(`--server \S+`).ReplaceAllString(command, "--server "+s.demo.URLs.Public) // of a demo on any port
	line := fmt.Sprintf("%s --code-file '%s' --home '%s' --token machine", command, write(t, filepath.Join(t.TempDir(), "code"), code+"\n"), p.home)
	p.token = "machine"
	cmd := exec.Command("sh", "-c", line)
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	execute(t, cmd).exits(t, 0)
	return p
}

// site runs a 'tokenctl site' command with the machine's token.
func (p *person) site(t testing.TB, args ...string) result {
	t.Helper()
	return tokenctl(t, append([]string{"site", "--home", p.home, "--token", p.token}, args...)...)
}

func (p *person) serial(t testing.TB) string {
	t.Helper()
	return data[struct{ Serial string }](t, tokenctl(t, "status", "--home", p.home, "--token", p.token, "--json").exits(t, 0)).Serial
}

// watch runs 'tokenctl site renew --watch' until the test ends it.
func (p *person) watch(t *testing.T, env []string, args ...string) *service {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "tokenctl"), append([]string{"site", "renew", "--watch", "--home", p.home, "--token", p.token}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	w, err := launchCommand("", cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.process.Kill()
		<-w.exited
		if t.Failed() {
			t.Logf("the watch's lines:\n%s", w.stderr.tail())
		}
	})
	return w
}

// endsWith demands how a process ended.
func (s *service) endsWith(t *testing.T, want string) {
	t.Helper()
	wait(t, s.exited, "the process to end")
	if got := fmt.Sprint(s.err); got != want {
		t.Errorf("it ended with %s, want %s\n%s", got, want, s.stderr.tail())
	}
}

// manager is the socket on which systemd listens to a service.
func manager(t *testing.T) (socket string, hears func(words string)) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return socket, func(words string) {
		t.Helper()
		conn.SetReadDeadline(time.Now().Add(patience))
		buffer := make([]byte, 4096)
		for {
			n, err := conn.Read(buffer)
			if err != nil {
				t.Fatalf("the service manager has not heard %q: %v", words, err)
			}
			if strings.Contains(string(buffer[:n]), words) {
				return
			}
		}
	}
}

// TestSiteRenewsItself: a watch renews when it is due, hands the token on, and lives through
// a restart of the service; the old certificate is refused when its grace is over.
func TestSiteRenewsItself(t *testing.T) {
	t.Parallel()
	dir, out := t.TempDir(), t.TempDir()
	urls := writeSettings(t, dir, "127.0.0.1", "[ca]\ngrace = \"0s\"\n[ca.profile.site]\nvalidity = \"1h\"\n")
	secret := write(t, filepath.Join(t.TempDir(), "root"), "a long passphrase for the root\n")
	server(t, "init", "--dir", dir, "--name", "localhost", "--agency", "Northshire NHS Trust", "--site", "MAIS desk", "--subnet", "127.0.0.0/8",
		"--admin", "One <one@trust.example>", "--admin", "Two <two@trust.example>", "--root-passphrase-file", secret).exits(t, 0)
	s := serve(t, dir, urls)
	p := s.enrolSite(t, "MAIS desk")
	first, old := p.serial(t), p.client(t)
	old.get(t, api.PathWhoami).granted(t)
	p.site(t, "renew", "--due").exits(t, 0).says(t, "Not due until")

	cert, key := filepath.Join(out, "cert.pem"), filepath.Join(out, "key.pem")
	reload := filepath.Join(out, "reload.sh")
	if err := os.WriteFile(reload, []byte("#!/bin/sh\nopenssl x509 -in "+cert+" -noout -serial >> "+out+"/reloads\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	socket, hears := manager(t)
	w := p.watch(t, []string{"NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=400000"}, "--at", "0", "--cert-out", cert, "--key-out", key, "--reload", reload)
	hears("READY=1\nSTATUS=machine is good until ")
	hears("WATCHDOG=1")
	w.stderr.await(t, 0, `msg="handed on"`)
	second := p.serial(t)
	if second == first {
		t.Errorf("after the renewal the serial is %s still", first)
	}
	if got := strings.ToLower(read(t, out+"/reloads")); got != "serial="+second+"\n" {
		t.Errorf("the command saw %q, want once the serial %s", got, second)
	}
	execute(t, exec.Command("openssl", "verify", "-partial_chain", "-trusted", cert, cert)).exits(t, 0)
	p.site(t, "renew", "--watch").exits(t, 1).says(t, fmt.Sprintf("process %d", w.process.Pid), "keeps the token machine renewed")
	p.site(t, "check").exits(t, 0)
	p.site(t, "check", "--warn-days", "1").exits(t, 9).says(t, "next:")

	s.stop(t)
	from := len(strings.Split(w.stderr.String(), "\n"))
	if err := w.process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	w.stderr.await(t, from, "code=unreachable")
	p.site(t, "check").exits(t, 8)
	serve(t, dir, urls) // retires, as it does every minute, what is past its grace
	old.CloseIdleConnections()
	await(t, "the old certificate to be superseded", func() bool {
		a, err := old.do(t.Context(), "GET", api.PathWhoami, nil, nil)
		return err == nil && a.problem().Type == api.SupersededToken
	})
	p.site(t, "check").exits(t, 0)

	if err := w.process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	hears("STOPPING=1")
	w.endsWith(t, "<nil>")
}

// TestSiteRevoked: a watch whose token was revoked says so and ends with 4, and the token can
// be destroyed; one that is superseded likewise.
func TestSiteRevoked(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := s.enrolSite(t, liaison)
	copied := newPerson(t, s, "")
	copied.token = "machine"
	execute(t, exec.Command("cp", "-r", p.home, copied.home)).exits(t, 0)
	tokenctl(t, "destroy", "--home", p.home, "--yes").exits(t, 4).says(t, "is good until", "--revoke")

	w := p.watch(t, nil)
	w.stderr.await(t, 0, "calls the token good")
	server(t, "admin", "cert", "revoke", p.serial(t), "--yes", "--dir", s.dir).exits(t, 0)
	w.process.Signal(syscall.SIGHUP)
	w.endsWith(t, "exit status 4")
	w.stderr.await(t, 0, "error: the token has been revoked")
	w.stderr.await(t, 0, "next:")
	again := copied.watch(t, nil)
	again.endsWith(t, "exit status 4")

	serial := p.serial(t)
	tokenctl(t, "destroy", "--home", p.home, "--yes").exits(t, 0).shows(t, serial, "revoked")
	if _, err := os.Stat(filepath.Join(p.home, p.token)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the token's directory after destroy: %v, want none", err)
	}
	tokenctl(t, "list", "--all", "--home", p.home).exits(t, 0).shows(t, "destroyed")
	p.site(t, "renew", "--watch").exits(t, 3)

	left := s.enrolSite(t, liaison) // the holder goes: revoked and wiped in one
	serial = left.serial(t)
	tokenctl(t, "destroy", "--home", left.home, "--yes", "--revoke").exits(t, 0)
	if status, _ := s.find(t, serial); status != "revoked" {
		t.Errorf("after destroy --revoke %s is %q at the service", serial, status)
	}
	if reason := s.psql(t, "SELECT reason FROM ca.certificate WHERE serial = '"+serial+"'"); reason != strconv.Itoa(5) { // cessationOfOperation, RFC 5280, 5.3.1
		t.Errorf("the reason is %s, want 5", reason)
	}
}

// TestSiteKilledWhileRenewing kills a renewal at moments spread over its whole length. The
// token on disk is whole each time, and the service takes it.
func TestSiteKilledWhileRenewing(t *testing.T) {
	t.Parallel()
	const rounds = 16
	s := sharedDemo(t)
	p := s.enrolSite(t, custody)
	began := time.Now()
	p.site(t, "renew").exits(t, 0)
	whole := time.Since(began)
	renewed, whoever := 0, decode[api.Whoami](t, p.client(t).get(t, api.PathWhoami)).User
	for n := range rounds {
		before := p.serial(t)
		cmd := exec.Command(filepath.Join(bin, "tokenctl"), "site", "renew", "--home", p.home, "--token", p.token)
		if err := begin(cmd); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(whole*time.Duration(n)/rounds, func() { cmd.Process.Kill() })
		cmd.Wait() // killed or not
		kill.Stop()

		now := p.serial(t)
		if now != before {
			renewed++
		}
		belongTogether(t, p)
		p.site(t, "check").exits(t, 0)
		// Their grace is over: the service lets only a few of one line live.
		s.psql(t, "UPDATE ca.certificate SET status = 'superseded' WHERE identity = 'urn:mais:site:"+whoever+"' AND status = 'active' AND supersede_after IS NOT NULL AND serial <> '"+now+"'")
	}
	t.Logf("a renewal takes %s; of %d killed within that time %d had replaced the token", whole, rounds, renewed)
	p.site(t, "renew").exits(t, 0)
	if left, _ := filepath.Glob(filepath.Join(p.home, ".machine.*")); len(left) > 2 { // the lock stays, and what is remembered of journals
		t.Errorf("after a renewal that was not killed there are %v", left)
	}
}

func belongTogether(t *testing.T, p *person) {
	t.Helper()
	key, err := certs.ParseKey([]byte(read(t, p.file("key.pem"))), nil)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := certs.ParseCertificates([]byte(read(t, p.file("cert.pem"))))
	if err != nil || !certs.SameKey(key.Public(), chain[0].PublicKey) {
		t.Fatalf("key.pem and cert.pem do not belong together: %v", err)
	}
}

// engineer is what the page for site engineers is run with, in a mount namespace of its own:
// the machine's accounts and units are copies, and systemd is played by a script that runs a
// unit as its account.
const engineer = `set -eu
work=$1
cp -a /etc "$work/etc"
mkdir -p "$work/etc/systemd/system"
mount --bind "$work/etc" /etc
mount -t tmpfs -o mode=755 none /var/lib
mount -t tmpfs -o mode=755 none /usr/local/bin
install -m 0755 "$work"/bin/* /usr/local/bin
export PATH=/usr/local/bin:$PATH
exec bash -eux "$work/page.sh"
`

const systemctl = `#!/bin/bash
# systemctl, as far as the page needs it: one unit, in the background.
log=/var/lib/systemctl.log; unit=/etc/systemd/system/mais-site.service; pid=/var/lib/mais-site.pid
echo "$*" >> /var/lib/called
stop() { [ ! -e $pid ] || { kill -TERM "$(cat $pid)"; tail --pid="$(cat $pid)" -f /dev/null; rm $pid; }; }
start() {
  : > $log
  account=$(sed -n 's/^User=//p' $unit)
  eval "setpriv --reuid $account --regid $account --clear-groups $(sed -n 's/^ExecStart=//p' $unit) 2> $log < /dev/null > /dev/null &"
  echo $! > $pid
  until grep -q "calls the token good" $log; do kill -0 "$(cat $pid)" || { cat $log >&2; exit 1; }; sleep 0.05; done
}
case "$*" in
  "enable --now mais-site.service") start ;;
  "restart mais-site.service") stop; start; until grep -q "handed on" $log; do sleep 0.05; done; cat /etc/mais-site/cert.pem > /dev/null ;;
  "reload mais-site.service") kill -HUP "$(cat $pid)"; until grep -q "asked to look now" $log; do sleep 0.05; done ;;
  "disable --now mais-site.service") stop; grep -q stopped $log ;;
  "status mais-site.service") kill -0 "$(cat $pid)" ;;
  "reload nginx") echo "$*" > /var/lib/mais-site/nginx ;;
  daemon-reload) ;;
  *) echo "no such act: $*" >&2; exit 1 ;;
esac
`

// TestSitesPage runs every command of docs/sites.md, in its order, on a machine that is true
// but for systemd.
func TestSitesPage(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	shown := server(t, "admin", "invite-site", custody, "--dir", s.dir).exits(t, 0)
	code, _ := shownInvitation(t, shown.stdout, custody)

	page := read(t, "../docs/sites.md")
	var commands strings.Builder
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		commands.WriteString(block[1])
	}
	for _, placeholder := range [][2]string{{"https://mais.example:8443", s.demo.URLs.Public}, {"sha256:HEX", s.demo.RootFingerprint}} {
		if !strings.Contains(commands.String(), placeholder[0]) {
			t.Fatalf("the page does not say %s", placeholder[0])
		}
	}
	script := strings.NewReplacer("https://mais.example:8443", s.demo.URLs.Public, "sha256:HEX", s.demo.RootFingerprint).Replace(commands.String())
	script += "cat /var/lib/called /var/lib/mais-site/nginx\n"

	work := t.TempDir()
	if err := os.Mkdir(filepath.Join(work, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	execute(t, exec.Command("cp", filepath.Join(bin, "tokenctl"), filepath.Join(work, "bin"))).exits(t, 0)
	write(t, filepath.Join(work, "bin", "systemctl"), systemctl)
	write(t, filepath.Join(work, "bin", "journalctl"), "#!/bin/sh\nexec cat /var/lib/systemctl.log\n")
	write(t, filepath.Join(work, "page.sh"), script)
	cmd := exec.Command("unshare", "--mount", "bash", "-c", engineer, "bash", work)
	cmd.Stdin = strings.NewReader(code + "\n")
	r := execute(t, cmd)
	if r.code != 0 {
		t.Fatalf("the page's commands ended with %d (a mount namespace needs root, as CI has it)\n%s\n%s", r.code, r.stderr, r.stdout)
	}
	r.shows(t, "good", "enable --now mais-site.service", "reload nginx", "destroyed").says(t, "The server holds the pinned key", "Not due until", "Renewed: ")
}
