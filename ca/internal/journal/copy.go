package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"mais/internal/datadir"
)

// copyPatience is how long an entry waits for the second place; then it goes on without, and
// the second place catches up when it can.
const copyPatience = 2 * time.Second

// mirror keeps a journal's file a second time. A nil mirror does nothing.
type mirror struct {
	path string

	mu    sync.Mutex
	file  *os.File
	at    int64 // how much of the first file it has
	want  int64
	busy  bool
	fault error
}

// follow copies what from has up to size. It never fails: the first file is what counts.
func (m *mirror) follow(from io.ReaderAt, size int64, log *slog.Logger) {
	if m == nil {
		return
	}
	m.mu.Lock()
	m.want = size
	if m.busy { // it is late already, and will come by
		m.mu.Unlock()
		return
	}
	m.busy = true
	m.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.catchUp(from, log)
	}()
	select {
	case <-done:
	case <-time.After(copyPatience):
		m.say(log, fmt.Errorf("it has not answered for %s", copyPatience))
	}
}

// catchUp copies until it has what is wanted, or fails.
func (m *mirror) catchUp(from io.ReaderAt, log *slog.Logger) {
	for {
		m.mu.Lock()
		at, want := m.at, m.want
		if at >= want {
			m.busy = false
			m.mu.Unlock()
			m.say(log, nil)
			return
		}
		m.mu.Unlock()
		err := m.extend(from, at, want)
		m.mu.Lock()
		if err == nil {
			m.at = want
		} else {
			m.busy = false
		}
		m.mu.Unlock()
		if err != nil {
			m.say(log, err)
			return
		}
	}
}

func (m *mirror) extend(from io.ReaderAt, at, want int64) (err error) {
	if m.file == nil {
		if m.file, err = openCopy(m.path); err != nil {
			return err
		}
	}
	_, err = io.Copy(io.NewOffsetWriter(m.file, at), io.NewSectionReader(from, at, want-at))
	if err == nil {
		err = errors.Join(m.file.Truncate(want), m.file.Sync())
	}
	if err != nil {
		err = errors.Join(err, m.file.Close())
		m.file = nil
	}
	return err
}

// openCopy opens the second file, or makes it. A link in its place is not followed, since whoever
// owns the directory could have root write anywhere by it.
func openCopy(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW, 0)
	}
	if err != nil {
		return nil, err
	}
	if err := errors.Join(datadir.Give(f), syncDirectory(filepath.Dir(path))); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	return f, nil
}

// say remembers what is wrong, and logs it once.
func (m *mirror) say(log *slog.Logger, fault error) {
	m.mu.Lock()
	was := m.fault
	m.fault = fault
	m.mu.Unlock()
	switch {
	case fault != nil && (was == nil || was.Error() != fault.Error()):
		log.Error("the second place of the journal does not follow", "path", m.path, "error", fault)
	case fault == nil && was != nil:
		log.Info("the second place of the journal follows again", "path", m.path)
	}
}

func (m *mirror) failing() error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fault != nil {
		return fmt.Errorf("the second place of the journal, %s: %w", m.path, m.fault)
	}
	return nil
}

func (m *mirror) close() error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == nil || m.busy {
		return nil // what is busy closes with the process
	}
	return m.file.Close()
}
