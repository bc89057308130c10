package backup

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mais/certs"
	"mais/certs/receipt"
)

// Type is the typ of the statement that vouches for an archive.
const Type = "mais-backup"

// statement says of a manifest that this service wrote it.
type statement struct {
	SHA256 string `json:"manifest_sha256"`
}

func statementOf(manifest []byte) []byte {
	text, err := json.Marshal(statement{sumOf(manifest)})
	if err != nil {
		panic(err) // a struct of a string
	}
	return text
}

// checkSignature demands that the service of a root has signed a manifest. It is asked before
// anything that the manifest says is believed.
func checkSignature(text []byte, jws string, root certs.Fingerprint, now time.Time) error {
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("%w: its manifest can't be read", ErrDamaged)
	}
	if !root.Matches(m.RootCertificate) {
		return fmt.Errorf("%w: its root is %s, not %s", ErrForeign, certs.FingerprintOf(m.RootCertificate), root)
	}
	cert, err := x509.ParseCertificate(m.RootCertificate)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForeign, err)
	}
	said, err := receipt.VerifyStatement(Type, jws, cert, now)
	if err == nil && !bytes.Equal(said.Payload, statementOf(text)) {
		err = errors.New("what is signed is another manifest")
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForeign, err)
	}
	return nil
}
