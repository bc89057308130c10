package cert

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func newAdminQuarantine(a *app) *cobra.Command {
	return command.Group("quarantine", "Approve the release of what a lost journal put on hold",
		`When the service was restored and its journal was lost for good, everything that
had been issued before is on hold: nobody knows what was revoked meanwhile. Nothing
of such a quarantine can be released before two different administrators have
approved it. Then release what you know to be good, with 'tokenctl admin cert
release', and revoke the rest.`,
		"  tokenctl admin quarantine list\n  tokenctl admin quarantine approve 1",
		newQuarantineList(a), newQuarantineApprove(a))
}

func newQuarantineList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the quarantines and who has approved them", Args: cobra.NoArgs,
		RunE: command.Shows(a.App, (*client.Client).Quarantines, a.printQuarantines),
	}
}

func (a *app) printQuarantines(all api.Quarantines) error {
	if len(all.Quarantines) == 0 {
		a.Screen.Say("There has been no quarantine.")
	}
	return ui.Listing(a.Screen, []string{"ID", "MADE", "CERTIFICATES", "ON HOLD", "APPROVED BY"}, all.Quarantines, func(q api.Quarantine) []string {
		return []string{strconv.FormatInt(q.ID, 10), ui.Minute(q.MadeAt), strconv.Itoa(q.Total), strconv.Itoa(q.Held), approvals(q)}
	})
}

// approvals says how many have approved, and who.
func approvals(q api.Quarantine) string {
	said := fmt.Sprintf("%d of %d", len(q.Approved), q.Needs)
	if len(q.ApprovedBy) > 0 {
		said += ": " + strings.Join(q.ApprovedBy, ", ")
	}
	return said
}

func newQuarantineApprove(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "approve ID",
		Short: "Approve that what is on hold in a quarantine may be released",
		Long: `Approve that what is on hold in a quarantine may be released, one certificate after
another. It releases nothing by itself. Your approval stands in the audit and cannot
be taken back; it takes another administrator's besides.`,
		Args: cobra.ExactArgs(1),
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return fault.New(fault.Usage, "see 'tokenctl admin quarantine list'", "%.40q is not the id of a quarantine", args[0])
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.approve(ctx, c, id, yes) })
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) approve(ctx context.Context, c *client.Client, id int64, yes bool) error {
	what := fmt.Sprintf("You vouch for it that what is on hold in quarantine %d may be looked through and released.", id)
	if err := command.Sure(ctx, yes, "an approval cannot be taken back", what, fmt.Sprint("approve ", id)); err != nil {
		return err
	}
	answer, err := c.ApproveQuarantine(ctx, id)
	if err != nil {
		return err
	}
	q := answer.Value
	err = a.Screen.Data(answer.Raw, func() error {
		return a.Screen.Facts([][]string{{"quarantine", strconv.FormatInt(q.ID, 10)}, {"approved by", approvals(q)}, {"on hold", strconv.Itoa(q.Held)}})
	})
	if len(q.Approved) >= q.Needs {
		a.Screen.Say("It is approved. Release what you know to be good: tokenctl admin cert list --status held, then tokenctl admin cert release")
	} else {
		a.Screen.Say("Another administrator has to approve it too.")
	}
	return err
}
