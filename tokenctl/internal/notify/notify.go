// Package notify tells a service manager how this process stands, in the words of
// sd_notify(3): ready, what it is at, alive, stopping.
//
// Start with [FromEnvironment]. Without a manager every word goes nowhere. A word that cannot
// be delivered is lost, as sd_notify's own are: the manager draws its conclusions from silence.
package notify

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// The variables by which the manager says where it listens. A child must not inherit them:
// it would speak in our name.
const (
	SocketVariable   = "NOTIFY_SOCKET"
	IntervalVariable = "WATCHDOG_USEC"
	ProcessVariable  = "WATCHDOG_PID"
)

// maxStatus bounds a status, which reaches the manager's memory and its users' screens.
const maxStatus = 500

// Manager is the service manager that listens, or nobody: the zero Manager.
type Manager struct {
	conn     *net.UnixConn
	interval time.Duration // between signs of life, at most; 0: none is expected
}

// FromEnvironment finds the manager of the process pid. An error says that one is named that
// cannot be reached; the Manager is good for use nevertheless.
func FromEnvironment(getenv func(string) string, pid int) (*Manager, error) {
	m := &Manager{}
	address := getenv(SocketVariable)
	if address == "" {
		return m, nil
	}
	if address[0] != '/' && address[0] != '@' { // a file, or a name in Linux's abstract space
		return m, fmt.Errorf("%s=%q is neither a path nor an abstract name", SocketVariable, address)
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		return m, fmt.Errorf("reach the service manager: %w", err)
	}
	m.conn = conn
	if of := getenv(ProcessVariable); of != "" && of != strconv.Itoa(pid) {
		return m, nil // another process is watched
	}
	if usec, err := strconv.ParseInt(getenv(IntervalVariable), 10, 64); err == nil && usec > 0 && usec < int64(24*time.Hour/time.Microsecond) {
		m.interval = time.Duration(usec) * time.Microsecond / 2 // as sd_watchdog_enabled(3) recommends
	}
	return m, nil
}

// Interval returns how often the manager wants a sign of life, or otherwise the longest that
// suits the caller.
func (m *Manager) Interval(otherwise time.Duration) time.Duration {
	if m.interval == 0 {
		return otherwise
	}
	return min(m.interval, otherwise)
}

// Ready says that the service has started, and what it is at.
func (m *Manager) Ready(status string) { m.send("READY=1\nSTATUS=" + line(status)) }

// Status says what the service is at.
func (m *Manager) Status(status string) { m.send("STATUS=" + line(status)) }

// Alive is a sign of life.
func (m *Manager) Alive() {
	if m.interval > 0 {
		m.send("WATCHDOG=1")
	}
}

// Stopping says that the service is about to end.
func (m *Manager) Stopping() { m.send("STOPPING=1") }

func (m *Manager) send(state string) {
	if m.conn == nil {
		return
	}
	m.conn.SetWriteDeadline(time.Now().Add(time.Second)) // a full queue must not stop the service
	m.conn.Write([]byte(state))
}

// line keeps a status from saying more than one thing: a line end would begin another word.
func line(status string) string {
	status = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, status)
	if len(status) > maxStatus {
		status = strings.ToValidUTF8(status[:maxStatus], "")
	}
	return status
}
