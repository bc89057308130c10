package audit

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// dayFlags are the days of a period as they are typed.
type dayFlags struct{ from, to string }

func (d *dayFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.from, "from", "", "the first `day`, such as 2026-03-01")
	cmd.Flags().StringVar(&d.to, "to", "", "the last `day`")
}

func newAuditRefusals(a *app) *cobra.Command {
	var d dayFlags
	cmd := &cobra.Command{
		Use: "refusals", Short: "Say what was refused or failed, in groups", Args: cobra.NoArgs,
		Long:    "Say what was refused or failed, for one reason, to one user, from one address: in the\nlast seven days unless others are given, at most 92.",
		Example: "  tokenctl admin audit refusals --from 2026-03-01 --to 2026-03-31",
		RunE: command.Shows(a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.AuditRefusals], error) {
			return c.AuditRefusals(ctx, d.from, d.to)
		}, a.printRefusals),
	}
	d.add(cmd)
	return cmd
}

func (a *app) printRefusals(r api.AuditRefusals) error {
	a.sayGaps(r.Gaps)
	if len(r.Groups) == 0 {
		a.Screen.Say("Nothing was refused, and nothing failed.")
	}
	return ui.Listing(a.Screen, []string{"TIMES", "REASON", "OUTCOME", "WHO", "FROM", "LAST", "ENTRY"}, r.Groups, func(g api.AuditRefusal) []string {
		return []string{strconv.Itoa(g.Count), ui.OrDash(form.RefusalLabel(g.Reason)), g.Outcome, ui.OrDash(g.UserName), ui.OrDash(g.Address), ui.Minute(g.Last), strconv.FormatInt(g.LastID, 10)}
	})
}

func newAuditFigures(a *app) *cobra.Command {
	var d dayFlags
	cmd := &cobra.Command{
		Use: "figures", Short: "Count looks and refusals by day, agency and hour", Args: cobra.NoArgs,
		Long:    "Count how many records were opened and what was refused: in the last 28 days unless\nothers are given, at most 92. Days and hours are London's.",
		Example: "  tokenctl admin audit figures --json",
		RunE: command.Shows(a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.AuditFigures], error) {
			return c.AuditFigures(ctx, d.from, d.to)
		}, a.printFigures),
	}
	d.add(cmd)
	return cmd
}

func (a *app) printFigures(f api.AuditFigures) error {
	a.sayGaps(f.Gaps)
	days := [][]string{{"DAY", "LOOKS", "BY PEOPLE", "AT THE DOOR", "NOT PERMITTED", "OTHER"}}
	for _, d := range f.Days {
		days = append(days, []string{d.Day, strconv.Itoa(d.Looks), strconv.Itoa(d.Lookers), strconv.Itoa(d.Door), strconv.Itoa(d.Permission), strconv.Itoa(d.Other)})
	}
	agencies := [][]string{{"AGENCY", "LOOKS", "BY PEOPLE"}}
	for _, g := range f.Agencies {
		agencies = append(agencies, []string{ui.OrDash(g.Agency), strconv.Itoa(g.Looks), strconv.Itoa(g.Lookers)})
	}
	hours := [][]string{{"HOUR", "LOOKS"}}
	for _, h := range f.Hours {
		hours = append(hours, []string{fmt.Sprintf("%02d", h.Hour), strconv.Itoa(h.Looks)})
	}
	for n, table := range [][][]string{days, agencies, hours} {
		if n > 0 {
			a.Screen.Line("")
		}
		if err := a.Screen.Table(table); err != nil {
			return err
		}
	}
	return nil
}

func newAuditExport(a *app) *cobra.Command {
	var f auditFlags
	csv := false
	cmd := &cobra.Command{
		Use: "export", Short: "Write all entries of a period, one a line", Args: cobra.NoArgs,
		Long: `Write all entries that are asked for to standard output, oldest first: as JSON, an
entry on each line, or as CSV. --since is needed, and at most 366 days are given at
once. How many entries you were given stands in the audit.`,
		Example: "  tokenctl admin audit export --since 2026-03-01 --until 2026-03-31 --csv > march.csv",
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			asked, err := f.filter()
			if err != nil {
				return err
			}
			if asked.From.IsZero() {
				return fault.New(fault.Usage, "give --since DAY", "an export is of a period")
			}
			format := client.FormatJSON
			if csv {
				format = client.FormatCSV
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				lacks := func(gap string) { a.Screen.Say("%s", gap) }
				return a.Screen.Text(func(line func([]byte) error) error { return c.AuditExport(ctx, asked, format, lacks, line) })
			})
		}),
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&csv, "csv", false, "as CSV, for a spreadsheet")
	return cmd
}

func newAuditAlerts(a *app) *cobra.Command {
	all := false
	cmd := &cobra.Command{
		Use: "alerts", Short: "List what the service found unusual", Args: cobra.NoArgs,
		Long:    "List what the service itself found unusual and nobody has settled yet. An alert says\nthat somebody should look, not that anybody did wrong.",
		Example: "  tokenctl admin audit alerts --all --json",
		RunE: command.Shows(a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.AuditAlerts], error) {
			return c.AuditAlerts(ctx, all, 0)
		}, a.printAlerts),
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that were settled")
	return cmd
}

func (a *app) printAlerts(l api.AuditAlerts) error {
	a.sayGaps(l.Gaps)
	if len(l.Alerts) == 0 {
		a.Screen.Say("No alert waits.")
		return nil
	}
	rows := [][]string{{"ALERT", "WHEN", "KIND", "ABOUT", "SETTLED BY", "SAYS"}}
	for _, one := range l.Alerts {
		about := one.UserName
		if about == "" {
			about = one.Address
		}
		rows = append(rows, []string{strconv.FormatInt(one.ID, 10), ui.Minute(one.At), one.Kind, ui.OrDash(about), ui.OrDash(one.SettledBy), one.Says})
	}
	if err := a.Screen.Table(rows); err != nil {
		return err
	}
	if l.Next > 0 {
		a.Screen.Say("There are older ones.")
	}
	return nil
}

func newAuditSettle(a *app) *cobra.Command {
	note := ""
	cmd := &cobra.Command{
		Use: "settle ALERT --note TEXT", Short: "Say what you found about an alert", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		Long: `Say what you found about an alert. That settles it, and stands in the audit for good.
Nobody settles an alert about themselves.`,
		Example: "  tokenctl admin audit settle 4711 --note 'A training course, as the sergeant says.'",
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			id, err := entryID(args[0])
			if err != nil {
				return err
			}
			if note == "" {
				return fault.New(fault.Usage, "give --note TEXT", "a settlement says what was found")
			}
			return command.Asking(cmd.Context(), a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.SettleRequest], error) {
				return c.SettleAlert(ctx, id, note)
			}, func(api.SettleRequest) error {
				a.Screen.Say("Alert %d is settled.", id)
				return nil
			})
		}),
	}
	cmd.Flags().StringVar(&note, "note", "", "what you found, a `text` of at most 1000 characters")
	return cmd
}
