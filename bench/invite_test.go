package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	netsmtp "net/smtp"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"mais/config"
	"mais/internal/pg"
	"mais/server/api"
)

// How many are invited, and to how many agencies.
const (
	invitees  = 20_000
	inviteeOf = 40
)

// BenchmarkInvite invites 20,000 people of 40 agencies from one CSV file, as an administrator
// does over the API: the file is read, checked and proposed (rows/s), confirmed, approved by a
// second administrator and applied (apply-rows/s), and a code is made and mailed to each over
// SMTP on loopback (mails/s), at most 1,000 a second. peak-MiB is the most memory that this process
// had by then: the service, the mail server and the administrators in one. Baselines: COPY of
// the same rows into a table without an index (copy-rows/s), and the same number of mails of the
// same length over as many connections of net/smtp (raw-mails/s).
func BenchmarkInvite(b *testing.B) {
	post := newPost(b)
	s := startServiceWith(b, "", func(c *config.Server) {
		c.Mail = &config.Mail{Host: "localhost", Port: post.port, TLS: config.MailNoTLS, From: "mais@mais.example"}
		c.Invitations.PerMinute = 60_000
	})
	var who [2]*http.Client
	for n, own := range s.officers(b, 2) {
		s.office(b, own, "administrator")
		who[n] = &http.Client{Transport: &http.Transport{TLSClientConfig: asClient(own)}}
	}
	for n := range inviteeOf {
		_, err := s.owner.Exec(b.Context(), `WITH a AS (INSERT INTO access.agency (name, kind, domains) VALUES ($1, 'police', ARRAY[$2]) RETURNING id)
			INSERT INTO access.site (agency, name) SELECT id, 'Station' FROM a`, fmt.Sprintf("Agency %d", n), fmt.Sprintf("a%d.example", n))
		must(b, err)
	}
	round := 0
	for b.Loop() {
		round++
		text := staffList(round)
		began, mails := time.Now(), post.taken.Load()
		made := s.asked(b, who[0], api.PathImport+"?note=bench", "text/csv", text)
		read := time.Since(began)
		var in api.Import
		must(b, json.Unmarshal(made, &in))
		if in.Change == nil || in.Good != invitees {
			b.Fatalf("the import made no change: %+v", in.Faults)
		}
		began = time.Now()
		at := api.PathChanges + "/" + in.Change.ID
		var waits api.Change
		must(b, json.Unmarshal(s.asked(b, who[0], at+"/confirm", "application/json", encoded(b, api.ConfirmRequest{Word: in.Change.Word})), &waits))
		s.asked(b, who[1], at+"/approve", "application/json", encoded(b, api.DecisionRequest{Word: in.Change.Word, Digest: waits.Digest}))
		s.until(b, `SELECT applied_at IS NOT NULL FROM access.change WHERE id = $1`, in.Change.ID)
		applied := time.Since(began)
		for post.taken.Load()-mails < invitees {
			s.pause(b)
		}
		sent := time.Since(began)
		b.ReportMetric(invitees/read.Seconds(), "rows/s")
		b.ReportMetric(invitees/applied.Seconds(), "apply-rows/s")
		b.ReportMetric(invitees/sent.Seconds(), "mails/s")
		b.ReportMetric(peakMiB(b), "peak-MiB")
		copied, raw := s.copied(b, text), post.raw(b)
		b.ReportMetric(invitees/copied.Seconds(), "copy-rows/s")
		b.ReportMetric(invitees/raw.Seconds(), "raw-mails/s")
		b.ReportMetric(read.Seconds()/copied.Seconds(), "rows-cost")
		b.ReportMetric(sent.Seconds()/raw.Seconds(), "mails-cost")
	}
	b.ReportMetric(0, "ns/op")
}

// staffList is a file of people that no round before had.
func staffList(round int) []byte {
	var text bytes.Buffer
	text.WriteString("email,name,agency,sites,roles,starts,ends,vetting,vetted_on,vouched_by\n")
	for n := range invitees {
		k := n % inviteeOf
		fmt.Fprintf(&text, "r%d.p%d@a%d.example,Person %d,Agency %d,Station,police_officer,,2099-12-31,SC,2026-01-31,The Sponsor\n", round, n, k, n, k)
	}
	return text.Bytes()
}

func encoded(b *testing.B, v any) []byte {
	text, err := json.Marshal(v)
	must(b, err)
	return text
}

// asked posts and returns what is answered.
func (s *service) asked(b *testing.B, c *http.Client, path, kind string, body []byte) []byte {
	b.Helper()
	_, port, err := net.SplitHostPort(s.mutual)
	must(b, err)
	answer, err := c.Post("https://localhost:"+port+path, kind, bytes.NewReader(body))
	must(b, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(b, err)
	if answer.StatusCode/100 != 2 {
		b.Fatalf("POST %s: %d %.500s", path, answer.StatusCode, text)
	}
	return text
}

// until asks a question of the database until it is so.
func (s *service) until(b *testing.B, question string, args ...any) {
	b.Helper()
	for so := false; !so; s.pause(b) {
		must(b, s.owner.QueryRow(b.Context(), question, args...).Scan(&so))
	}
}

// pause lets the service work; the database counts the time.
func (s *service) pause(b *testing.B) {
	_, err := s.owner.Exec(b.Context(), `SELECT pg_sleep(0.05)`)
	must(b, err)
}

// copied is how long the least takes that keeps the rows: COPY, as they stand.
func (s *service) copied(b *testing.B, text []byte) time.Duration {
	b.Helper()
	_, err := s.owner.Exec(b.Context(), `CREATE SCHEMA IF NOT EXISTS bench; DROP TABLE IF EXISTS bench.list; CREATE TABLE bench.list (line text)`)
	must(b, err)
	began := time.Now()
	must(b, s.owner.Transact(b.Context(), func(tx *pg.Tx) error {
		_, err := tx.CopyIn(b.Context(), "bench", "list", []string{"line"}, func(yield func([]any, error) bool) {
			for line := range strings.Lines(string(text)) {
				if !yield([]any{line}, nil) {
					return
				}
			}
		})
		return err
	}))
	return time.Since(began)
}

// peakMiB is the most memory that this process ever had.
func peakMiB(b *testing.B) float64 {
	text, err := os.ReadFile("/proc/self/status")
	must(b, err)
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	must(b, err)
	return float64(kib) / 1024
}

// post is an SMTP server that counts what it takes.
type post struct {
	port  int
	taken atomic.Int64
	last  atomic.Pointer[[]byte]
}

func newPost(b *testing.B) *post {
	p := &post{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return postSession{p}, nil }))
	server.Domain, server.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	p.port = l.Addr().(*net.TCPAddr).Port
	go server.Serve(l)
	b.Cleanup(func() { server.Close() })
	return p
}

type postSession struct{ *post }

func (postSession) Mail(string, *smtp.MailOptions) error { return nil }
func (postSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (postSession) Reset()                               {}
func (postSession) Logout() error                        { return nil }
func (s postSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.taken.Add(1)
	s.last.Store(&text)
	return err
}

// raw submits as many mails as long as the last, 100 over a connection, and nothing else.
func (p *post) raw(b *testing.B) time.Duration {
	b.Helper()
	text := *p.last.Load()
	began := time.Now()
	for sent := 0; sent < invitees; sent += 100 {
		c, err := netsmtp.Dial(fmt.Sprintf("localhost:%d", p.port))
		must(b, err)
		for range 100 {
			must(b, c.Mail("mais@mais.example"))
			must(b, c.Rcpt("somebody@a1.example"))
			w, err := c.Data()
			must(b, err)
			_, err = w.Write(text)
			must(b, err)
			must(b, w.Close())
		}
		must(b, c.Quit())
	}
	return time.Since(began)
}
