package people

import (
	"strconv"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

func newAdminOverview(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "overview",
		Short: "Show what waits for you",
		Long: `Show what waits for you among the people and places that you administer: changes to
approve, a restore of the last 14 days, reviews of access, invitations that came back
or lapsed, people without a role, your own changes that were refused or lapsed, and whose last day is near.`,
		Example: "  tokenctl admin overview",
		Args:    cobra.NoArgs,
		RunE:    command.Shows(a.App, (*client.Client).Overview, a.printOverview),
	}
}

func (a *app) printOverview(o api.Overview) error {
	r, n := o.Registrations, strconv.Itoa
	if err := a.Screen.Facts([][]string{
		{"changes for you to approve", n(o.ToApprove)}, {"changes that are open", n(o.Open)},
		{"access reviews that are open", n(o.ReviewsOpen)}, {"access reviews that are overdue", n(o.ReviewsOverdue)},
		{"people", n(r.People)}, {"registered", n(r.Registered)}, {"with an invitation that is open", n(r.Waiting)},
		{"invitations that came back", n(r.Bounced)}, {"invitations that lapsed", n(r.Lapsed)}, {"people without any role", n(o.WithoutRole)}, {"last day within 30 days", n(o.Ending)},
	}); err != nil {
		return err
	}
	if o.Restored != nil {
		a.Screen.Say("%s", restoredWords(*o.Restored))
	}
	if err := a.printReturned(o.Returned); err != nil || len(o.EndingSoon) == 0 {
		return err
	}
	a.Screen.Line("")
	return ui.Listing(a.Screen, []string{"LAST DAY", "NAME", "AGENCY"}, o.EndingSoon, func(e api.Ending) []string { return []string{e.Ends, e.Name, e.Agency} })
}

// restoredWords say that the service was restored, and what is to be done about it.
func restoredWords(r api.Restored) string {
	words := "The service was restored on " + ui.Minute(r.At)
	if r.Made != nil {
		words += ", to the backup of " + ui.Minute(*r.Made)
	}
	if r.Things == 0 {
		return words + "; nothing had to be taken away again."
	}
	return words + "; taken away again: " + strconv.Itoa(r.Things) + ", from people: " + strconv.Itoa(r.People) + ".\n" +
		"Return whoever had only moved: tokenctl admin user list --stage left. What it was, a governance officer reads:\n" +
		"tokenctl admin audit list --act access.withdrawn-again"
}

// printReturned shows the changes of one's own that nothing came of.
func (a *app) printReturned(all []api.ReturnedChange) error {
	if len(all) == 0 {
		return nil
	}
	a.Screen.Line("")
	return ui.Listing(a.Screen, []string{"YOUR CHANGE", "WHAT", "ABOUT", "BECAME", "BY", "WHY"}, all, func(c api.ReturnedChange) []string {
		return []string{c.ID, verbOf(c.Kind), c.Subject, c.State, ui.OrDash(c.By), ui.OrDash(c.Note)}
	})
}
