package issuance

import (
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"

	"mais/certs"
)

// shards is among how many revocation lists an issuer's certificates are divided: with
// 100,000 revoked each names some 1,600 of them, below 64 KiB. A certificate keeps the
// number that it was issued with, so this may grow; see shardsEach before it shrinks.
const shards = 64

// shardsEach sets apart the numbers of people-1 and people-2, whose lists lie under one
// address. All of them are answered for, whatever shards is now.
const shardsEach = 1024

// Addresses is where relying parties find what belongs to an issuer, over plain HTTP.
type Addresses struct {
	List   string // the issuer's full revocation list
	Issuer string // the issuer's certificate in DER (RFC 5280, 4.2.2.1)
	OCSP   string // where its status is asked (RFC 6960, 3.1)

	shards string
	first  int // of the issuer's shards
}

// CheckPlainURL says why revocation lists cannot be fetched below a URL.
func CheckPlainURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("plain URL %q: want http://HOST or http://HOST:PORT; revocation lists are fetched without TLS (RFC 5280, 8)", s)
	}
	return nil
}

// AddressesOf returns the addresses below plainURL of the issuing CA id, one of a series.
func AddressesOf(plainURL, series, id string) Addresses {
	base := strings.TrimRight(plainURL, "/")
	a := Addresses{
		List: base + "/crl/" + series + ".crl", Issuer: base + "/ca/" + id + ".cer", OCSP: base + "/ocsp",
		shards: base + "/crl/" + series + "/",
	}
	_, number, _ := strings.Cut(id, "-")
	if generation, err := strconv.Atoi(number); err == nil && generation > 0 {
		a.first = (generation - 1) * shardsEach
	}
	return a
}

// Shard returns the address of one of the issuer's sharded revocation lists: what a
// certificate's CRL distribution point and the list's own issuing distribution point both
// name, byte by byte (RFC 5280, 5.2.5).
func (a Addresses) Shard(n int) string { return fmt.Sprintf("%s%d.crl", a.shards, n) }

// HasShard reports whether a shard's number is one of this issuer's.
func (a Addresses) HasShard(n int) bool { return n >= a.first && n < a.first+shardsEach }

// shardOf returns the shard of a new certificate: its serial is random, and its last octet
// therefore spreads evenly.
func (a Addresses) shardOf(serial *big.Int) int {
	return a.first + int(new(big.Int).Mod(serial, big.NewInt(shards)).Int64())
}

// status is what a certificate says about where its status is found.
type status struct{ lists, ocsp []string }

// statusOf returns what a certificate with the serial has to say.
func (a Addresses) statusOf(serial *big.Int, r certs.Rules) status {
	if r.NoCheck {
		return status{}
	}
	return status{[]string{a.Shard(a.shardOf(serial))}, []string{a.OCSP}}
}
