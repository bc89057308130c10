package web

import (
	"errors"
	"fmt"
	"testing"

	"mais/server/api"
	"mais/server/internal/manage"
)

// TestReasonIsForReaders: the audit tells a governance officer why something was refused in words, without the
// names of our packages.
func TestReasonIsForReaders(t *testing.T) {
	for want, err := range map[string]error{
		"review-signed: the review does not stand so that this can be done: it was signed off: Ada": &manage.Hindered{Err: manage.ErrSigned, By: "Ada"},
		"not-allowed: not allowed":                                                                        errNotAllowed,
		"invalid: invalid request; born is needed":                                                        errInvalid{[]api.FieldError{{Field: "born", Detail: "is needed"}}},
		"internal: open: out of memory\nnothing is left":                                                  errors.Join(fmt.Errorf("open: %w", fmt.Errorf("people: %w", errors.New("pq: out of memory"))), errors.New("manage: nothing is left")),
		"invalid: invalid request; note of Mail: usage: web: x":                                           errInvalid{[]api.FieldError{{Field: "note", Detail: "of Mail: usage: web: x"}}},
		"review-signed: the review does not stand so that this can be done: it was signed off: mail: Ada": &manage.Hindered{Err: manage.ErrSigned, By: "mail: Ada"},
		"internal: mail: what came from outside":                                                          fmt.Errorf("%w", errors.New("web: mail: what came from outside")),
		"internal: read web: x: mail: y: chain too long":                                                  fmt.Errorf("read web: x: mail: y: %w", errors.New("certs: chain too long")),
	} {
		if got := reasonOf(err); got != want {
			t.Errorf("reasonOf = %q, want %q", got, want)
		}
	}
}
