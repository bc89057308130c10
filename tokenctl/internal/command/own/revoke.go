package own

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
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
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(inventory.Reasons, reason) {
				return fault.New(fault.Usage, "choose one of: "+strings.Join(inventory.Reasons, ", "), "%.40q is not a reason", reason)
			}
			return a.revoke(cmd.Context(), reason, yes)
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", inventory.Reasons[0], "`why`: "+strings.Join(inventory.Reasons, ", "))
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.RegisterFlagCompletionFunc("reason", cobra.FixedCompletions(inventory.Reasons, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (a *app) revoke(ctx context.Context, reason string, yes bool) error {
	t, err := a.Open()
	if err != nil {
		return err
	}
	if err := command.NotRevoked(t); err != nil {
		return err
	}
	if err := a.confirm(ctx, t, yes, "This revokes the token "+t.Name+" of "+ui.Clean(t.Holder)+" for good."); err != nil {
		return err
	}
	answer, err := a.end(ctx, t, reason)
	if err != nil {
		return err
	}
	return a.Screen.Data(answer.Raw, func() error {
		return a.Screen.Facts([][]string{{"revoked", answer.Value.Serial}, {"at", answer.Value.At.UTC().Format("2006-01-02 15:04:05 UTC")}})
	})
}

// end has the service revoke the token, and notes it in the token's files.
func (a *app) end(ctx context.Context, t *token.Token, reason string) (client.Answer[api.Revoked], error) {
	c, err := a.SignInWith(ctx, t)
	if err != nil {
		return client.Answer[api.Revoked]{}, err
	}
	defer c.Close()
	done := a.Screen.Progress("asking " + t.Mutual)
	answer, err := c.Revoke(ctx, api.RevokeRequest{Reason: reason})
	done()
	if err != nil {
		return answer, err
	}
	if err := t.MarkRevoked(answer.Value.At.UTC()); err != nil {
		a.Screen.Warn("the token is revoked, and %s could not be told so: %s", t.Dir, err)
	}
	return answer, nil
}

// confirm has the person type the token's serial, unless they have said yes already.
func (a *app) confirm(ctx context.Context, t *token.Token, yes bool, what string) error {
	return command.Sure(ctx, yes, "this cannot be undone", what, t.Serial)
}
