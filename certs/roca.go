package certs

import "math/big"

// smallPrimes are those by which the detector's authors tell such keys; 2 says nothing of an odd
// modulus.
var smallPrimes = [...]uint64{3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
	109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167}

// factorable reports whether an RSA modulus was made by the library of Infineon's that many cards
// had until 2017 (CVE-2017-15361): then it can be factored. Its primes are powers of 65537 modulo
// the product of the small ones, and so is the modulus; of others about one in 2^27 is so by
// chance (Nemec and others, The Return of Coppersmith's Attack, 2017, section 2.2).
func factorable(modulus *big.Int) bool {
	for _, p := range smallPrimes {
		rest := new(big.Int).Mod(modulus, new(big.Int).SetUint64(p)).Uint64()
		if !powerOf65537(rest, p) {
			return false
		}
	}
	return true
}

// powerOf65537 reports whether n is a power of 65537 modulo the prime p.
func powerOf65537(n, p uint64) bool {
	power := uint64(1)
	for range p - 1 {
		if power == n {
			return true
		}
		power = power * 65537 % p
	}
	return false
}
