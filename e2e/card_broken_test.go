package e2e_test

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"

	"mais/certs"
	"mais/certs/attest"
	"mais/internal/pivtest"
	"mais/server/api"
)

// A fragileWire is a way to a service that can break at the worst moment: once a long request
// has arrived, and before its answer has.
type fragileWire struct {
	to       string       // host and port
	breaking atomic.Bool  // for each connection with a long request
	broken   atomic.Int32 // connections
}

// startWire returns a wire to a URL, and the URL at its other end.
func startWire(t testing.TB, to string) (*fragileWire, string) {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w := &fragileWire{to: u.Host}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return w, "https://localhost:" + port
}

// carry passes on what both sides say, until one of them ends or the wire breaks.
func (w *fragileWire) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer server.Close()
	var cut atomic.Bool
	go func() {
		defer client.Close()
		buffer := make([]byte, 16<<10)
		for {
			n, err := server.Read(buffer)
			if cut.Load() {
				w.broken.Add(1)
				return
			}
			if _, unsent := client.Write(buffer[:n]); err != nil || unsent != nil {
				return
			}
		}
	}()
	// Toward the service it goes record by record (RFC 8446, 5.1), so that a long request is
	// seen before its answer can be there.
	const applicationData, long = 23, 1000
	head := make([]byte, 5)
	for {
		if _, err := io.ReadFull(client, head); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint16(head[3:]))
		if _, err := io.ReadFull(client, body); err != nil {
			return
		}
		if head[0] == applicationData && len(body) > long && w.breaking.Load() {
			cut.Store(true)
		}
		if _, err := server.Write(append(head[:5:5], body...)); err != nil {
			return
		}
	}
}

// TestCardNetworkGone loses the answer to an enrolment: the service has issued, and nobody here
// knows. The same command, run again, gets that very certificate.
func TestCardNetworkGone(t *testing.T) {
	s := cardDemo(t)
	d := newDesk(t, s, "gonzo", "police_officer")
	card := newCard(t, pivtest.Options{})
	d.readers.Insert(t, 0, card)
	admin := s.join(t, "gonzowatch", "administrator", custody)
	wire, at := startWire(t, s.demo.URLs.Public)
	enrolment := d.enrolment(t)
	enrolment[3] = at

	wire.breaking.Store(true)
	d.ctl(t, enrolment...).exits(t, 8).says(t, "run the same command again")
	if wire.broken.Load() == 0 {
		t.Fatal("the wire did not break")
	}
	issued := func() api.Certificate {
		t.Helper()
		list := data[api.Certificates](t, admin.ctl(t, "admin", "cert", "list", "-q", d.email, "--json").exits(t, 0))
		if list.Total != 1 {
			t.Fatalf("the inventory has %d certificates of %s, want 1", list.Total, d.email)
		}
		return list.Certificates[0]
	}
	first := issued()

	wire.breaking.Store(false)
	d.ctl(t, enrolment...).exits(t, 0)
	got := firstCertificate(t, read(t, d.file("cert.pem")))
	if serial := certs.SerialHex(got.SerialNumber); serial != first.Serial || !certs.SameKey(got.PublicKey, card.Key(0x9a).Public()) {
		t.Errorf("enrolled again as %s, want %s for the card's key", serial, first.Serial)
	}
	issued()
	d.ctl(t, "whoami").exits(t, 0)
}

// TestCardWitnessWithCard: the witness's own token is on a card too, in the second reader.
func TestCardWitnessWithCard(t *testing.T) {
	t.Parallel()
	s := cardDemo(t)
	admin := newDesk(t, s, "carded", "administrator")
	admin.readers.Insert(t, 1, newCard(t, pivtest.Options{}))
	admin.enrolCard(t).exits(t, 0)

	d := newDeskAt(t, s, "wenda", "police_officer", admin.readers)
	d.home = admin.home                                                                        // at the station
	old := newCard(t, pivtest.Options{Firmware: attest.Version{Major: 4, Minor: 2, Patch: 7}}) // before attestation
	d.readers.Insert(t, 0, old)
	witnessed := []string{"--serial", strconv.FormatUint(uint64(old.Serial()), 10), "--witness", "carded", "--witness-file"}
	wrong := write(t, d.puk+".wrong", wrongPIN+"\n")
	d.enrolCard(t, append(witnessed, wrong)...).exits(t, 5).says(t, "the witness", "2 tries left")
	if old.Key(0x9a) != nil {
		t.Error("the card has a key before the witness has signed in")
	}
	d.enrolCard(t, append(witnessed, admin.pin)...).exits(t, 0)
	who := data[api.Whoami](t, d.ctl(t, "whoami", "--token", "wenda", "--json").exits(t, 0))
	if who.Email != d.email || who.Level != "card" {
		t.Errorf("whoami = %+v, want %s with a card", who, d.email)
	}
	admin.ctl(t, "whoami", "--token", "carded").exits(t, 0) // each with their own card
}
