package main

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/enrol"
)

func newRenew(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "renew",
		Short: "Replace the token's key and certificate before they expire",
		Long: `Make a new key and have it certified with the present token, which has to be
good still. Key, certificate and token.p12 are replaced together, under the same
passphrase, once the service has recognised the new ones; until then the old
ones stay. If it is cut off, run it again.

'tokenctl status' says from when on to renew: two thirds of the token's life.
It is no mistake to renew earlier. Import the new token.p12 into your browser.`,
		Example: "  tokenctl renew",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			old, err := a.open()
			if err != nil {
				return err
			}
			if err := notRevoked(old); err != nil {
				return err
			}
			passphrase, err := a.passphrase(cmd.Context(), old)
			if err != nil {
				return err
			}
			home, err := a.tokens()
			if err != nil {
				return err
			}
			done := a.screen.Progress("asking " + old.Mutual)
			t, err := enrol.Renew(cmd.Context(), home, old.Name, passphrase)
			done()
			if err != nil {
				return err
			}
			a.screen.Say("Renewed: %s takes the place of %s.", t.Serial, old.Serial)
			a.screen.Say("A browser still has the old one: import the new token.p12 there, and remove the old.")
			return a.printToken(t)
		}),
	}
}
