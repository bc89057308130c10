package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/enrol"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
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
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			old, err := a.open()
			if err != nil {
				return err
			}
			return a.renew(cmd.Context(), old, yes)
		}),
	}
	addLowerYes(cmd, &yes)
	return cmd
}

func addLowerYes(cmd *cobra.Command, yes *bool) {
	cmd.Flags().BoolVar(yes, "yes", false, "renew even if the level comes out lower")
}

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
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			old, err := a.open()
			if err != nil {
				return err
			}
			if old.Card == nil {
				return fault.New(fault.Usage, "run 'tokenctl renew', or choose another token with --token", "the key of %s is in a file", old.Name)
			}
			if which.serial != 0 && which.serial != old.Card.Serial {
				return fault.New(fault.Usage, "choose another token with --token", "the token %s is on %s", old.Name, token.CardName(*old.Card))
			}
			return a.renew(cmd.Context(), old, yes)
		}),
	}
	addLowerYes(cmd, &yes)
	return cmd
}

func (a *app) renew(ctx context.Context, old *token.Token, yes bool) error {
	if err := notRevoked(old); err != nil {
		return err
	}
	if err := a.mayLower(ctx, old, yes); err != nil {
		return err
	}
	keeper, err := a.keeper(ctx, old)
	if err != nil {
		return err
	}
	home, err := a.tokens()
	if err != nil {
		return err
	}
	done := a.screen.Progress("asking " + old.Mutual)
	t, err := enrol.Renew(ctx, home, old.Name, keeper)
	done()
	if err != nil {
		return err
	}
	a.screen.Say("Renewed: %s takes the place of %s.", t.Serial, old.Serial)
	if t.Card != nil {
		a.screen.Say("The card has the new certificate. A browser that is open has to be started again to see it.")
	} else {
		a.screen.Say("A browser still has the old one: import the new token.p12 there, and remove the old.")
	}
	return a.printToken(t)
}

// mayLower asks before a renewal that would lower the level: that of a card which does not
// vouch for its key. The service reports it as an event, and roles that demand more than a key
// in a file refuse the new certificate.
func (a *app) mayLower(ctx context.Context, old *token.Token, yes bool) error {
	rules, _ := certs.ProfileOf(old.Certificate())
	if old.Card == nil || rules.Level <= certs.Software {
		return nil
	}
	card, err := a.openFor(ctx, "the token "+old.Name, old.Choice())
	if err != nil {
		return err
	}
	_, err = card.Attest(old.Card.Slot)
	card.Close() // nobody keeps it while a person types
	if !fault.Is(err, fault.CardLacks) {
		return err
	}
	lower := fmt.Sprintf("%s does not vouch for its key: unless a witness has done so in the last ten minutes, the renewed token counts as %s instead of %s, and roles that demand more refuse it",
		token.CardName(*old.Card), certs.Software, rules.Level)
	switch {
	case yes:
		a.screen.Say("Note: %s.", lower)
		return nil
	case !ui.HasTerminal():
		return fault.New(fault.Usage, "have a witness vouch for the key first, or give --yes if you mean it", "%s", lower)
	}
	return ui.Confirm(ctx, lower+".\nA renewal never raises the level again; an enrolment with a witness does.", "lower")
}
