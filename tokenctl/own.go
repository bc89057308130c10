// Package own has the commands of whoever holds a token: to enrol, see how it stands, renew, hold
// and revoke it, and to report it lost.
package main

import "github.com/spf13/cobra"

//APP

// ownCommands returns them.
func ownCommands(a *app) []*cobra.Command {
	return []*cobra.Command{
		newEnrol(a), newList(a), newStatus(a), newWhoami(a), newTerms(a),
		newTokens(a), newRenew(a), newHold(a), newLost(a), newRevoke(a), newDestroy(a),
	}
}
