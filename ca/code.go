package ca

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"mais/ca/internal/store"
	"mais/certs"
)

// A code is what a new holder types to enrol: 9 characters that name the order and 26 that
// are its secret, 128 bits, in Crockford's base 32 and in groups of five:
//
//	7R4KM-9XWPQ-2B8HT-ZC5NV-0D3JG-S6EYA-1FMKW
//
// The name is in the clear so that tries are counted on it.
const (
	alphabet    = certs.CodeAlphabet
	idLength    = 9
	secretBytes = 16
	codeLength  = idLength + (secretBytes*8+4)/5
	groupLength = 5
)

var crockford = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// Code is an enrolment code. It prints and logs without its secret; only Reveal gives it.
// The zero Code is none.
type Code struct {
	id     string
	secret [secretBytes]byte
}

func newCode() Code {
	var c Code
	id := make([]byte, idLength)
	rand.Read(id) // never fails: crypto/rand
	for n, b := range id {
		id[n] = alphabet[b%32]
	}
	c.id = string(id)
	rand.Read(c.secret[:])
	return c
}

// errCode says nothing of what was typed.
var errCode = errors.New("ca: not an enrolment code")

// Both packages agree on the length, or this does not compile.
var _ [0]struct{} = [codeLength - certs.CodeLength]struct{}{}

// parseCode reads a code as people type it, see certs.NormaliseCode.
func parseCode(typed string) (Code, error) {
	text, ok := certs.NormaliseCode(typed)
	if !ok {
		return Code{}, errCode
	}
	secret, err := crockford.DecodeString(text[idLength:])
	if err != nil || crockford.EncodeToString(secret) != text[idLength:] { // spare bits set
		return Code{}, errCode
	}
	return Code{text[:idLength], [secretBytes]byte(secret)}, nil
}

// ID names the order; it is no secret.
func (c Code) ID() string { return c.id }

// hash is what the database keeps of the secret. A plain hash suffices for 128 random bits.
func (c Code) hash() []byte {
	sum := sha256.Sum256(c.secret[:])
	return sum[:]
}

// Reveal returns the whole code, to be shown to its holder and to nobody else.
func (c Code) Reveal() string {
	text := c.id + crockford.EncodeToString(c.secret[:])
	var groups []string
	for ; len(text) > 0; text = text[groupLength:] {
		groups = append(groups, text[:groupLength])
	}
	return strings.Join(groups, "-")
}

// String returns the code's name without its secret.
func (c Code) String() string { return "[code " + c.id + "]" }

// Format prints String whatever the verb.
func (c Code) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// LogValue returns String.
func (c Code) LogValue() slog.Value { return slog.StringValue(c.String()) }

// CodeOpen reports whether a code that was made for an identity can still be spent at a time,
// such as an hour from now. It is for whoever made it and kept it: it counts as no try.
func (c *CA) CodeOpen(ctx context.Context, code string, who certs.Identity, at time.Time) (bool, error) {
	parsed, err := parseCode(code)
	if err != nil {
		return false, nil
	}
	return store.OrderOpen(ctx, c.db, parsed.id, parsed.hash(), who.String(), at)
}

// MarshalText returns String, so that no encoder shows the secret.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
