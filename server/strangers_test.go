package server

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"mais/ca"
	"mais/certs"
	"mais/config"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/people"
)

// TestFlood: whoever holds no token can ask much, and fills the audit with little: what is
// above the bound is counted exactly, by source.
func TestFlood(t *testing.T) {
	w := newWorld(t, nil)
	w.enrolled(t, "police_officer", w.custody) // from then on the networks are known
	c := w.client(t, ward)
	answers := map[int]int{}
	const asked = 400
	for range asked {
		got := c.get(t, w.urls.Public+"/")
		answers[got.StatusCode]++
	}
	if answers[http.StatusOK] < 200 || answers[http.StatusTooManyRequests] == 0 || answers[http.StatusOK]+answers[http.StatusTooManyRequests] != asked {
		t.Fatalf("answers to a flood: %v", answers)
	}
	if err := w.tally.Flush(t.Context(), w.ledger); err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, e := range w.entries(t, "act = 'request.flooded'") {
		n, err := strconv.Atoi(e.Detail["count"])
		if err != nil || e.Address != ward {
			t.Errorf("event %+v, %v", e, err)
		}
		counted += n
	}
	if one := len(w.entries(t, "act = 'page.public'")); counted != answers[http.StatusTooManyRequests] || one != answers[http.StatusOK] {
		t.Errorf("%d counted and %d recorded, want %d and %d", counted, one, answers[http.StatusTooManyRequests], answers[http.StatusOK])
	}
	if got := w.client(t, custody).get(t, w.urls.Public+"/"); got.StatusCode != http.StatusOK {
		t.Errorf("another source during a flood = %s, want 200", got.Status)
	}
}

// TestEmptyConnectionsLockNobodyOut: connections that prove nothing give way to a holder of a
// token, of the same source too.
func TestEmptyConnectionsLockNobodyOut(t *testing.T) {
	w := newWorld(t, func(s *config.Server) { s.Limits.ConnectionsPerSource, s.Limits.Connections = 4, 8 })
	k := w.enrolled(t, "police_officer", w.custody)
	for _, from := range []string{custody, ward} {
		for range 6 {
			w.dial(t, w.listeners.mutual, from)
		}
	}
	var who api.Whoami
	w.client(t, custody, k.tls).get(t, w.urls.Mutual+api.PathWhoami).decode(t, http.StatusOK, &who)
}

// TestGeneralOptions: nothing is answered before somebody is asked who they are.
func TestGeneralOptions(t *testing.T) {
	w := sharedWorld(t)
	conn := w.dial(t, w.listeners.mutual, custody)
	fmt.Fprint(conn, "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n")
	got, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || got.StatusCode != http.StatusUnauthorized {
		t.Fatalf("OPTIONS * = %v, %v, want 401", got, err)
	}
	if len(w.entries(t, "method = 'OPTIONS' AND request = $1", got.Header.Get("Request-Id"))) != 1 {
		t.Error("OPTIONS * is not recorded")
	}
}

// TestLinkedRecord: a link in a mail comes from no page, and opens no record by itself.
func TestLinkedRecord(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	got := w.client(t, custody, k.tls).get(t, w.urls.Mutual+api.PathPeople+"00000000-0000-4000-8000-000000000001", "Sec-Fetch-Site", "none")
	got.wantProblem(t, http.StatusForbidden, api.CrossSite)
	w.audited(t, got, "record.show", audit.Refused)
}

// TestCodeElsewhere: a right code from another site's network is refused like a wrong one, and
// stays good where it belongs.
func TestCodeElsewhere(t *testing.T) {
	w := sharedWorld(t)
	users.Lock()
	users.n++
	email := fmt.Sprintf("elsewhere%d@agency.example", users.n)
	users.Unlock()
	id, err := w.host.AddUser(t.Context(), people.User{
		Email: email, Name: "Test User", Agency: "Agency", Sites: []string{w.custody}, Roles: []string{"police_officer"},
	}, testEvent)
	if err != nil {
		t.Fatal(err)
	}
	who, err := certs.NewIdentity(certs.User, id)
	if err != nil {
		t.Fatal(err)
	}
	code, err := w.Host().Tokens.Invite(t.Context(), who, email, "Test")
	if err != nil {
		t.Fatal(err)
	}
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	csr, err := certs.NewRequest(key)
	if err != nil {
		t.Fatal(err)
	}
	body := api.EnrolRequest{Email: email, Code: code, CSR: string(certs.EncodeRequest(csr))}
	got := w.client(t, ward).post(t, w.urls.Public+api.PathEnrol, body)
	got.wantProblem(t, http.StatusForbidden, api.EnrolmentRefused)
	if e := w.audited(t, got, "token.enrol", audit.Refused); !strings.Contains(e.Reason, string(ca.WrongPlace)) {
		t.Errorf("the reason recorded is %q", e.Reason)
	}
	w.client(t, custody).post(t, w.urls.Public+api.PathEnrol, body).decode(t, http.StatusCreated, new(api.IssuedCertificate))
}
