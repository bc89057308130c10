// Package people has the commands about who gets in and from where: people, agencies, sites,
// networks and roles, the changes that wait for a second person, reviews of who has access, and what
// of all that waits for oneself.
package people

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

// Commands returns them.
func Commands(shared *command.App) []*cobra.Command {
	a := &app{shared}
	return []*cobra.Command{newAdminUser(a), newAdminAgency(a), newAdminSite(a), newAdminNetwork(a), newAdminRole(a), newAdminChange(a), newAdminReview(a), newAdminOverview(a)}
}
