package pivtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"mais/certs/attest"
)

// The algorithms (SP 800-78-5, table 9); the two longer RSA keys are in it since revision 5 and
// on YubiKeys since firmware 5.7.
const (
	alg3DES    = 0x03
	algRSA3072 = 0x05
	algRSA2048 = 0x07
	algAES128  = 0x08
	algAES192  = 0x0a
	algAES256  = 0x0c
	algP256    = 0x11
	algP384    = 0x14
	algRSA4096 = 0x16
)

// The key references (SP 800-73-5, part 1, table 4b), and Yubico's for attestation.
const (
	slotAuthentication     = 0x9a
	slotManagement         = 0x9b
	slotSignature          = 0x9c
	slotKeyManagement      = 0x9d
	slotCardAuthentication = 0x9e
	slotRetiredFirst       = 0x82
	slotRetiredLast        = 0x95
	slotAttestation        = 0xf9
)

// A key is a private key in a slot.
type key struct {
	Algorithm byte
	PIN       attest.PINPolicy
	Touch     attest.TouchPolicy
	Generated bool // on the card, so that it can be attested
	private   crypto.Signer
}

var rsaBits = map[byte]int{algRSA2048: 2048, algRSA3072: 3072, algRSA4096: 4096}

// makes says whether the card can make and use keys of this kind.
func (s *state) makes(algorithm byte) bool {
	switch algorithm {
	case algP256, algP384, algRSA2048:
		return true
	case algRSA3072, algRSA4096:
		return !s.Plain && s.has(attest.Version{Major: 5, Minor: 7})
	}
	return false
}

// holds says whether the card has such a slot for keys.
func (s *state) holds(slot byte) bool {
	switch slot {
	case slotAuthentication, slotSignature, slotKeyManagement, slotCardAuthentication:
		return true
	}
	return !s.Plain && slot >= slotRetiredFirst && slot <= slotRetiredLast
}

func makeKey(algorithm byte) (crypto.Signer, error) {
	switch algorithm {
	case algP256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case algP384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	if bits := rsaBits[algorithm]; bits != 0 {
		return rsa.GenerateKey(rand.Reader, bits)
	}
	return nil, fmt.Errorf("pivtest: no keys of the algorithm %02x", algorithm)
}

// The data objects of GENERATE and IMPORT.
const (
	tagTemplate  = 0xac
	tagAlgorithm = 0x80
	tagPINPolicy = 0xaa // Yubico's
	tagTouch     = 0xab // Yubico's
	tagPublicKey = 0x7f49
)

// generate makes a key (SP 800-73-5, part 2, 3.3.2).
func (c *Card) generate(cmd command) ([]byte, status) {
	template, rest, ok := readField(cmd.data)
	fields, okay := readFields(template.value)
	switch {
	case !c.admin:
		return nil, statusSecurity
	case cmd.p1 != 0 || !c.state.holds(cmd.p2):
		return nil, statusP1P2
	case !ok || !okay || len(rest) != 0 || template.tag != tagTemplate:
		return nil, statusData
	}
	algorithm, ok := find(fields, tagAlgorithm)
	if !ok || len(algorithm) != 1 || !c.state.makes(algorithm[0]) {
		return nil, statusData
	}
	k := &key{Algorithm: algorithm[0], Generated: true}
	if !c.policies(k, cmd.p2, fields, tagAlgorithm) {
		return nil, statusData
	}
	private, err := makeKey(k.Algorithm)
	if err != nil {
		return nil, statusMemory
	}
	k.private = private
	c.state.Keys[cmd.p2] = k
	return object(tagPublicKey, publicKey(private.Public())...), c.saved(statusOK)
}

// policies reads when a key wants PIN and touch; what is not said is the slot's custom. Other
// data objects than these and the known one make the command wrong.
func (c *Card) policies(k *key, slot byte, fields []field, known ...uint32) bool {
	k.PIN, k.Touch = customPIN(slot), attest.TouchNever
	for _, f := range fields {
		switch {
		case slices.Contains(known, f.tag):
			continue
		case c.state.Plain || len(f.value) != 1:
			return false
		case f.tag == tagPINPolicy && f.value[0] <= byte(attest.PINAlways):
			if f.value[0] != 0 {
				k.PIN = attest.PINPolicy(f.value[0])
			}
		case f.tag == tagTouch && f.value[0] <= byte(attest.TouchCached):
			if f.value[0] != 0 {
				k.Touch = attest.TouchPolicy(f.value[0])
			}
		default:
			return false
		}
	}
	return true
}

// customPIN is when SP 800-73-5, part 1, table 4b, wants the PIN for a slot.
func customPIN(slot byte) attest.PINPolicy {
	switch slot {
	case slotSignature:
		return attest.PINAlways
	case slotCardAuthentication:
		return attest.PINNever
	}
	return attest.PINOnce
}

// publicKey writes a public key as GENERATE answers it (SP 800-73-5, part 2, table 11).
func publicKey(public crypto.PublicKey) []byte {
	switch public := public.(type) {
	case *ecdsa.PublicKey:
		point, err := public.Bytes()
		if err != nil {
			return nil
		}
		return object(0x86, point...)
	case *rsa.PublicKey:
		return append(object(0x81, public.N.Bytes()...), object(0x82, big.NewInt(int64(public.E)).Bytes()...)...)
	}
	return nil
}

// importKey is Yubico's: it puts a key made elsewhere into a slot.
func (c *Card) importKey(cmd command) ([]byte, status) {
	fields, ok := readFields(cmd.data)
	switch {
	case !c.admin:
		return nil, statusSecurity
	case !c.state.holds(cmd.p2) || !c.state.makes(cmd.p1):
		return nil, statusP1P2
	case !ok:
		return nil, statusData
	}
	private, known := importEC(cmd.p1, fields), []uint32{0x06}
	if rsaBits[cmd.p1] != 0 {
		private, known = importRSA(cmd.p1, fields), []uint32{1, 2, 3, 4, 5}
	}
	k := &key{Algorithm: cmd.p1, private: private}
	if private == nil || !c.policies(k, cmd.p2, fields, known...) {
		return nil, statusData
	}
	c.state.Keys[cmd.p2] = k
	return nil, c.saved(statusOK)
}

func importEC(algorithm byte, fields []field) crypto.Signer {
	curve := elliptic.P256()
	if algorithm == algP384 {
		curve = elliptic.P384()
	}
	value, _ := find(fields, 0x06)
	private, err := ecdsa.ParseRawPrivateKey(curve, value)
	if err != nil {
		return nil
	}
	return private
}

// importRSA takes the two primes; the rest of the key follows from them and from the exponent
// that every card has.
func importRSA(algorithm byte, fields []field) crypto.Signer {
	pValue, _ := find(fields, 1)
	qValue, _ := find(fields, 2)
	bits := rsaBits[algorithm]
	if len(pValue) > bits/16 || len(qValue) > bits/16 {
		return nil
	}
	p, q := new(big.Int).SetBytes(pValue), new(big.Int).SetBytes(qValue)
	one, e := big.NewInt(1), big.NewInt(65537)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	if phi.Sign() <= 0 {
		return nil
	}
	d := new(big.Int).ModInverse(e, phi)
	n := new(big.Int).Mul(p, q)
	if d == nil || n.BitLen() != bits {
		return nil
	}
	private := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}
	if private.Validate() != nil {
		return nil
	}
	private.Precompute()
	return private
}

func parseSigner(pkcs8 []byte) (crypto.Signer, error) {
	private, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, err
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, errors.New("pivtest: the key signs nothing")
	}
	return signer, nil
}
