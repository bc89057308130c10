//go:build cgo

package piv

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"mais/tokenctl/internal/fault"
)

// errQueue says that another tokenctl has the reader, to a caller that does not wait.
var errQueue = errors.New("another tokenctl has the reader")

// lockPath names the file by which the tokenctls of one person queue for a reader. The
// service's socket is part of its name: two services may each have a reader of that name.
func lockPath(reader string) (string, error) {
	dir, err := lockDir()
	if err != nil {
		return "", err
	}
	socket := os.Getenv("PCSCLITE_CSOCK_NAME") // empty: the system's own
	if real, err := filepath.EvalSymlinks(socket); err == nil {
		socket = real
	}
	sum := sha256.Sum256([]byte(socket + "\x00" + reader))
	return filepath.Join(dir, fmt.Sprintf("reader-%x.lock", sum[:8])), nil
}

// lockDir returns this person's directory for locks, and makes it. Its name in a directory that
// all may write to can be foretold, so that it is used only if it is theirs alone: in another's
// directory, that other could keep every card from being used.
func lockDir() (string, error) {
	parent := os.Getenv("XDG_RUNTIME_DIR")
	if parent == "" {
		parent = os.TempDir()
	}
	dir := filepath.Join(parent, fmt.Sprintf("mais-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(stat.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s is not a directory that is yours alone", dir)
	}
	return dir, nil
}

// lockReader takes the reader's lock, which ends when the file is closed or the process ends.
// While another tokenctl has it, a patient caller waits until ctx ends, having called waiting,
// which may be nil; another gets errQueue. The file stays, since removing it would let two in.
func lockReader(ctx context.Context, reader string, patient bool, waiting func()) (*os.File, error) {
	path, err := lockPath(reader)
	var f *os.File
	if err == nil {
		f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	}
	if err != nil {
		return nil, fault.New(fault.Failed, "set XDG_RUNTIME_DIR or TMPDIR to a directory of yours", "take the reader's lock").Because(err)
	}
	err = flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case err == nil:
		return f, nil
	case !errors.Is(err, syscall.EWOULDBLOCK):
		f.Close()
		return nil, fmt.Errorf("take the reader's lock: %w", err)
	case !patient:
		f.Close()
		return nil, errQueue
	}
	if waiting != nil {
		waiting()
	}
	return waitFor(ctx, f)
}

// waitFor waits in the system's own queue. One that is given up ends when its turn comes.
func waitFor(ctx context.Context, f *os.File) (*os.File, error) {
	turn := make(chan error)
	go func() {
		err := flock(f, syscall.LOCK_EX)
		select {
		case turn <- err:
		case <-ctx.Done():
			f.Close()
		}
	}()
	select {
	case err := <-turn:
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("wait for the reader's lock: %w", err)
		}
		return f, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func flock(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
