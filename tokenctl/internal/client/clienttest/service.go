package clienttest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"mais/certs"
	"mais/server/api"
)

// Service is the stand-in: a public and a mutual listener on loopback, and one account.
type Service struct {
	PKI       *PKI
	Email     string
	Site      string // a site's name; its identity is SiteID
	SiteID    string
	Code      string
	User      string // UUID
	Public    string // URL
	Mutual    string // URL
	tb        testing.TB
	mu        sync.Mutex
	server    tls.Certificate              // both listeners present it
	misbehave map[string]http.HandlerFunc  // by path, in place of the answer that was made
	certified map[string]*x509.Certificate // by SPKI and the serial that is replaced: the same request gets the same certificate
	life      Life                         // of what is issued next
	pins      []string                     // announcements of the server's keys
	wires     []*Wire
	requests  []string
	inventory []api.Certificate // that an administrator sees
	plans     []*plan
	step      int    // items of a plan that are done at each look
	failing   string // serial
	receipts  int    // given so far
}

// The person who is invited, and their code.
const (
	Email = "anna@police.example"
	Code  = "K7QF2-M9XW4-TR8HV-C3B6N-5D0JG-S1EYA-QFMKW"
)

// New starts a stand-in that ends with the test.
func New(tb testing.TB) *Service {
	tb.Helper()
	s := &Service{
		PKI: NewPKI(tb), Email: Email, Code: Code, User: "3f2c9a52-7d0e-4a53-9f60-2f6a3f1d8c11",
		Site: "Northgate Custody", SiteID: "5a0e6d1c-77b4-4f0c-9f6e-d2a1c1b0e9f3",
		tb: tb, misbehave: map[string]http.HandlerFunc{}, certified: map[string]*x509.Certificate{}, step: -1,
	}
	s.server = s.PKI.ServerToken(tb, certs.ServerNode)
	s.pins = []string{FirstPins(tb, s.server)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+api.PathRoots, s.roots)
	mux.HandleFunc("GET "+api.PathPins, s.announcements)
	mux.HandleFunc("POST "+api.PathEnrol, s.enrol)
	mux.HandleFunc("POST "+api.PathRenew, s.renew)
	mux.HandleFunc("POST "+api.PathRevoke, s.revoke)
	mux.HandleFunc("POST "+api.PathDestroyed, s.destroyed)
	mux.HandleFunc("GET "+api.PathWhoami, s.whoami)
	mux.HandleFunc("POST "+api.PathSearch, s.search)
	mux.HandleFunc("GET "+api.PathPeople+"{id}", s.show)
	s.adminRoutes(mux)
	s.Public, s.Mutual = s.listen(mux), s.listen(mux)
	return s
}

// Present makes both listeners present another certificate from now on.
func (s *Service) Present(c tls.Certificate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = c
}

// Misbehave gives h the answer to requests for path, after the work was done; nil ends it.
func (s *Service) Misbehave(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehave[path] = h
}

// IssueFor sets the life of certificates issued from now on.
func (s *Service) IssueFor(life Life) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life = life
}

// Forget makes the record of requests and connections empty.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wires, s.requests = nil, nil
}

// Seen returns the requests answered and the connections accepted since Forget.
func (s *Service) Seen() (requests []string, wires []*Wire) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...), append([]*Wire(nil), s.wires...)
}

func (s *Service) listen(h http.Handler) (url string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.tb.Fatal(err)
	}
	wired := wiredListener{l, func(w *Wire) { s.mu.Lock(); s.wires = append(s.wires, w); s.mu.Unlock() }}
	server := &http.Server{
		Handler:  http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, h) }),
		ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{
			MinVersion: tls.VersionTLS13, ClientAuth: tls.RequestClientCert, SessionTicketsDisabled: true,
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
				s.mu.Lock()
				defer s.mu.Unlock()
				c := s.server
				return &c, nil
			},
		},
	}
	go server.ServeTLS(wired, "", "")
	s.tb.Cleanup(func() { server.Close() })
	return "https://" + l.Addr().String()
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request, h http.Handler) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	instead := s.misbehave[r.URL.Path]
	s.mu.Unlock()
	if instead == nil {
		h.ServeHTTP(w, r)
		return
	}
	h.ServeHTTP(discard{}, r)
	instead(w, r)
}

type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// Cut closes the connection without an answer.
func Cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// Hang gives no answer until the client leaves. It closes arrived when a request has come.
func Hang(arrived chan<- struct{}) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}
}

// Problem answers with a problem.
func Problem(status int, p api.Problem) http.HandlerFunc {
	p.Status, p.Type = status, api.ProblemPrefix+p.Type
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(p)
	}
}

// Say answers with text of a media type.
func Say(status int, media, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
}

// Break begins as Say does, and drops the connection after the text.
func Break(media, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		Say(http.StatusOK, media, text)(w, r)
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

func today() time.Time { return time.Now().UTC().Truncate(time.Second) }
