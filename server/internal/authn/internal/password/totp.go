package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"

	"mais/server/internal/codes"
)

// A second factor is RFC 6238 as every authenticator program has it: SHA-1, six digits, thirty
// seconds.
const (
	stepSeconds = 30
	skew        = 1 // steps that a clock may be off
	secretBytes = 20
	digits      = 6
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// Secret is what a second factor and we have in common. It prints as nothing.
type Secret struct{ raw []byte }

// NewSecret returns a fresh secret.
func NewSecret() Secret {
	raw := make([]byte, secretBytes)
	rand.Read(raw) // never fails: crypto/rand
	return Secret{raw}
}

// SecretOf returns the secret of these bytes.
func SecretOf(raw []byte) (Secret, error) {
	if len(raw) != secretBytes {
		return Secret{}, fmt.Errorf("password: a second factor's secret has %d bytes", len(raw))
	}
	return Secret{raw}, nil
}

// Bytes returns the secret, to be sealed.
func (s Secret) Bytes() []byte { return s.raw }

// Reveal returns the secret as it is typed into an authenticator, in groups of four.
func (s Secret) Reveal() string { return codes.Grouped(base32Text.EncodeToString(s.raw), 4, " ") }

// URI is what an authenticator reads off a picture (otpauth).
func (s Secret) URI(service, account string) string {
	label := url.PathEscape(service) + ":" + url.PathEscape(account)
	return "otpauth://totp/" + label + "?secret=" + base32Text.EncodeToString(s.raw) + "&issuer=" + url.QueryEscape(service)
}

// String hides the secret.
func (Secret) String() string { return "[second factor]" }

// GoString hides the secret.
func (s Secret) GoString() string { return s.String() }

// Step is the number of the thirty seconds that a time belongs to.
func Step(t time.Time) int64 { return t.Unix() / stepSeconds }

// Match returns the step of which a typed text is the code, near a time and after the step that
// was used last. A code is thereby used once. Each candidate is compared whichever fits.
func (s Secret) Match(typed string, at time.Time, last int64) (step int64, ok bool) {
	typed = strings.NewReplacer(" ", "", "-", "").Replace(typed)
	if len(typed) != digits {
		typed = strings.Repeat("x", digits)
	}
	for n := Step(at) - skew; n <= Step(at)+skew; n++ {
		code, err := s.Code(n)
		if err == nil && subtle.ConstantTimeCompare([]byte(code), []byte(typed)) == 1 && n > last {
			step, ok = n, true
		}
	}
	return step, ok
}

// Code is the code of a step.
func (s Secret) Code(step int64) (string, error) {
	return hotp.GenerateCode(base32Text.EncodeToString(s.raw), uint64(step))
}

// Recovery codes are the way back for whoever has lost their second factor or their password.
const (
	Recoveries    = 10
	recoveryGroup = 5
	recoveryChars = 25 // 125 bits: a plain hash suffices (SP 800-63B-4, 3.1.2.2)
)

// NewRecovery returns fresh recovery codes, to be shown once.
func NewRecovery() []string {
	fresh := make([]string, Recoveries)
	for i := range fresh {
		fresh[i] = codes.Grouped(rand.Text()[:recoveryChars], recoveryGroup, "-")
	}
	return fresh
}

// ReadRecovery reads a recovery code as people type it.
func ReadRecovery(typed string) (string, bool) { return codes.Read(typed, recoveryChars) }
