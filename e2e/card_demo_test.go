package e2e_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mais/certs"
	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
)

// The demo of the card journeys. Its server was built with the tag testcards, so that it can be
// told to believe the maker of the tests' cards, which no release can.
var cards struct {
	sync.Once
	dir     string
	maker   *pivtest.Maker
	service *service
	err     error
}

// cardDemo starts the demo that believes the maker of cards which newCard makes. All journeys
// enrol from one address, more often than a service lets anybody.
func cardDemo(t testing.TB) *service {
	t.Helper()
	cards.Do(func() {
		if cards.dir, cards.err = os.MkdirTemp("", "mais-e2e-cards-"); cards.err == nil {
			cards.err = startCardDemo()
		}
	})
	if cards.err != nil {
		t.Fatal(cards.err)
	}
	return cards.service
}

func startCardDemo() (err error) {
	if cards.maker, err = pivtest.NewMaker("Cards of the Tests"); err != nil {
		return err
	}
	roots := filepath.Join(cards.dir, "maker.pem")
	if err := os.WriteFile(roots, cards.maker.RootPEM(), 0o600); err != nil {
		return err
	}
	began, dir := time.Now(), filepath.Join(cards.dir, "demo")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	s, err := launchCommand(dir, exec.Command(filepath.Join(bin, "testcards", "mais-server"), append([]string{"up", "--dir", dir, "--card-roots", roots, "--enrolments-per-minute", "600"}, anyPorts...)...))
	if err != nil {
		return err
	}
	if err := s.whenReady(began); err != nil {
		return err
	}
	cards.service = s
	return nil
}

func stopCards() error {
	if cards.dir == "" {
		return nil
	}
	var err error
	if cards.service != nil {
		if err = cards.service.end(); err != nil {
			err = fmt.Errorf("%w\n%s", err, cards.service.stderr.tail())
		}
	}
	return errors.Join(err, os.RemoveAll(cards.dir))
}

// newCard makes a blank card of the maker that the card demo believes.
func newCard(t testing.TB, o pivtest.Options) *pivtest.Card {
	t.Helper()
	if o.Maker == nil {
		o.Maker = cards.maker
	}
	card, err := pivtest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// A desk is a place with readers for cards, and somebody at it.
type desk struct {
	*person
	readers *pcsc.Service
	pin     string // the file that holds the PIN
	puk     string // the file that holds the PUK, or will
	code    string
}

// The secrets of the tests' cards.
const (
	goodPIN  = "290417"
	wrongPIN = "730251"
)

// newDesk registers a new user, and gives them readers of their own.
func newDesk(t testing.TB, s *service, who, role string) *desk {
	t.Helper()
	return newDeskAt(t, s, who, role, pcsc.Start(t))
}

func newDeskAt(t testing.TB, s *service, who, role string, readers *pcsc.Service) *desk {
	t.Helper()
	p := newPerson(t, s, who+"@police.northshire.example")
	dir := t.TempDir()
	return &desk{
		person: p, readers: readers,
		pin: write(t, filepath.Join(dir, "pin"), goodPIN+"\n"), puk: filepath.Join(dir, "puk"),
		code: s.invite(t, p.email, "--name", "Journey "+who, "--role", role, "--site", custody),
	}
}

// ctl runs tokenctl where the readers are, with the PIN in a file.
func (d *desk) ctl(t testing.TB, args ...string) result {
	t.Helper()
	return d.bare(t, append(args, "--pin-file", d.pin)...)
}

// bare is ctl without a PIN.
func (d *desk) bare(t testing.TB, args ...string) result {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "tokenctl"), append(args, "--home", d.home)...)
	cmd.Env = append(os.Environ(), d.readers.Env()...)
	return execute(t, cmd)
}

// enrolCard runs 'piv enrol'.
func (d *desk) enrolCard(t testing.TB, args ...string) result {
	t.Helper()
	return d.ctl(t, d.enrolment(t, args...)...)
}

func (d *desk) enrolment(t testing.TB, args ...string) []string {
	t.Helper()
	at := d.service.demo
	return append([]string{"piv", "enrol", "--server", at.URLs.Public, "--root-fingerprint", at.RootFingerprint, "--email", d.email,
		"--code-file", write(t, filepath.Join(t.TempDir(), "code"), d.code+"\n"), "--puk-file", d.puk}, args...)
}

func firstCertificate(t testing.TB, text string) *x509.Certificate {
	t.Helper()
	found, err := certs.ParseCertificates([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return found[0]
}
