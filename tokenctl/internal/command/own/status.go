package own

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command/standing"
)

func newStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say how the token stands, from its files alone",
		Long: `Say how the token stands, from its files alone: whose it is, until when it
holds, and whether it should be renewed, which is so from two thirds of its
life on. The service is not asked, and neither passphrase nor PIN is needed. That
the token is on hold or revoked is known here once the service has said so: 'tokenctl
whoami' asks it.`,
		Example: "  tokenctl status\n  tokenctl status --token anna --json",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(*cobra.Command, []string) error {
			t, err := a.Open()
			if err != nil {
				return err
			}
			return standing.Print(a.Screen, t)
		}),
	}
}
