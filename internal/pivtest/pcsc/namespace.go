package pcsc

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"
)

// A namespace is a thread that is alone in its network and has its own mounts. What it starts is
// in there too, and is killed by Linux when the thread ends (prctl(2), PR_SET_PDEATHSIG), so also
// when this process does.
type namespace struct{ work chan func() }

func newNamespace() (*namespace, error) {
	n := &namespace{work: make(chan func())}
	entered := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: a thread that was changed so is of no use to others
		err := enter()
		entered <- err
		if err != nil {
			return
		}
		for f := range n.work {
			f()
		}
	}()
	if err := <-entered; err != nil {
		return nil, err
	}
	return n, nil
}

// do runs a function on the thread.
func (n *namespace) do(f func() error) error {
	done := make(chan error)
	n.work <- func() { done <- f() }
	return <-done
}

// leave ends the thread, and with it what it started.
func (n *namespace) leave() { close(n.work) }

// dial connects to the vpcd of a reader. A socket belongs to the network of the thread that made
// it, and can be used from any.
func (n *namespace) dial(reader int) (conn net.Conn, err error) {
	err = n.do(func() error {
		tcp, err := net.DialTCP("tcp4", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: firstPort + reader})
		if err == nil {
			conn = promptConn{tcp}
		}
		return err
	})
	return conn, err
}

// A promptConn acknowledges what it reads at once. vpcd writes the length and the body of a message
// apart, and Linux would hold the body back until the length is acknowledged, 40 ms later.
type promptConn struct{ *net.TCPConn }

// Read reads, and acknowledges. Linux forgets that it was asked to, so it is asked each time.
func (c promptConn) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	if raw, e := c.SyscallConn(); e == nil {
		raw.Control(func(fd uintptr) { // an error costs only time
			syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
		})
	}
	return n, err
}

// enter takes the thread out of the network and the mounts that it shares with the process.
func enter() error {
	err := syscall.Unshare(syscall.CLONE_NEWNET | syscall.CLONE_NEWNS)
	if errors.Is(err, syscall.EPERM) {
		return errors.New("pcsc: a network of its own wants root; next: put `unshare -r` before the command, or run it as root")
	}
	if err != nil {
		return fmt.Errorf("pcsc: unshare: %w", err)
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("pcsc: keep the mounts private: %w", err)
	}
	// pcscd writes its process number there.
	if err := syscall.Mount("tmpfs", "/run", "tmpfs", 0, ""); err != nil {
		return fmt.Errorf("pcsc: mount /run: %w", err)
	}
	if err := hideReaders(); err != nil {
		return err
	}
	return loopbackUp()
}

// hideReaders hides the drivers of USB readers, so that pcscd leaves those of this machine, and the
// real cards in them, to the machine's own pcscd.
func hideReaders() error {
	bundles, err := filepath.Glob(drivers + "/*.bundle")
	if err != nil {
		return fmt.Errorf("pcsc: hide the machine's readers: %w", err)
	}
	for _, bundle := range bundles {
		if err := syscall.Mount("tmpfs", bundle, "tmpfs", 0, ""); err != nil {
			return fmt.Errorf("pcsc: hide the machine's readers: %w", err)
		}
	}
	return nil
}

// loopbackUp is `ip link set lo up` (netdevice(7), SIOCSIFFLAGS).
func loopbackUp() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("pcsc: start the loopback: %w", err)
	}
	defer syscall.Close(fd)
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte // the rest of struct ifreq
	}{name: [syscall.IFNAMSIZ]byte{'l', 'o'}, flags: syscall.IFF_UP}
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return fmt.Errorf("pcsc: start the loopback: %w", errno)
	}
	return nil
}
