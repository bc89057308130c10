// Package site has the commands for the token of a site, a machine that calls the service
// unattended: nobody is asked for anything.
package site

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

// New returns 'tokenctl site'.
func New(shared *command.App) *cobra.Command {
	a := &app{shared}
	cmd := &cobra.Command{
		Use:   "site",
		Short: "Hold the token of a site, a machine that calls the service unattended",
		Long: `Hold the token of a site: a custody suite's or an agency's own system that calls
the service unattended. 'site renew --watch' keeps it renewed, 'site unit' prints
the systemd unit for that, and 'site check' is for monitoring. Look at it with
status and end it with revoke and destroy, like any other token.`,
	}
	cmd.AddCommand(newSiteEnrol(a), newSiteCheck(a), newSiteRenew(a), newSiteUnit(a))
	return cmd
}
