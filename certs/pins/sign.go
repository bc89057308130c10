package pins

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-jose/go-jose/v4"

	"mais/certs"
)

// kind is the type that the header of every announcement states (RFC 7515, 4.1.9), so that
// no other thing signed with the key passes for one.
const kind = "mais-pins+jws"

// Sign returns an announcement as a JWS in compact form (RFC 7515, 7.1), signed with ES256. The
// header carries the public key, which the reader knows by its pin.
func Sign(a Announcement, key crypto.Signer) (string, error) {
	if err := a.Check(); err != nil {
		return "", err
	}
	private, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return "", fmt.Errorf("pins: a key of type %T cannot sign an announcement, want ECDSA P-256", key)
	}
	payload, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("pins: encode: %w", err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: private},
		(&jose.SignerOptions{EmbedJWK: true}).WithType(kind))
	if err != nil {
		return "", fmt.Errorf("pins: sign: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("pins: sign: %w", err)
	}
	return signed.CompactSerialize()
}

// Follow returns the last of the signed announcements to which trusted keys lead, as Steps
// finds it, or a and ErrUntrusted.
func (a Announcement) Follow(signed []string, now time.Time) (Announcement, error) {
	links, err := a.Steps(signed, now)
	if len(links) == 0 {
		return a, err
	}
	return links[len(links)-1].Announcement, err
}

// Link is an announcement and the text in which it was signed.
type Link struct {
	Announcement Announcement `json:"announcement"`
	Signed       string       `json:"signed"`
}

// Steps returns those of the signed announcements to which trusted keys lead: each is
// signed by a key of the one before it that was believed, and has a higher number, though
// not one from the future; and only the recovery key gives way to another. Whatever else stands there is passed over.
// When none leads further, the error is ErrUntrusted if there was one that should have.
func (a Announcement) Steps(signed []string, now time.Time) (links []Link, err error) {
	if len(signed) > MaxChain {
		return nil, fmt.Errorf("pins: %d announcements, at most %d at a time", len(signed), MaxChain)
	}
	missed := false
	for _, text := range signed {
		next, by, err := Read(text)
		switch {
		case err != nil:
			missed = true
		case next.Number <= a.Number: // an old one, perhaps of a key that was given up since
		case !a.leadsTo(next, by, now):
			missed = true
		default:
			a, links = next, append(links, Link{next, text})
		}
	}
	if missed && len(links) == 0 {
		return nil, ErrUntrusted
	}
	return links, nil
}

// leadsTo reports whether who believes a believes an announcement that a key has signed.
func (a Announcement) leadsTo(next Announcement, by certs.Pin, now time.Time) bool {
	recovery := next.Recovery == a.Recovery || a.Recovery.IsZero() || by == a.Recovery
	return next.Number > a.Number && next.Number <= Latest(now) && a.Signs(by) && recovery
}

// First returns the last announcement of a chain, for who has none to hold it against: who
// fetched the chain from a server that a root has proved. That server's key is to be one of
// the announcement's; see Trusts.
func First(signed []string, now time.Time) (Announcement, error) {
	if len(signed) == 0 {
		return Announcement{}, errors.New("pins: there is no announcement")
	}
	last, by, err := Read(signed[len(signed)-1])
	switch {
	case err != nil:
		return Announcement{}, err
	case last.Number > Latest(now):
		return Announcement{}, fmt.Errorf("pins: number %d is from the future", last.Number)
	case last.Signs(by):
		return last, nil
	}
	// It was signed by a key that it takes away: the one before says that this may be.
	before, err := First(signed[:len(signed)-1], now)
	if err == nil && !before.leadsTo(last, by, now) {
		err = ErrUntrusted
	}
	return last, err
}

// Read reads an announcement and says which key has signed it. Whether that key may is for
// who asks to find out.
func Read(text string) (a Announcement, by certs.Pin, err error) {
	by, payload, err := parse(text)
	if err != nil {
		return Announcement{}, certs.Pin{}, err
	}
	a, err = decode(payload)
	return a, by, err
}

// parse reads an announcement and whose key has signed it, whoever that is.
func parse(text string) (pin certs.Pin, payload []byte, err error) {
	if len(text) > MaxBytes {
		return pin, nil, fmt.Errorf("pins: an announcement of %d bytes, at most %d", len(text), MaxBytes)
	}
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return pin, nil, fmt.Errorf("pins: read: %w", err)
	}
	header := signed.Signatures[0].Protected
	if typ, _ := header.ExtraHeaders[jose.HeaderType].(string); typ != kind || header.JSONWebKey == nil {
		return pin, nil, errors.New("pins: this is no announcement of pins")
	}
	key, ok := header.JSONWebKey.Key.(*ecdsa.PublicKey)
	if !ok {
		return pin, nil, errors.New("pins: signed by a key of another kind")
	}
	if pin, err = certs.PinOfKey(key); err != nil {
		return pin, nil, fmt.Errorf("pins: %w", err)
	}
	payload, err = signed.Verify(key)
	if err != nil {
		return pin, nil, fmt.Errorf("pins: the signature of %s is wrong", pin)
	}
	return pin, payload, nil
}

// decode reads what somebody has signed; it may still be nonsense.
func decode(payload []byte) (out Announcement, err error) {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	if err := decoder.Decode(&out); err != nil {
		return Announcement{}, fmt.Errorf("pins: decode: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Announcement{}, errors.New("pins: something stands behind the announcement")
	}
	return out, out.Check()
}
