package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newSite(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "site",
		Short: "Hold the token of a site, a machine that calls the service unattended",
		Long: `Hold the token of a site: a custody suite's or an agency's own system that calls
the service unattended. Renew and revoke it like any other token.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newSiteEnrol(a), newSiteCheck(a))
	return cmd
}
