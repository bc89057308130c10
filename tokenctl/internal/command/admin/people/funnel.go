package people

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func newUserFunnel(a *app) *cobra.Command {
	var again, yes bool
	var agency string
	cmd := &cobra.Command{
		Use:   "funnel",
		Short: "Show how many of those invited have registered",
		Long: `Show, by agency, how many people were let in, start later, were sent a code, have
registered and have signed in, and whose mail came back or whose code lapsed. Who starts
later is sent the code on the first day.

With --again everybody whose code lapsed unused, of all agencies or of the one given, is
sent a fresh one; but for whose mail came back: they need another address first. One
person alone: tokenctl admin user invite ADDRESS --again.`,
		Example: "  tokenctl admin user funnel\n  tokenctl admin user funnel --again --agency 'Northshire Police' --yes",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			if agency != "" && !again {
				return fault.New(fault.Usage, "give --again, or neither", "--agency says whose lapsed codes are sent again")
			}
			if again && !yes {
				return fault.New(fault.Usage, "give --yes if you mean it", "--again sends mail to everybody whose code lapsed")
			}
			if again {
				return a.inviteAgain(cmd.Context(), agency)
			}
			return command.Asking(cmd.Context(), a.App, (*client.Client).Funnel, a.printFunnel)
		}),
	}
	cmd.Flags().BoolVar(&again, "again", false, "send a fresh code to everybody whose own lapsed")
	cmd.Flags().StringVar(&agency, "agency", "", "with --again: those of an `agency`, by its name or id")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) inviteAgain(ctx context.Context, agency string) error {
	return command.Asking(ctx, a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.InvitedAgain], error) {
		if agency != "" {
			of, err := findAgency(ctx, c, agency)
			if err != nil {
				return client.Answer[api.InvitedAgain]{}, err
			}
			agency = of.ID
		}
		return c.InviteAgain(ctx, agency)
	}, func(sent api.InvitedAgain) error {
		a.Screen.Line("%s will be sent a fresh code.", ui.Count(sent.People, "person"))
		return nil
	})
}

func (a *app) printFunnel(f api.Funnel) error {
	rows := [][]string{{"AGENCY", "LET IN", "STARTS LATER", "SENT", "WAITING", "REMINDED", "CAME BACK", "LAPSED", "REGISTERED", "SIGNED IN"}}
	all := f.All
	all.Agency = "all"
	for _, r := range append(f.Agencies, all) {
		row := []string{r.Agency}
		for _, n := range []int{r.People, r.Due, r.Sent, r.Waiting, r.Reminded, r.Bounced, r.Lapsed, r.Registered, r.Active} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	a.Screen.Say("As of %s.", ui.Minute(f.AsOf))
	return a.Screen.Table(rows)
}
