package ocsp

import (
	"bytes"
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"testing"

	xocsp "golang.org/x/crypto/ocsp"
)

// The request of RFC 6960, 4.1.1 as encoding/asn1 writes it: another pen than the parser's.
type (
	certID struct {
		Hash          pkix.AlgorithmIdentifier
		NameHash, Key []byte
		Serial        *big.Int
	}
	single struct {
		ID         certID
		Extensions []pkix.Extension `asn1:"explicit,tag:0,optional"`
	}
	tbs struct {
		Version    int           `asn1:"explicit,tag:0,optional,default:0"`
		Requestor  asn1.RawValue `asn1:"optional"`
		List       []single
		Extensions []pkix.Extension `asn1:"explicit,tag:2,optional"`
	}
	signature struct {
		Algorithm pkix.AlgorithmIdentifier
		Value     asn1.BitString
	}
	whole struct {
		TBS       tbs
		Signature signature `asn1:"explicit,tag:0,optional"`
	}
)

var (
	sha1OID   = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	sha512OID = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
)

func ask(serials ...int64) whole {
	var w whole
	for _, n := range serials {
		w.TBS.List = append(w.TBS.List, single{ID: certID{
			pkix.AlgorithmIdentifier{Algorithm: sha1OID, Parameters: asn1.NullRawValue}, []byte("name"), []byte("key"), big.NewInt(n),
		}})
	}
	return w
}

func nonce(size int) pkix.Extension {
	value, _ := asn1.Marshal(bytes.Repeat([]byte{7}, size))
	return pkix.Extension{Id: nonceOID, Value: value}
}

func with(w whole, change func(*whole)) whole {
	change(&w)
	return w
}

func marshal(t testing.TB, w any) []byte {
	t.Helper()
	der, err := asn1.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestParse(t *testing.T) {
	uri := "http://me.example.org"
	name := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: append([]byte{0x86, byte(len(uri))}, uri...)}
	for what, test := range map[string]struct {
		request whole
		serials []string
		hash    crypto.Hash
		nonce   int
	}{
		"one":              {ask(0x4001), []string{"4001"}, crypto.SHA1, 0},
		"a serial of 0x80": {ask(0x80), []string{"80"}, crypto.SHA1, 0},
		"below zero":       {ask(-5), []string{""}, crypto.SHA1, 0},
		"zero":             {ask(0), []string{""}, crypto.SHA1, 0},
		"eight":            {ask(1, 2, 3, 4, 5, 6, 7, 8), []string{"01", "02", "03", "04", "05", "06", "07", "08"}, crypto.SHA1, 0},
		"a nonce of 1":     {with(ask(1), func(w *whole) { w.TBS.Extensions = []pkix.Extension{nonce(1)} }), []string{"01"}, crypto.SHA1, 1},
		"a nonce of 128":   {with(ask(1), func(w *whole) { w.TBS.Extensions = []pkix.Extension{nonce(128)} }), []string{"01"}, crypto.SHA1, 128},
		"a critical nonce": {with(ask(1), func(w *whole) {
			w.TBS.Extensions = []pkix.Extension{{Id: nonceOID, Critical: true, Value: nonce(9).Value}}
		}), []string{"01"}, crypto.SHA1, 9},
		"a name":                          {with(ask(1), func(w *whole) { w.TBS.Requestor = name }), []string{"01"}, crypto.SHA1, 0},
		"a signature":                     {with(ask(1), func(w *whole) { w.Signature.Algorithm.Algorithm = sha1OID }), []string{"01"}, crypto.SHA1, 0},
		"another extension":               {with(ask(1), func(w *whole) { w.TBS.Extensions = []pkix.Extension{{Id: sha1OID, Value: []byte{5, 0}}} }), []string{"01"}, crypto.SHA1, 0},
		"a hash that we do not know":      {with(ask(1), func(w *whole) { w.TBS.List[0].ID.Hash.Algorithm = sha512OID }), []string{"01"}, 0, 0},
		"an algorithm without parameters": {with(ask(1), func(w *whole) { w.TBS.List[0].ID.Hash.Parameters = asn1.RawValue{} }), []string{"01"}, crypto.SHA1, 0},
	} {
		r, err := Parse(marshal(t, test.request))
		if err != nil {
			t.Errorf("Parse(%s) = %v", what, err)
			continue
		}
		var serials []string
		for _, id := range r.IDs {
			serials = append(serials, id.SerialHex())
			if string(id.NameHash) != "name" || string(id.KeyHash) != "key" || id.Hash != test.hash {
				t.Errorf("Parse(%s) = %+v, want hashes of %v", what, id, test.hash)
			}
		}
		if !slices.Equal(serials, test.serials) || len(r.Nonce) != test.nonce {
			t.Errorf("Parse(%s) = serials %v, a nonce of %d, want %v, %d", what, serials, len(r.Nonce), test.serials, test.nonce)
		}
	}
}

// malformed is a corpus of what is no request.
func malformed(t testing.TB) map[string][]byte {
	good := marshal(t, ask(0x4001))
	long := slices.Clone(good)
	long[1]-- // the inner length no longer fits
	return map[string][]byte{
		"nothing":           nil,
		"text":              []byte("GET / HTTP/1.1\r\n"),
		"cut short":         good[:len(good)-1],
		"trailing data":     append(slices.Clone(good), 0),
		"a wrong length":    long,
		"indefinite length": {0x30, 0x80, 0, 0},
		"no certificate":    marshal(t, ask()),
		"nine certificates": marshal(t, ask(1, 2, 3, 4, 5, 6, 7, 8, 9)),
		"too long":          marshal(t, with(ask(1), func(w *whole) { w.TBS.Extensions = []pkix.Extension{{Id: sha1OID, Value: make([]byte, MaxRequest)}} })),
		"version 2":         marshal(t, with(ask(1), func(w *whole) { w.TBS.Version = 1 })),
		"an empty nonce":    marshal(t, with(ask(1), func(w *whole) { w.TBS.Extensions = []pkix.Extension{nonce(0)} })),
		"a nonce of 129":    marshal(t, with(ask(1), func(w *whole) { w.TBS.Extensions = []pkix.Extension{nonce(129)} })),
		"a bare nonce":      marshal(t, with(ask(1), func(w *whole) { w.TBS.Extensions = []pkix.Extension{{Id: nonceOID, Value: []byte("0123456789")}} })),
		"two nonces":        marshal(t, with(ask(1), func(w *whole) { w.TBS.Extensions = []pkix.Extension{nonce(3), nonce(3)} })),
		"a critical stranger": marshal(t, with(ask(1), func(w *whole) {
			w.TBS.Extensions = []pkix.Extension{{Id: sha1OID, Critical: true, Value: []byte{5, 0}}}
		})),
		"a critical stranger for one": marshal(t, with(ask(1), func(w *whole) {
			w.TBS.List[0].Extensions = []pkix.Extension{{Id: sha1OID, Critical: true, Value: []byte{5, 0}}}
		})),
		"a long form of a serial": bytes.Replace(marshal(t, ask(0x4001)), []byte{2, 2, 0x40, 0x01}, []byte{2, 2, 0x00, 0x01}, 1),
		"a response":              xocsp.TryLaterErrorResponse,
	}
}

func TestParseRefuses(t *testing.T) {
	for what, request := range malformed(t) {
		if r, err := Parse(request); !errors.Is(err, ErrMalformed) {
			t.Errorf("Parse(%s) = %+v, %v, want %v", what, r, err, ErrMalformed)
		}
	}
}

// What Parse takes and golang.org/x/crypto/ocsp takes as well they read alike, and nothing
// that comes from outside makes it panic.
func FuzzParse(f *testing.F) {
	for _, request := range malformed(f) {
		f.Add(request)
	}
	f.Add(marshal(f, ask(0x4001)))
	f.Add(marshal(f, with(ask(1, 2), func(w *whole) { w.TBS.Extensions = []pkix.Extension{nonce(32)} })))
	f.Fuzz(func(t *testing.T, request []byte) {
		r, err := Parse(request)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("Parse = %v, want it to wrap %v", err, ErrMalformed)
			}
			return
		}
		if len(r.IDs) == 0 || len(r.IDs) > MaxIDs || len(r.Nonce) > maxNonce {
			t.Errorf("Parse = %d certificates, a nonce of %d", len(r.IDs), len(r.Nonce))
		}
		other, err := xocsp.ParseRequest(request)
		if err != nil || r.IDs[0].Hash == 0 {
			return
		}
		first := r.IDs[0]
		if !bytes.Equal(first.NameHash, other.IssuerNameHash) || !bytes.Equal(first.KeyHash, other.IssuerKeyHash) || first.Hash != other.HashAlgorithm {
			t.Errorf("Parse = %+v, x/crypto/ocsp has %+v", first, other)
		}
		if hex := first.SerialHex(); hex != "" {
			if n, _ := new(big.Int).SetString(hex, 16); n.Cmp(other.SerialNumber) != 0 {
				t.Errorf("serial %s, x/crypto/ocsp has %x", hex, other.SerialNumber)
			}
		}
	})
}
