package mail

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"mais/config"
)

// logged keeps what is logged.
func logged() (*slog.Logger, *bytes.Buffer) {
	var b bytes.Buffer
	return slog.New(slog.NewTextHandler(&b, nil)), &b
}

func testOptions(settings *config.Mail) Options {
	return Options{Settings: settings, Deployment: "MAIS Test", Contact: "the desk, 01632 960000", Host: "mais.example", Log: slog.New(slog.DiscardHandler)}
}

func newTestService(t testing.TB, settings *config.Mail) *Service {
	t.Helper()
	s, err := newService(testOptions(settings))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const testCode = "7R4KM-9XWPQ-2B8HT-ZC5NV-0D3JG-S6EYA-1FMKW"

// invite sends an invitation.
func invite(s *Service, to, name string) error {
	return inviteIn(context.Background(), s, to, name)
}

func inviteIn(ctx context.Context, s *Service, to, name string) error {
	return inviteWith(ctx, s, uuid.NewString(), to, name)
}

// inviteOf sends it with a mail's id.
func inviteOf(s *Service, message, to string) error {
	return inviteWith(context.Background(), s, message, to, "A Nurse")
}

func inviteWith(ctx context.Context, s *Service, message, to, name string) error {
	return s.sendInvitation(ctx, Invitation{
		To: to, Name: name, Message: message, Expires: time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC), Command: "tokenctl enrol --email " + to,
	}, testCode, testCode[:5]+testCode[6:10])
}

// TestSendInvitation: over each kind of connection the invitation arrives, whole and once.
func TestSendInvitation(t *testing.T) {
	for _, how := range []string{config.MailStartTLS, config.MailImplicit, config.MailNoTLS} {
		t.Run(how, func(t *testing.T) {
			server := newMailServer(t, how)
			s := newTestService(t, server.settings(t, how))
			if err := invite(s, "nurse@trust.example", "Núria O'Neill, RN"); err != nil {
				t.Fatal(err)
			}
			mails := server.taken()
			if len(mails) != 1 || mails[0].from != "mais@mais.example" || len(mails[0].to) != 1 || mails[0].to[0] != "nurse@trust.example" {
				t.Fatalf("the server took %+v", mails)
			}
			if protected := how != config.MailNoTLS; (server.secure == 1) != protected || (server.signedIn == 1) != protected {
				t.Errorf("%d mails over TLS, %d signed in; want TLS and sign-in %v", server.secure, server.signedIn, protected)
			}
			m := open(t, mails[0].raw)
			if m.to.Name != "Núria O'Neill, RN" || m.to.Address != "nurse@trust.example" {
				t.Errorf("To = %v", m.to)
			}
			if from, reply := m.Get("From"), m.Get("Reply-To"); from != `"MAIS Test" <mais@mais.example>` || reply != "<desk@mais.example>" {
				t.Errorf("From = %s, Reply-To = %s", from, reply)
			}
			for _, want := range []string{testCode, "tokenctl enrol --email nurse@trust.example", "9 March 2026 at 12:00 GMT", "Núria"} {
				if !strings.Contains(m.body, want) {
					t.Errorf("the body lacks %q:\n%s", want, m.body)
				}
			}
		})
	}
}

func TestSendInvitationIsRefused(t *testing.T) {
	server := newMailServer(t, config.MailStartTLS)
	server.onRcpt = func(to string) error {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user " + to + "\nand more \xe4"}
	}
	settings := server.settings(t, config.MailStartTLS)
	log, lines := logged()
	o := testOptions(settings)
	o.Log = log
	s, err := newService(o)
	if err != nil {
		t.Fatal(err)
	}
	err = invite(s, "nobody@trust.example", "Nobody")
	if _, ok := isRefusal(err); !ok || !strings.Contains(err.Error(), "no such user the recipient") || strings.ContainsAny(err.Error(), "@\n") || !utf8.ValidString(err.Error()) {
		t.Errorf("SendInvitation to a refused recipient = %q, want what the server said in one line without the address", err)
	}
	for _, bad := range []string{"", "nobody", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "A <a@b.example>"} {
		if err := invite(s, bad, "X"); !errors.Is(err, ErrAddress) || strings.Contains(err.Error(), "@") {
			t.Errorf("SendInvitation(%q) = %v, want ErrAddress without the address", bad, err)
		}
	}
	if strings.Contains(lines.String(), testCode) {
		t.Errorf("the log holds a code: %s", lines)
	}
	var none *Service
	if err := none.SendInvitation(t.Context(), Invitation{To: "a@b.example", Name: "A"}); !errors.Is(err, ErrNotSetUp) {
		t.Errorf("SendInvitation without mail = %v, want ErrNotSetUp", err)
	}
	if err := s.SendInvitation(t.Context(), Invitation{To: "a@b.example", Name: "A"}); err == nil {
		t.Error("SendInvitation sends no code")
	}
	if len(server.taken()) != 0 {
		t.Errorf("the server took %d mails", len(server.taken()))
	}
}

// TestServerIsNotTrusted: nothing is said to a mail server whose certificate does not hold,
// that offers no TLS, or that does not know the password.
func TestServerIsNotTrusted(t *testing.T) {
	_, otherRoots := newCertificate(t, "localhost")
	for name, test := range map[string]struct {
		how    string
		change func(*config.Mail)
		want   string
	}{
		"certificate of nobody known":  {config.MailStartTLS, func(m *config.Mail) { m.RootFile = otherRoots }, "certificate"},
		"certificate for another name": {config.MailStartTLS, func(m *config.Mail) { m.Host = "127.0.0.1" }, "certificate"},
		"the same, TLS from the start": {config.MailImplicit, func(m *config.Mail) { m.RootFile = otherRoots }, "certificate"},
		"no TLS is offered":            {config.MailNoTLS, func(m *config.Mail) { m.TLS = config.MailStartTLS }, "STARTTLS"},
		"the password is wrong": {config.MailStartTLS, func(m *config.Mail) {
			if err := os.WriteFile(m.PasswordFile, []byte("another\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "535"},
	} {
		t.Run(name, func(t *testing.T) {
			server := newMailServer(t, test.how)
			settings := server.settings(t, test.how)
			test.change(settings)
			err := invite(newTestService(t, settings), "nurse@trust.example", "A Nurse")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("SendInvitation = %v, want an error that says %q", err, test.want)
			}
			if n := len(server.taken()); n != 0 || server.data > 0 {
				t.Errorf("the server took %d mails and saw %d", n, server.data)
			}
		})
	}
}

// TestStop: whoever waits for a mail server that says nothing is let go.
func TestStop(t *testing.T) {
	server := newMailServer(t, config.MailStartTLS)
	arrived, release := make(chan struct{}), make(chan struct{})
	server.onData = func(int, *smtp.Conn) error {
		close(arrived)
		<-release
		return nil
	}
	defer close(release)
	s := newTestService(t, server.settings(t, config.MailStartTLS))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- inviteIn(ctx, s, "nurse@trust.example", "A Nurse")
	}()
	<-arrived
	cancel()
	select {
	case err := <-done:
		if err == nil {
			t.Error("SendInvitation = nil although the server never took the mail")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("SendInvitation does not heed its context")
	}
}

func TestDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	s := newTestService(t, &config.Mail{Directory: dir, From: "mais@mais.example"})
	for range 2 {
		if err := invite(s, "nurse@trust.example", "A Nurse"); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("the directory holds %v, %v, want two mails", files, err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if m := open(t, string(raw)); m.to.Address != "nurse@trust.example" || !strings.Contains(m.body, testCode) {
		t.Errorf("the mail is to %v:\n%s", m.to, m.body)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 || !strings.HasSuffix(files[0], ".eml") {
		t.Errorf("%s has mode %v, %v, want 0600 and .eml", files[0], info.Mode(), err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := invite(s, "nurse@trust.example", "A Nurse"); err == nil {
		t.Error("SendInvitation into a directory that is gone = nil")
	}
}

func TestTest(t *testing.T) {
	server := newMailServer(t, config.MailStartTLS)
	answer, err := Test(t.Context(), testOptions(server.settings(t, config.MailStartTLS)), "desk@mais.example")
	if err != nil || !strings.Contains(answer, "OK") {
		t.Fatalf("Test = %q, %v, want the server's answer", answer, err)
	}
	if m := open(t, server.taken()[0].raw); !strings.Contains(m.subject, "test of mail") {
		t.Errorf("the subject is %q", m.subject)
	}
}

// TestTalkativeServer: what a mail server may say is bounded, before TLS too.
func TestTalkativeServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	said := make(chan int, 1)
	go func() {
		n := 0
		defer func() { said <- n }()
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		for chunk := []byte("220-" + strings.Repeat("x", 1000) + "\r\n"); err == nil && n < 100*sessionBytes; n += len(chunk) {
			_, err = conn.Write(chunk)
		}
	}()
	s := newTestService(t, &config.Mail{Host: "localhost", Port: l.Addr().(*net.TCPAddr).Port, TLS: config.MailStartTLS, From: "mais@mais.example"})
	if err := invite(s, "nurse@trust.example", "A Nurse"); !errors.Is(err, errTalkative) {
		t.Errorf("SendInvitation = %v, want %v", err, errTalkative)
	}
	if n := <-said; n >= 100*sessionBytes {
		t.Errorf("the server got rid of %d bytes", n)
	}
}
