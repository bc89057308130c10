package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"mais/server"
)

func addSiteCommand() *cobra.Command {
	var flags settingsFlags
	var agency, kind string
	var subnets []string
	cmd := &cobra.Command{
		Use:     "add-site SITE",
		Short:   "Register a site, its subnets and, when it is new, its agency",
		Example: `  mais-server admin add-site "Northgate Custody" --agency "Northshire Police" --agency-kind police --subnet 198.51.100.0/24 --dir DIR`,
		Args:    cobra.ExactArgs(1),
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, args []string) error {
		prefixes, err := parseSubnets(subnets)
		if err != nil {
			return usage(err)
		}
		site, err := host.Register.EnsureSite(ctx, agency, kind, args[0], operator())
		if err != nil {
			return err
		}
		for _, p := range prefixes {
			if err := host.Register.AddSubnet(ctx, site, p, operator()); err != nil {
				return err
			}
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s of %s is registered; callers from %v are recognised there\n", args[0], agency, prefixes)
		return nil
	})
	flags.add(cmd)
	cmd.Flags().StringVar(&agency, "agency", "", "`NAME` of its agency")
	cmd.Flags().StringVar(&kind, "agency-kind", "police", "`KIND` of a new agency: police, health, prison, probation")
	cmd.Flags().StringArrayVar(&subnets, "subnet", nil, "`CIDR` of the site, may be repeated")
	cmd.MarkFlagRequired("agency")
	cmd.MarkFlagRequired("subnet")
	return cmd
}
