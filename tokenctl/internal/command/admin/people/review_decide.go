package people

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// maxDecided is how many people one request decides on.
const maxDecided = 100

var reviewDecisions = []string{api.ReviewKeep, api.ReviewRemoveRoles, api.ReviewLeave}

func newReviewDecide(a *app) *cobra.Command {
	var d api.DecideRequest
	var rest, yes bool
	cmd := &cobra.Command{
		Use: "decide ID [ADDRESS]...", Short: "Say of people of a review whether they keep what they have",
		Long: `Say of people of a review whether they keep what they have: keep; remove-roles, for
somebody who works here and needs it no more; leave, for somebody who has left. What is
taken away is taken at once. People are named by their email addresses, or all those of
whom nothing was said with --rest, of whom you may decide.`,
		Example: "  tokenctl admin review decide ID dana@example.org --decision leave --note 'left in May'\n  tokenctl admin review decide ID --rest --decision keep",
		Args:    cobra.MinimumNArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if d.Decision == "" || rest == (len(args) > 1) {
				return fault.New(fault.Usage, "give --decision, and either addresses or --rest", "whom do you decide on, and what?")
			}
			if err := command.OneOf("decision", d.Decision, reviewDecisions); err != nil {
				return err
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				return a.decideInReview(ctx, c, args[0], args[1:], d, yes)
			})
		}),
	}
	command.FixedWords(cmd, &d.Decision, "decision", "what is to be: `decision`", reviewDecisions)
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
	chosen, err := chooseReviewed(all, emails)
	if err == nil {
		err = sureOf(ctx, chosen, d, yes)
	}
	if err != nil {
		return err
	}
	var answer client.Answer[api.AccessReview]
	for some := range slices.Chunk(chosen, maxDecided) {
		d.Users = nil
		for _, i := range some {
			d.Users = append(d.Users, i.User)
		}
		if answer, err = c.DecideInReview(ctx, id, d); err != nil {
			return err
		}
	}
	return a.Screen.Data(answer.Raw, func() error { return a.printReviewed(answer.Value) })
}

// sureOf has the person agree to what takes something away, and to what is not as it was decided
// before; of that they say why.
func sureOf(ctx context.Context, chosen []api.AccessReviewItem, d api.DecideRequest, yes bool) error {
	var why, what string
	if stands := decidedOtherwise(chosen, d.Decision); stands != "" {
		why, what = "something else was decided before: "+stands, "It was decided before: "+stands+". "
		if strings.TrimSpace(d.Note) == "" {
			return fault.New(fault.Usage, "say with --note why you decide otherwise", "%s", why)
		}
	}
	switch d.Decision {
	case api.ReviewLeave:
		what += "All that they have is taken from " + ui.Count(len(chosen), "person") + " now."
	case api.ReviewRemoveRoles:
		what += "Every role is taken from " + ui.Count(len(chosen), "person") + " now."
	}
	if what == "" {
		return nil
	}
	return command.Sure(ctx, yes, cmp.Or(why, "this takes away what people have"), strings.TrimSpace(what), "yes")
}

// fewStanding is how many decisions that stand are named.
const fewStanding = 3

// decidedOtherwise names those of whom something else stands, and what; "": nobody.
func decidedOtherwise(chosen []api.AccessReviewItem, decision string) string {
	var stands []string
	for _, i := range chosen {
		if i.Decision == "" || i.Decision == decision || i.Change != "" { // what was done is the service's to say
			continue
		}
		said := i.Name + ", " + i.Decision
		if i.DecidedBy != nil {
			said += ", by " + i.DecidedBy.Name
		}
		stands = append(stands, said)
	}
	if more := len(stands) - fewStanding; more > 0 {
		stands = append(stands[:fewStanding], fmt.Sprintf("%d more", more))
	}
	return strings.Join(stands, "; ")
}

// chooseReviewed are those with these addresses, or all on whom the caller may decide.
func chooseReviewed(all api.AccessReviewDetail, emails []string) (chosen []api.AccessReviewItem, err error) {
	next := "see 'tokenctl admin review show " + all.ID + "'"
	for _, email := range emails {
		n := slices.IndexFunc(all.Items, func(i api.AccessReviewItem) bool { return strings.EqualFold(i.Email, email) })
		if n < 0 {
			return nil, fault.New(fault.NotFound, next, "nobody with the address %.80q is in the review", email)
		}
		chosen = append(chosen, all.Items[n])
	}
	for _, i := range all.Items {
		if len(emails) == 0 && i.May {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) == 0 {
		return nil, fault.New(fault.NotFound, next, "nobody is left on whom you may decide")
	}
	return chosen, nil
}

func newReviewSign(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "sign ID", Short: "Sign a review off",
		Long:    "Sign a review off, when everybody was decided on. It cannot be changed afterwards, and\nstands in the audit under your name.",
		Example: "  tokenctl admin review sign ID", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			return a.signReview(ctx, c, args[0], yes)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// signReview signs a review off; while somebody is left there is nothing to vouch for.
func (a *app) signReview(ctx context.Context, c *client.Client, id string, yes bool) error {
	found, err := c.AccessReview(ctx, id, api.AccessReviewFilter{PerPage: 1})
	if err != nil {
		return err
	}
	if w := found.Value; w.SignedAt == nil && w.Undecided > 0 {
		return fault.New(fault.Usage, "see who is left: tokenctl admin review show "+w.ID+" --undecided", "not decided on yet: %s", ui.Count(w.Undecided, "person"))
	}
	if err := command.Sure(ctx, yes, "a review that is signed off cannot be changed, and you vouch for it", "You vouch for what was decided in this review.", "sign"); err != nil {
		return err
	}
	answer, err := c.SignReview(ctx, id)
	if err != nil {
		return err
	}
	return a.Screen.Data(answer.Raw, func() error { return a.printReviewed(answer.Value) })
}
