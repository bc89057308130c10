package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"mais/config"
	"mais/internal/pg"
	"mais/server"
)

func psqlCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "psql --dir DIR -- ARGS",
		Short: "Open the embedded database with psql, as its superuser",
		Long: `psql opens the embedded database of the service in DIR, whether the service runs or not.
What follows -- goes to psql. As the superuser it can do anything to the database: triggers
refuse to change what stands in the audit, but a superuser can switch them off.`,
		Example: `  mais-server psql --dir var/demo -- -c 'TABLE ca.certificate'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := filepath.Abs(dir)
			if err != nil {
				return err
			}
			if settings, err := config.Load(filepath.Join(path, settingsFile)); err == nil && settings.Database != nil {
				return advise(fmt.Errorf("%s uses an external database", dir), "open it with psql and its administrator's account")
			}
			psql, stop, err := pg.ClientCommand(cmd.Context(), server.DatabaseDir(&config.Server{DataDir: path}), "psql", args...)
			if err != nil {
				return advise(err, "is this the directory that was given to up or init?")
			}
			psql.Stdin, psql.Stdout, psql.Stderr = os.Stdin, cmd.OutOrStdout(), os.Stderr
			err = psql.Run()
			var exit *exec.ExitError
			if errors.As(err, &exit) { // psql has said what
				err = &failure{fmt.Errorf("psql ended with code %d", exit.ExitCode()), "", exit.ExitCode()}
			}
			return errors.Join(err, stop())
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "data `DIR`")
	cmd.MarkFlagRequired("dir")
	return cmd
}
