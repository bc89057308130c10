package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"mais/config"
)

func checkconfigCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "checkconfig FILE",
		Short: "Check a file of settings; every fault at once, each with its place",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := config.Load(args[0])
			if err != nil {
				return advise(err, "correct "+args[0]+" and run this again")
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is valid: %s, data in %s\n", args[0], settings.Deployment, settings.DataDir)
			return nil
		},
	}
}
