//go:build cgo

package piv

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"io"
	"time"

	ykpiv "github.com/go-piv/piv-go/v2/piv"

	"mais/certs/attest"
	"mais/config"
	"mais/tokenctl/internal/fault"
)

// queueTime is how long a signature waits for other tokenctls: a signature has no context, and
// a card that waits to be touched is held for 15 seconds.
const queueTime = 60 * time.Second

// Sign opens the card, signs and closes it. A signature that the token's certificate does not
// verify is not returned: then the slot has another key.
func (k *Key) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	k.turn.Lock()
	defer k.turn.Unlock()
	ctx, stop := context.WithTimeoutCause(context.Background(), queueTime,
		fault.New(fault.CardBusy, "end that tokenctl, and try again", "another tokenctl keeps the card"))
	defer stop()
	card, err := Open(ctx, Choice{Serial: k.ref.Serial, GUID: k.ref.GUID}, k.use.Waiting)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	defer card.Close()
	signer, err := card.signer(k.ref, k.public, k.use.PIN, k.use.Touch)
	if err != nil {
		return nil, err
	}
	return signer.Sign(rand, digest, opts)
}

// cardSigner is a slot's key on an open card.
type cardSigner struct {
	card   *Card
	ref    Ref
	public crypto.PublicKey
	auth   ykpiv.KeyAuth
	touch  func()
}

// signer returns a slot's key whose policies are known. Where the PIN is wanted at all, it is
// given for each signature: that is one command less than to ask the card whether it has it,
// and the card is opened anew each time anyway.
func (c *Card) signer(ref Ref, public crypto.PublicKey, pin config.Secret, touch func()) (crypto.Signer, error) {
	if _, err := c.yubikey(); err != nil {
		return nil, err
	}
	s := &cardSigner{card: c, ref: ref, public: public, touch: touch}
	switch ref.PIN {
	case attest.PINNever, attest.MatchOnce, attest.MatchAlways:
		s.auth.PINPolicy = ykpiv.PINPolicy(ref.PIN)
	default:
		if err := fits("PIN", pin); err != nil {
			return nil, err
		}
		s.auth.PIN, s.auth.PINPolicy = reveal(pin), ykpiv.PINPolicyAlways
	}
	return s, nil
}

// Public returns the public half.
func (s *cardSigner) Public() crypto.PublicKey { return s.public }

// Sign signs on the card, and checks that the signature is the public key's.
func (s *cardSigner) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	slot, err := slotOf(s.ref.Slot)
	if err != nil {
		return nil, err
	}
	yk, err := s.card.yubikey()
	if err != nil {
		return nil, err
	}
	private, err := yk.PrivateKey(slot, s.public, s.auth)
	if err != nil {
		return nil, explain("use the key", s.card.reader, err)
	}
	if s.touch != nil && (s.ref.Touch == attest.TouchAlways || s.ref.Touch == attest.TouchCached) {
		s.touch()
	}
	s.card.verified = true // or soon
	signature, err := private.(crypto.Signer).Sign(rand, digest, opts)
	if err != nil {
		return nil, s.explain(err)
	}
	if !isSignature(s.public, digest, signature, opts) {
		return nil, otherKey(s.ref.Slot)
	}
	return signature, nil
}

func (s *cardSigner) explain(err error) error {
	word, _ := statusOf(err)
	var refused ykpiv.AuthErr
	switch {
	case word == notSatisfied && s.ref.Touch > attest.TouchNever:
		return fault.New(fault.Failed, "try again, and touch the card when it blinks", "the card was not touched in time")
	case word == notFound || word == noReference || word == badData || word == badParameters:
		return otherKey(s.ref.Slot)
	case errors.As(err, &refused) || word == blocked:
		return ofSecret("check the PIN", "PIN", s.card.reader, err)
	}
	return explain("sign", s.card.reader, err)
}

func otherKey(slot string) error {
	return fault.New(fault.Damaged, "see 'tokenctl piv doctor'; a key that was replaced or wiped is enrolled anew", "the slot %s has no key, or another than the token's", slot)
}

// isSignature verifies a signature in software. That a card's is wrong tells of another key;
// to send it would only have the server say that something is wrong.
func isSignature(public crypto.PublicKey, digest, signature []byte, opts crypto.SignerOpts) bool {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest, signature)
	case *rsa.PublicKey:
		if pss, ok := opts.(*rsa.PSSOptions); ok {
			return rsa.VerifyPSS(key, opts.HashFunc(), digest, signature, pss) == nil
		}
		return rsa.VerifyPKCS1v15(key, opts.HashFunc(), digest, signature) == nil
	}
	return false
}
