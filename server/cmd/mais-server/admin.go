package main

import (
	"context"
	"errors"
	"os/user"

	"github.com/spf13/cobra"

	"mais/internal/pg"
	"mais/server"
	"mais/server/internal/audit"
)

// operator is how an act at the host stands in the audit: by the account that ran it.
func operator() audit.Event {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return audit.Event{UserName: "operator " + name, AuthMethod: "host"}
}

func adminCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "admin",
		Short: "What an administrator does at the host when nothing else is at hand",
		Args:  cobra.NoArgs,
	}
	cert := &cobra.Command{Use: "cert", Short: "Certificates: list and revoke", Args: cobra.NoArgs}
	cert.AddCommand(certListCommand(), certRevokeCommand())
	cmd.AddCommand(cert, addSiteCommand(), inviteCommand(), inviteSiteCommand(), roleLevelCommand(), rescueSubnetCommand(), rescueAdminCommand())
	return cmd
}

// onHost runs do with the opened service.
func onHost(flags *settingsFlags, do func(ctx context.Context, cmd *cobra.Command, host *server.Host, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		settings, err := flags.loadMade()
		if err != nil {
			return err
		}
		host, err := server.OpenHost(cmd.Context(), settings, newLogger())
		if err != nil {
			return advise(err, startAdvice(err))
		}
		err = do(cmd.Context(), cmd, host, args)
		if errors.Is(err, pg.ErrNoMigrator) { // with an external database: who changes the register here is asked for it
			err = advise(err, "put the password of mais_migrate beside the others, and take it away again afterwards")
		}
		return errors.Join(err, host.Close())
	}
}
