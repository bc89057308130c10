package ceremony

import (
	"errors"

	"mais/ca/internal/keydir"
)

// Errors that callers tell apart.
var (
	// ErrDirectory: a directory does not hold what it should.
	ErrDirectory = keydir.ErrDirectory
	// ErrNotAllowed: the root does not sign that.
	ErrNotAllowed = errors.New("ca: the root does not sign that")
	// ErrPassphrase: it does not open the root's key, or that key's file is damaged.
	ErrPassphrase = errors.New("ca: not the passphrase of the root's key")
	// ErrUnknown: there is no such issuing CA.
	ErrUnknown = errors.New("ca: no such issuing CA")
)
