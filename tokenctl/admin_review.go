package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
)

// maxDecided is how many people one request decides on.
const maxDecided = 100

var reviewDecisions = []string{api.ReviewKeep, api.ReviewRemoveRoles, api.ReviewLeave}

func newAdminReview(a *app) *cobra.Command {
	return group("review", "Review who still needs what they may do",
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
		RunE: shows(a, (*client.Client).AccessReviews, a.printReviews),
	}
}

func (a *app) printReviews(all api.AccessReviews) error {
	if len(all.Reviews) == 0 {
		a.screen.Say("There has been no review.")
	}
	return listing(a.screen, []string{"ID", "AGENCY", "STATE", "DECIDED", "DUE"}, all.Reviews, func(r api.AccessReview) []string {
		return []string{r.ID, r.AgencyName, reviewState(r), fmt.Sprintf("%d of %d", r.People-r.Undecided, r.People), r.Due}
	})
}

// reviewState says how far a review is.
func reviewState(r api.AccessReview) string {
	switch {
	case r.SignedAt != nil && r.SignedBy != nil:
		return "signed off by " + r.SignedBy.Name + ", " + minute(*r.SignedAt)
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
		RunE: showsOne(a, func(c *client.Client, ctx context.Context, named string) (client.Answer[api.AccessReview], error) {
			agency, err := findAgency(ctx, c, named)
			if err != nil {
				return client.Answer[api.AccessReview]{}, err
			}
			return c.OpenAccessReview(ctx, agency.ID)
		}, a.printReviewed),
	}
}

// printReviewed prints a review after something was done with it.
func (a *app) printReviewed(r api.AccessReview) error { return a.screen.Facts(reviewFacts(r)) }

func reviewFacts(r api.AccessReview) [][]string {
	return [][]string{
		{"review", r.ID}, {"agency", r.AgencyName}, {"state", reviewState(r)}, {"decided", fmt.Sprintf("%d of %d", r.People-r.Undecided, r.People)},
		{"opened", minute(r.OpenedAt) + " by " + r.OpenedBy}, {"due", r.Due},
	}
}

func newReviewShow(a *app) *cobra.Command {
	var undecided bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show a review and its people", Long: "Show a review with all its people, what each may do, and what was said of them.",
		Example: "  tokenctl admin review show ID --undecided", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.doSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			all, err := reviewPages(ctx, c, args[0], undecided)
			if err != nil {
				return err
			}
			return a.screen.Data(all, func() error { return a.printReview(all) })
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
	if err := a.screen.Facts(reviewFacts(r.AccessReview)); err != nil || len(r.Items) == 0 {
		return err
	}
	a.screen.Line("")
	rows := [][]string{{"WHO", "ADDRESS", "ROLES", "LAST HERE", "DECISION", "BY"}}
	for _, i := range r.Items {
		seen := "never"
		if i.LastSeen != nil {
			seen = day(*i.LastSeen)
		}
		decision, by := orDash(i.Decision), "-"
		if i.Gone && i.Decision == "" {
			decision = "gone meanwhile"
		}
		if i.DecidedBy != nil {
			by = i.DecidedBy.Name
		}
		rows = append(rows, []string{i.Name, i.Email, orDash(strings.Join(i.Roles, ", ")), seen, decision, by})
	}
	return a.screen.Table(rows)
}

func newReviewDecide(a *app) *cobra.Command {
	var d api.DecideRequest
	var rest, yes bool
	cmd := &cobra.Command{
		Use: "decide ID [ADDRESS]...", Short: "Say of people of a review whether they keep what they have",
		Long: `Say of people of a review whether they keep what they have: keep; remove-roles, for
somebody who works here and needs it no more; leave, for somebody who has left. What is
taken away is taken at once. People are named by their mail addresses, or all those of
whom nothing was said with --rest, of whom you may decide.`,
		Example: "  tokenctl admin review decide ID dana@example.org --decision leave --note 'left in May'\n  tokenctl admin review decide ID --rest --decision keep",
		Args:    cobra.MinimumNArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.do(func(cmd *cobra.Command, args []string) error {
			if d.Decision == "" || rest == (len(args) > 1) {
				return fault.New(fault.Usage, "give --decision, and either addresses or --rest", "whom do you decide on, and what?")
			}
			if err := oneOf("decision", d.Decision, reviewDecisions); err != nil {
				return err
			}
			return a.signedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				return a.decideInReview(ctx, c, args[0], args[1:], d, yes)
			})
		}),
	}
	fixedWords(cmd, &d.Decision, "decision", "what is to be: `decision`", reviewDecisions)
	cmd.Flags().StringVar(&d.Note, "note", "", "`text` that says why; no names of patients")
	cmd.Flags().BoolVar(&rest, "rest", false, "all of whom nothing was said")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// decideInReview decides on those with these addresses, or without any on all who are left.
func (a *app) decideInReview(ctx context.Context, c *client.Client, id string, emails []string, d api.DecideRequest, yes bool) error {
	all, err := reviewPages(ctx, c, id, len(emails) == 0)
	if err != nil {
		return err
	}
	users, err := chooseReviewed(all, emails)
	if err != nil {
		return err
	}
	what := "Every role"
	if d.Decision == api.ReviewLeave {
		what = "All that they have"
	}
	what += " is taken from " + count(len(users), "person") + " now."
	if err := sure(ctx, yes || d.Decision == api.ReviewKeep, "this takes away what people have", what, "yes"); err != nil {
		return err
	}
	var answer client.Answer[api.AccessReview]
	for some := range slices.Chunk(users, maxDecided) {
		d.Users = some
		if answer, err = c.DecideInReview(ctx, id, d); err != nil {
			return err
		}
	}
	return a.screen.Data(answer.Raw, func() error { return a.printReviewed(answer.Value) })
}

// chooseReviewed are the UUIDs of those with these addresses, or of all on whom the caller may decide.
func chooseReviewed(all api.AccessReviewDetail, emails []string) (users []string, err error) {
	for _, email := range emails {
		n := slices.IndexFunc(all.Items, func(i api.AccessReviewItem) bool { return strings.EqualFold(i.Email, email) })
		if n < 0 {
			return nil, fault.New(fault.NotFound, "see 'tokenctl admin review show'", "nobody with the address %.80q is in the review", email)
		}
		users = append(users, all.Items[n].User)
	}
	for _, i := range all.Items {
		if len(emails) == 0 && i.May {
			users = append(users, i.User)
		}
	}
	if len(users) == 0 {
		return nil, fault.New(fault.NotFound, "see 'tokenctl admin review show'", "nobody is left on whom you may decide")
	}
	return users, nil
}

func newReviewSign(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "sign ID", Short: "Sign a review off",
		Long:    "Sign a review off, when everybody was decided on. It cannot be changed afterwards, and\nstands in the audit under your name.",
		Example: "  tokenctl admin review sign ID", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.do(func(cmd *cobra.Command, args []string) error {
			if err := sure(cmd.Context(), yes, "a review that is signed off cannot be changed, and you vouch for it: see who is left with tokenctl admin review show "+args[0]+" --undecided", "You vouch for what was decided in this review.", "sign"); err != nil {
				return err
			}
			return asking(cmd.Context(), a, func(c *client.Client, ctx context.Context) (client.Answer[api.AccessReview], error) {
				return c.SignReview(ctx, args[0])
			}, a.printReviewed)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
