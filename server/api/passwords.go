package api

import "slices"

// The policies for passwords, of agencies and of roles, the least first.
const (
	PasswordsForbidden = "forbidden"
	PasswordsLimited   = "limited"
	PasswordsAllowed   = "allowed"
)

// PasswordsOf returns what counts for a role in an agency: the lesser of the two policies. What
// is no policy forbids.
func PasswordsOf(agency, role string) string {
	order := []string{PasswordsForbidden, PasswordsLimited, PasswordsAllowed}
	return order[max(0, min(slices.Index(order, agency), slices.Index(order, role)))]
}
