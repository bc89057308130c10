package lifecycle

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"strings"
)

// A code that reports a loss is an enrolment code's sibling: 9 characters that name it, in the
// clear so that tries are counted on them, and 26 that are its secret, 130 bits, in base 32
// (RFC 4648, 6) and in groups of five:
//
//	7RQKM-VXWPQ-2BMHT-ZC5NV-PD3JG-S6EYA-LFMKW
const (
	lostName   = 9
	lostLength = lostName + 26
	lostTyped  = 4 * lostLength // the longest text that is looked at
	lostGroup  = 5
	lostDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

// lostCode prints and logs without its secret; only reveal gives it.
type lostCode struct{ id, secret string }

func newLostCode() lostCode { return lostCode{rand.Text()[:lostName], rand.Text()} }

// readLostCode reads a code as people type it: in any case, with spaces, dashes or neither, 0
// for O and 8 for B.
func readLostCode(typed string) (lostCode, bool) {
	if len(typed) > lostTyped {
		return lostCode{}, false
	}
	text := strings.Map(func(r rune) rune {
		switch {
		case r == '0':
			return 'O'
		case r == '8':
			return 'B'
		case strings.ContainsRune(" -\t\r\n‐‑–\u00a0", r):
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, typed)
	if len(text) != lostLength || strings.Trim(text, lostDigits) != "" {
		return lostCode{}, false
	}
	return lostCode{text[:lostName], text[lostName:]}, true
}

// hash is what the database keeps of the secret.
func (c lostCode) hash() []byte {
	sum := sha256.Sum256([]byte(c.secret))
	return sum[:]
}

// reveal returns the whole code, for its holder's mail and for nothing else.
func (c lostCode) reveal() string {
	text := c.id + c.secret
	var groups []string
	for ; text != ""; text = text[lostGroup:] {
		groups = append(groups, text[:lostGroup])
	}
	return strings.Join(groups, "-")
}

// String returns the code's name without its secret.
func (c lostCode) String() string { return "[lost " + c.id + "]" }

// Format prints String whatever the verb.
func (c lostCode) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// LogValue returns String.
func (c lostCode) LogValue() slog.Value { return slog.StringValue(c.String()) }
