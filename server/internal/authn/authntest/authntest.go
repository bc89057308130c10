// Package authntest makes principals for tests of packages that take one. Start with
// [Principal]. It takes a testing.TB so that no program can use it.
package authntest

import (
	"testing"

	"mais/server/internal/authn"
	"mais/server/internal/authn/internal/principal"
)

// Facts are what a principal of a test carries; see authn.Principal's accessors.
type Facts = principal.Facts

// Principal returns a principal with the given facts; Method is "certificate" unless given.
func Principal(tb testing.TB, f Facts) authn.Principal {
	tb.Helper()
	if f.Method == "" {
		f.Method = authn.ByCertificate
	}
	return principal.New(f)
}
