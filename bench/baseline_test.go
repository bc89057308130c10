package bench

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"mais/certs"
	"mais/internal/pg"
	"mais/server/api"
)

// baseline is the least that shows a record and keeps a durable note of it: one handler
// behind TLS that demands a certificate of our CA. It runs the service's own SELECT, word
// by word, in a pool of the same login role; encodes an answer of the service's, of the
// middle length; and inserts a row of the size that the service's audit inserts, many in
// one commit. It knows no status, network, role, policy or route, and builds no answer from
// the row that it reads.
type baseline struct {
	records, notes *pg.DB
	statement      string
	columns        int
	shown          api.Record
	note           string
	waiting        chan chan error
	address        string
}

// newBaseline starts a baseline beside s until the benchmark ends. look is a client of the
// service, by whom it learns the statement and the answers.
func (s *service) newBaseline(b *testing.B, look *client) *baseline {
	b.Helper()
	l := &baseline{records: s.open(b, pg.ReadRestricted), notes: s.open(b, pg.Audit), waiting: make(chan chan error, 1024)}
	// One answer for all: a thousand of them, decoded, would lie in the heap and make each
	// collection of garbage dearer than it is in the service.
	var answers [][]byte
	for _, id := range s.ids {
		body, err := look.look(id)
		must(b, err)
		answers = append(answers, body)
	}
	slices.SortFunc(answers, func(x, y []byte) int { return len(x) - len(y) })
	must(b, json.Unmarshal(answers[len(answers)/2], &l.shown))
	l.learn(b, s)
	l.prepareNotes(b, s)
	l.serve(b, s)
	return l
}

// learn finds the SELECT of the last look in the view of what sessions run.
func (l *baseline) learn(b *testing.B, s *service) {
	b.Helper()
	l.statement = s.superuser(b, `SELECT query FROM pg_stat_activity
		WHERE usename = 'mais_read_restricted' AND query LIKE '%FROM record.person%' LIMIT 1`)
	if !strings.HasPrefix(l.statement, "SELECT ") || !strings.HasSuffix(l.statement, "WHERE person.id = $1") {
		b.Fatalf("the statement of a look is not known again: %s", l.statement)
	}
	rows, err := l.records.Query(b.Context(), l.statement, s.ids[0])
	must(b, err)
	columns, err := rows.Columns()
	must(b, err)
	must(b, rows.Close())
	l.columns = len(columns)
}

// prepareNotes makes a table like the audit's: an identity, the time, and text so long
// that a row takes what the row of a look takes there.
func (l *baseline) prepareNotes(b *testing.B, s *service) {
	b.Helper()
	_, err := s.owner.Exec(b.Context(), `
		CREATE SCHEMA bench;
		CREATE TABLE bench.note (
			id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
			at timestamptz NOT NULL DEFAULT clock_timestamp(),
			note text NOT NULL);
		GRANT USAGE ON SCHEMA bench TO mais_audit;
		GRANT INSERT ON bench.note TO mais_audit`)
	must(b, err)
	var size, bare int
	err = l.notes.QueryRow(b.Context(), `
		SELECT (SELECT avg(pg_column_size(e))::int FROM audit.event e WHERE act = 'record.show' AND outcome = 'allowed'),
			pg_column_size(ROW (1::bigint, now(), repeat('x', 200))) - 200`).Scan(&size, &bare)
	must(b, err)
	l.note = strings.Repeat("n", size-bare)
	go l.keepNotes()
	b.Cleanup(func() { close(l.waiting) })
}

// keepNotes inserts for all who wait, in one commit, until waiting is closed.
func (l *baseline) keepNotes() {
	for first := range l.waiting {
		batch := []chan error{first}
		for len(batch) < 256 && len(l.waiting) > 0 {
			batch = append(batch, <-l.waiting)
		}
		notes := make([]string, len(batch))
		for n := range notes {
			notes[n] = l.note
		}
		_, err := l.notes.Exec(context.Background(), `INSERT INTO bench.note (note) SELECT unnest($1::text[])`, pg.Array(notes))
		for _, done := range batch {
			done <- err
		}
	}
}

// serve listens with a certificate like the service's.
func (l *baseline) serve(b *testing.B, s *service) {
	b.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", s.demanding(b))
	must(b, err)
	l.address = listener.Addr().String()
	server := &http.Server{Handler: l, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(listener)
	b.Cleanup(func() { server.Close() })
}

// demanding is the plain way to do mutual TLS in Go: the handshake demands a certificate
// and verifies it.
func (s *service) demanding(b *testing.B) *tls.Config {
	b.Helper()
	issuers := x509.NewCertPool()
	for _, issuer := range s.host.CA.Issuers() {
		issuers.AddCert(issuer)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true, NextProtos: []string{"h2", "http/1.1"},
		Certificates: []tls.Certificate{s.serverToken(b)},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: issuers,
	}
}

// serverToken is a certificate as the service's own listeners have one.
func (s *service) serverToken(b *testing.B) tls.Certificate {
	b.Helper()
	node, err := certs.NewIdentity(certs.Server, uuid.NewString())
	must(b, err)
	key, csr := newRequest(b)
	issued, err := s.host.CA.IssueServer(b.Context(), node, csr, []string{"localhost"}, []netip.Addr{})
	must(b, err)
	return token(issued, key)
}

// ServeHTTP shows a record.
func (l *baseline) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := l.show(r.Context(), path.Base(r.URL.Path))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

func (l *baseline) show(ctx context.Context, id string) ([]byte, error) {
	texts := make([]sql.NullString, l.columns)
	into := make([]any, l.columns)
	for n := range texts {
		into[n] = &texts[n]
	}
	if err := l.records.QueryRow(ctx, l.statement, id).Scan(into...); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	body, err := json.Marshal(l.shown)
	if err != nil {
		return nil, err
	}
	done := make(chan error, 1)
	l.waiting <- done
	return body, <-done
}
