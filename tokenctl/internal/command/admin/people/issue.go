package people

import (
	"context"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func NewCertIssue(shared *command.App) *cobra.Command {
	a := &app{shared}
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
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			to, err := command.CheckEmail(email)
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
	return command.Asking(ctx, a.App, inviting(to), a.printInvited)
}

func inviting(to string) func(*client.Client, context.Context) (client.Answer[api.Invited], error) {
	return func(c *client.Client, ctx context.Context) (client.Answer[api.Invited], error) {
		return c.Invite(ctx, api.InviteRequest{Email: to})
	}
}

func (a *app) printInvited(i api.Invited) error {
	err := a.Screen.Facts([][]string{{"invited", i.Email}, {"order", i.Order}, {"code holds until", ui.Minute(i.Expires)}})
	a.Screen.Say("The code went to %s by mail. Codes that were sent to them before no longer work.", i.Email)
	if i.BouncedAt != nil {
		a.Screen.Say("An earlier mail to this address came back on %s: %s. Until they register they stay among those whose mail came back. If the address is wrong: tokenctl admin user change %s --email ADDRESS",
			ui.Minute(*i.BouncedAt), ui.OrDash(i.Bounce), i.Email)
	}
	return err
}

// sendAgain is sendCode for whoever looks first at whom it goes to: to nobody who has left, and to
// who has enrolled, which makes a further token, only when the person agrees.
func (a *app) sendAgain(ctx context.Context, to string, f changeFlags) error {
	return a.withUser(ctx, to, func(ctx context.Context, c *client.Client, found client.Answer[api.User]) error {
		u := found.Value
		if u.Stage == api.StageLeft {
			return fault.New(fault.Usage, "if they came back: tokenctl admin user return "+u.Email, "%s has left", u.Email)
		}
		what := "This is to send " + u.Name + ", " + u.AgencyName + ", a fresh code."
		if u.Registered != nil {
			what = "This is to send " + u.Name + ", " + u.AgencyName + ", a code for a further token: they enrolled on " + ui.Minute(*u.Registered) + "."
		}
		if f.dryRun {
			a.Screen.Say("%s Nothing was done. To send it, give the command without --dry-run.", what)
			return nil
		}
		if u.Registered != nil {
			if err := command.Sure(ctx, f.yes, u.Email+" has enrolled already, and this is for a further token", what, "yes"); err != nil {
				return err
			}
		}
		answer, err := inviting(to)(c, ctx)
		if err != nil {
			return err
		}
		return a.Screen.Data(answer.Raw, func() error { return a.printInvited(answer.Value) })
	})
}
