package browser

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"mais/certs"
	"mais/config"
	"mais/tokenctl/internal/fault"
)

// The trust of a root: to certify the TLS servers that clients meet, no mail, no programs
// (certutil(1), -t).
const (
	serversOnly = "C,,"
	noTrust     = ",,"
)

// toolPatience is how long a tool may take. Those that load a module wait for the smart card
// service, for ever if that hangs.
const toolPatience = 2 * time.Minute

// database is an NSS database in the form of today, SQLite, by its directory.
type database string

// files are what a database consists of.
var files = []string{"cert9.db", "key4.db", "pkcs11.txt"}

func (d database) exists() bool { return isFile(filepath.Join(string(d), files[0])) }

// entry is a certificate in a database.
type entry struct {
	nickname string
	trust    string // as certutil prints it; u: its key is there as well
	cert     *x509.Certificate
	// twin: another certificate here has the same subject. NSS's tools then take one for the
	// other, so that nickname and trust may be either's, and nothing may be changed by them.
	twin bool
}

func (e entry) is(cert *x509.Certificate) bool { return e.cert.Equal(cert) }

// create makes a database without a password of its own, as browsers do.
func (d database) create(ctx context.Context) error {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	_, err := d.run(ctx, "certutil", "-N", "--empty-password")
	return err
}

// certutil -L prints nickname and trust, in columns.
var listed = regexp.MustCompile(`(?m)^(.*\S)\s+([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$`)

// certificates returns what is in the database itself, without the cards.
func (d database) certificates(ctx context.Context) (entries []entry, err error) {
	text, err := d.run(ctx, "certutil", "-L")
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, line := range listed.FindAllStringSubmatch(text, -1) {
		nickname, trust := line[1], line[2]
		if strings.HasPrefix(line[0], " ") || seen[nickname] { // the heading's second line
			continue
		}
		seen[nickname] = true
		text, err := d.run(ctx, "certutil", "-L", "-a", "-n", nickname)
		if err != nil {
			return nil, err
		}
		found, err := certs.ParseCertificates([]byte(strings.ReplaceAll(text, "\r", "")))
		if err != nil {
			continue // not of a kind that we could have put there
		}
		for _, cert := range found {
			if !slices.ContainsFunc(entries, func(e entry) bool { return e.is(cert) }) {
				entries = append(entries, entry{nickname: nickname, trust: trust, cert: cert})
			}
		}
	}
	for i := range entries {
		entries[i].twin = len(twins(entries, entries[i].cert)) > 0
	}
	return entries, nil
}

// twins returns the other certificates of the same subject.
func twins(entries []entry, cert *x509.Certificate) (others []entry) {
	for _, e := range entries {
		if !e.is(cert) && bytes.Equal(e.cert.RawSubject, cert.RawSubject) {
			others = append(others, e)
		}
	}
	return others
}

func (d database) addRoot(ctx context.Context, nickname string, root *x509.Certificate) error {
	_, err := d.with(ctx, bytes.NewReader(certs.EncodeCertificates(root)), "certutil", "-A", "-n", nickname, "-t", serversOnly)
	return err
}

func (d database) setTrust(ctx context.Context, nickname, trust string) error {
	_, err := d.run(ctx, "certutil", "-M", "-n", nickname, "-t", trust)
	return err
}

func (d database) dropCertificate(ctx context.Context, nickname string) error {
	_, err := d.run(ctx, "certutil", "-D", "-n", nickname)
	return err
}

// dropKey takes away a key and its certificate.
func (d database) dropKey(ctx context.Context, nickname string) error {
	_, err := d.run(ctx, "certutil", "-F", "-n", nickname)
	return err
}

// importKey takes in a PKCS#12 file. Its passphrase goes through a pipe: it stands neither in
// a file nor among the arguments, which everybody on the machine can read.
func (d database) importKey(ctx context.Context, file string, passphrase config.Secret) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	go func() {
		write.Write(append(bytes.Clone(passphrase.Reveal()), '\n')) // a tool that does not read it says why
		write.Close()
	}()
	_, err = d.start(ctx, nil, []*os.File{read}, "pk12util", "-K", "", "-i", file, "-w", "/dev/fd/3")
	return err
}

// modutil -rawlist prints a line a module, in the form of pkcs11.txt.
var listedModule = regexp.MustCompile(`(?m)^\s*library=(?:"([^"\n]*)"|(\S+))\s.*?name=(?:"([^"\n]*)"|(\S+))`)

// modules returns the path of each module by its name. None of them is loaded for it.
func (d database) modules(ctx context.Context) (map[string]string, error) {
	text, err := d.run(ctx, "modutil", "-rawlist")
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, m := range listedModule.FindAllStringSubmatch(text, -1) {
		found[m[3]+m[4]] = m[1] + m[2]
	}
	return found, nil
}

func (d database) addModule(ctx context.Context, name, path string) error {
	_, err := d.run(ctx, "modutil", "-force", "-add", name, "-libfile", path)
	return err
}

func (d database) dropModule(ctx context.Context, name string) error {
	_, err := d.run(ctx, "modutil", "-force", "-delete", name)
	return err
}

// loaded is what a module says of itself once it runs.
type loaded struct {
	ok    bool
	slots int      // readers
	cards []string // the tokens in them
}

var (
	statusLine = regexp.MustCompile(`(?m)^\s*status:\s*loaded\s*$`)
	slotLine   = regexp.MustCompile(`(?m)^\s*slot:\s*(.+?)\s*$`)
	tokenLine  = regexp.MustCompile(`(?m)^\s*token:[ \t]*(\S.*?)[ \t]*$`)
)

// load loads a module, as the browser would.
func (d database) load(ctx context.Context, name string) (l loaded, err error) {
	text, err := d.run(ctx, "modutil", "-list")
	if err != nil {
		return loaded{}, err
	}
	_, text, _ = strings.Cut(text, ". "+name+"\n")
	if next := regexp.MustCompile(`(?m)^\s*\d+\. `).FindStringIndex(text); next != nil {
		text = text[:next[0]]
	}
	for _, token := range tokenLine.FindAllStringSubmatch(text, -1) {
		l.cards = append(l.cards, token[1])
	}
	l.ok, l.slots = statusLine.MatchString(text), len(slotLine.FindAllString(text, -1))
	return l, nil
}

func (d database) run(ctx context.Context, tool string, args ...string) (string, error) {
	return d.with(ctx, nil, tool, args...)
}

func (d database) with(ctx context.Context, in io.Reader, tool string, args ...string) (string, error) {
	return d.start(ctx, in, nil, tool, args...)
}

// start runs one of NSS's tools away from the terminal, where it would ask by itself.
func (d database) start(ctx context.Context, in io.Reader, more []*os.File, tool string, args ...string) (string, error) {
	flag := "-d"
	if tool == "modutil" {
		flag = "-dbdir"
	}
	ctx, cancel := context.WithTimeout(ctx, toolPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, tool, append([]string{flag, "sql:" + string(d)}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdin, cmd.ExtraFiles, cmd.SysProcAttr = in, more, &syscall.SysProcAttr{Setsid: true}
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", fault.New(fault.Failed, "see whether 'tokenctl piv list' answers, and run 'systemctl restart pcscd' if not", "%s in %s has not ended within %s", tool, string(d), toolPatience)
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return "", fault.New(fault.Failed, "install NSS's tools: the package libnss3-tools on Debian and Ubuntu, nss-tools on Fedora", "the program %s is missing", tool)
	case err != nil:
		said := strings.TrimSpace(errs.String())
		if said == "" {
			said = strings.TrimSpace(out.String())
		}
		next := ""
		if strings.Contains(said, "PASSWORD") || strings.Contains(said, "password") {
			next = "the browser's database has a password of its own: do this step in the browser's settings, or take its primary password away for the moment"
		}
		return "", fault.New(fault.Failed, next, "%s in %s: %s", tool, string(d), strings.Join(strings.Fields(said), " "))
	}
	return out.String(), nil
}
