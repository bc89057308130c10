package receipt

import (
	"crypto/x509"
	"fmt"
	"strings"
	"time"
)

// SignStatement signs what is no receipt, with the same key and in the same form: typ says
// what it is, so that neither is ever taken for the other. A typ that is none, or a receipt's,
// is refused.
func (s Signer) SignStatement(typ string, payload []byte, at time.Time) (string, error) {
	if typ == "" || typ == Type {
		return "", fmt.Errorf("sign a statement: typ %q is not a statement's", typ)
	}
	return s.sign(typ, payload, at)
}

// VerifyStatement is Verify for a statement of a typ. A receipt is none. Every error is an
// ErrInvalid.
func VerifyStatement(typ, compact string, root *x509.Certificate, now time.Time) (Receipt, error) {
	err := fmt.Errorf("typ %q is not a statement's", typ)
	var r Receipt
	if typ != "" && typ != Type {
		r, err = verify(typ, strings.TrimSpace(compact), root, now)
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return r, nil
}
