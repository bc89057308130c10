package cert

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/chart"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/ui"
)

func newAdminExpiries(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "expiries",
		Short: "Show how many certificates expire when",
		Long: `Show how many certificates that are good now expire in each of the next thirteen
weeks, as bars, and which end next. Sites and nodes of the service renew themselves;
people are reminded by mail.`,
		Example: "  tokenctl admin expiries\n  tokenctl admin expiries --json",
		Args:    cobra.NoArgs,
		RunE:    command.Shows(a.App, (*client.Client).Expiries, a.printExpiries),
	}
}

func (a *app) printExpiries(e api.Expiries) error {
	bars := make([]chart.Bar, 0, len(e.Weeks))
	for _, w := range e.Weeks {
		bars = append(bars, chart.Bar{Label: w.From, Parts: []int{w.People, w.Sites, w.Server}})
	}
	if err := a.Screen.Table(append([][]string{{"WEEK FROM", "EXPIRE", chart.Legend("people", "sites", "nodes")}}, chart.Bars(bars, chart.Width)...)); err != nil {
		return err
	}
	a.Screen.Line("")
	facts := [][]string{
		{"within 7 days", strconv.Itoa(e.Days7)}, {"within 30 days", strconv.Itoa(e.Days30)}, {"after these weeks", strconv.Itoa(e.Later)},
		{"ended in the last 30 days and not renewed", strconv.Itoa(e.Overdue)},
	}
	for _, kind := range slices.Sorted(maps.Keys(e.ByKind)) {
		facts = append(facts, []string{"live, " + kind, strconv.Itoa(e.ByKind[kind])})
	}
	if err := a.Screen.Facts(facts); err != nil || len(e.Soon) == 0 {
		return err
	}
	a.Screen.Line("")
	rows := [][]string{{"NEXT", "IN", "HOLDER", "AGENCY", "CERTIFICATE"}}
	for _, cert := range e.Soon {
		rows = append(rows, []string{ui.Day(cert.NotAfter), ui.Left(cert.NotAfter, now()), cert.Holder, ui.OrDash(cert.Agency), inventory.RefOf(cert)})
	}
	a.Screen.Say("%s", fmt.Sprintf("As of %s.", ui.Minute(e.AsOf)))
	return a.Screen.Table(rows)
}
