package issuance

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/binary"
	"flag"
	"math/big"
	"os"
	"testing"

	"mais/certs"
)

var update = flag.Bool("update", false, "write the filters of small keys anew")

// smallPoints calls add with the point of each private key from 1 to smallKeys.
func smallPoints(curve elliptic.Curve, add func(x, y *big.Int)) {
	g := curve.Params()
	x, y := g.Gx, g.Gy
	for n := 1; ; n++ {
		add(x, y)
		if n == smallKeys {
			return
		}
		//lint:ignore SA1019 crypto/ecdh adds no points, and nothing here is secret
		x, y = curve.Add(x, y, g.Gx, g.Gy)
	}
}

func TestSmallKeyFilters(t *testing.T) {
	for _, test := range []struct {
		curve elliptic.Curve
		file  string
		have  []byte
	}{{elliptic.P256(), "smallkeys-P-256.bloom", smallP256}, {elliptic.P384(), "smallkeys-P-384.bloom", smallP384}} {
		t.Run(test.curve.Params().Name, func(t *testing.T) {
			t.Parallel()
			want := make([]byte, 1<<bloomBits/8)
			x := make([]byte, test.curve.Params().BitSize/8)
			smallPoints(test.curve, func(at, _ *big.Int) {
				at.FillBytes(x)
				for n := range bloomProbe {
					bit := binary.BigEndian.Uint32(x[4*n:]) >> (32 - bloomBits)
					want[bit/8] |= 1 << (bit % 8)
				}
			})
			if *update {
				if err := os.WriteFile(test.file, want, 0o644); err != nil {
					t.Fatal(err)
				}
			} else if !bytes.Equal(test.have, want) {
				t.Errorf("%s is not what it should be: make it anew with -update", test.file)
			}
		})
	}
}

func TestMayBeSmall(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		n := new(big.Int).Set(curve.Params().N)
		for _, d := range []*big.Int{big.NewInt(1), big.NewInt(2), big.NewInt(40000), big.NewInt(smallKeys), n.Sub(n, big.NewInt(255))} {
			key := keyOf(t, curve, d)
			if !mayBeSmall(key.Public()) {
				t.Errorf("%s: mayBeSmall(the key of %v) = false, want true", curve.Params().Name, d)
			}
		}
	}
	found := 0
	for range 1000 {
		if mayBeSmall(newKey(t).Public()) {
			found++
		}
	}
	if found > 100 {
		t.Errorf("mayBeSmall is true of %d of 1000 random keys, want about 22", found)
	}
	if !mayBeSmall("no key") {
		t.Error("mayBeSmall of what it does not know = false, want true")
	}
}

func keyOf(t testing.TB, curve elliptic.Curve, d *big.Int) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(curve, d.FillBytes(make([]byte, curve.Params().BitSize/8)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// A key that anyone can compute is not certified, be it ever so well proven.
func TestSmallKeysAreNotCertified(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		key := keyOf(t, curve, big.NewInt(65000))
		p, err := testIssuer(t, "people").Prepare(testSubject(t, certs.PersonSoftware), testRequest(t, noNames, key), now)
		if err != nil {
			t.Fatal(err)
		}
		wantFault(t, p, smallKey)
	}
}
