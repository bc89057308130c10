// Package pcsc is a smart card service of a test's own: Debian's pcscd with two virtual readers
// (vpcd), into which cards of package pivtest are put. Call [Start], give [Service.Env] to the
// programs under test or [Service.Use] for piv-go in the test itself, and [Service.Insert] a card.
//
// vpcd takes any card from anybody, so it listens in a network of its own that nobody else is in.
// That wants Linux and root; `unshare -r` before the command makes one who is nearly that. Several
// services stand side by side. A service ends with its test, and with the test's process however
// that ends. The package waits for events and never for a time; it gives up after [patience].
package pcsc

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"mais/internal/pivtest"
)

// Readers is how many readers a service has.
const Readers = 2

// ReaderName returns the name of a reader, as clients see it.
func ReaderName(reader int) string { return fmt.Sprintf("Virtual PCD 00 %02d", reader) }

// Service is a running pcscd.
type Service struct {
	dir    string // its socket is here
	space  *namespace
	daemon *exec.Cmd
	ended  chan struct{} // the daemon did
	log    *os.File

	mu    sync.Mutex
	cards [Readers]*seat
}

// Start starts a service that ends with the test. It fails the test where that cannot be.
func Start(tb testing.TB) *Service {
	tb.Helper()
	s, err := Open()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("pcscd said:\n%s", s.said())
		}
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Open starts a service for whoever has no test. Close ends it.
func Open() (*Service, error) {
	program, err := installed()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pcsc") // short: a socket's name has at most 107 bytes
	if err != nil {
		return nil, fmt.Errorf("start pcscd: %w", err)
	}
	s := &Service{dir: dir, ended: make(chan struct{})}
	if err := s.start(program); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close takes the cards out and ends the service.
func (s *Service) Close() error {
	err := s.Stop()
	if s.space != nil {
		s.space.leave()
	}
	if s.log != nil {
		s.log.Close()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// Env is the environment in which a program finds this service.
func (s *Service) Env() []string { return []string{socketVariable + "=" + s.socket()} }

const socketVariable = "PCSCLITE_CSOCK_NAME"

func (s *Service) socket() string { return filepath.Join(s.dir, "comm") }

// Insert puts a card into a reader and waits until the service has seen it. The card stays until
// Remove, or until its hook pulls it (pivtest.Fate).
func (s *Service) Insert(tb testing.TB, reader int, card *pivtest.Card) {
	tb.Helper()
	if err := s.Put(reader, card); err != nil {
		tb.Fatal(err)
	}
}

// Remove takes the card out and waits until the service has seen that.
func (s *Service) Remove(tb testing.TB, reader int) {
	tb.Helper()
	if err := s.Take(reader); err != nil {
		tb.Fatal(err)
	}
}

// Put is Insert for whoever has no test.
func (s *Service) Put(reader int, card *pivtest.Card) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := s.cards[reader]; before != nil {
		if !before.out() {
			return fmt.Errorf("put a card into reader %d: there is one", reader)
		}
		if _, err := s.await(reader, before.gone); err != nil { // it was pulled
			return fmt.Errorf("put a card into reader %d: %w", reader, err)
		}
	}
	conn, err := s.space.dial(reader)
	if err != nil {
		return fmt.Errorf("put a card into reader %d: %w", reader, err)
	}
	atr := card.ATR()
	at := sit(conn, card)
	seen, err := s.await(reader, func(r readerState) bool { return r.holds(atr) })
	if err != nil {
		at.leave()
		return fmt.Errorf("put a card into reader %d: %w", reader, err)
	}
	at.seen = seen.Events
	s.cards[reader] = at
	return nil
}

// Take is Remove for whoever has no test.
func (s *Service) Take(reader int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.cards[reader]
	if at == nil {
		return nil
	}
	at.leave()
	s.cards[reader] = nil
	if _, err := s.await(reader, at.gone); err != nil {
		return fmt.Errorf("take the card out of reader %d: %w", reader, err)
	}
	return nil
}

// AwaitPulled waits until a card that its hook pulled out is gone, also for the service.
func (s *Service) AwaitPulled(tb testing.TB, reader int) {
	tb.Helper()
	s.mu.Lock()
	at := s.cards[reader]
	s.mu.Unlock()
	if at == nil {
		return
	}
	<-at.done
	if _, err := s.await(reader, at.gone); err != nil {
		tb.Fatal(err)
	}
}

// A seat is a card in a reader.
type seat struct {
	conn net.Conn
	done chan struct{} // the card is out
	seen uint32        // the reader's events when pcscd had seen the card
}

// gone says whether pcscd has seen the card leave. That the reader is empty does not say so: a
// client that fails to reset the card makes it empty at once, and the thread that looks for cards
// would take the next one for the one it knows. That thread alone counts events.
func (at *seat) gone(r readerState) bool { return r.empty() && r.Events != at.seen }

func sit(conn net.Conn, card *pivtest.Card) *seat {
	at := &seat{conn: conn, done: make(chan struct{})}
	go func() {
		defer close(at.done)
		defer conn.Close()
		card.Reset()
		serve(conn, card)
	}()
	return at
}

func (at *seat) out() bool {
	select {
	case <-at.done:
		return true
	default:
		return false
	}
}

func (at *seat) leave() {
	at.conn.Close()
	<-at.done
}

// The bodies of one byte that vpcd sends are for the power, the others are commands.
const (
	powerOff = 0
	powerOn  = 1
	reset    = 2
	askATR   = 4
)

// serve lets a card answer vpcd until either goes. A message is its length in two bytes, then
// its body; vpcd wants both in one piece.
func serve(conn io.ReadWriter, card *pivtest.Card) {
	for {
		body, err := receive(conn)
		if err != nil {
			return
		}
		var answer []byte
		switch {
		case len(body) == 1 && body[0] == askATR:
			answer = card.ATR()
		case len(body) == 1 && body[0] <= reset:
			card.Reset()
			continue
		default:
			answer = card.Transmit(body)
		}
		if answer == nil { // it was pulled out
			return
		}
		if _, err := conn.Write(append([]byte{byte(len(answer) >> 8), byte(len(answer))}, answer...)); err != nil {
			return
		}
	}
}

func receive(r io.Reader) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	body := make([]byte, int(size[0])<<8|int(size[1]))
	_, err := io.ReadFull(r, body)
	return body, err
}
