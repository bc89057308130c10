package receipt_test

import (
	"errors"
	"testing"

	"mais/certs"
	"mais/certs/receipt"
)

// TestStatement: a statement is good as what it was signed as, and as nothing else.
func TestStatement(t *testing.T) {
	root, foreign := newCA(t, "Root", nil), newCA(t, "Root", nil)
	sites := newCA(t, "Sites 1", &root)
	s := newSigner(t, &sites, certs.ReceiptSigner, nil)
	jws, err := s.SignStatement("mais-test", []byte("said"), now)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := receipt.VerifyStatement("mais-test", jws, root.cert, now); err != nil || string(got.Payload) != "said" {
		t.Errorf("VerifyStatement = %q, %v", got.Payload, err)
	}
	if _, err := receipt.Verify(jws, root.cert, now); !errors.Is(err, receipt.ErrInvalid) {
		t.Errorf("Verify takes a statement for a receipt: %v", err)
	}
	if _, err := receipt.VerifyStatement("mais-test", jws, foreign.cert, now); !errors.Is(err, receipt.ErrInvalid) {
		t.Errorf("VerifyStatement below another root = %v", err)
	}
	for _, typ := range []string{"", "mais-other", "MAIS-TEST", receipt.Type} {
		if _, err := receipt.VerifyStatement(typ, jws, root.cert, now); !errors.Is(err, receipt.ErrInvalid) {
			t.Errorf("VerifyStatement as %q = %v, want %v", typ, err, receipt.ErrInvalid)
		}
	}
	r := sign(t, s, now)
	for _, typ := range []string{receipt.Type, "mais-test"} {
		if _, err := receipt.VerifyStatement(typ, r, root.cert, now); !errors.Is(err, receipt.ErrInvalid) {
			t.Errorf("VerifyStatement takes a receipt for a statement %q: %v", typ, err)
		}
	}
	for _, typ := range []string{"", receipt.Type} {
		if _, err := s.SignStatement(typ, nil, now); err == nil {
			t.Errorf("SignStatement signs as %q", typ)
		}
	}
}
