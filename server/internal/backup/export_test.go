package backup

import (
	"bytes"
	"context"
	"io"

	"mais/certs"
)

// PieceSize is the most that an entry holds.
const PieceSize = pieceSize

// OpenPlain is Open for what is not encrypted.
func OpenPlain(ctx context.Context, text []byte, root certs.Fingerprint) (*Archive, error) {
	a := &Archive{from: bytes.NewReader(text), decrypt: func(r io.Reader) (io.Reader, error) { return r, nil }}
	return a, a.check(ctx, root)
}
