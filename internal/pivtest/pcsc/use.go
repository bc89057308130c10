package pcsc

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// The library of PC/SC reads the name of the socket once in a process, so the name is a link that
// leads to the service in use.
var using struct {
	sync.Mutex
	dir string
	by  *Service
}

// Use makes this process a client of the service until the test ends, for piv-go in the test. A
// process is the client of one service at a time.
func (s *Service) Use(tb testing.TB) {
	tb.Helper()
	using.Lock()
	defer using.Unlock()
	if using.by != nil {
		tb.Fatal("pcsc: this process uses another service; such tests cannot be parallel")
	}
	if using.dir == "" {
		using.dir = filepath.Join(os.TempDir(), "pcsc-"+filepath.Base(s.dir))
	}
	link := filepath.Join(using.dir, "comm")
	if err := os.Mkdir(using.dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.Symlink(s.socket(), link); err != nil {
		tb.Fatal(err)
	}
	if err := os.Setenv(socketVariable, link); err != nil {
		tb.Fatal(err)
	}
	using.by = s
	tb.Cleanup(func() {
		using.Lock()
		defer using.Unlock()
		using.by = nil
		os.RemoveAll(using.dir)
	})
}
