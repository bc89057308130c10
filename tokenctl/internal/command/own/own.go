// Package own has the commands of whoever holds a token: to enrol, see how it stands, renew, hold
// and revoke it, and to report it lost.
package own

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

// Commands returns them.
func Commands(shared *command.App) []*cobra.Command {
	a := &app{shared}
	return []*cobra.Command{
		newEnrol(a), newList(a), newStatus(a), newWhoami(a), newTerms(a),
		newTokens(a), newRenew(a), newHold(a), newLost(a), newRevoke(a), newDestroy(a),
	}
}
