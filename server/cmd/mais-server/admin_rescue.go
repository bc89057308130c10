package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"mais/server"
	"mais/server/internal/people"
)

func rescueSubnetCommand() *cobra.Command {
	var flags settingsFlags
	var site string
	cmd := &cobra.Command{
		Use:   "rescue-subnet CIDR",
		Short: "Recognise a subnet for a site, when nobody can get in to do it",
		Args:  cobra.ExactArgs(1),
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, args []string) error {
		prefixes, err := parseSubnets(args)
		if err != nil {
			return usage(err)
		}
		place, err := findSite(ctx, host, site)
		if err != nil {
			return err
		}
		if err := host.Register.AddSubnet(ctx, place.ID, prefixes[0], operator()); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "callers from %s are recognised as %s\n", prefixes[0], place.Name)
		return nil
	})
	flags.add(cmd)
	cmd.Flags().StringVar(&site, "site", "", "`SITE` that the subnet belongs to")
	cmd.MarkFlagRequired("site")
	return cmd
}

func rescueAdminCommand() *cobra.Command {
	var flags settingsFlags
	var name, site string
	cmd := &cobra.Command{
		Use:   "rescue-admin EMAIL",
		Short: "Register an administrator with a code shown once, when none can get in",
		Args:  cobra.ExactArgs(1),
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, args []string) error {
		email, err := parseEmail(args[0])
		if err != nil {
			return usage(err)
		}
		place, err := findSite(ctx, host, site)
		if err != nil {
			return err
		}
		if _, err := host.User(ctx, email); !errors.Is(err, people.ErrUnknown) {
			return advise(errors.Join(fmt.Errorf("%s is registered already", email), err),
				"register the new administrator under another address; for a fresh code: mais-server admin invite "+email)
		}
		invitation, err := host.InviteUser(ctx, people.User{
			Email: email, Name: name, Agency: place.Agency, Sites: []string{place.ID}, Roles: []string{"administrator"},
		}, operator())
		if err != nil {
			return err
		}
		writeInvitation(cmd.OutOrStdout(), invitation)
		return nil
	})
	flags.add(cmd)
	cmd.Flags().StringVar(&name, "name", "", "full `NAME`")
	cmd.Flags().StringVar(&site, "site", "", "`SITE` where the administrator works")
	cmd.MarkFlagRequired("name")
	cmd.MarkFlagRequired("site")
	return cmd
}
