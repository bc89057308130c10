package main

import (
	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/fault"
)

func newSiteCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Call the service with a site's token and the server pinned",
		Long: `Call the service as a site does: the server has to prove a certificate that
leads to the root, holds the server's name and policy, and has the key remembered
at enrolment. If any of it is wrong, neither a request nor the site's certificate
is sent, and the exit code is 8.`,
		Example: "  tokenctl site check --token northgate-custody",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			t, err := a.open()
			if err != nil {
				return err
			}
			if t.Kind != certs.Site.String() {
				return fault.New(fault.Usage, "choose a site's with --token, or run 'tokenctl whoami'", "%s is the token of a user", t.Name)
			}
			c, err := a.signInWith(cmd.Context(), t)
			if err != nil {
				return err
			}
			defer c.Close()
			done := a.screen.Progress("asking " + t.Mutual)
			answer, err := c.Whoami(cmd.Context())
			done()
			if err != nil {
				return err
			}
			if answer.Value.User != t.User {
				return fault.New(fault.BadAnswer, "tell your administrator", "the service takes this site for %s", answer.Value.User)
			}
			a.screen.Say("The server holds the pinned key, and knows this site.")
			err = a.screen.Data(answer.Raw, func() error { return a.screen.Facts(whoamiRows(answer.Value)) })
			a.sayNext(describe(t))
			return err
		}),
	}
}
