package pivtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/rand"
	"crypto/subtle"

	"mais/certs/attest"
)

// A managementKey is the PIV card application administration key, 9B.
type managementKey struct {
	Algorithm byte
	Value     []byte
	Touch     bool
}

var managementKeySize = map[byte]int{alg3DES: 24, algAES128: 16, algAES192: 24, algAES256: 32}

// cipher returns the block cipher; nil when key and algorithm do not go together.
func (k managementKey) cipher() cipher.Block {
	var block cipher.Block
	var err error
	switch {
	case len(k.Value) != managementKeySize[k.Algorithm]:
		return nil
	case k.Algorithm == alg3DES:
		block, err = des.NewTripleDESCipher(k.Value)
	default:
		block, err = aes.NewCipher(k.Value)
	}
	if err != nil {
		return nil
	}
	return block
}

// A proof is half a proof of the management key: what the other side must answer.
type proof struct {
	mutual bool
	want   []byte
}

// authenticateManagement proves the management key to the card, and the card's to the client if
// it asks (SP 800-73-5, part 2, A.1).
func (c *Card) authenticateManagement(algorithm byte, fields []field) ([]byte, status) {
	if algorithm == 0 {
		algorithm = alg3DES // its other name, SP 800-78-5, table 9
	}
	block := c.state.Management.cipher()
	if block == nil || algorithm != c.state.Management.Algorithm {
		return nil, statusP1P2
	}
	begun := c.proof
	c.proof = nil
	witness, mutual := find(fields, tagWitness)
	challenge, challenged := find(fields, tagChallenge)
	response, responds := find(fields, tagResponse)
	switch {
	case mutual && len(witness) == 0:
		return c.begin(block, true)
	case mutual:
		return c.finish(begun, true, witness, challenge, block)
	case challenged && len(challenge) == 0:
		return c.begin(block, false)
	case responds:
		return c.finish(begun, false, response, nil, nil)
	}
	return nil, statusData
}

// begin sends random bytes: enciphered as a witness, which the client deciphers; plain as a
// challenge, which it enciphers.
func (c *Card) begin(block cipher.Block, mutual bool) ([]byte, status) {
	random, enciphered := make([]byte, block.BlockSize()), make([]byte, block.BlockSize())
	rand.Read(random)
	block.Encrypt(enciphered, random)
	if mutual {
		c.proof = &proof{mutual, random}
		return object(tagDynamic, object(tagWitness, enciphered...)...), statusOK
	}
	c.proof = &proof{mutual, enciphered}
	return object(tagDynamic, object(tagChallenge, random...)...), statusOK
}

// finish compares, and answers the client's challenge.
func (c *Card) finish(begun *proof, mutual bool, got, challenge []byte, block cipher.Block) ([]byte, status) {
	c.admin = false
	switch {
	case begun == nil || begun.mutual != mutual:
		return nil, statusConditions
	case subtle.ConstantTimeCompare(begun.want, got) != 1:
		return nil, statusSecurity
	case mutual && len(challenge) != block.BlockSize():
		return nil, statusData
	case c.state.Management.Touch && !c.feel(slotManagement):
		return nil, statusSecurity
	}
	c.admin = true
	if !mutual {
		return nil, statusOK
	}
	answer := make([]byte, block.BlockSize())
	block.Encrypt(answer, challenge)
	return object(tagDynamic, object(tagResponse, answer...)...), statusOK
}

// setManagementKey is Yubico's. AES keys are known from firmware 5.4.
func (c *Card) setManagementKey(cmd command) ([]byte, status) {
	switch {
	case !c.admin:
		return nil, statusSecurity
	case cmd.p1 != 0xff || cmd.p2 != 0xff && cmd.p2 != 0xfe:
		return nil, statusP1P2
	case len(cmd.data) < 3 || cmd.data[1] != slotManagement || int(cmd.data[2]) != len(cmd.data)-3:
		return nil, statusData
	}
	next := managementKey{Algorithm: cmd.data[0], Value: bytes.Clone(cmd.data[3:]), Touch: cmd.p2 == 0xfe}
	if next.cipher() == nil || next.Algorithm != alg3DES && !c.state.has(attest.Version{Major: 5, Minor: 4}) {
		return nil, statusData
	}
	c.state.Management = next
	return nil, c.saved(statusOK)
}
