package main

import (
	"context"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
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
		RunE: a.do(func(cmd *cobra.Command, args []string) error {
			if d.name == refusing.name && note == "" {
				return fault.New(fault.Usage, "give --note", "a refusal says why")
			}
			_, c, err := a.signIn(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			return a.decideChange(cmd.Context(), c, d, args[0], note, yes)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&note, "note", "", "`text` that says why; no names of patients")
	flags.BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) decideChange(ctx context.Context, c *client.Client, d decision, id, note string, yes bool) error {
	answer, err := c.ChangeOf(ctx, id)
	if err != nil {
		return err
	}
	made := answer.Value
	if err := printChange(a.screen.Aside(), made); err != nil {
		return err
	}
	if made.State != api.ChangeWaiting {
		return fault.New(fault.Usage, "", "the change is %s: there is nothing to decide", made.State)
	}
	if err := agreeTo(ctx, made, yes, "You "+d.name+" it, under your name."); err != nil {
		return err
	}
	answer, err = d.say(c, ctx, id, api.DecisionRequest{Note: note, Word: made.Word, Digest: made.Digest})
	if err != nil {
		return err
	}
	return a.printDone(answer)
}
