package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"mais/internal/pivtest"
)

// terminal is a terminal with a person at it who answers what a command asks.
type terminal struct {
	testing.TB
	hands *os.File // what is typed, and what is seen
	mu    sync.Mutex
	seen  bytes.Buffer
	more  chan struct{}
	end   chan result
}

// onTerminal starts a command that has a terminal of its own.
func onTerminal(t testing.TB, cmd *exec.Cmd) *terminal {
	t.Helper()
	hands, screen := openTerminal(t)
	w := &terminal{TB: t, hands: hands, more: make(chan struct{}, 1), end: make(chan result, 1)}
	var stdout, stderr strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := begin(cmd); err != nil {
		t.Fatal(err)
	}
	screen.Close()
	go w.watch()
	go func() {
		cmd.Wait() // its code is looked at
		w.end <- result{strings.Join(cmd.Args, " "), stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	}()
	t.Cleanup(func() { cmd.Process.Kill(); hands.Close() })
	return w
}

// openTerminal returns both ends of a new terminal (pty(7)).
func openTerminal(t testing.TB) (hands, screen *os.File) {
	t.Helper()
	hands, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var unlocked, number int32
	for request, argument := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, hands.Fd(), request, uintptr(unsafe.Pointer(argument))); errno != 0 {
			t.Fatal(errno)
		}
	}
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return hands, screen
}

func (w *terminal) watch() {
	buffer := make([]byte, 4096)
	for {
		n, err := w.hands.Read(buffer)
		w.mu.Lock()
		w.seen.Write(buffer[:n])
		w.mu.Unlock()
		select {
		case w.more <- struct{}{}:
		default:
		}
		if err != nil { // EIO: the command has ended
			return
		}
	}
}

func (w *terminal) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen.String()
}

// answer waits until something is asked, and types a line. It returns what the question shows.
func (w *terminal) answer(question, line string) []string {
	w.Helper()
	form := regexp.MustCompile(question)
	var found []string
	await(w, question, func() bool { found = form.FindStringSubmatch(w.text()); return found != nil })
	return w.types(found, line)
}

// hides is answer for what is not to be seen: it is typed once the terminal shows nothing any more,
// which is a moment after the question.
func (w *terminal) hides(question, line string) {
	w.Helper()
	form := regexp.MustCompile(question)
	await(w, question, func() bool { return form.MatchString(w.text()) && !w.echoes() })
	w.types(nil, line)
}

// echoes reports whether what is typed is shown.
func (w *terminal) echoes() bool {
	var state syscall.Termios
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, w.hands.Fd(), syscall.TCGETS, uintptr(unsafe.Pointer(&state))); errno != 0 {
		w.Fatal(errno)
	}
	return state.Lflag&syscall.ECHO != 0
}

func (w *terminal) types(found []string, line string) []string {
	w.Helper()
	if _, err := fmt.Fprintln(w.hands, line); err != nil {
		w.Fatal(err)
	}
	return found
}

// TestCardByHand enrols at a terminal: which questions are asked, that no PIN is shown, and that
// the PUK is shown there and nowhere else, before the card has it.
func TestCardByHand(t *testing.T) {
	s := cardDemo(t)
	d := newDesk(t, s, "hanna", "police_officer")
	card := newCard(t, pivtest.Options{})
	d.readers.Insert(t, 0, card)
	changed := false
	card.Before(func(_ int, apdu []byte) pivtest.Fate {
		changed = changed || apdu[1] == 0x24
		return pivtest.Stay
	})
	at := s.demo
	cmd := exec.Command(filepath.Join(bin, "tokenctl"), "piv", "enrol", "--server", at.URLs.Public, "--root-fingerprint", at.RootFingerprint, "--email", d.email, "--home", d.home)
	cmd.Env = append(os.Environ(), d.readers.Env()...)
	w := onTerminal(t, cmd)
	w.hides("New PIN for the card[^:]*: $", goodPIN)
	w.hides("The same again: $", goodPIN)
	puk := w.answer(`(?s)The PUK of the card is (\d{8})\..*Type written to go on: $`, "written")[1]
	if changed {
		t.Error("the card was changed before the PUK was written down")
	}
	w.hides("Enrolment code: $", d.code)
	r := <-w.end
	r.exits(t, 0).says(t, "Signed in with the card")
	for name, secret := range map[string]string{"PIN": goodPIN, "code": d.code} {
		if strings.Contains(w.text(), secret) {
			t.Errorf("the %s is shown: %q", name, w.text())
		}
	}
	if strings.Contains(r.stdout+r.stderr, puk) {
		t.Error("the PUK stands in the streams, which are kept in logs")
	}
	t.Logf("prompts of an enrolment: PIN twice, PUK, code: %d", strings.Count(w.text(), ": "))
	write(t, d.puk, puk+"\n")
	d.bare(t, "piv", "pin", "unblock", "--puk-file", d.puk, "--new-pin-file", d.pin).exits(t, 0) // it is the card's

	ask := exec.Command(filepath.Join(bin, "tokenctl"), "whoami", "--home", d.home)
	ask.Env = append(os.Environ(), d.readers.Env()...)
	w = onTerminal(t, ask)
	w.answer(`PIN of the card \(3 tries left\): $`, wrongPIN)
	r = <-w.end
	r.exits(t, 5).says(t, "2 tries left")
}
