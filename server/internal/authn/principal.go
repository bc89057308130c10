package authn

import "mais/server/internal/authn/internal/principal"

// How a caller was authenticated, as Principal.Method gives it.
const (
	ByCertificate = "certificate"
	ByPassword    = "password"
	BySystem      = "system"
)

// Principal is an authenticated caller. Only this package makes one; the zero Principal is
// nobody. See its methods for what is known of the caller.
type Principal = principal.Principal

// System returns the principal of a named part of the system, such as "import". It has no
// certificate, address or roles; authz lists what each may do.
func System(name string) Principal {
	return principal.New(principal.Facts{Name: name, Method: BySystem})
}
