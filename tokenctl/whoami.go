package main

import (
	"github.com/spf13/cobra"
)

func newWhoami(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "whoami",
		Short:   "Ask the service whom it takes you for",
		Long:    "Sign in, and say whom the service takes you for: name, agency, site, roles, and the address it sees.",
		Example: "  tokenctl whoami",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			t, c, err := a.signIn(cmd.Context())
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
			err = a.screen.Data(answer.Raw, func() error { return a.screen.Facts(whoamiRows(answer.Value)) })
			sayNext(a.screen, describe(t))
			return err
		}),
	}
}
