package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/fault"
)

func newUserFunnel(a *app) *cobra.Command {
	var again, yes bool
	var agency string
	cmd := &cobra.Command{
		Use:   "funnel",
		Short: "Show how many of those invited have registered",
		Long: `Show, by agency, how many people were let in, were sent a code, have registered and
have signed in, and whose mail came back or whose code lapsed.

With --again everybody whose code lapsed unused, of all agencies or of the one given
by its id, is sent a fresh one.`,
		Example: "  tokenctl admin user funnel\n  tokenctl admin user funnel --again --yes",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			if agency != "" && !again {
				return fault.New(fault.Usage, "give --again, or neither", "--agency says whose lapsed codes are sent again")
			}
			if again && !yes {
				return fault.New(fault.Usage, "give --yes if you mean it", "--again sends mail to everybody whose code lapsed")
			}
			_, c, err := a.signIn(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			if again {
				answer, err := c.InviteAgain(cmd.Context(), agency)
				if err != nil {
					return err
				}
				return a.screen.Data(answer.Raw, func() error {
					a.screen.Line("%s will be sent a fresh code.", count(answer.Value.People, "person"))
					return nil
				})
			}
			answer, err := c.Funnel(cmd.Context())
			if err != nil {
				return err
			}
			return a.screen.Data(answer.Raw, func() error { return a.printFunnel(answer.Value) })
		}),
	}
	cmd.Flags().BoolVar(&again, "again", false, "send a fresh code to everybody whose own lapsed")
	cmd.Flags().StringVar(&agency, "agency", "", "with --again: those of the agency with this `ID`")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) printFunnel(f api.Funnel) error {
	rows := [][]string{{"AGENCY", "LET IN", "SENT", "WAITING", "REMINDED", "CAME BACK", "LAPSED", "REGISTERED", "SIGNED IN"}}
	all := f.All
	all.Agency = "all"
	for _, r := range append(f.Agencies, all) {
		row := []string{r.Agency}
		for _, n := range []int{r.People, r.Sent, r.Waiting, r.Reminded, r.Bounced, r.Lapsed, r.Registered, r.Active} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	a.screen.Say("As of %s.", minute(f.AsOf))
	return a.screen.Table(rows)
}
