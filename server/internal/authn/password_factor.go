package authn

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mais/server/internal/authn/internal/password"
)

// FactorPicture is a QR code as the path of an SVG.
type FactorPicture = password.Picture

// NewFactor is a second factor that is shown to be set up, and what comes back with its first
// code.
type NewFactor struct {
	Secret  string // to be typed
	Picture FactorPicture
	Sealed  string // for the form
}

// pending is what waits for the first code of a second factor. It is in the hands of the browser
// alone, sealed: nothing is stored of it, and an invitation's code is not spent, until the second
// factor is shown to work.
type pending struct {
	What     string // see ForRegistration
	User     string
	Session  string // of ForFactor
	Email    string
	Code     string    // of the invitation, or id of the reset
	Recovery []byte    // hash of the recovery code that was the proof
	Hash     string    // of the new password
	Compared string    // the hash before it
	FactorAt time.Time // when the second factor before it was set
	Secret   []byte
	Ends     time.Time
}

// What a second factor that is being set up waits for. Each is confirmed in a place of its own.
const (
	ForRegistration = "register"
	ForReset        = "reset"
	ForFactor       = "factor"
)

func seal(key, plain []byte, label string) ([]byte, error) {
	box, err := boxOf(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, nonceBytes, nonceBytes+len(plain)+tagBytes)
	rand.Read(nonce) // never fails: crypto/rand
	return box.Seal(nonce, nonce, plain, []byte(label)), nil
}

func unseal(key, sealed []byte, label string) ([]byte, error) {
	box, err := boxOf(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < nonceBytes {
		return nil, ErrSealed
	}
	return box.Open(nil, sealed[:nonceBytes], sealed[nonceBytes:], []byte(label))
}

func boxOf(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

// sealFactor and unsealFactor keep the secret of a user's second factor in the database: sealed,
// and for this user alone.
func (p *passwords) sealFactor(user string, s password.Secret) ([]byte, error) {
	return seal(p.keys.seal, s.Bytes(), "totp "+user)
}

func (p *passwords) unsealFactor(user string, sealed []byte) (password.Secret, error) {
	raw, err := unseal(p.keys.seal, sealed, "totp "+user)
	if err != nil {
		return password.Secret{}, fmt.Errorf("unseal a second factor: %w", err)
	}
	return password.SecretOf(raw)
}

// show makes a second factor for what waits, and seals that with it.
func (p *passwords) show(w pending, account string) (NewFactor, error) {
	secret := password.NewSecret()
	w.Secret, w.Ends = secret.Bytes(), p.now().Add(pendingLife)
	plain, err := json.Marshal(w)
	if err != nil {
		return NewFactor{}, fmt.Errorf("seal what waits for a second factor: %w", err)
	}
	sealed, err := seal(p.keys.pending, plain, "pending")
	if err != nil {
		return NewFactor{}, err
	}
	return p.drawn(secret, account, base64.RawURLEncoding.EncodeToString(sealed))
}

func (p *passwords) drawn(secret password.Secret, account, sealed string) (NewFactor, error) {
	picture, err := password.Draw(secret.URI(p.Service, account))
	return NewFactor{Secret: secret.Reveal(), Picture: picture, Sealed: sealed}, err
}

// maxPending bounds what is taken as sealed.
const maxPending = 4096

// open reads what was sealed, if it is not too old.
func (p *passwords) open(sealed string) (w pending, err error) {
	if len(sealed) > maxPending || strings.ContainsAny(sealed, "\r\n") {
		return w, ErrPending
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil {
		return w, ErrPending
	}
	plain, err := unseal(p.keys.pending, raw, "pending")
	if err != nil || json.Unmarshal(plain, &w) != nil || p.now().After(w.Ends) {
		return pending{}, ErrPending
	}
	return w, nil
}

// again draws the second factor of what waits once more, after a wrong code.
func (p *passwords) again(w pending, sealed string) (NewFactor, error) {
	secret, err := password.SecretOf(w.Secret)
	if err != nil {
		return NewFactor{}, err
	}
	return p.drawn(secret, w.Email, sealed)
}

// match returns the step of a code of what waits, or ErrFactor.
func (p *passwords) match(w pending, typed string) (password.Secret, int64, error) {
	secret, err := password.SecretOf(w.Secret)
	if err != nil {
		return secret, 0, err
	}
	step, ok := secret.Match(typed, p.now(), 0)
	if !ok {
		return secret, 0, ErrFactor
	}
	return secret, step, nil
}
