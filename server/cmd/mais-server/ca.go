package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"mais/server"
)

func caCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "ca", Short: "The certificate authority", Args: cobra.NoArgs}
	cmd.AddCommand(caCheckCommand())
	return cmd
}

func caCheckCommand() *cobra.Command {
	var flags settingsFlags
	cmd := &cobra.Command{Use: "check", Short: "What an operator should see to: keys, expiries, revocation lists", Args: cobra.NoArgs}
	cmd.RunE = onHost(&flags, func(_ context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		warnings := host.CA.Check()
		for _, w := range warnings {
			fmt.Fprintf(cmd.OutOrStdout(), "warning: %s\n   next: %s\n", w.What, w.Do)
		}
		if len(warnings) == 0 {
			fmt.Fprintln(cmd.OutOrStdout(), "nothing to see to")
		}
		return nil
	})
	flags.add(cmd)
	return cmd
}
