package ca

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"time"
)

// oidInvalidityDate names the entry extension of a revocation list that says since when a key
// is known or suspected to be compromised (RFC 5280, 5.3.2).
var oidInvalidityDate = asn1.ObjectIdentifier{2, 5, 29, 24}

// invalidityDate is that extension: not critical, a GeneralizedTime in seconds of UTC.
func invalidityDate(since time.Time) (pkix.Extension, error) {
	der, err := asn1.MarshalWithParams(since.UTC().Truncate(time.Second), "generalized")
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("encode the invalidity date: %w", err)
	}
	return pkix.Extension{Id: oidInvalidityDate, Value: der}, nil
}
