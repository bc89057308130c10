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
	// ErrUnknown: there is no such issuing CA.
	ErrUnknown = errors.New("ca: no such issuing CA")
)
