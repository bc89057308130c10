package own

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command/standing"
)

func newWhoami(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "whoami",
		Short:   "Ask the service whom it takes you for",
		Long:    "Sign in, and say whom the service takes you for: name, agency, site, roles, and the address it sees.",
		Example: "  tokenctl whoami",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			t, c, err := a.SignIn(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			done := a.Screen.Progress("asking " + t.Mutual)
			answer, err := c.Whoami(cmd.Context())
			done()
			if err != nil {
				return err
			}
			err = a.Screen.Data(answer.Raw, func() error { return a.Screen.Facts(standing.WhoamiRows(answer.Value)) })
			standing.SayNext(a.Screen, standing.Describe(t))
			return err
		}),
	}
}
