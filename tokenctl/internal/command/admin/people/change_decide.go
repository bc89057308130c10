package people

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// decision is what a second person says to a change.
type decision struct {
	name, short, long string
	say               func(*client.Client, context.Context, string, api.DecisionRequest) (client.Answer[api.Change], error)
}

var (
	approving = decision{"approve", "Approve a change that waits for a second person",
		`Approve a change that somebody else made: it is done at once. You see first whom it
gives or takes what. Your name stands beside it in the audit.`, (*client.Client).ApproveChange}
	refusing = decision{"refuse", "Refuse a change that waits for a second person",
		`Refuse a change that somebody else made, and say why with --note. Nothing is done, and
the change is over.`, (*client.Client).RefuseChange}
)

func newChangeDecide(a *app, d decision) *cobra.Command {
	var yes bool
	var note string
	cmd := &cobra.Command{
		Use: d.name + " ID", Short: d.short, Long: d.long, Args: cobra.ExactArgs(1),
		Example: "  tokenctl admin change " + d.name + " ID --note 'rang the sponsor'",
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if d.name == refusing.name && note == "" {
				return fault.New(fault.Usage, "give --note", "a refusal says why")
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				return a.decideChange(ctx, c, d, args[0], note, yes)
			})
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&note, "note", "", "`text` that says why; no names of patients")
	flags.BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// overAlready says what has become of a change that is not open, and by whom.
func overAlready(made api.Change) error {
	became := "was " + made.State
	switch {
	case made.State == api.ChangeDraft:
		became = "is a draft, which whoever made it has not confirmed"
	case made.State == api.ChangeExpired:
		became = "has expired"
	case made.DecidedBy != nil && made.DecidedAt != nil:
		became += " by " + made.DecidedBy.Name + " on " + ui.Minute(*made.DecidedAt)
	}
	if made.DecidedNote != "" {
		became += ", because: " + made.DecidedNote
	}
	return fault.New(fault.Usage, "see the whole of it: tokenctl admin change show "+made.ID, "there is nothing to decide: the change %s", became)
}

func (a *app) decideChange(ctx context.Context, c *client.Client, d decision, id, note string, yes bool) error {
	answer, err := c.ChangeOf(ctx, id)
	if err != nil {
		return err
	}
	made := answer.Value
	if made.State != api.ChangeWaiting {
		return overAlready(made)
	}
	if slices.Contains(made.May, "discard") {
		return fault.New(fault.Denied, "ask another administrator; to take it back yourself: tokenctl admin change discard "+made.ID, "you made this change: somebody else has to decide")
	}
	if err := printChange(a.Screen.Aside(), made); err != nil {
		return err
	}
	if err := agreeTo(ctx, made, yes, "You "+d.name+" it, under your name."); err != nil {
		return err
	}
	return a.printDone(d.say(c, ctx, id, api.DecisionRequest{Note: note, Word: made.Word, Digest: made.Digest}))
}
