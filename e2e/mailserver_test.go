package e2e_test

import (
	"errors"
	"io"
	"log"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// post is a real SMTP server on loopback, and what it was brought.
type post struct {
	port int

	mu      sync.Mutex
	letters []letter
	refuses map[string]bool // addresses that are unknown to it
}

// letter is a mail as it was received.
type letter struct{ to, subject, text string }

// newPost starts a server until the test ends.
func newPost(t testing.TB) *post {
	t.Helper()
	p := &post{refuses: map[string]bool{}}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{post: p}, nil }))
	s.Domain, s.ErrorLog, s.MaxMessageBytes = "localhost", log.New(io.Discard, "", 0), 1<<20
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-ended; err != nil && !errors.Is(err, net.ErrClosed) {
			t.Errorf("the mail server ended with %v", err)
		}
	})
	return p
}

// brought waits for a letter to somebody whose text has some words.
func (p *post) brought(t testing.TB, to, words string) (found letter) {
	t.Helper()
	await(t, "a letter to "+to+" with "+words, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, l := range p.letters {
			if l.to == to && strings.Contains(l.subject+"\n"+l.text, words) {
				found = l
				return true
			}
		}
		return false
	})
	return found
}

// all are the letters that came.
func (p *post) all() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.letters...)
}

// delivery is one session with the server.
type delivery struct {
	post *post
	to   []string
}

func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.post.mu.Lock()
	defer d.post.mu.Unlock()
	if d.post.refuses[to] {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	d.to = append(d.to, to)
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	body := m.Body
	if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	d.post.mu.Lock()
	defer d.post.mu.Unlock()
	for _, to := range d.to {
		d.post.letters = append(d.post.letters, letter{to, m.Header.Get("Subject"), strings.ReplaceAll(string(text), "\r\n", "\n")})
	}
	return nil
}

func (d *delivery) Reset()        { d.to = nil }
func (d *delivery) Logout() error { return nil }
