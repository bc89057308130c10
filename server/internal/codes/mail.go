package codes

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
)

// Mail is a code that comes by mail, an enrolment code's sibling: nine characters that name it,
// in the clear so that tries are counted on them, and 26 that are its secret, 130 bits:
//
//	7RQKM-VXWPQ-2BMHT-ZC5NV-PD3JG-S6EYA-LFMKW
//
// It prints and logs without its secret; only Reveal gives it. The zero value names none.
type Mail struct{ id, secret string }

const (
	nameLength = 9
	mailLength = nameLength + 26
)

// NewMail returns a fresh code.
func NewMail() Mail { return Mail{rand.Text()[:nameLength], rand.Text()} }

// ReadMail reads a code as people type it.
func ReadMail(typed string) (Mail, bool) {
	text, ok := Read(typed, mailLength)
	if !ok {
		return Mail{}, false
	}
	return Mail{text[:nameLength], text[nameLength:]}, true
}

// ID names the code. It is no secret.
func (c Mail) ID() string { return c.id }

// Hash is what the database keeps of the secret.
func (c Mail) Hash() []byte {
	sum := sha256.Sum256([]byte(c.secret))
	return sum[:]
}

// Reveal returns the whole code, for its holder's mail and for nothing else.
func (c Mail) Reveal() string { return Grouped(c.id+c.secret, 5, "-") }

// String returns the code's name without its secret.
func (c Mail) String() string { return "[code " + c.id + "]" }

// Format prints String whatever the verb.
func (c Mail) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// LogValue returns String.
func (c Mail) LogValue() slog.Value { return slog.StringValue(c.String()) }
