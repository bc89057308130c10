package pg

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"mais/config"
)

const (
	scramIterations = 4096 // RFC 7677 section 4: at least this; more buys nothing for 256 random bits
	scramSalt       = 16   // bytes, as PostgreSQL makes it
)

// scramVerifier returns what PostgreSQL stores for a password: enough to check it, not to log in with it. Sent in place of
// the password it keeps that out of the server's memory, logs and statistics.
func scramVerifier(password config.Secret) (string, error) {
	p := password.Reveal()
	if len(p) == 0 {
		return "", errors.New("empty password")
	}
	for _, b := range p {
		if b < 0x20 || b > 0x7e {
			return "", errors.New("password has characters other than printable ASCII") // these would want SASLprep, RFC 4013
		}
	}
	salt := make([]byte, scramSalt)
	rand.Read(salt) // never fails: crypto/rand
	return formatVerifier(p, salt, scramIterations)
}

// formatVerifier computes StoredKey and ServerKey of RFC 5802 section 3 with SHA-256 (RFC 7677), in the form of
// PostgreSQL's pg_authid.rolpassword.
func formatVerifier(password, salt []byte, iterations int) (string, error) {
	salted, err := pbkdf2.Key(sha256.New, string(password), salt, iterations, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("derive the verifier of a password: %w", err)
	}
	storedKey := sha256.Sum256(keyed(salted, "Client Key"))
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", iterations, b64(salt), b64(storedKey[:]), b64(keyed(salted, "Server Key"))), nil
}

func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
