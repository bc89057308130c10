package journal

import (
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Head is how far a journal has come: its last entry, and so all of them.
type Head struct {
	Name
	Hash Hash `json:"hash"`
}

// IsZero reports whether there is no entry.
func (h Head) IsZero() bool { return h.Number == 0 }

// String returns the head's name, without the hash.
func (h Head) String() string { return fmt.Sprintf("%s entry %d", h.Journal, h.Number) }

const (
	headDomain  = "MAIS journal head 1\n"
	headVersion = "1"
	// MaxAnnounced is the longest signed head that is read, in bytes.
	MaxAnnounced = 320
)

// Announce returns the head in a form to be kept by others and brought back:
// 1.JOURNAL.NUMBER.HASH.TIME.SIGNATURE, with the time in seconds since 1970, in ASCII.
func (h Head) Announce(key crypto.Signer, at time.Time) (string, error) {
	hash, _ := h.Hash.MarshalText()
	text := strings.Join([]string{headVersion, h.Journal, strconv.FormatInt(h.Number, 10), string(hash), strconv.FormatInt(at.Unix(), 10)}, ".")
	signature, err := sign(key, headDomain, []byte(text))
	if err != nil {
		return "", fmt.Errorf("sign the head of journal %s: %w", h.Journal, err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// Announced is a head that somebody brought. What it says is worth nothing before Genuine.
type Announced struct {
	Head
	At        time.Time
	text      string // what is signed
	signature []byte
}

var errAnnounced = errors.New("journal: not a signed head")

// ParseAnnounced reads what Announce wrote.
func ParseAnnounced(text string) (a Announced, err error) {
	if len(text) > MaxAnnounced || strings.ContainsAny(text, "\r\n") { // which base64 would skip
		return Announced{}, errAnnounced
	}
	end := strings.LastIndexByte(text, '.')
	parts := strings.Split(text, ".")
	if len(parts) != 6 || parts[0] != headVersion || !journalForm.MatchString(parts[1]) {
		return Announced{}, errAnnounced
	}
	a.text, a.Journal = text[:end], parts[1]
	number, err1 := strconv.ParseInt(parts[2], 10, 64)
	at, err2 := strconv.ParseInt(parts[4], 10, 64)
	signature, err3 := base64.RawURLEncoding.Strict().DecodeString(parts[5])
	if err := errors.Join(err1, err2, err3, a.Hash.UnmarshalText([]byte(parts[3]))); err != nil || number < 1 {
		return Announced{}, errAnnounced
	}
	a.Number, a.At, a.signature = number, time.Unix(at, 0), signature
	return a, nil
}

// Genuine reports whether a holder of the journal's key signed it.
func (a Announced) Genuine(key crypto.PublicKey) bool {
	return signedBy(key, headDomain, []byte(a.text), a.signature)
}
