package journal

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"
)

// Kind is what an entry says was done.
type Kind string

// The kinds. Hold, Revoke, Supersede, Spend and Withdraw take away; later ones may join them.
const (
	Begin     Kind = "begin"     // the first entry: whose journal this is
	Hold      Kind = "hold"      // What are certificates, as ISSUER/SERIAL
	Revoke    Kind = "revoke"    // the same, with Reason
	Supersede Kind = "supersede" // the same
	Spend     Kind = "spend"     // What are ids of enrolment orders: used or cancelled
	Release   Kind = "release"   // What are certificates; for these, Lifts no longer count
	Withdraw  Kind = "withdraw"  // What are things outside the CA, such as a role of somebody, by names of the server's
	Grant     Kind = "grant"     // the same; for these, Lifts no longer count
	Void      Kind = "void"      // Lifts were never committed
)

// Bounds of an entry.
const (
	MaxWhat  = 1000 // things in one entry, and entries that one lifts
	maxWords = 400  // bytes of one of them
	maxLine  = 1 << 20
)

// Name names an entry among all journals.
type Name struct {
	Journal string `json:"j"`
	Number  int64  `json:"n"`
}

// Entry is a line of a journal.
type Entry struct {
	Name
	Previous Hash      `json:"prev"` // of the line before; of the first: zero
	At       time.Time `json:"at"`
	Kind     Kind      `json:"kind"`
	What     []string  `json:"what,omitempty"`
	Reason   int       `json:"reason,omitempty"` // RFC 5280, 5.3.1
	// Since is of a Revoke: from when on the key is known or thought to be compromised.
	Since *time.Time `json:"since,omitempty"`
	By    string     `json:"by,omitempty"`
	Lifts []Name     `json:"lifts,omitempty"`
	Node  string     `json:"node,omitempty"`  // of Begin: the host's name
	Place string     `json:"place,omitempty"` // of Begin: where it is written; see placeOf
	Hash  Hash       `json:"-"`               // of its line, where it was read
}

// Hash is the SHA-256 of a line without its end.
type Hash [sha256.Size]byte

// MarshalText returns the hash in base64url.
func (h Hash) MarshalText() ([]byte, error) {
	return []byte(base64.RawURLEncoding.EncodeToString(h[:])), nil
}

// UnmarshalText is the reverse of MarshalText.
func (h *Hash) UnmarshalText(text []byte) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(string(text))
	if err != nil || len(raw) != len(h) {
		return errors.New("not a SHA-256 in base64url")
	}
	copy(h[:], raw)
	return nil
}

// A line is the entry's JSON with the signature of it put in as the last member.
const (
	signatureMember = `,"sig":"`
	lineEnd         = `"}`
	entryDomain     = "MAIS journal entry 1\n" // so that no other signature by the key is one
)

// seal returns the line of an entry, without its end, and the line's hash.
func seal(e Entry, key crypto.Signer) (line []byte, hash Hash, err error) {
	body, err := json.Marshal(e)
	if err != nil {
		return nil, hash, err
	}
	signature, err := sign(key, entryDomain, body)
	if err != nil {
		return nil, hash, err
	}
	line = append(body[:len(body)-1:len(body)-1], signatureMember...)
	line = append(line, base64.RawURLEncoding.EncodeToString(signature)...)
	line = append(line, lineEnd...)
	if len(line) >= maxLine {
		return nil, hash, fmt.Errorf("an entry of %d bytes", len(line))
	}
	return line, sha256.Sum256(line), nil
}

// parse reads a line. It does not verify the signature, which it returns with what is signed.
func parse(line []byte) (e Entry, body, signature []byte, err error) {
	at := bytes.LastIndex(line, []byte(signatureMember))
	if at < 0 || !bytes.HasSuffix(line, []byte(lineEnd)) || at+len(signatureMember) > len(line)-len(lineEnd) {
		return Entry{}, nil, nil, errors.New("no signature")
	}
	body = append(line[:at:at], '}')
	signature, err = base64.RawURLEncoding.Strict().DecodeString(string(line[at+len(signatureMember) : len(line)-len(lineEnd)]))
	if err != nil {
		return Entry{}, nil, nil, errors.New("no signature")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&e); err != nil {
		return Entry{}, nil, nil, fmt.Errorf("not an entry: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Entry{}, nil, nil, errors.New("more than an entry")
	}
	return e, body, signature, e.check()
}

var (
	journalForm = regexp.MustCompile(`^[0-9a-f]{16}$`)
	kindForm    = regexp.MustCompile(`^[a-z][a-z-]{0,31}$`)
)

func (e Entry) check() error {
	switch {
	case !journalForm.MatchString(e.Journal) || e.Number < 1:
		return errors.New("not the name of an entry")
	case !kindForm.MatchString(string(e.Kind)):
		return fmt.Errorf("kind %q", e.Kind)
	case len(e.What) > MaxWhat || len(e.Lifts) > MaxWhat:
		return fmt.Errorf("it names more than %d things", MaxWhat)
	case len(e.By) > maxWords || len(e.Node) > maxWords || len(e.Place) > maxWords:
		return fmt.Errorf("a name of more than %d bytes", maxWords)
	}
	for _, what := range e.What {
		if len(what) > maxWords {
			return fmt.Errorf("a name of more than %d bytes", maxWords)
		}
	}
	for _, name := range e.Lifts {
		if !journalForm.MatchString(name.Journal) || name.Number < 1 {
			return errors.New("it lifts what is not the name of an entry")
		}
	}
	return nil
}
