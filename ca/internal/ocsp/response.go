package ocsp

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Status is how a certificate stands (RFC 6960, 2.2); the numbers are the tags of CertStatus.
type Status uint8

// The statuses.
const (
	Good Status = iota
	Revoked
	Unknown // not one that the issuer ever issued
)

// Single is the answer for one certificate.
type Single struct {
	ID         CertID
	Status     Status
	RevokedAt  time.Time // when Revoked
	Reason     int       // when Revoked: RFC 5280, 5.3.1
	ThisUpdate time.Time // when this was known to be so
	NextUpdate time.Time // when more will be known
}

// Response is what a responder says.
type Response struct {
	KeyHash    []byte // SHA-1 of the responder's key, by which it names itself
	ProducedAt time.Time
	Singles    []Single
	Nonce      []byte // of the request that it answers, or nil
}

var (
	basicID   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1} // id-pkix-ocsp-basic
	nonceOID  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2} // id-pkix-ocsp-nonce
	ecdsaWith = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}     // ecdsa-with-SHA256, without parameters (RFC 5758, 3.2)
)

// Sign returns the response in DER, signed by a P-256 key and with its certificate, in DER,
// so that the relying party need not have it.
//
//	OCSPResponse ::= SEQUENCE {
//	    responseStatus     OCSPResponseStatus,
//	    responseBytes  [0] EXPLICIT SEQUENCE {
//	        responseType OBJECT IDENTIFIER,
//	        response     OCTET STRING } OPTIONAL }
//	BasicOCSPResponse ::= SEQUENCE {
//	    tbsResponseData    ResponseData,
//	    signatureAlgorithm AlgorithmIdentifier,
//	    signature          BIT STRING,
//	    certs          [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
func (r Response) Sign(key crypto.Signer, certificate []byte) ([]byte, error) {
	data, err := r.data()
	if err != nil {
		return nil, fmt.Errorf("write OCSP response: %w", err)
	}
	digest := sha256.Sum256(data)
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign OCSP response: %w", err)
	}
	b := cryptobyte.NewBuilder(make([]byte, 0, len(data)+len(certificate)+256))
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Enum(0) // successful
		b.AddASN1(tag0, func(b *cryptobyte.Builder) {
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(basicID)
				b.AddASN1(der.OCTET_STRING, func(b *cryptobyte.Builder) { addBasic(b, data, signature, certificate) })
			})
		})
	})
	return b.Bytes()
}

func addBasic(b *cryptobyte.Builder, data, signature, certificate []byte) {
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(data)
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(ecdsaWith) })
		b.AddASN1BitString(signature)
		b.AddASN1(tag0, func(b *cryptobyte.Builder) {
			b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(certificate) })
		})
	})
}

// data writes what is signed.
//
//	ResponseData ::= SEQUENCE {
//	    version            [0] EXPLICIT Version DEFAULT v1,
//	    responderID            CHOICE { byName [1] Name, byKey [2] KeyHash },
//	    producedAt             GeneralizedTime,
//	    responses              SEQUENCE OF SingleResponse,
//	    responseExtensions [1] EXPLICIT Extensions OPTIONAL }
func (r Response) data() ([]byte, error) {
	if len(r.Singles) == 0 {
		return nil, errors.New("it says nothing")
	}
	for _, s := range r.Singles {
		if s.ID.Hash == 0 {
			return nil, errors.New("it names a certificate by a hash that we do not know")
		}
	}
	b := cryptobyte.NewBuilder(make([]byte, 0, 256))
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag2, func(b *cryptobyte.Builder) { b.AddASN1OctetString(r.KeyHash) })
		b.AddASN1GeneralizedTime(r.ProducedAt.UTC())
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, s := range r.Singles {
				b.AddASN1(der.SEQUENCE, s.add)
			}
		})
		if r.Nonce != nil {
			b.AddASN1(tag1, r.addNonce)
		}
	})
	return b.Bytes()
}

func (r Response) addNonce(b *cryptobyte.Builder) {
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(nonceOID)
			b.AddASN1(der.OCTET_STRING, func(b *cryptobyte.Builder) { b.AddASN1OctetString(r.Nonce) })
		})
	})
}

// add writes the answer for one certificate.
//
//	SingleResponse ::= SEQUENCE {
//	    certID               CertID,
//	    certStatus           CHOICE { good [0] IMPLICIT NULL, revoked [1] IMPLICIT RevokedInfo, unknown [2] IMPLICIT NULL },
//	    thisUpdate           GeneralizedTime,
//	    nextUpdate       [0] EXPLICIT GeneralizedTime OPTIONAL,
//	    singleExtensions [1] EXPLICIT Extensions OPTIONAL }
//	RevokedInfo ::= SEQUENCE {
//	    revocationTime       GeneralizedTime,
//	    revocationReason [0] EXPLICIT CRLReason OPTIONAL }
func (s Single) add(b *cryptobyte.Builder) {
	s.ID.add(b)
	tag := der.Tag(s.Status).ContextSpecific()
	if s.Status == Revoked {
		tag = tag.Constructed()
	}
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		if s.Status != Revoked {
			return
		}
		b.AddASN1GeneralizedTime(s.RevokedAt.UTC())
		if s.Reason != 0 { // RFC 5280, 5.3.1: absent rather than unspecified
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddASN1Enum(int64(s.Reason)) })
		}
	})
	b.AddASN1GeneralizedTime(s.ThisUpdate.UTC())
	b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddASN1GeneralizedTime(s.NextUpdate.UTC()) })
}

func (id CertID) add(b *cryptobyte.Builder) {
	b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(der.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, h := range hashes {
				if h.hash == id.Hash {
					b.AddASN1ObjectIdentifier(h.oid)
					b.AddASN1NULL() // as clients write it, whose comparison may be of bytes
				}
			}
		})
		b.AddASN1OctetString(id.NameHash)
		b.AddASN1OctetString(id.KeyHash)
		b.AddASN1(der.INTEGER, func(b *cryptobyte.Builder) { b.AddBytes(id.Serial) })
	})
}
