package mail

import (
	"fmt"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"mais/config"
)

// The longest that names and other words from the register are in a mail, in characters.
const (
	maxName = 100
	maxWord = 200
	// The longest address (RFC 5321, 4.5.3.1.3), or description of a role.
	maxAddress = 254
)

// line makes text that others wrote fit to stand in a line of a mail or in a header: no
// control characters, line ends of any kind, or marks that turn the writing round, one space
// at a time, nothing that a reader's program takes for an encoded word (RFC 2047) and decodes
// into any of these, and at most max characters.
func line(text string, max int) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r): // such as U+202E, right-to-left override
			return -1
		case unicode.IsControl(r), unicode.IsSpace(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return ' '
		case r == unicode.ReplacementChar, !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	clean = strings.ReplaceAll(strings.Join(strings.Fields(clean), " "), "=?", "= ?")
	if runes := []rune(clean); len(runes) > max {
		clean = string(runes[:max-1]) + "…"
	}
	return clean
}

// addressee returns the address of a person as a header has it. Only one bare address is
// taken: the name comes apart.
func addressee(to, name string) (*netmail.Address, error) {
	a, err := config.ParseAddress(to)
	if err != nil || a.Address != to || a.Name != "" {
		return nil, ErrAddress // without it: errors are logged
	}
	return &netmail.Address{Name: line(name, maxName), Address: to}, nil
}

// build makes the mail: plain text and nothing else, marked as written by a machine (RFC 3834,
// 5) so that no other machine answers it.
func (s *Service) build(id, to, name string, t text, at time.Time) (*gomail.Msg, error) {
	a, err := addressee(to, name)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(s.from)
	if back := s.returnPath(id); back != "" {
		if err := m.EnvelopeFrom(back); err != nil {
			return nil, fmt.Errorf("mark where a mail comes back to: %w", err)
		}
	}
	m.ToMailAddress(a)
	if s.replyTo != nil {
		m.ReplyToMailAddress(s.replyTo)
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	m.SetMessageIDWithValue(id + "@" + domain)
	m.SetDateWithValue(at)
	m.Subject(line(t.subject, maxSubject))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All") // Exchange's own word for the same
	m.SetBodyString(gomail.TypeTextPlain, t.body)
	return m, nil
}
