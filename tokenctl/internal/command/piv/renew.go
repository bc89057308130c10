package piv

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command/enrolment"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// newPIVRenew is newRenew for those who look for it beside 'piv enrol'.
func newPIVRenew(a *app, which *cardFlags) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "renew",
		Short: "Renew the certificate of a token on a card",
		Long: `Have the key on the card certified anew, before its certificate expires, and put
the new certificate on the card once the service has recognised it. If it is cut off,
run it again.

The card vouches for its key again. A renewal never raises the level of a token, and
lowers it where nobody vouches for the key any more: a card that cannot needs its
witness again. tokenctl asks before that.

It is 'tokenctl renew' for a token on a card. The key stays: a new one would destroy
it before its successor is certified.`,
		Example: "  tokenctl piv renew",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			old, err := a.Open()
			if err != nil {
				return err
			}
			if old.Card == nil {
				return fault.New(fault.Usage, "run 'tokenctl renew', or choose another token with --token", "the key of %s is in a file", old.Name)
			}
			if which.serial != 0 && which.serial != old.Card.Serial {
				return fault.New(fault.Usage, "choose another token with --token", "the token %s is on %s", old.Name, token.CardName(*old.Card))
			}
			return enrolment.Renew(cmd.Context(), a.App, old, yes)
		}),
	}
	enrolment.AddLowerYes(cmd, &yes)
	return cmd
}
