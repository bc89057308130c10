package pcsc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"mais/internal/pivtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(holdVariable) != "" {
		hold()
	}
	os.Exit(m.Run())
}

func newCard(t testing.TB, o pivtest.Options) *pivtest.Card {
	t.Helper()
	card, err := pivtest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// anyCode is for a program whose exit code says nothing.
const anyCode = -1

// run runs a program as a client of the service, and demands its exit code.
func (s *Service) run(t *testing.T, want int, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), s.Env()...)
	cmd.Env = append(cmd.Env, "HOME="+t.TempDir()) // OpenSC keeps what it read
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want && want != anyCode {
		t.Fatalf("%s %s: exit code = %d, want %d\n%s", program, strings.Join(args, " "), got, want, out)
	}
	return string(out)
}

func says(t *testing.T, out string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("said %q, want %q in it", out, w)
		}
	}
}

// TestSideBySide: two services with four cards do not see one another, and the machine sees none.
func TestSideBySide(t *testing.T) {
	one, other := Start(t), Start(t)
	serials := map[*Service][Readers]int{one: {1001, 1002}, other: {2001, 2002}}
	for s, numbers := range serials {
		for reader, serial := range numbers {
			s.Insert(t, reader, newCard(t, pivtest.Options{Serial: uint32(serial)}))
		}
	}
	for s, numbers := range serials {
		for reader, serial := range numbers {
			says(t, s.run(t, 0, "yubico-piv-tool", "-r", ReaderName(reader), "-a", "status"), "Serial Number:\t"+strconv.Itoa(serial))
		}
	}
	if conn, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(firstPort)); err == nil {
		conn.Close()
		t.Error("the reader listens in the network of the machine")
	}
}

// TestHidesTheMachinesReaders: pcscd has no drivers for real readers, and keeps its hands off them.
func TestHidesTheMachinesReaders(t *testing.T) {
	root := fmt.Sprintf("/proc/%d/root", Start(t).daemon.Process.Pid)
	if _, err := os.Stat(root + driver); err != nil {
		t.Errorf("pcscd has no virtual readers: %v", err)
	}
	if found, err := filepath.Glob(root + drivers + "/*.bundle/*"); err != nil || len(found) > 0 {
		t.Errorf("pcscd has the drivers %v, %v", found, err)
	}
}

func TestInsertAndRemove(t *testing.T) {
	s := Start(t)
	card := newCard(t, pivtest.Options{Serial: 4711})
	for range 3 {
		says(t, s.run(t, 0, "opensc-tool", "-l"), "0    No ", "1    No ")
		s.Insert(t, 1, card)
		says(t, s.run(t, 0, "opensc-tool", "-l"), "0    No ", "1    Yes")
		if err := s.Put(1, card); err == nil {
			t.Error("a second card went into a reader")
		}
		s.Remove(t, 1)
	}
	s.Remove(t, 1) // there is none: nothing to do
}

func TestPulled(t *testing.T) {
	s := Start(t)
	card := newCard(t, pivtest.Options{Serial: 4711})
	s.Insert(t, 0, card)
	card.Before(pivtest.PullAt(2))
	says(t, s.run(t, 0, "yubico-piv-tool", "-r", ReaderName(0), "-a", "status"), "PIN tries left:	-1") // it goes on with what it has
	s.AwaitPulled(t, 0)
	says(t, s.run(t, 0, "opensc-tool", "-l"), "0    No ")
	card.Before(nil)
	s.Insert(t, 0, card)
	says(t, s.run(t, 0, "yubico-piv-tool", "-r", ReaderName(0), "-a", "status"), "4711")
}

func TestStop(t *testing.T) {
	s := Start(t)
	s.Insert(t, 0, newCard(t, pivtest.Options{}))
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	says(t, s.run(t, 0, "opensc-tool", "-l"), "No smart card readers found")
	if err := s.Put(0, newCard(t, pivtest.Options{})); err == nil {
		t.Error("a card went into a reader of a service that is down")
	}
}

const holdVariable = "MAIS_PCSC_HOLD"

// hold is another process that has a service until it is killed.
func hold() {
	s, err := Open()
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(s.socket() + "\n")
	select {}
}

// TestEndsWithItsProcess: a process that is killed takes its pcscd with it.
func TestEndsWithItsProcess(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), holdVariable+"=1")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	socket, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	socket = strings.TrimSpace(socket)
	defer os.RemoveAll(strings.TrimSuffix(socket, "/comm")) // who was killed could not
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := greet(conn); err != nil { // pcscd is there, and has the connection
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 1)); err != io.EOF && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("pcscd said %d bytes, %v; want that it ended", n, err)
	}
}

// TestServe: what vpcd never says does no harm, and a card without power has forgotten the PIN.
func TestServe(t *testing.T) {
	card := newCard(t, pivtest.Options{})
	reader, at := net.Pipe()
	go func() {
		defer at.Close()
		serve(at, card)
	}()
	say := func(body string) { io.WriteString(reader, string([]byte{byte(len(body) >> 8), byte(len(body))})+body) }
	heard := func(want string) {
		t.Helper()
		if got, err := receive(reader); err != nil || string(got) != want {
			t.Errorf("the card answered %x, %v; want %x", got, err, want)
		}
	}
	say("\x04")
	heard(string(card.ATR()))
	say("\x00\xa4\x04\x00\x05\xa0\x00\x00\x03\x08")
	if got, err := receive(reader); err != nil || !strings.HasSuffix(string(got), "\x90\x00") {
		t.Errorf("SELECT = %x, %v", got, err)
	}
	say("\x00\x20\x00\x80\x08123456\xff\xff")
	heard("\x90\x00")
	for _, power := range []string{"\x00", "\x01", "\x02"} {
		say(power)
		say("\x00\x20\x00\x80")
		heard("\x6d\x00")
	}
	say("")
	heard("\x67\x00")
	say("\x03")
	heard("\x67\x00")
	reader.Close()
}
