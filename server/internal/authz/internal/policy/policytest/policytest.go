// Package policytest shows grants as the golden permission matrix: [Matrix] writes one, and
// package policy's testdata/matrix.golden is the one in force. It is for tests and for
// documents made from them; it decides nothing.
package policytest

import (
	"fmt"
	"strings"

	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Roles are the built-in roles, in the matrix's order.
var Roles = []string{"police_officer", "clinician", "record_clinician", "administrator", "agency_administrator", "governance_officer"}

// Matrix returns every cell of role × item × act under g, one line for each role and item.
func Matrix(g policy.Grants) string {
	var b strings.Builder
	for _, role := range Roles {
		for _, item := range record.Keys() {
			fmt.Fprintf(&b, "%-20s %-68s", role, item)
			for _, act := range policy.Acts() {
				answer := "no"
				if g.Decide([]string{role}, act).Allows(item) {
					answer = "yes"
				}
				fmt.Fprintf(&b, " %s=%-3s", act, answer)
			}
			b.WriteByte('\n')
		}
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}
