package own

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command/enrolment"
)

func newRenew(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "renew",
		Short: "Replace the token's certificate before it expires",
		Long: `Have the token certified anew with the present one, which has to be good still.
What is new takes its place once the service has recognised it; until then the old
stays. If it is cut off, run it again.

A token in files gets a new key as well, under the same passphrase: key,
certificate and token.p12 are replaced together. Import the new token.p12 into
your browser.

A token on a card keeps its key, which cannot have been copied; a new one would
destroy it before its successor is certified. The card vouches for it again, and
gets the new certificate; where it cannot, the level would come out lower, and you
are asked first. A new key is made with a new invitation:
'tokenctl piv enrol --replace'.

'tokenctl status' says from when on to renew: two thirds of the token's life.
It is no mistake to renew earlier.`,
		Example: "  tokenctl renew",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			old, err := a.Open()
			if err != nil {
				return err
			}
			return enrolment.Renew(cmd.Context(), a.App, old, yes)
		}),
	}
	enrolment.AddLowerYes(cmd, &yes)
	return cmd
}
