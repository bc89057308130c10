package audit

import (
	"strconv"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/chart"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

func newAdminUsage(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "usage",
		Short: "Show who registered, who looks, and what was of use",
		Long: `Show who registered, who looks, and what was of use: records opened in each of the
last thirteen weeks, as bars; by agency how many people have registered, how many of
those who may read records never have, and who used the service in the last 28 days;
and what people answered to the question at the foot of a record.

These are numbers only. Whose records were opened stands in the audit.`,
		Example: "  tokenctl admin usage\n  tokenctl admin usage --json",
		Args:    cobra.NoArgs,
		RunE:    command.Shows(a.App, (*client.Client).Usage, a.printUsage),
	}
}

func (a *app) printUsage(u api.Usage) error {
	bars := make([]chart.Bar, 0, len(u.Weeks))
	for _, w := range u.Weeks {
		bars = append(bars, chart.Bar{Label: w.From, Parts: []int{w.Looks}})
	}
	if err := a.Screen.Table(append([][]string{{"WEEK FROM", "OPENED", chart.Legend("records opened")}}, chart.Bars(bars, chart.Width)...)); err != nil {
		return err
	}
	a.Screen.Line("")
	rows := [][]string{{"AGENCY", "PEOPLE", "REGISTERED", "MAY READ", "NEVER LOOKED", "USED IT", "OPENED"}}
	for _, of := range u.Agencies {
		rows = append(rows, usageRow(of))
	}
	if len(u.Agencies) > 1 {
		all := u.All
		all.Agency = "all"
		rows = append(rows, usageRow(all))
	}
	if err := a.Screen.Table(rows); err != nil {
		return err
	}
	a.Screen.Line("")
	said := u.All.Answers
	if err := a.Screen.Facts([][]string{
		{"of use", strconv.Itoa(said.Yes)}, {"partly", strconv.Itoa(said.Partly)}, {"not of use", strconv.Itoa(said.No)}, {"not found", strconv.Itoa(said.NotFound)},
	}); err != nil {
		return err
	}
	a.Screen.Say("Counted at %s. Used it and opened: in the last 28 days.", ui.Minute(u.AsOf))
	return a.printWords(u.Words)
}

func usageRow(of api.UsageAgency) []string {
	row := []string{of.Agency}
	for _, n := range []int{of.People, of.Registered, of.Readers, of.NeverLooked, of.Active, of.Looks} {
		row = append(row, strconv.Itoa(n))
	}
	return row
}

// printWords prints what people added, of which only governance officers are told.
func (a *app) printWords(said []api.UsageWords) error {
	if len(said) == 0 {
		return nil
	}
	a.Screen.Line("")
	return ui.Listing(a.Screen, []string{"DAY", "AGENCY", "ANSWER", "WORDS"}, said, func(w api.UsageWords) []string { return []string{w.Day, w.Agency, w.Answer, w.Words} })
}
