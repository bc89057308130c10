package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"mais/server/api"
)

func newAdminOverview(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "overview",
		Short: "Show what waits for you",
		Long: `Show what waits for you among the people and places that you administer: changes to
approve, reviews of access, invitations that came back or lapsed, people without a
role, your own changes that were refused or lapsed, and whose last day is near.`,
		Example: "  tokenctl admin overview",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			t, c, err := a.signIn(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			done := a.screen.Progress("asking " + t.Mutual)
			answer, err := c.Overview(cmd.Context())
			done()
			if err != nil {
				return err
			}
			return a.screen.Data(answer.Raw, func() error { return a.printOverview(answer.Value) })
		}),
	}
}

func (a *app) printOverview(o api.Overview) error {
	r, n := o.Registrations, strconv.Itoa
	if err := a.screen.Facts([][]string{
		{"changes for you to approve", n(o.ToApprove)}, {"changes that are open", n(o.Open)},
		{"access reviews that are open", n(o.ReviewsOpen)}, {"access reviews that are overdue", n(o.ReviewsOverdue)},
		{"people", n(r.People)}, {"registered", n(r.Registered)}, {"with an invitation that is open", n(r.Waiting)},
		{"invitations that came back", n(r.Bounced)}, {"invitations that lapsed", n(r.Lapsed)}, {"people without any role", n(o.WithoutRole)}, {"last day within 30 days", n(o.Ending)},
	}); err != nil {
		return err
	}
	if err := a.printReturned(o.Returned); err != nil || len(o.EndingSoon) == 0 {
		return err
	}
	a.screen.Line("")
	rows := [][]string{{"LAST DAY", "NAME", "AGENCY"}}
	for _, e := range o.EndingSoon {
		rows = append(rows, []string{e.Ends, e.Name, e.Agency})
	}
	return a.screen.Table(rows)
}

// printReturned shows the changes of one's own that nothing came of.
func (a *app) printReturned(all []api.ReturnedChange) error {
	if len(all) == 0 {
		return nil
	}
	a.screen.Line("")
	rows := [][]string{{"YOUR CHANGE", "WHAT", "ABOUT", "BECAME", "BY", "WHY"}}
	for _, c := range all {
		rows = append(rows, []string{c.ID, verbOf(c.Kind), c.Subject, c.State, orDash(c.By), orDash(c.Note)})
	}
	return a.screen.Table(rows)
}
