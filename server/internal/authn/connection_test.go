package authn

import (
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"mais/ca/feed"
	"mais/certs"
)

func bare() *Service {
	return &Service{
		open: map[net.Conn]*connection{}, connections: map[certs.Ref]map[*connection]struct{}{}, fallen: map[certs.Ref]string{},
		fell: make(chan struct{}, 1),
	}
}

// accepted returns both ends of a connection that s knows.
func accepted(t *testing.T, s *Service) (*connection, net.Conn) {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	known := s.ConnContext(t.Context(), ours).Value(connectionKey{}).(*connection)
	return known, theirs
}

// closedAfter reports when the other end sees the connection closed.
func closedAfter(theirs net.Conn) time.Duration {
	began := time.Now()
	theirs.Read(make([]byte, 1))
	return time.Since(began)
}

func TestConnectionLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := bare()
		known, theirs := accepted(t, s)
		known.admitted()
		time.Sleep(connectionSoft) // of synctest's clock
		if known.closing() {
			t.Error("a client is asked to leave too soon")
		}
		time.Sleep(time.Second)
		if !known.closing() {
			t.Error("a client is not asked to leave before the end")
		}
		if took := closedAfter(theirs) + connectionSoft + time.Second; took != connectionLife {
			t.Errorf("a connection is closed after %v, want %v", took, connectionLife)
		}
		s.ConnState(known.conn, http.StateClosed)
		if len(s.open) != 0 {
			t.Error("a closed connection is remembered")
		}
	})
}

// TestAnswerLeavesBeforeTheConnectionEnds: net/http sends the end of an answer after the
// handlers have returned. The holder who revokes their own token gets that answer.
func TestAnswerLeavesBeforeTheConnectionEnds(t *testing.T) {
	for rested, want := range map[time.Duration]time.Duration{0: doomedLife, doomedLife: doomedLife, doomedLife + 1: 0} {
		synctest.Test(t, func(t *testing.T) {
			known, theirs := accepted(t, bare())
			time.Sleep(time.Second) // of synctest's clock
			known.busy.Add(1)
			known.rest()
			time.Sleep(rested)
			known.doom()
			if took := closedAfter(theirs); took != want {
				t.Errorf("a connection that answered %v ago is closed after %v, want %v", rested, took, want)
			}
		})
	}
}

// TestUnprovenConnectionIsShort: a place is not held by somebody who proves nothing.
func TestUnprovenConnectionIsShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := bare()
		_, theirs := accepted(t, s)
		if took := closedAfter(theirs); took != unprovenLife {
			t.Errorf("an unproven connection is closed after %v, want %v", took, unprovenLife)
		}
		busy, theirs := accepted(t, s)
		busy.busy.Add(1) // a request is in hand: it is answered first
		time.AfterFunc(unprovenLife+3*doomedLife, busy.rest)
		if took := closedAfter(theirs); took != unprovenLife+5*doomedLife || !busy.closing() {
			t.Errorf("an unproven, busy connection is closed after %v, want when its answer has left", took)
		}
		busy, theirs = accepted(t, s)
		busy.busy.Add(1) // for ever
		if took := closedAfter(theirs); took != unprovenBusy {
			t.Errorf("a connection that stays busy is closed after %v, want %v", took, unprovenBusy)
		}
	})
}

func TestFallenCertificateClosesItsConnections(t *testing.T) {
	ref, other := certs.Ref{Issuer: "people-1", Serial: "01"}, certs.Ref{Issuer: "people-1", Serial: "02"}
	for status, want := range map[certs.Status]bool{certs.Revoked: true, certs.Held: true, certs.Superseded: true, certs.Active: false} {
		synctest.Test(t, func(t *testing.T) {
			s := bare()
			idle, idleEnd := accepted(t, s)
			busy, busyEnd := accepted(t, s)
			alien, _ := accepted(t, s)
			busy.busy.Add(1)
			idle.proof.ref, busy.proof.ref, alien.proof.ref = ref, ref, other
			for _, c := range []*connection{idle, busy, alien} {
				s.register(c)
			}
			s.statusChanged(feed.Change{Number: 1, Ref: ref, Status: status})
			if idle.closing() != want || busy.closing() != want || alien.closing() {
				t.Errorf("after %s: closing = %v, %v, %v", status, idle.closing(), busy.closing(), alien.closing())
			}
			if _, noted := s.fallen[ref]; noted != want {
				t.Errorf("after %s: sessions are to be ended: %v, want %v", status, noted, want)
			}
			if !want {
				return
			}
			if took := closedAfter(idleEnd); took != 0 {
				t.Errorf("an idle connection is closed after %v, want at once", took)
			}
			if took := closedAfter(busyEnd); took != doomedLife {
				t.Errorf("a busy connection is closed after %v, want %v", took, doomedLife)
			}
		})
	}
}

func TestRegisterAfterClose(t *testing.T) {
	s := bare()
	known, _ := accepted(t, s)
	s.ConnState(known.conn, http.StateClosed)
	known.proof.ref = certs.Ref{Issuer: "people-1", Serial: "01"}
	s.register(known) // a request of HTTP/2 that outlived its connection
	if len(s.connections) != 0 {
		t.Error("a connection that is gone is registered")
	}
}
