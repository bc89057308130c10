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
		"not-allowed: not allowed":                       errNotAllowed,
		"invalid: invalid request; born is needed":       errInvalid{[]api.FieldError{{Field: "born", Detail: "is needed"}}},
		"internal: open: out of memory\nnothing is left": errors.Join(fmt.Errorf("open: %w", errors.New("people: pq: out of memory")), errors.New("manage: nothing is left")),
	} {
		if got := reasonOf(err); got != want {
			t.Errorf("reasonOf = %q, want %q", got, want)
		}
	}
}
