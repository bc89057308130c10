package issuance

import (
	"crypto"
	"crypto/ecdsa"
	_ "embed"
	"encoding/binary"
)

// zlint's smallKey searches a public key for a private key of at most 2^16, or the negation
// of one, by sixteen additions of points. Whether it can find one is known sooner: the x
// coordinates of the 65,536 points that have such a private key stand in a Bloom filter for
// each curve, which is never wrong about a point that is in it and in 98 of 100 cases about
// one that is not. The test makes the filters anew and compares them.
var (
	//go:embed smallkeys-P-256.bloom
	smallP256 []byte
	//go:embed smallkeys-P-384.bloom
	smallP384 []byte
)

const (
	smallKeys  = 1 << 16
	bloomBits  = 19 // 64 KiB
	bloomProbe = 5  // bits for each point
)

// mayBeSmall reports whether the search is worth while. It says so for what it does not know.
func mayBeSmall(key crypto.PublicKey) bool {
	known, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return true
	}
	point, err := known.Bytes() // 4, x, y: SEC 1, 2.3.3
	if err != nil {
		return true
	}
	switch known.Curve.Params().BitSize {
	case 256:
		return inBloom(smallP256, point[1:])
	case 384:
		return inBloom(smallP384, point[1:])
	}
	return true
}

// inBloom takes the places of a point from its x coordinate, which is as good as random.
func inBloom(filter, x []byte) bool {
	for n := range bloomProbe {
		at := binary.BigEndian.Uint32(x[4*n:]) >> (32 - bloomBits)
		if filter[at/8]&(1<<(at%8)) == 0 {
			return false
		}
	}
	return true
}
