package clienttest

import (
	"net"
	"sync"
)

// Wire is what one client connection sent, as TLS records (RFC 8446, 5.1).
type Wire struct {
	mu   sync.Mutex
	sent []byte
}

const (
	recordHeader    = 5
	applicationData = 23 // the outer type of every encrypted record
)

// Encrypted returns how many bytes of payload the client sent under encryption, 17 bytes of
// type and tag in each record included. An alert is 19; a certificate takes hundreds.
func (w *Wire) Encrypted() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	total := 0
	for rest := w.sent; len(rest) >= recordHeader; {
		size := int(rest[3])<<8 | int(rest[4])
		if rest[0] == applicationData {
			total += size
		}
		rest = rest[min(len(rest), recordHeader+size):]
	}
	return total
}

type wiredListener struct {
	net.Listener
	accepted func(*Wire)
}

func (l wiredListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	w := &Wire{}
	l.accepted(w)
	return wiredConn{conn, w}, nil
}

type wiredConn struct {
	net.Conn
	wire *Wire
}

func (c wiredConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.wire.mu.Lock()
	c.wire.sent = append(c.wire.sent, b[:n]...)
	c.wire.mu.Unlock()
	return n, err
}
