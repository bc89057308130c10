package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"mais/config"
)

const (
	username = "mais"
	password = "a password for the mail server"
)

// mailServer is a real SMTP server on loopback.
type mailServer struct {
	addr  *net.TCPAddr
	roots string // file that its certificate leads to

	mu       sync.Mutex
	mails    []received
	sessions int                             // that somebody signed in to
	secure   int                             // mails that came over TLS
	signedIn int                             // mails that came from somebody who signed in
	onRcpt   func(to string) error           // nil: all are taken
	onData   func(n int, c *smtp.Conn) error // n counts from 1
	data     int
}

// received is a mail as the server has it.
type received struct {
	from string
	to   []string
	raw  string
}

// newMailServer starts a server, with TLS as the setting tls says, until the test ends.
func newMailServer(t testing.TB, how string) *mailServer {
	t.Helper()
	certificate, roots := newCertificate(t, "localhost")
	m := &mailServer{roots: roots}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &mailSession{server: m, conn: c}, nil
	}))
	s.Domain, s.ErrorLog, s.MaxMessageBytes = "localhost", log.New(io.Discard, "", 0), 1<<20
	secure := &tls.Config{Certificates: []tls.Certificate{certificate}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = l.Addr().(*net.TCPAddr)
	switch how {
	case config.MailStartTLS:
		s.TLSConfig = secure
	case config.MailImplicit:
		l = tls.NewListener(l, secure)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-ended; err != nil && !errors.Is(err, net.ErrClosed) {
			t.Errorf("the mail server ended with %v", err)
		}
	})
	return m
}

// settings are those of a client of the server.
func (m *mailServer) settings(t testing.TB, how string) *config.Mail {
	s := &config.Mail{
		Host: "localhost", Port: m.addr.Port, TLS: how, From: "MAIS Test <mais@mais.example>", ReplyTo: "desk@mais.example",
		WarnBefore: []config.Duration{config.Duration(720 * time.Hour), config.Duration(168 * time.Hour), config.Duration(24 * time.Hour)},
	}
	if how != config.MailNoTLS {
		s.RootFile, s.Username, s.PasswordFile = m.roots, username, filepath.Join(t.TempDir(), "password")
		if err := config.WriteSecret(s.PasswordFile, config.NewSecret([]byte(password))); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// taken returns the mails that the server took.
func (m *mailServer) taken() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]received(nil), m.mails...)
}

type mailSession struct {
	server   *mailServer
	conn     *smtp.Conn
	signedIn bool
	mail     received
}

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != username || pass != password {
			return smtp.ErrAuthFailed
		}
		s.server.mu.Lock()
		defer s.server.mu.Unlock()
		s.server.sessions++
		s.signedIn = true
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	s.mail.from = from
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.server.onRcpt != nil {
		if err := s.server.onRcpt(to); err != nil {
			return err
		}
	}
	s.mail.to = append(s.mail.to, to)
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	s.server.mu.Lock()
	s.server.data++
	n, on := s.server.data, s.server.onData
	s.server.mu.Unlock()
	if on != nil {
		if err := on(n, s.conn); err != nil {
			return err
		}
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mail.raw = string(raw)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if _, secure := s.conn.TLSConnectionState(); secure {
		s.server.secure++
	}
	if s.signedIn {
		s.server.signedIn++
	}
	s.server.mails = append(s.server.mails, s.mail)
	return nil
}

func (s *mailSession) Reset()        { s.mail = received{} }
func (s *mailSession) Logout() error { return nil }

// newCertificate makes a certificate for a name and writes what it leads to into a file.
func newCertificate(t testing.TB, name string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	roots := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// opened is a mail as its reader sees it.
type opened struct {
	netmail.Header
	subject, body string
	to            *netmail.Address
}

// open parses a mail the way a reader's program does, and fails on what no reader should get.
func open(t testing.TB, raw string) opened {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("ReadMessage = %v\n%s", err, raw)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatalf("the body: %v", err)
	}
	o := opened{Header: m.Header, body: strings.ReplaceAll(string(body), "\r\n", "\n")}
	words := mime.WordDecoder{}
	if o.subject, err = words.DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatalf("the subject: %v", err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 {
		t.Fatalf("To: %q = %v, %v, want one address", m.Header["To"], to, err)
	}
	o.to = to[0]
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"} {
		if len(m.Header[name]) != 1 {
			t.Errorf("the mail has %d headers %s: %q", len(m.Header[name]), name, m.Header[name])
		}
	}
	for name := range m.Header {
		switch name {
		case "From", "To", "Reply-To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted", "X-Auto-Response-Suppress":
		default:
			t.Errorf("the mail has a header %s that nobody put there: %q", name, m.Header[name])
		}
	}
	if kind := m.Header.Get("Content-Type"); kind != "text/plain; charset=UTF-8" {
		t.Errorf("Content-Type = %q", kind)
	}
	if id := m.Header.Get("Message-Id"); !strings.HasSuffix(id, "@mais.example>") {
		t.Errorf("Message-ID = %q, want one of mais.example", id)
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("Auto-Submitted = %q", m.Header.Get("Auto-Submitted"))
	}
	if _, err := m.Header.Date(); err != nil {
		t.Errorf("Date: %v", err)
	}
	return o
}
