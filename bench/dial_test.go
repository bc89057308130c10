package bench

import (
	"crypto/ecdsa"
	"crypto/tls"
	"fmt"
	"net"
	"testing"

	"mais/ca"
	"mais/certs"
)

// asClient is the TLS of a client with a certificate of its own. It does not verify the
// server's chain: with our root of P-384 that takes a client as long as all the rest of the
// handshake, on both sides of a comparison, and would hide what the server does.
func asClient(own tls.Certificate) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, ServerName: "localhost", InsecureSkipVerify: true,
		Certificates: []tls.Certificate{own},
	}
}

// dial connects and shakes hands.
func dial(address string, config *tls.Config) (*tls.Conn, *counted, error) {
	return dialFrom(nil, address, config)
}

// dialFrom is dial from one of this machine's addresses, or nil.
func dialFrom(source net.IP, address string, config *tls.Config) (*tls.Conn, *counted, error) {
	var d net.Dialer
	if source != nil {
		d.LocalAddr = &net.TCPAddr{IP: source}
	}
	socket, err := d.Dial("tcp", address)
	if err != nil {
		return nil, nil, fmt.Errorf("dial: %w", err)
	}
	raw := &counted{Conn: socket}
	conn := tls.Client(raw, config)
	if err := conn.Handshake(); err != nil {
		socket.Close()
		return nil, nil, fmt.Errorf("handshake: %w", err)
	}
	return conn, raw, nil
}

// counted is a connection that knows how many bytes went over it, TLS included.
type counted struct {
	net.Conn
	bytes int
}

func (c *counted) Read(p []byte) (n int, err error) {
	n, err = c.Conn.Read(p)
	c.bytes += n
	return n, err
}

func (c *counted) Write(p []byte) (n int, err error) {
	n, err = c.Conn.Write(p)
	c.bytes += n
	return n, err
}

// newRequest makes a key and the request to certify it.
func newRequest(b *testing.B) (*ecdsa.PrivateKey, []byte) {
	b.Helper()
	key, err := certs.NewKey()
	must(b, err)
	csr, err := certs.NewRequest(key)
	must(b, err)
	return key, csr
}

func token(issued ca.Issued, key *ecdsa.PrivateKey) tls.Certificate {
	t := tls.Certificate{PrivateKey: key, Leaf: issued.Certificate, Certificate: [][]byte{issued.Certificate.Raw}}
	for _, above := range issued.Chain {
		t.Certificate = append(t.Certificate, above.Raw)
	}
	return t
}
