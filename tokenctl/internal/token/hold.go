package token

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"mais/tokenctl/internal/fault"
)

// heldBy is the error of hold when another process has the file: which, with a space before
// it, or nothing when that is not known.
type heldBy struct{ process string }

func (h heldBy) Error() string { return "held by another process" + h.process }

// hold takes an exclusive lock on a file and notes in it which process has it. The lock ends
// with the process, however that ends; the file stays, since removing it would let two in.
func hold(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, fileMode)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, err
		}
		return nil, holderOf(f)
	}
	// Only words for the next one who comes: on a full disk they are missing.
	if f.Truncate(0) == nil {
		f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return f, nil
}

func holderOf(f io.ReaderAt) heldBy {
	text := make([]byte, 20)
	n, _ := f.ReadAt(text, 0) // short at its end: always
	pid, err := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	if err != nil || pid <= 0 {
		return heldBy{}
	}
	return heldBy{" (process " + strconv.Itoa(pid) + ")"}
}

// Watch takes the right to keep the token called name renewed unattended, until release is
// called or the process ends. A second one is told which process has it: two would renew a
// token twice, and each take the other's for a stranger's. It does not stand in the way of
// Lock.
func (h Home) Watch(name string) (release func(), err error) {
	f, err := hold(h.path(watchPattern.of(name)))
	var held heldBy
	if errors.As(err, &held) {
		return nil, fault.New(fault.Busy, "stop that one first", "another tokenctl%s keeps the token %s renewed", held.process, name)
	}
	if err != nil {
		return nil, fault.New(fault.Failed, "", "watch the token %s", name).Because(err)
	}
	return func() { f.Close() }, nil
}
