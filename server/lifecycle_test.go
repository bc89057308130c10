package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/server/api"
)

// TestServerCertificateRenewsItself: same process, same key, an open connection kept and
// answering, a new serial on new connections.
func TestServerCertificateRenewsItself(t *testing.T) {
	w := newWorld(t, func(s *config.Server) { s.CA.Profile.Server.Validity = config.Duration(10 * time.Second) }) // of which a third is left for the renewal on a busy machine
	k := w.enrolled(t, "police_officer", w.custody)
	open := w.dial(t, w.listeners.mutual, custody, k.tls)
	first := open.ConnectionState().PeerCertificates[0]
	answers := bufio.NewReader(open)
	ask := func() {
		t.Helper()
		fmt.Fprintf(open, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", api.PathWhoami)
		got, err := http.ReadResponse(answers, nil)
		if err != nil || got.StatusCode != http.StatusOK {
			t.Fatalf("on the open connection: %v, %v", got, err)
		}
		http.MaxBytesReader(nil, got.Body, 1<<16).Read(make([]byte, 1<<16))
		got.Body.Close()
	}
	ask()
	eventually(t, "a new serial on new connections", func() bool {
		conn := w.dial(t, w.listeners.mutual, custody, k.tls)
		second := conn.ConnectionState().PeerCertificates[0]
		conn.Close()
		if second.SerialNumber.Cmp(first.SerialNumber) == 0 {
			return false
		}
		if certs.PinOf(first).String() != certs.PinOf(second).String() {
			t.Fatal("the renewal changed the key")
		}
		return true
	})
	ask()
	eventually(t, "the first certificate is past its end", func() bool { return time.Now().After(first.NotAfter) })
	ask()
	if got := w.entries(t, "act = 'token.issue-server'"); len(got) < 2 {
		t.Errorf("the audit has %d certificates of the server, want 2 or more", len(got))
	}
}

func TestPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	settings := testSettings(t.TempDir())
	settings.Listen.Mutual = taken.Addr().String()
	_, err = New(t.Context(), settings, testLog())
	var fault *ListenError
	if !errors.As(err, &fault) || fault.Name != "mutual" || !strings.Contains(err.Error(), settings.Listen.Mutual) || !strings.Contains(err.Error(), "taken") {
		t.Errorf("New = %v, want a *ListenError that names the address", err)
	}
	if _, err := os.Stat(DatabaseDir(settings)); err == nil {
		t.Error("a database was made before the ports were had")
	}
}

// TestRestart: tokens, the server's key and its certificate outlive a restart.
func TestRestart(t *testing.T) {
	w := newWholeWorld(t, nil)
	k := w.enrolled(t, "police_officer", w.custody)
	before, _ := w.node.GetCertificate(nil)
	w.stop()
	if err := <-w.finished; err != nil {
		t.Fatalf("Run = %v, want nil", err)
	}
	var err error
	if w.Server, err = New(t.Context(), w.settings, testLog()); err != nil {
		t.Fatal(err)
	}
	if err := w.run(); err != nil {
		t.Fatal(err)
	}
	after, _ := w.node.GetCertificate(nil)
	if string(before.Certificate[0]) != string(after.Certificate[0]) {
		t.Error("the server took another certificate although the old one is good")
	}
	w.client(t, custody, k.tls).get(t, w.urls.Mutual+api.PathWhoami).decode(t, http.StatusOK, new(api.Whoami))
}

// TestDatabaseLost: without PostgreSQL everybody is refused with 503, and afterwards it goes
// on by itself.
func TestDatabaseLost(t *testing.T) {
	w := newWholeWorld(t, nil)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	whoami := func() reply { return c.get(t, w.urls.Mutual+api.PathWhoami) }
	whoami().decode(t, http.StatusOK, new(api.Whoami))
	// Paused, so that it does not come back before it was missed.
	pid := postmaster(t, w)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	stopped := children(t, pid)
	for _, child := range stopped {
		syscall.Kill(child, syscall.SIGSTOP)
	}
	got := whoami()
	got.wantProblem(t, http.StatusServiceUnavailable, api.AuditUnavailable)
	c.get(t, w.urls.Mutual+"/").wantPage(t, http.StatusServiceUnavailable, "Nothing can be shown")
	if ready := c.get(t, w.urls.Ops+"/readyz"); ready.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz = %d, want 503", ready.StatusCode)
	}
	for _, child := range stopped {
		syscall.Kill(child, syscall.SIGKILL)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "callers are answered again", func() bool { return whoami().StatusCode == http.StatusOK })
}

func postmaster(t *testing.T, w *world) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(DatabaseDir(w.settings), "*", "postmaster.pid"))
	if err != nil || len(found) != 1 {
		t.Fatalf("postmaster.pid: %v, %v", found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func children(t *testing.T, pid int) (out []int) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range strings.Fields(string(text)) {
		child, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, child)
	}
	return out
}

// TestDirectoryInUse: a second server on the same directory is turned away and leaves the
// first alone.
func TestDirectoryInUse(t *testing.T) {
	w := sharedWorld(t)
	settings := *w.settings // listens on port 0, so only the directory is the same
	if _, err := New(context.Background(), &settings, testLog()); !errors.Is(err, pg.ErrInUse) {
		t.Errorf("New = %v, want pg.ErrInUse", err)
	}
	w.client(t, custody).get(t, w.urls.Public+"/").wantPage(t, http.StatusOK, "Enrol")
}
