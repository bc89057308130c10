// Package admin has the commands of those who administer the service. Each subject is a package
// below it; read theirs.
package admin

import (
	"slices"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/admin/audit"
	"mais/tokenctl/internal/command/admin/cert"
	"mais/tokenctl/internal/command/admin/people"
	"mais/tokenctl/internal/command/admin/session"
)

// New returns 'tokenctl admin'.
func New(a *command.App) *cobra.Command {
	return command.Group("admin", "Administer people, places, roles, certificates and the audit",
		`Administer the service: invite, change and end people; agencies, sites, networks and
roles; what waits for a second person; certificates and cards, with what proves how
they stand; who is signed in; reviews of who has access; and the audit. Your role
decides what you administer: everything, the people and places of your own agency,
or what was looked at. What is not yours is not shown, and cannot be touched.

Every act is recorded in the service's audit under your name.`,
		"  tokenctl admin overview\n  tokenctl admin user list --stage lapsed\n  tokenctl admin cert list --expires-before 30d",
		slices.Concat(cert.Commands(a, people.NewCertIssue(a)), people.Commands(a), audit.Commands(a), []*cobra.Command{session.NewAdmin(a)})...)
}
