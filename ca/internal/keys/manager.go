package keys

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.step.sm/crypto/kms"
	"go.step.sm/crypto/kms/apiv1"

	"mais/config"
)

// ErrUnavailable: a key manager does not answer, or not as it should. It may be back later.
var ErrUnavailable = errors.New("keys: the key manager cannot be used")

// errClosed: it failed so soon after it was opened that it is not opened anew just yet.
var errClosed = fmt.Errorf("%w: it has just failed", ErrUnavailable)

// reopenAfter is the least time between two attempts to open a key manager that has failed.
const reopenAfter = time.Second

// shelf holds the open key managers of the process. A PKCS #11 library is one to a process,
// whoever loads it how often, and ending it (C_Finalize) under a call of another thread is
// undefined (PKCS #11 v2.40, 5.4): so signing holds the gate for reading, and opening and
// closing hold it for writing. crypto11 ends the library even when only one of several
// tokens is not found, and starts it only when nobody has it open: so what fails takes the
// others of the library with it, and each is opened anew when it is next used.
var shelf = struct {
	gate  sync.RWMutex
	slots map[string]*slot
}{slots: map[string]*slot{}}

// slot is one key manager. Its fields are guarded by the gate.
type slot struct {
	manager apiv1.KeyManager
	epoch   uint64 // counts its openings
	fault   error  // of the last attempt to open it
	notYet  time.Time
	badPIN  [sha256.Size]byte // of a PIN that was refused
}

// open returns the manager of an address. The caller holds the gate for writing.
func (s *slot) open(ctx context.Context, address string) error {
	if s.manager != nil {
		return nil
	}
	if time.Now().Before(s.notYet) {
		return s.fault
	}
	s.fault = s.connect(ctx, address)
	s.notYet = time.Now().Add(reopenAfter)
	return s.fault
}

func (s *slot) connect(ctx context.Context, address string) error {
	u, err := parseURI(address)
	if err != nil {
		return err
	}
	if _, ok := apiv1.LoadKeyManagerNewFunc(apiv1.Type(u.Scheme)); !ok {
		return fmt.Errorf("%w: this program is built without %s; %s", ErrUnavailable, u.Scheme, buildAdvice(u.Scheme))
	}
	pin, err := readPIN(u.Get("pin-source"))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	tried := sha256.Sum256(pin.Reveal())
	if s.badPIN == tried {
		return fmt.Errorf("%w: the PIN in %s was refused, and is not tried again before it changes, or the token would lock", ErrUnavailable, u.Get("pin-source"))
	}
	opened, err := kms.New(ctx, apiv1.Options{URI: address})
	if err != nil && !pinRefused(err) && closeLike(u.Scheme) {
		opened, err = kms.New(ctx, apiv1.Options{URI: address})
	}
	if err != nil {
		if pinRefused(err) {
			s.badPIN = tried
		}
		return fmt.Errorf("%w: open it: %w", ErrUnavailable, err)
	}
	s.manager = opened
	s.epoch++
	return nil
}

// pinRefused reports whether a token refused the PIN, which costs a try: PKCS #11's library has
// no error of its own for it.
func pinRefused(err error) bool { return strings.Contains(err.Error(), "CKR_PIN_") }

// buildAdvice says how a program gets a key manager that it lacks.
func buildAdvice(scheme string) string {
	if scheme == pkcs11Scheme {
		return "build it with cgo and -tags pkcs11"
	}
	return "no build of it has that key manager yet"
}

// readPIN reads what the library will read, which takes a file that is missing for an empty
// PIN, and would try it.
func readPIN(source string) (config.Secret, error) {
	if source == "" {
		return config.Secret{}, nil
	}
	pin, err := config.ReadSecret(strings.TrimPrefix(source, "file:"))
	if err != nil {
		return config.Secret{}, fmt.Errorf("its PIN: %w", err)
	}
	return pin, nil
}

// closeLike closes the managers that share a library with what has failed, and says whether
// there were any. The caller holds the gate for writing.
func closeLike(scheme string) (closed bool) {
	for name, s := range shelf.slots {
		if s.manager != nil && scheme == pkcs11Scheme && strings.HasPrefix(name, pkcs11Scheme+":") {
			s.close()
			closed = true
		}
	}
	return closed
}

// close leaves a slot to be opened at once. What a token that is gone says to it is of no use.
func (s *slot) close() {
	s.manager.Close()
	s.manager, s.fault, s.notYet = nil, nil, time.Time{}
}

// drop closes a manager that has failed, unless somebody has opened another meanwhile. It is
// not opened anew at once if it has only just been opened.
func drop(name string, epoch uint64) {
	shelf.gate.Lock()
	defer shelf.gate.Unlock()
	s := shelf.slots[name]
	if s == nil || s.manager == nil || s.epoch != epoch {
		return
	}
	notYet := s.notYet
	s.close()
	s.fault, s.notYet = errClosed, notYet
	if u, err := parseURI(name); err == nil {
		closeLike(u.Scheme)
	}
}

// slotOf returns the slot of a manager. The caller holds the gate for writing.
func slotOf(name string) *slot {
	s := shelf.slots[name]
	if s == nil {
		s = &slot{}
		shelf.slots[name] = s
	}
	return s
}

// CloseAll closes the key managers, for a program that ends. What is signed later opens them
// anew.
func CloseAll() {
	shelf.gate.Lock()
	defer shelf.gate.Unlock()
	for _, s := range shelf.slots {
		if s.manager != nil {
			s.close()
		}
	}
}
