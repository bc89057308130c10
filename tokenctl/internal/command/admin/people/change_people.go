package people

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

// peopleAtOnce is how many people of a list one request reads.
const peopleAtOnce = 500

func newChangePeople(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "people ID", Short: "Show everybody on a list of people", Args: cobra.ExactArgs(1),
		Long: `Show everybody on a list of people that is to be invited or was: what each gets, and
after it was applied why somebody could not be registered. Look through it before you
approve a list.`,
		Example: "  tokenctl admin change people ID\n  tokenctl admin change people ID --json",
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			all, err := everybody(ctx, c, args[0])
			if err != nil {
				return err
			}
			return a.Screen.Data(all, func() error { return printChangePeople(a.Screen, all) })
		}),
	}
}

// everybody reads all pages of a change's list of people.
func everybody(ctx context.Context, c *client.Client, id string) (api.ChangePeople, error) {
	all := api.ChangePeople{Page: 1, People: []api.ChangePerson{}}
	for page := 1; page == 1 || len(all.People) < all.Total; page++ {
		answer, err := c.ChangePeople(ctx, id, page, peopleAtOnce)
		if err != nil {
			return all, err
		}
		all.Total = answer.Value.Total
		if all.People = append(all.People, answer.Value.People...); len(answer.Value.People) == 0 {
			break
		}
	}
	all.PerPage = len(all.People)
	return all, nil
}

func printChangePeople(screen *ui.Screen, all api.ChangePeople) error {
	if len(all.People) == 0 {
		screen.Say("The change is not about a list of people.")
	}
	return ui.Listing(screen, []string{"NAME", "ADDRESS", "AGENCY", "SITES", "ROLES", "STARTS", "ENDS", "VETTING", "OUTCOME"}, all.People, func(p api.ChangePerson) []string {
		return []string{p.Name, p.Email, p.Agency, dash(strings.Join(p.Sites, ", ")), dash(strings.Join(p.Roles, ", ")),
			dash(p.Starts), dash(p.Ends), dash(strings.TrimSpace(p.Vetting + " " + p.VettedOn)), outcomeOf(p)}
	})
}

// outcomeOf says what became of somebody on a list.
func outcomeOf(p api.ChangePerson) string {
	switch {
	case p.Fault != "":
		return "not registered: " + p.Fault
	case p.User != "":
		return "registered"
	}
	return "–"
}

func newChangeStop(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "stop ID", Short: "Stop a list of people that is being invited", Args: cobra.ExactArgs(1),
		Long: `Stop a list of people that was approved and is being invited: whoever is not registered
yet is not registered, and codes that have not gone do not go. Whoever is registered
stays so: end their access one by one if need be.`,
		Example: "  tokenctl admin change stop ID",
		RunE:    command.ShowsOne(a.App, (*client.Client).StopChange, func(made api.Change) error { return printState(a.Screen, made) }),
	}
}
