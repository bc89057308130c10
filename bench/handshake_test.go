package bench

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"testing"
)

const handshakes = 100 // in one turn, one after another

// BenchmarkHandshake is a connection to the mutual listener with its full handshake, both
// certificates included, and its orderly end on both sides, beside crypto/tls with the same
// settings and nothing else. One core does both sides of it, one after the other.
func BenchmarkHandshake(b *testing.B) {
	s := startService(b, "")
	own := s.officers(b, 1)[0]
	raw := rawListener(b, s.likeMutual(b))
	shakes := func(address string) side {
		config := asClient(own)
		return side{n: handshakes, run: func(n int) error {
			for range n {
				if err := shake(address, config); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	of, against := inTurns(b, s.meter, shakes(s.mutual), shakes(raw))
	reportCosts(b, "handshake", "raw", of, against)
}

// BenchmarkFirstLook is a look by a client who has no connection yet: handshake, verdict on
// the certificate, look, goodbye; beside the baseline of looks, which verifies the
// certificate while shaking hands.
func BenchmarkFirstLook(b *testing.B) {
	s := startService(b, "")
	own := s.officers(b, 1)
	l := s.newBaseline(b, newCrew(b, s.mutual, own)[0])
	looks := func(address string) side {
		return side{n: handshakes, run: func(n int) error {
			for range n {
				c := client{address: address, config: asClient(own[0])}
				if _, err := c.look(s.ids[0]); err != nil {
					return err
				}
				c.close()
			}
			return nil
		}}
	}
	of, against := inTurns(b, s.meter, looks(s.mutual), looks(l.address))
	reportCosts(b, "look", "raw", of, against)
}

// likeMutual is the TLS of the mutual listener, written down anew: TLS 1.3,
// no tickets, a certificate asked for and not verified, our issuers named.
func (s *service) likeMutual(b *testing.B) *tls.Config {
	b.Helper()
	config := s.demanding(b)
	config.ClientAuth = tls.RequestClientCert
	return config
}

// rawListener shakes hands and waits for the client's goodbye until the benchmark ends.
func rawListener(b *testing.B, config *tls.Config) (address string) {
	b.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	must(b, err)
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go goodbye(c)
		}
	}()
	return l.Addr().String()
}

func goodbye(c net.Conn) {
	io.Copy(io.Discard, c) // the first read shakes hands
	c.Close()
}

// shake connects, says goodbye and waits for the other side's, which comes only after that
// side has finished the handshake too.
func shake(address string, config *tls.Config) error {
	c, _, err := dial(address, config)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.CloseWrite(); err != nil {
		return fmt.Errorf("say goodbye: %w", err)
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		return fmt.Errorf("wait for goodbye: %w", err)
	}
	return nil
}
