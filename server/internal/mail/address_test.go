package mail

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"mais/config"
)

// hostile are names that try to become something else in a mail.
var hostile = []string{
	"A\r\nBcc: evil@evil.example", "A\nBcc: evil@evil.example", "A\rBcc: evil@evil.example", "A\r\n\r\nbody", "A\r\n.\r\nRCPT TO:<evil@evil.example>",
	"\"A\" <evil@evil.example>", "A, evil@evil.example", "A <evil@evil.example>,", "A;B:C", `A\"B`, "A\x00B", "A\u2028Bcc: evil@evil.example",
	"A\u0085Bcc: evil@evil.example", "=?utf-8?q?A=0D=0ABcc:_evil=40evil.example?=", "=?utf-8?b?QQ0KQmNjOiBl?=", "\u202eelpmaxe@live", "A\x1b[2J",
	"Zoë Ångström", "李雷", "A\xff\xfe", strings.Repeat("Long Name ", 60), strings.Repeat("W", 500), strings.Repeat("é", 500), "   ", "\t", "%0d%0aBcc: e@e.example",
	"{{.Code}}", "$(id)", "</body><script>",
}

// readBack builds a mail as it goes over the line and parses it again.
func readBack(t testing.TB, name, subject, body string) opened {
	t.Helper()
	s := newTestService(t, &config.Mail{Host: "localhost", Port: 25, TLS: config.MailNoTLS, From: "mais@mais.example"})
	m, err := s.build("id", "nurse@trust.example", name, text{subject, body}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var raw strings.Builder
	if _, err := m.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(strings.TrimSuffix(raw.String(), "\r\n"), "\r\n") {
		if strings.ContainsAny(l, "\r\n\x00") || len(l) > 998 { // RFC 5322, 2.1.1 and 2.3
			t.Errorf("the mail has the line %q", l)
		}
	}
	return open(t, raw.String())
}

// TestHostileNames: whatever a name holds, the mail has its own headers, one recipient and a
// body of its own.
func TestHostileNames(t *testing.T) {
	for _, name := range hostile {
		m := readBack(t, name, "Hello "+name, "Hello\n")
		if m.to.Address != "nurse@trust.example" || m.to.Name != line(name, maxName) {
			t.Errorf("a mail to %q is to %q <%s>, want %q", name, m.to.Name, m.to.Address, line(name, maxName))
		}
		if m.subject != line("Hello "+name, maxSubject) || m.body != "Hello\n" {
			t.Errorf("a mail to %q has the subject %q and the body %q", name, m.subject, m.body)
		}
	}
}

// TestHostileLetters: nor can it be the subject, or begin a line of the text.
func TestHostileLetters(t *testing.T) {
	s := newTestService(t, &config.Mail{Host: "localhost", Port: 25, TLS: config.MailNoTLS, From: "mais@mais.example"})
	for _, name := range hostile {
		l := letter{Name: name, By: name, Reason: name, Certificates: []item{{Ref: "people-1/00", Who: name, By: name, What: "revoked"}}, Counts: []count{{1, "revoked"}}}
		for _, kind := range kinds {
			t1, err := s.compose(kind, l)
			if err != nil {
				t.Errorf("compose(%s, %q) = %v", kind, name, err)
			}
			t2, err := s.compose(kind, letter{Name: "x", By: "x", Reason: "x", Certificates: []item{{Ref: "people-1/00", Who: "x", By: "x", What: "revoked"}}, Counts: l.Counts})
			if err != nil {
				t.Fatal(err)
			}
			blank := line(name, maxWord) == ""
			if lines, want := strings.Count(t1.body, "\n"), strings.Count(t2.body, "\n"); !blank && lines != want {
				t.Errorf("with the name %q a mail of kind %s has %d lines, not %d", name, kind, lines, want)
			}
			if t1.subject != t2.subject || strings.ContainsFunc(strings.ReplaceAll(t1.body, "\n", ""), unicode.IsControl) {
				t.Errorf("with the name %q the subject is %q, the text %q", name, t1.subject, t1.body)
			}
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := line(name, maxName)
		if line(got, maxName) != got {
			t.Errorf("line(line(%q)) = %q, not %q", name, line(got, maxName), got)
		}
		m := readBack(t, name, name, "Hello\n")
		if m.to.Address != "nurse@trust.example" || m.to.Name != got || m.body != "Hello\n" {
			t.Errorf("a mail to %q is to %v, with the body %q", name, m.to, m.body)
		}
	})
}

func TestErrorText(t *testing.T) {
	for _, test := range []struct{ said, want string }{
		{"550 5.1.1 <Nurse@Trust.example>: no such user\r\nX: y", "550 5.1.1 <the recipient>: no such user X: y"},
		{"sending SMTP RCPT TO command: 451 later, affected recipient(s): <nurse@trust.example>, affected message ID: <x@y>", "sending SMTP RCPT TO command: 451 later"},
		{strings.Repeat("x", 1000), strings.Repeat("x", 399) + "…"},
		{"İ nurse@trust.example", "İ the recipient"},
		{"550 5.1.1 Empf\xe4nger nurse@trust.example", "550 5.1.1 Empf?nger the recipient"},
		{"\xff\xfe\xe4NURSE@trust.exampleX\xe4nurse@TRUST.example", "?the recipientX?the recipient"},
	} {
		if got := errorText(errorString(test.said), "nurse@trust.example"); got != test.want {
			t.Errorf("errorText(%q) = %q, want %q", test.said, got, test.want)
		}
	}
}

// FuzzErrorText: whatever a mail server says makes one line without the address.
func FuzzErrorText(f *testing.F) {
	f.Add("550 Empf\xe4nger nurse@trust.example", "nurse@trust.example")
	f.Fuzz(func(t *testing.T, said, address string) {
		got := errorText(errorString(said), address)
		if got != line(got, 400) {
			t.Errorf("errorText(%q, %q) = %q, which is no line", said, address, got)
		}
		if replaced := replaceFold(said, "nurse@trust.example", "?"); strings.Contains(strings.ToLower(replaced), "nurse@trust.example") {
			t.Errorf("replaceFold(%q) = %q", said, replaced)
		}
	})
}

type errorString string

func (e errorString) Error() string { return string(e) }
