package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

func newRevoke(a *app) *cobra.Command {
	var reason string
	var yes bool
	cmd := &cobra.Command{
		Use:   "revoke",
		Short: "Revoke your own token for good",
		Long: `Revoke your own token, at once and for good: nobody can bring it back, and you
need a new invitation to get another. Do it when the key may have been copied,
or when you leave. You are asked to type the token's serial number, unless you
give --yes.`,
		Example: "  tokenctl revoke --reason keyCompromise",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(reasons, reason) {
				return fault.New(fault.Usage, "choose one of: "+strings.Join(reasons, ", "), "%.40q is not a reason", reason)
			}
			return a.revoke(cmd.Context(), reason, yes)
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", reasons[0], "`why`: "+strings.Join(reasons, ", "))
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.RegisterFlagCompletionFunc("reason", cobra.FixedCompletions(reasons, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (a *app) revoke(ctx context.Context, reason string, yes bool) error {
	t, err := a.open()
	if err != nil {
		return err
	}
	if err := notRevoked(t); err != nil {
		return err
	}
	if err := a.confirm(ctx, t, yes, "This revokes the token "+t.Name+" of "+ui.Clean(t.Holder)+" for good."); err != nil {
		return err
	}
	answer, err := a.end(ctx, t, reason)
	if err != nil {
		return err
	}
	return a.screen.Data(answer.Raw, func() error {
		return a.screen.Facts([][]string{{"revoked", answer.Value.Serial}, {"at", answer.Value.At.UTC().Format("2006-01-02 15:04:05 UTC")}})
	})
}

// end has the service revoke the token, and notes it in the token's files.
func (a *app) end(ctx context.Context, t *token.Token, reason string) (client.Answer[api.Revoked], error) {
	c, err := a.signInWith(ctx, t)
	if err != nil {
		return client.Answer[api.Revoked]{}, err
	}
	defer c.Close()
	done := a.screen.Progress("asking " + t.Mutual)
	answer, err := c.Revoke(ctx, api.RevokeRequest{Reason: reason})
	done()
	if err != nil {
		return answer, err
	}
	if err := t.MarkRevoked(answer.Value.At.UTC()); err != nil {
		a.screen.Warn("the token is revoked, and %s could not be told so: %s", t.Dir, err)
	}
	return answer, nil
}

// confirm has the person type the token's serial, unless they have said yes already.
func (a *app) confirm(ctx context.Context, t *token.Token, yes bool, what string) error {
	return sure(ctx, yes, "this cannot be undone", what, t.Serial)
}
