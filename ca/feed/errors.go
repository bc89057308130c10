package feed

import "errors"

// Errors that callers tell apart.
var (
	// ErrStale: the last good look at the changes of status is too long ago to answer.
	ErrStale = errors.New("ca: the status of certificates is not known to be current")
	// ErrUnknown: the inventory has no such certificate.
	ErrUnknown = errors.New("ca: no such certificate")
)
