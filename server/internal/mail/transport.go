package mail

import (
	"context"
	"errors"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// transport is where mails go: to a mail server, or into a directory.
type transport interface {
	// open begins a session for some mails; it ends with ctx.
	open(ctx context.Context) (session, error)
}

// session takes mails one after another, for one goroutine.
type session interface {
	// send returns the answer of whoever took the mail. An error is a *refusal when it was
	// about this mail; after any other the session is of no more use.
	send(m *gomail.Msg) (answer string, err error)
	close()
}

// refusal is the word of a mail server on one mail.
type refusal struct {
	forGood bool // there is no use in asking again (RFC 5321, 4.2.1)
	text    string
}

func (r *refusal) Error() string { return r.text }

// errorText is an error fit for the log and the outbox: one line, and without the address that
// it is about, which mail servers like to repeat.
func errorText(err error, address string) string {
	said, _, _ := strings.Cut(err.Error(), ", affected recipient(s): ")
	said, _, _ = strings.Cut(said, ", affected message ID: ")
	if address != "" {
		said = replaceFold(said, address, "the recipient")
	}
	return line(said, 400)
}

// saidError is an error in the words of errorText, which are all that is logged of it.
type saidError struct {
	text  string
	cause error
}

func (e *saidError) Error() string { return e.text }

func (e *saidError) Unwrap() error { return e.cause }

// replaceFold replaces old in text in whatever case it stands there. Letters are folded byte by
// byte, so that what was found in one stands at the same place in the other: text is whatever a
// mail server said, and need not be UTF-8. old is not empty.
func replaceFold(text, old, with string) string {
	lower, old := lowerASCII(text), lowerASCII(old)
	var out strings.Builder
	for {
		before, _, found := strings.Cut(lower, old)
		if !found {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(text[:len(before)] + with)
		text, lower = text[len(before)+len(old):], lower[len(before)+len(old):]
	}
}

func lowerASCII(text string) string {
	folded := []byte(text)
	for i, b := range folded {
		if b >= 'A' && b <= 'Z' {
			folded[i] = b + 'a' - 'A'
		}
	}
	return string(folded)
}

func isRefusal(err error) (*refusal, bool) {
	var r *refusal
	return r, errors.As(err, &r)
}
