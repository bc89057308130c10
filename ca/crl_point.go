package ca

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// issuingDistributionPoint says that a list covers no more than the certificates whose CRL
// distribution point has the same address, and no CA's (RFC 5280, 5.2.5):
//
//	IssuingDistributionPoint ::= SEQUENCE {
//	     distributionPoint          [0] DistributionPointName OPTIONAL,
//	     onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE, … }
//	DistributionPointName ::= CHOICE {
//	     fullName                   [0] GeneralNames, … }
//	GeneralName ::= CHOICE { … uniformResourceIdentifier [6] IA5String, … }
//
// It is critical: without it a shard, which leaves out most of what is revoked, could be
// passed off as another or as the whole. The full list has none, and so covers everything of
// its issuer's; a list with this extension but no distributionPoint would say the same with
// more words.
func issuingDistributionPoint(address string) (pkix.Extension, error) {
	type pointName struct {
		FullName []asn1.RawValue `asn1:"tag:0"`
	}
	value, err := asn1.Marshal(struct {
		Point         pointName `asn1:"tag:0"`
		OnlyUserCerts bool      `asn1:"tag:1"`
	}{
		pointName{[]asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte(address)}}},
		true,
	})
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("issuing distribution point: %w", err)
	}
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: value}, nil
}
