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

func newAdminChange(a *app) *cobra.Command {
	return command.Group("change", "Look at changes of people, places and roles, and decide on them",
		`Look at changes of people, places and roles, and decide on them. Whoever gives
somebody more than they had needs a second person: their change waits here until
somebody else approves or refuses it. Nobody decides on what they made themselves, or
on what is about them.`,
		"  tokenctl admin change list --state mine\n  tokenctl admin change approve ID",
		newChangeList(a), newChangeShow(a), newChangeConfirm(a), newChangeDecide(a, approving), newChangeDecide(a, refusing), newChangeDiscard(a), newChangePeople(a), newChangeStop(a))
}

// changeStates are what a list can be narrowed to.
var changeStates = []string{"mine", "open", api.ChangeDraft, api.ChangeWaiting, api.ChangeApplied, api.ChangeRefused, api.ChangeDiscarded, api.ChangeExpired}

func newChangeList(a *app) *cobra.Command {
	var f api.ChangeFilter
	cmd := &cobra.Command{
		Use: "list", Short: "List changes, the newest first", Args: cobra.NoArgs,
		Long: `List changes of what you administer, the newest first. --state mine lists those that
wait for you to decide on them, open those that are not decided.`,
		Example: "  tokenctl admin change list --state mine",
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			if err := command.OneOf("state", f.State, changeStates); err != nil {
				return err
			}
			return command.Asking(cmd.Context(), a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.Changes], error) {
				return c.Changes(ctx, f)
			}, a.printChanges)
		}),
	}
	command.FixedWords(cmd, &f.State, "state", "only those that are `so`", changeStates)
	flags := cmd.Flags()
	flags.StringVar(&f.Kind, "kind", "", "only of a `kind`, such as user.invite")
	flags.StringVar(&f.Target, "target", "", "only those of a UUID or a role's `name`")
	flags.IntVar(&f.Page, "page", 0, "`number` of the page, from 1")
	flags.IntVar(&f.PerPage, "per-page", 0, "`number` of changes on a page, at most 200")
	return cmd
}

func (a *app) printChanges(found api.Changes) error {
	if len(found.Changes) == 0 {
		a.Screen.Say("There is no such change.")
		return nil
	}
	err := ui.Listing(a.Screen, []string{"CHANGE", "WHAT", "ABOUT", "STATE", "MADE", "BY"}, found.Changes, func(made api.Change) []string {
		return []string{made.ID, verbOf(made.Kind), made.Subject, made.State, ui.Minute(made.MadeAt), made.MadeBy.Name}
	})
	if err == nil && found.Total > len(found.Changes) {
		a.Screen.Say("Page %s of %s.", strconv.Itoa(found.Page), ui.Count(found.Total, "change"))
	}
	return err
}

func newChangeShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show a change and whom it gives or takes what", Args: cobra.ExactArgs(1),
		Long:    "Show a change: what differs, who gains and who loses what, why it needs a second person, and\nwhat became of it. While it is open that is foreseen anew.",
		Example: "  tokenctl admin change show ID",
		RunE:    command.ShowsOne(a.App, (*client.Client).ChangeOf, func(made api.Change) error { return printChange(a.Screen, made) }),
	}
}

func newChangeConfirm(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "confirm ID", Short: "Confirm a change that you prepared", Args: cobra.ExactArgs(1),
		Long: `Confirm a change that you prepared, in the pages or here. You see it again first and
are asked, unless you give --yes. It is done at once, or waits for a second person.`,
		Example: "  tokenctl admin change confirm ID",
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			return a.confirmDraft(ctx, c, args[0], yes)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) confirmDraft(ctx context.Context, c *client.Client, id string, yes bool) error {
	answer, err := c.ChangeOf(ctx, id)
	if err != nil {
		return err
	}
	made := answer.Value
	switch {
	case made.State == api.ChangeWaiting:
		return fault.New(fault.Usage, "see who may decide: tokenctl admin change show "+made.ID, "it is confirmed, and waits for a second person")
	case made.State != api.ChangeDraft:
		return overAlready(made)
	}
	if err := printForeseen(a.Screen.Aside(), made); err != nil {
		return err
	}
	if err := agreeTo(ctx, made, yes, "This is to "+verbOf(made.Kind)+": "+made.Subject+"."); err != nil {
		return err
	}
	return a.confirmChange(ctx, c, made)
}

func newChangeDiscard(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "discard ID", Short: "Forget a change of yours that was not applied", Args: cobra.ExactArgs(1),
		Long:    "Forget a change of yours that was not applied, also one that waits for a second person.",
		Example: "  tokenctl admin change discard ID",
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			return a.printDone(c.DiscardChange(ctx, args[0]))
		}),
	}
}
