// Package people has the commands about who gets in and from where: people, agencies, sites,
// networks and roles, the changes that wait for a second person, and reviews of who has access.
package main

import "github.com/spf13/cobra"

//APP

// peopleCommands returns them.
func peopleCommands(a *app) []*cobra.Command {
	return []*cobra.Command{newAdminUser(a), newAdminAgency(a), newAdminSite(a), newAdminNetwork(a), newAdminRole(a), newAdminChange(a), newAdminReview(a), newAdminOverview(a)}
}
