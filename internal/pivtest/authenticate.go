package pivtest

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"time"

	"mais/certs/attest"
)

// The dynamic authentication template (SP 800-73-5, part 2, table 7).
const (
	tagDynamic       = 0x7c
	tagWitness       = 0x80
	tagChallenge     = 0x81
	tagResponse      = 0x82
	tagExponentation = 0x85
)

// authenticate is GENERAL AUTHENTICATE (SP 800-73-5, part 2, 3.2.4): the management key proves
// itself, and the other keys are used.
func (c *Card) authenticate(cmd command) ([]byte, status) {
	template, rest, ok := readField(cmd.data)
	fields, okay := readFields(template.value)
	if !ok || !okay || len(rest) != 0 || template.tag != tagDynamic {
		return nil, statusData
	}
	if cmd.p2 == slotManagement {
		return c.authenticateManagement(cmd.p1, fields)
	}
	k := c.state.Keys[cmd.p2]
	switch {
	case !c.state.holds(cmd.p2) || k == nil:
		return nil, statusReference
	case k.Algorithm != cmd.p1:
		return nil, statusP1P2
	}
	result, s := c.use(cmd.p2, k, fields)
	if s != statusOK {
		return nil, s
	}
	return object(tagDynamic, object(tagResponse, result...)...), statusOK
}

// use does with a key what the template asks for: sign or decrypt a challenge, or agree on a
// secret with a point.
func (c *Card) use(slot byte, k *key, fields []field) ([]byte, status) {
	if _, ok := find(fields, tagResponse); !ok {
		return nil, statusData // nobody asks for an answer
	}
	challenge, signs := find(fields, tagChallenge)
	point, agrees := find(fields, tagExponentation)
	if signs == agrees {
		return nil, statusData
	}
	if !c.mayUse(slot, k) {
		return nil, statusSecurity
	}
	switch private := k.private.(type) {
	case *rsa.PrivateKey:
		return exponentiate(private, challenge)
	case *ecdsa.PrivateKey:
		if agrees {
			return agree(private, point)
		}
		return signDigest(private, challenge)
	}
	return nil, statusConditions
}

// touchLasts is how long a touch is good for a key that remembers it.
const touchLasts = 15 * time.Second

// mayUse asks for PIN and finger as the key's policies say.
func (c *Card) mayUse(slot byte, k *key) bool {
	switch {
	case k.PIN == attest.PINOnce && !c.verified, k.PIN == attest.PINAlways && !c.fresh:
		return false
	case k.Touch == attest.TouchCached && c.now().Sub(c.touched) < touchLasts:
		return true
	case k.Touch == attest.TouchNever:
		return true
	}
	return c.feel(slot)
}

// feel waits for the finger, with the card's lock: a card that waits does nothing else.
func (c *Card) feel(slot byte) bool {
	touched := c.touch(slot)
	if touched {
		c.touched = c.now()
	}
	return touched
}

// exponentiate is RSA without padding, which is the client's matter: it signs and decrypts.
func exponentiate(private *rsa.PrivateKey, block []byte) ([]byte, status) {
	x := new(big.Int).SetBytes(block)
	if len(block) != private.Size() || x.Cmp(private.N) >= 0 {
		return nil, statusData
	}
	return x.Exp(x, private.D, private.N).FillBytes(make([]byte, private.Size())), statusOK
}

func signDigest(private *ecdsa.PrivateKey, digest []byte) ([]byte, status) {
	if size := (private.Curve.Params().BitSize + 7) / 8; len(digest) == 0 || len(digest) > size {
		return nil, statusData
	}
	signature, err := ecdsa.SignASN1(rand.Reader, private, digest)
	if err != nil {
		return nil, statusData
	}
	return signature, statusOK
}

func agree(private *ecdsa.PrivateKey, point []byte) ([]byte, status) {
	own, err := private.ECDH()
	if err != nil {
		return nil, statusConditions
	}
	peer, err := own.Curve().NewPublicKey(point)
	if err != nil {
		return nil, statusData
	}
	shared, err := own.ECDH(peer)
	if err != nil {
		return nil, statusData
	}
	return shared, statusOK
}
