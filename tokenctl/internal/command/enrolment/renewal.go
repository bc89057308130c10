package enrolment

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/standing"
	"mais/tokenctl/internal/enrol"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// AddLowerYes adds the flag that says yes to a lower level.
func AddLowerYes(cmd *cobra.Command, yes *bool) {
	cmd.Flags().BoolVar(yes, "yes", false, "renew even if the level comes out lower")
}

// Renew has a token certified anew, and shows what took its place.
func Renew(ctx context.Context, a *command.App, old *token.Token, yes bool) error {
	if err := command.NotRevoked(old); err != nil {
		return err
	}
	if err := mayLower(ctx, a, old, yes); err != nil {
		return err
	}
	keeper, err := a.Keeper(ctx, old)
	if err != nil {
		return err
	}
	home, err := a.Tokens()
	if err != nil {
		return err
	}
	done := a.Screen.Progress("asking " + old.Mutual)
	t, err := enrol.Renew(ctx, home, old.Name, keeper)
	done()
	if err != nil {
		return err
	}
	a.Screen.Say("Renewed: %s takes the place of %s.", t.Serial, old.Serial)
	if t.Card != nil {
		a.Screen.Say("The card has the new certificate. A browser that is open has to be started again to see it.")
	} else {
		a.Screen.Say("A browser still has the old one: import the new token.p12 there, and remove the old.")
	}
	return standing.Print(a.Screen, t)
}

// mayLower asks before a renewal that would lower the level: that of a card which does not
// vouch for its key. The service reports it as an event, and roles that demand more than a key
// in a file refuse the new certificate.
func mayLower(ctx context.Context, a *command.App, old *token.Token, yes bool) error {
	rules, _ := certs.ProfileOf(old.Certificate())
	if old.Card == nil || rules.Level <= certs.Software {
		return nil
	}
	card, err := a.OpenFor(ctx, "the token "+old.Name, old.Choice())
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
		a.Screen.Say("Note: %s.", lower)
		return nil
	case !ui.HasTerminal():
		return fault.New(fault.Usage, "have a witness vouch for the key first, or give --yes if you mean it", "%s", lower)
	}
	return ui.Confirm(ctx, lower+".\nA renewal never raises the level again; an enrolment with a witness does.", "lower")
}
