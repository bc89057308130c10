package main

import (
	"context"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
)

func newCertIssue(a *app) *cobra.Command {
	var email string
	cmd := &cobra.Command{
		Use:   "issue --email ADDRESS",
		Short: "Invite a registered user to a new token",
		Long: `Invite a registered user to a new token. The code goes to them by mail, to the
address that their agency gave, and is shown to nobody, you included. With it they
run 'tokenctl piv enrol', which makes the key on their smart card, or 'tokenctl enrol',
which makes it in a file on their own machine, and gets the certificate. The mail names
what their role takes. 'tokenctl admin user invite ADDRESS --again' does the same.`,
		Example: "  tokenctl admin cert issue --email anna@police.example",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			to, err := checkEmail(email)
			if err != nil {
				return err
			}
			return a.sendCode(cmd.Context(), to)
		}),
	}
	cmd.Flags().StringVar(&email, "email", "", "mail `address` of a registered user")
	cmd.MarkFlagRequired("email")
	return cmd
}

// sendCode has a registered user sent a fresh code, and says where it went.
func (a *app) sendCode(ctx context.Context, to string) error {
	return asking(ctx, a, func(c *client.Client, ctx context.Context) (client.Answer[api.Invited], error) {
		return c.Invite(ctx, api.InviteRequest{Email: to})
	}, func(i api.Invited) error {
		err := a.screen.Facts([][]string{{"invited", i.Email}, {"order", i.Order}, {"code holds until", minute(i.Expires)}})
		a.screen.Say("The code went to %s by mail. Codes that were sent to them before no longer work.", i.Email)
		if i.BouncedAt != nil {
			a.screen.Say("An earlier mail to this address came back on %s: %s. Until they register they stay among those whose mail came back. If the address is wrong: tokenctl admin user change %s --email ADDRESS",
				minute(*i.BouncedAt), orDash(i.Bounce), i.Email)
		}
		return err
	})
}
