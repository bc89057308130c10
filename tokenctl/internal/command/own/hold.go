package own

import (
	"context"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func newTokens(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "tokens",
		Short: "List every token of yours that the service knows",
		Long: `List every token that the service has ever given you, on whatever machine it is,
the newest first, and how it stands. One that you do not know is a reason to hold it
with 'tokenctl hold SERIAL' and to ring your administrator. 'tokenctl list' lists
what is on this machine.`,
		Example: "  tokenctl tokens",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			t, err := a.Open()
			if err != nil {
				return err
			}
			return command.Asking(cmd.Context(), a.App, (*client.Client).OwnTokens, func(own api.OwnTokens) error { return a.printOwn(own.Tokens, t.Serial) })
		}),
	}
}

func (a *app) printOwn(tokens []api.Certificate, this string) error {
	rows := [][]string{{"SERIAL", "STATUS", "ISSUED", "EXPIRES", "PROFILE", ""}}
	for _, cert := range tokens {
		here := ""
		if cert.Serial == this {
			here = "the one you use"
		}
		rows = append(rows, []string{cert.Serial, inventory.StatusSentence(cert), ui.Day(cert.IssuedAt), ui.Day(cert.NotAfter), cert.Profile, here})
	}
	return a.Screen.Table(rows)
}

func newHold(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "hold [SERIAL]",
		Short: "Put your own token on hold, at once",
		Long: `Put your own token on hold: the service refuses it at once, and your administrator
can release it when it turns up. Do it when a token is missing or you suspect that
somebody else has used it; when the key may have been copied, revoke it instead.

Without SERIAL it is the token that you sign in with. With SERIAL it is another of
yours, such as that of a machine which was stolen: see 'tokenctl tokens'. It is never
somebody else's, whatever you administer. You cannot release it yourself. You are asked to type the end of its serial number, unless you
give --yes.`,
		Example: "  tokenctl hold\n  tokenctl hold 7f3a… --yes",
		Args:    cobra.MaximumNArgs(1),
		RunE:    a.Do(func(cmd *cobra.Command, args []string) error { return a.holdOwn(cmd.Context(), args, yes) }),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// held is what became of a token of one's own.
type held struct {
	Serial string `json:"serial"`
	Status string `json:"status"`
}

func (a *app) holdOwn(ctx context.Context, args []string, yes bool) error {
	t, err := a.Open()
	if err != nil {
		return err
	}
	asked := certs.Ref{Serial: t.Serial}
	if len(args) > 0 {
		if asked, err = inventory.ParseSerial(args[0]); err != nil {
			return err
		}
	}
	c, err := a.SignInWith(ctx, t)
	if err != nil {
		return err
	}
	defer c.Close()
	none := fault.New(fault.NotFound, "see 'tokenctl tokens'; another's, if you administer it, is held with 'tokenctl admin cert hold'", "the token %s is not one of yours", asked)
	own, err := c.OwnTokens(ctx)
	if err != nil {
		return err
	}
	ref, err := inventory.OneOfThem(own.Value.Tokens, asked, none) // who administers others may plan on theirs too
	if err != nil {
		return err
	}
	plan, err := c.Plan(ctx, api.PlanRequest{Act: "hold", Serials: []string{ref.String()}})
	if err != nil {
		return err
	}
	p := plan.Value
	if p.Total == 0 {
		return none
	}
	if err := command.Sure(ctx, yes, p.Act+" changes who is served", "The token "+ref.Serial+" is put on hold; only an administrator can release it.", p.Word); err != nil {
		return err
	}
	if err := a.holdNow(ctx, c, p, ref.Serial == t.Serial); err != nil {
		return err
	}
	return a.Screen.Data(held{ref.Serial, "held"}, func() error {
		return a.Screen.Facts([][]string{{"on hold", ref.Serial}, {"to release it", "ask your administrator"}})
	})
}

// holdNow confirms the plan. The service may refuse to say that it has held the very token
// that asks: that it is refused as held is the answer.
func (a *app) holdNow(ctx context.Context, c *client.Client, p api.Plan, own bool) error {
	done := a.Screen.Progress("asking")
	answer, err := c.Confirm(ctx, p.ID, p.Word)
	done()
	if own && fault.Is(err, fault.Held) {
		return nil
	}
	if err != nil {
		return err
	}
	if p, err = inventory.Follow(ctx, a.Screen, c, answer.Value); own && fault.Is(err, fault.Held) {
		return nil
	}
	if err != nil {
		return err
	}
	return inventory.Outcome(p)
}
