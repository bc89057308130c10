package notify

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listen is a service manager's end.
func listen(t *testing.T, address string) *net.UnixConn {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func received(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	buffer := make([]byte, 4096)
	n, err := conn.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	return string(buffer[:n])
}

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestWords(t *testing.T) {
	dir := t.TempDir()
	for _, address := range []string{filepath.Join(dir, "notify"), "@mais-" + filepath.Base(dir) + "-notify"} {
		conn := listen(t, address)
		m, err := FromEnvironment(environment(SocketVariable, address, IntervalVariable, "3000000", ProcessVariable, "17"), 17)
		if err != nil {
			t.Fatal(err)
		}
		for want, say := range map[string]func(){
			"READY=1\nSTATUS=a b":                func() { m.Ready("a\nb") },
			"STATUS=" + strings.Repeat("x", 500): func() { m.Status(strings.Repeat("x", 501)) },
			"WATCHDOG=1":                         m.Alive,
			"STOPPING=1":                         m.Stopping,
		} {
			say()
			if got := received(t, conn); got != want {
				t.Errorf("%s received %q, want %q", address, got, want)
			}
		}
		if got := m.Interval(time.Minute); got != 1500*time.Millisecond {
			t.Errorf("Interval = %s, want half of what the manager allows", got)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone")
	for _, test := range []struct {
		name  string
		env   []string
		fails bool
	}{
		{"no manager", nil, false},
		{"a manager that is gone", []string{SocketVariable, gone}, true},
		{"a kind of socket that is not ours", []string{SocketVariable, "vsock:2:1234"}, true},
	} {
		m, err := FromEnvironment(environment(test.env...), 17)
		if (err != nil) != test.fails {
			t.Errorf("%s: error %v", test.name, err)
		}
		m.Ready("x") // nothing to demand but that it returns
		m.Alive()
		m.Stopping()
		if got := m.Interval(time.Minute); got != time.Minute {
			t.Errorf("%s: Interval = %s, want the caller's", test.name, got)
		}
	}
}

// TestWatchdogOfAnother: the variables may come from a parent that is watched itself.
func TestWatchdogOfAnother(t *testing.T) {
	address := filepath.Join(t.TempDir(), "notify")
	conn := listen(t, address)
	for _, env := range [][]string{
		{IntervalVariable, "3000000", ProcessVariable, "18"},
		{IntervalVariable, "soon"},
		{IntervalVariable, "-1"},
		{IntervalVariable, "9223372036854775807"},
	} {
		m, err := FromEnvironment(environment(append(env, SocketVariable, address)...), 17)
		if err != nil || m.Interval(time.Minute) != time.Minute {
			t.Errorf("%q: Interval = %s, %v, want none", env, m.Interval(time.Minute), err)
		}
		m.Alive()
		m.Stopping()
		if got := received(t, conn); got != "STOPPING=1" {
			t.Errorf("%q: received %q, want no sign of life", env, got)
		}
	}
}
