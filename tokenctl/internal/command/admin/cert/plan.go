package cert

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/ui"
)

func newAdminPlan(a *app) *cobra.Command {
	return command.Group("plan", "Look at the plans of hold, release and revoke, and go on with them",
		`Look at plans, yours and your colleagues'. A plan is a list of certificates and what
is to become of them; it is made by 'cert hold', 'cert release' and 'cert revoke'.
Once confirmed it is carried out by the service, whether anybody watches or not.`,
		"  tokenctl admin plan list\n  tokenctl admin plan show ID",
		newPlanList(a), newPlanShow(a), newPlanResume(a), newPlanStop(a))
}

func newPlanList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the latest plans",
		Long:    "List the latest plans, yours and those of your colleagues, the newest first.",
		Example: "  tokenctl admin plan list",
		Args:    cobra.NoArgs,
		RunE:    command.Shows(a.App, (*client.Client).Plans, a.printPlans),
	}
}

func (a *app) printPlans(all api.Plans) error {
	if len(all.Plans) == 0 {
		a.Screen.Say("There is no plan.")
	}
	return ui.Listing(a.Screen, []string{"PLAN", "ACT", "CERTIFICATES", "STATE", "MADE", "BY"}, all.Plans, func(p api.Plan) []string {
		return []string{p.ID, p.Act, strconv.Itoa(p.Total), inventory.PlanState(p), ui.Minute(p.CreatedAt), p.By}
	})
}

// aboutPlan is the work of a command about the plan that its argument names.
func (a *app) aboutPlan(work func(context.Context, *client.Client, api.Plan) error) command.RunE {
	return a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
		answer, err := c.PlanOf(ctx, args[0])
		if err != nil {
			return err
		}
		return work(ctx, c, answer.Value)
	})
}

func newPlanShow(a *app) *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show a plan, how far it is, and the result for each certificate",
		Long: `Show a plan, how far it is, and the result for each certificate. With --wait it is
followed until it has finished. It changes nothing. The exit code is that of the act:
9 when a plan has finished and some certificates do not stand as was asked.`,
		Example: "  tokenctl admin plan show ID --wait",
		Args:    cobra.ExactArgs(1),
		RunE: a.aboutPlan(func(ctx context.Context, c *client.Client, p api.Plan) (err error) {
			if wait && p.ConfirmedAt != nil {
				if p, err = inventory.Follow(ctx, a.Screen, c, p); err != nil {
					return err
				}
			}
			return a.printResults(ctx, c, p)
		}),
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until it has finished")
	return cmd
}

func newPlanResume(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "resume ID",
		Short: "Carry a plan out, or go on with one that stopped",
		Long: `Carry out a plan that waits to be confirmed, such as one that was prepared in the
pages, or go on with one that stopped or in which some certificates failed. You see it again first and are
asked for its word, unless you give --yes. What was done stays done.`,
		Example: "  tokenctl admin plan resume ID",
		Args:    cobra.ExactArgs(1),
		RunE: a.aboutPlan(func(ctx context.Context, c *client.Client, p api.Plan) error {
			if p.FinishedAt != nil && p.Results[api.ResultFailed] == 0 {
				a.Screen.Say("The plan has finished; there is nothing left to do.")
				return a.printResults(ctx, c, p)
			}
			if err := a.ask(ctx, c, p, yes); err != nil {
				return err
			}
			return a.carryOut(ctx, c, p)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func newPlanStop(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "stop ID",
		Short: "Stop a plan under way, and leave the rest of it undone",
		Long: `Stop a plan that is under way, whoever confirmed it. What was done stays done; what
waits is left as it is and counts as failed, and 'tokenctl admin plan resume' goes on
with it. You are asked for the word stop, unless you give --yes.`,
		Example: "  tokenctl admin plan stop ID",
		Args:    cobra.ExactArgs(1),
		RunE:    a.aboutPlan(func(ctx context.Context, c *client.Client, p api.Plan) error { return a.stop(ctx, c, p, yes) }),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) stop(ctx context.Context, c *client.Client, p api.Plan, yes bool) error {
	if p.ConfirmedAt == nil || p.FinishedAt != nil {
		a.Screen.Say("The plan is not under way (%s): there is nothing to stop.", inventory.PlanState(p))
		return a.printResults(ctx, c, p)
	}
	what := fmt.Sprintf("%d of %s have a result by now; the rest is left undone.", inventory.Finished(p), ui.Count(p.Total, "certificate"))
	if err := command.Sure(ctx, yes, "a plan that is stopped leaves some certificates as they are", what, "stop"); err != nil {
		return err
	}
	answer, err := c.Stop(ctx, p.ID)
	if err != nil {
		return err
	}
	return a.printResults(ctx, c, answer.Value)
}

// dryRun shows what a plan would do, as the command's data.
func (a *app) dryRun(ctx context.Context, c *client.Client, p api.Plan) error {
	if err := a.Screen.Data(p, func() error { return a.preview(ctx, c, a.Screen, p) }); err != nil {
		return err
	}
	a.Screen.Say("Nothing was done, and the plan is forgotten. To carry it out, give the command without --dry-run.")
	return nothingToDo(p)
}

// ask shows a plan and has the person agree to it.
func (a *app) ask(ctx context.Context, c *client.Client, p api.Plan, yes bool) error {
	if err := a.preview(ctx, c, a.Screen.Aside(), p); err != nil {
		return err
	}
	if err := nothingToDo(p); err != nil {
		return err
	}
	return a.agree(ctx, p, yes, "This is to "+inventory.Sentence(p)+".")
}

// carryOut confirms a plan, follows it to its end, and prints what became of each certificate.
func (a *app) carryOut(ctx context.Context, c *client.Client, p api.Plan) error {
	p, err := a.confirmed(ctx, c, p)
	if err != nil {
		return err
	}
	return a.printResults(ctx, c, p)
}

// agree has the person type the plan's word, unless they have said yes already.
func (a *app) agree(ctx context.Context, p api.Plan, yes bool, what string) error {
	return command.Sure(ctx, yes, p.Act+" changes who is served", what, p.Word)
}

// confirmed has a plan carried out and follows it.
func (a *app) confirmed(ctx context.Context, c *client.Client, p api.Plan) (api.Plan, error) {
	done := a.Screen.Progress("starting")
	answer, err := c.Confirm(ctx, p.ID, p.Word)
	done()
	if err != nil {
		a.Screen.Warn("whether the plan has begun is not known here; see: tokenctl admin plan show %s", p.ID)
		return p, err
	}
	return inventory.Follow(ctx, a.Screen, c, answer.Value)
}
