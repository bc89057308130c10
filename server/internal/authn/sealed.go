package authn

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// ErrSealed is returned for text that was not sealed in this session under this label, and
// when there is no session to seal in.
var ErrSealed = errors.New("authn: not sealed in this session")

// sealedSizes are the lengths that plain text is padded to, so that the length of what a
// page's address holds tells no more than which of these it was.
var sealedSizes = [...]int{256, 1024, 4096}

const (
	lengthBytes = 2
	nonceBytes  = 12 // of GCM, random: a session seals far fewer than 2^32 texts under one key
	tagBytes    = 16
)

// maxSealed is the longest text that Seal returns.
var maxSealed = base64.RawURLEncoding.EncodedLen(nonceBytes + sealedSizes[len(sealedSizes)-1] + tagBytes)

// deriver returns HKDF-SHA256 (RFC 5869) over a session's id. The id stays in a closure,
// where no formatting of a verdict finds it.
func deriver(id []byte) func(label string) ([]byte, error) {
	return func(label string) ([]byte, error) { return hkdf.Key(sha256.New, id, nil, "mais sealed: "+label, 32) }
}

// Seal returns plain encrypted for a URL or a form, so that it may stand in an address bar, a
// history or a log: only Open with the same label and in the same session reads it. The key
// comes from the session's id, which the server does not keep, so that what was sealed ends
// with the session. Plain may be 4,094 bytes long. The error is ErrSealed without a session.
func (v *Verdict) Seal(label string, plain []byte) (string, error) {
	padded, err := pad(plain)
	if err != nil {
		return "", err
	}
	box, err := v.box(label)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, nonceBytes, nonceBytes+len(padded)+tagBytes)
	rand.Read(nonce) // never fails: crypto/rand
	return base64.RawURLEncoding.EncodeToString(box.Seal(nonce, nonce, padded, []byte(label))), nil
}

// Open returns what Seal was given. The error is ErrSealed, whatever is wrong.
func (v *Verdict) Open(label, text string) ([]byte, error) {
	if len(text) > maxSealed || strings.ContainsAny(text, "\r\n") { // which the decoder would skip
		return nil, ErrSealed
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(sealed) < nonceBytes {
		return nil, ErrSealed
	}
	box, err := v.box(label)
	if err != nil {
		return nil, err
	}
	padded, err := box.Open(nil, sealed[:nonceBytes], sealed[nonceBytes:], []byte(label))
	if err != nil {
		return nil, ErrSealed
	}
	return unpad(padded)
}

func (v *Verdict) box(label string) (cipher.AEAD, error) {
	if v.refusal != nil || v.derive == nil {
		return nil, ErrSealed
	}
	key, err := v.derive(label)
	if err != nil {
		return nil, fmt.Errorf("derive the key of sealed texts: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make the cipher of sealed texts: %w", err)
	}
	return cipher.NewGCM(block)
}

// pad puts plain's length before it and zeros behind it.
func pad(plain []byte) ([]byte, error) {
	for _, size := range sealedSizes {
		if lengthBytes+len(plain) <= size {
			padded := make([]byte, size)
			binary.BigEndian.PutUint16(padded, uint16(len(plain)))
			copy(padded[lengthBytes:], plain)
			return padded, nil
		}
	}
	return nil, fmt.Errorf("authn: %d bytes are too many to seal", len(plain))
}

func unpad(padded []byte) ([]byte, error) {
	if len(padded) < lengthBytes {
		return nil, ErrSealed
	}
	n := int(binary.BigEndian.Uint16(padded))
	if n > len(padded)-lengthBytes {
		return nil, ErrSealed
	}
	return padded[lengthBytes : lengthBytes+n], nil
}
