package main

import (
	"github.com/spf13/cobra"

	"mais/server/api"
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
what their role takes.`,
		Example: "  tokenctl admin cert issue --email anna@police.example",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			to, err := checkEmail(email)
			if err != nil {
				return err
			}
			t, c, err := a.signIn(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			done := a.screen.Progress("asking " + t.Mutual)
			answer, err := c.Invite(cmd.Context(), api.InviteRequest{Email: to})
			done()
			if err != nil {
				return err
			}
			invited := answer.Value
			err = a.screen.Data(answer.Raw, func() error {
				return a.screen.Facts([][]string{{"invited", invited.Email}, {"order", invited.Order}, {"code holds until", minute(invited.Expires)}})
			})
			a.screen.Say("The code went to %s by mail. Codes that were sent to them before no longer work.", invited.Email)
			return err
		}),
	}
	cmd.Flags().StringVar(&email, "email", "", "mail `address` of a registered user")
	cmd.MarkFlagRequired("email")
	return cmd
}
