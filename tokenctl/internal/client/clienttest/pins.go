package clienttest

import (
	"crypto"
	"crypto/tls"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"mais/certs"
	"mais/certs/pins"
	"mais/server/api"
)

// Pins returns the announcement of a node that holds a key.
func Pins(key certs.Pin) pins.Announcement {
	node := pins.Node{Node: "urn:mais:server:" + uuid.NewString(), Current: key}
	return pins.Announcement{Number: 1, At: time.Now().UTC().Truncate(time.Second), Nodes: []pins.Node{node}}
}

// FirstPins returns the announcement of a node that serves with the certificate, signed by it.
func FirstPins(tb testing.TB, server tls.Certificate) string {
	tb.Helper()
	return SignPins(tb, Pins(certs.PinOf(server.Leaf)), server)
}

// SignPins returns an announcement signed with a server's key.
func SignPins(tb testing.TB, a pins.Announcement, server tls.Certificate) string {
	tb.Helper()
	signed, err := pins.Sign(a, server.PrivateKey.(crypto.Signer))
	if err != nil {
		tb.Fatal(err)
	}
	return signed
}

// Announce adds a signed announcement.
func (s *Service) Announce(signed string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pins = append(s.pins, signed)
}

// AnnounceAnew makes a signed announcement the only one, as if there had been no other.
func (s *Service) AnnounceAnew(signed string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pins = []string{signed}
}

// Presented returns what both listeners present.
func (s *Service) Presented() tls.Certificate {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.server
}

func (s *Service) tellPins(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set(api.HeaderPins, fmt.Sprint(len(s.pins)))
}

// announcements gives those after a number, one for each: the stand-in's are numbered from 1.
func (s *Service) announcements(w http.ResponseWriter, r *http.Request) {
	var after int
	fmt.Sscan(r.URL.Query().Get("after"), &after)
	s.mu.Lock()
	defer s.mu.Unlock()
	answer(w, http.StatusOK, api.PinAnnouncements{Announcements: append([]string{}, s.pins[min(after, len(s.pins)):]...)})
}
