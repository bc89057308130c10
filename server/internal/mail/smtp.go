package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"mais/config"
)

const (
	// sessionTime bounds each step of a session: until connected and signed in, and for each
	// mail. RFC 5321, 4.5.3.2 allows a server minutes; ours is near, and a mail waits well.
	sessionTime = time.Minute
	// sessionBytes bounds what a mail server may say in one session, before TLS too.
	sessionBytes = 1 << 20
	// certificateBytes bounds the file of its roots.
	certificateBytes = 1 << 20
)

// server sends by SMTP (RFC 5321) to one mail server, whose certificate is verified.
type server struct {
	host     string
	options  []gomail.Option
	implicit *tls.Config // nil: TLS begins later, or not at all
}

func newServer(m *config.Mail, us string) (*server, error) {
	roots, err := readRoots(m.RootFile)
	if err != nil {
		return nil, err
	}
	secure := &tls.Config{ServerName: m.Host, RootCAs: roots, MinVersion: tls.VersionTLS12}
	s := &server{host: m.Host, options: []gomail.Option{
		gomail.WithPort(m.Port), gomail.WithTimeout(sessionTime), gomail.WithHELO(helloName(us)), gomail.WithoutSMTPUTF8(),
		gomail.WithTLSConfig(secure),
	}}
	switch m.TLS {
	case config.MailImplicit:
		s.implicit = secure
		s.options = append(s.options, gomail.WithSSL())
	case config.MailNoTLS:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if m.Username != "" {
		password, err := config.ReadSecret(m.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("the mail server's password: %w", err)
		}
		s.options = append(s.options, gomail.WithUsername(m.Username), gomail.WithPassword(string(password.Reveal())),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return s, nil
}

// readRoots reads the certificates that the mail server's may lead to; nil stands for the
// system's.
func readRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the mail server's roots: %w", err)
	}
	if info.Size() > certificateBytes {
		return nil, fmt.Errorf("the mail server's roots: %s is longer than %d bytes", path, certificateBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the mail server's roots: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("the mail server's roots: %s holds no certificate in PEM", path)
	}
	return roots, nil
}

// helloName is how we are greeted with: a name, or an address in brackets (RFC 5321, 4.1.3).
func helloName(us string) string {
	a, err := netip.ParseAddr(us)
	switch {
	case err != nil:
		return us
	case a.Is6():
		return "[IPv6:" + a.String() + "]"
	}
	return "[" + a.String() + "]"
}

// smtpSession is a connection to the mail server on which we have signed in.
type smtpSession struct {
	client *gomail.Client
	conn   *smtp.Client
	raw    net.Conn
	stop   func() bool // watching ctx
}

func (s *server) open(ctx context.Context) (session, error) {
	session := &smtpSession{stop: func() bool { return true }}
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		session.raw = conn
		session.stop = context.AfterFunc(ctx, func() { conn.Close() }) // go-mail heeds ctx until here only
		bounded := &boundedConn{conn, sessionBytes}
		if s.implicit == nil {
			return bounded, nil
		}
		secure := tls.Client(bounded, s.implicit)
		return secure, secure.HandshakeContext(dialing)
	}
	client, err := gomail.NewClient(s.host, append(s.options[:len(s.options):len(s.options)], gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return nil, fmt.Errorf("reach the mail server: %w", err)
	}
	session.client = client
	if session.conn, err = client.DialToSMTPClientWithContext(ctx); err != nil {
		session.drop()
		return nil, fmt.Errorf("reach the mail server: %w", err)
	}
	return session, nil
}

func (s *smtpSession) send(m *gomail.Msg) (string, error) {
	err := s.client.SendWithSMTPClient(s.conn, m)
	if m.IsDelivered() { // what failed afterwards is the next mail's to find out
		return line(m.ServerResponse(), 400), nil
	}
	return "", aboutMail(err)
}

// aboutMail makes a refusal of what a mail server answered to a recipient or a text. Anything
// else is about the connection or about us, and the same for every mail.
func aboutMail(err error) error {
	var sending *gomail.SendError
	if !errors.As(err, &sending) {
		return err
	}
	code := sending.ErrorCode()
	switch sending.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		if code >= 400 && code < 600 && code != 421 { // 421: it is closing the connection
			return &refusal{code >= 500, err.Error()}
		}
	}
	return err
}

// close ends the session politely, but does not wait long for the farewell.
func (s *smtpSession) close() {
	s.raw.SetDeadline(time.Now().Add(time.Second))
	s.client.CloseWithSMTPClient(s.conn)
	s.drop()
}

func (s *smtpSession) drop() {
	s.stop()
	if s.raw != nil {
		s.raw.Close()
	}
}

// boundedConn fails when it has read so many bytes.
type boundedConn struct {
	net.Conn
	left int
}

var errTalkative = errors.New("the mail server says more than it should")

func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTalkative
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
