package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mais/config"
	"mais/internal/pg"
	"mais/server"
)

func serveCommand() *cobra.Command {
	var flags settingsFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the service",
		Long: `serve runs a service that init made, until it is interrupted. It never loads synthetic
people. A line that begins "ready" on stdout says that it listens.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := flags.loadMade()
			if err != nil {
				return err
			}
			if isDemo(settings.DataDir) {
				return advise(fmt.Errorf("%s holds a demo: its keys, codes and people are for trying only", settings.DataDir), "make a real service: mais-server init --help")
			}
			srv, err := server.New(cmd.Context(), settings, newLogger())
			if err != nil {
				return advise(err, startAdvice(err))
			}
			return srv.Run(cmd.Context(), func(urls server.URLs) error {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "ready %s %s %s\n", time.Now().UTC().Format(time.RFC3339), urls.Public, urls.Mutual)
				return err
			})
		},
	}
	flags.add(cmd)
	return cmd
}

func migrateCommand() *cobra.Command {
	var flags settingsFlags
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schemas up to date, without serving",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := flags.load()
			if err != nil {
				return err
			}
			source, stop, err := server.OpenDatabase(cmd.Context(), settings, newLogger())
			if err == nil {
				err = errors.Join(server.Migrate(cmd.Context(), source), stop())
			}
			if err != nil {
				return advise(err, startAdvice(err))
			}
			fmt.Fprintln(cmd.OutOrStdout(), "the schemas are up to date")
			return nil
		},
	}
	flags.add(cmd)
	return cmd
}

// loadMade loads the settings of a service that has had its ceremony.
func (s *settingsFlags) loadMade() (*config.Server, error) {
	settings, err := s.load()
	if err != nil {
		return nil, err
	}
	made, err := ceremonyHeld(settings)
	if err == nil && !made {
		err = &failure{fmt.Errorf("%s holds no certificate authority yet", settings.DataDir), "run: mais-server init --help", exitNotFound}
	}
	return settings, err
}

// startAdvice says what usually helps when a service does not start.
func startAdvice(err error) string {
	var taken *server.ListenError
	switch {
	case errors.As(err, &taken):
		return "see whether this service is running already; ss -ltnp shows what listens where"
	case errors.Is(err, pg.ErrInUse):
		return "the service runs already: stop it, or give another directory"
	case errors.Is(err, pg.ErrNewer):
		return "run the later version of mais-server that migrated this database"
	case errors.Is(err, pg.ErrNoMigrator):
		return "put that file there, run: mais-server migrate, and take it away again"
	case errors.Is(err, context.Canceled):
		return ""
	}
	return "see the log above; docs/operations.md has the usual causes"
}
