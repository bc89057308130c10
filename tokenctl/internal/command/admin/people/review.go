package people

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

func newAdminReview(a *app) *cobra.Command {
	return command.Group("review", "Review who still needs what they may do",
		`Review who still needs what they may do. Every few months one opens for each agency;
somebody who administers it says of each of its people whether they keep what they have,
and signs it off. Nobody decides on themselves, and on who administers or reviews only
an administrator of everything does.`,
		"  tokenctl admin review list\n  tokenctl admin review show ID --undecided\n  tokenctl admin review decide ID dana@example.org --decision keep\n  tokenctl admin review sign ID",
		newReviewList(a), newReviewOpen(a), newReviewShow(a), newReviewDecide(a), newReviewSign(a))
}

func newReviewList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the reviews of your agencies", Long: "List the reviews of the agencies that you administer, the open ones first.",
		Example: "  tokenctl admin review list", Args: cobra.NoArgs,
		RunE: command.Shows(a.App, (*client.Client).AccessReviews, a.printReviews),
	}
}

func (a *app) printReviews(all api.AccessReviews) error {
	if len(all.Reviews) == 0 {
		a.Screen.Say("There has been no review.")
	}
	return ui.Listing(a.Screen, []string{"ID", "AGENCY", "STATE", "DECIDED", "DUE"}, all.Reviews, func(r api.AccessReview) []string {
		return []string{r.ID, r.AgencyName, reviewState(r), fmt.Sprintf("%d of %d", r.People-r.Undecided, r.People), r.Due}
	})
}

// reviewState says how far a review is.
func reviewState(r api.AccessReview) string {
	switch {
	case r.SignedAt != nil && r.SignedBy != nil:
		return "signed off by " + r.SignedBy.Name + ", " + ui.Minute(*r.SignedAt)
	case r.SignedAt != nil:
		return "signed off"
	case r.Overdue:
		return "overdue"
	case r.Undecided == 0:
		return "to be signed off"
	}
	return "open"
}

func newReviewOpen(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "open AGENCY", Short: "Open a review before its time", Long: "Open a review of an agency's people before its time. An agency has one open at a time.",
		Example: "  tokenctl admin review open 'Northshire Police'", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: command.ShowsOne(a.App, func(c *client.Client, ctx context.Context, named string) (client.Answer[api.AccessReview], error) {
			agency, err := findAgency(ctx, c, named)
			if err != nil {
				return client.Answer[api.AccessReview]{}, err
			}
			return c.OpenAccessReview(ctx, agency.ID)
		}, a.printReviewed),
	}
}

// printReviewed prints a review after something was done with it.
func (a *app) printReviewed(r api.AccessReview) error { return a.Screen.Facts(reviewFacts(r)) }

func reviewFacts(r api.AccessReview) [][]string {
	return [][]string{
		{"review", r.ID}, {"agency", r.AgencyName}, {"state", reviewState(r)}, {"decided", fmt.Sprintf("%d of %d", r.People-r.Undecided, r.People)},
		{"opened", ui.Minute(r.OpenedAt) + " by " + r.OpenedBy}, {"due", r.Due},
	}
}

func newReviewShow(a *app) *cobra.Command {
	var undecided bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show a review and its people", Long: "Show a review with all its people, what each may do, and what was said of them.",
		Example: "  tokenctl admin review show ID --undecided", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			all, err := reviewPages(ctx, c, args[0], undecided)
			if err != nil {
				return err
			}
			return a.Screen.Data(all, func() error { return a.printReview(all) })
		}),
	}
	cmd.Flags().BoolVar(&undecided, "undecided", false, "those only of whom nothing was said")
	return cmd
}

// reviewPages reads a review with all its people.
func reviewPages(ctx context.Context, c *client.Client, id string, undecided bool) (all api.AccessReviewDetail, err error) {
	items := []api.AccessReviewItem{}
	for page := 1; ; page++ {
		answer, err := c.AccessReview(ctx, id, api.AccessReviewFilter{Undecided: undecided, Page: page, PerPage: maxDecided})
		if err != nil {
			return all, err
		}
		all = answer.Value
		items = append(items, all.Items...)
		if len(items) >= all.Total || len(all.Items) == 0 {
			all.Items, all.Page, all.PerPage = items, 1, len(items)
			return all, nil
		}
	}
}

func (a *app) printReview(r api.AccessReviewDetail) error {
	if err := a.Screen.Facts(reviewFacts(r.AccessReview)); err != nil || len(r.Items) == 0 {
		return err
	}
	a.Screen.Line("")
	rows := [][]string{{"WHO", "ADDRESS", "ROLES", "LAST HERE", "DECISION", "BY"}}
	for _, i := range r.Items {
		seen := "never"
		if i.LastSeen != nil {
			seen = ui.Day(*i.LastSeen)
		}
		decision, by := ui.OrDash(i.Decision), "-"
		if i.Gone && i.Decision == "" {
			decision = "gone meanwhile"
		}
		if i.DecidedBy != nil {
			by = i.DecidedBy.Name
		}
		rows = append(rows, []string{i.Name, i.Email, ui.OrDash(strings.Join(i.Roles, ", ")), seen, decision, by})
	}
	return a.Screen.Table(rows)
}
