// Package cert has the commands about certificates and the cards that they are on: to look at them,
// to change how they stand, and to prove it.
package cert

import (
	"time"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

var now = time.Now // but in tests

// Commands returns them. issue is the command of 'cert' that is about a person.
func Commands(shared *command.App, issue *cobra.Command) []*cobra.Command {
	a := &app{shared}
	return []*cobra.Command{newAdminCert(a, issue), newAdminCard(a), newAdminPlan(a), newAdminCA(a), newAdminExpiries(a), newAdminQuarantine(a)}
}

func newAdminCert(a *app, issue *cobra.Command) *cobra.Command {
	return command.Group("cert", "Look at certificates and change how they stand",
		`Look at certificates and change how they stand. A certificate is named by its
serial number, whole, colons allowed, or where two issuers have given the same one
by ISSUER/SERIAL.

Hold, release and revoke make a plan first: the list of what they would change, and
of who would be left without access. Nothing is done before the plan is confirmed.`,
		"  tokenctl admin cert show people-1/7f3a…",
		newCertList(a), newCertShow(a), issue,
		newCertAct(a, holding), newCertAct(a, releasing), newCertAct(a, revoking),
		newCertExport(a), newCertReceipt(a))
}

func newAdminCA(a *app) *cobra.Command {
	return command.Group("ca", "See how the certificate authority stands",
		"See how the certificate authority stands, from the service and from here.",
		"  tokenctl admin ca check", newCACheck(a))
}
