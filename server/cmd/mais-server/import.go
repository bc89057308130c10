package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"mais/server"
	"mais/server/internal/record/importcsv"
)

func importCommand() *cobra.Command {
	var flags settingsFlags
	var dryRun, columns bool
	cmd := &cobra.Command{
		Use:   "import FILE.csv",
		Short: "Load records from a CSV file, all of it or nothing",
		Long: `import loads records from a CSV file in UTF-8. Its columns have the data dictionary's names;
source and source_reference are required and say together which record a row is: one that is
there already is left alone, so that a second run changes nothing. Every fault is told with
its row and column, and then nothing is loaded.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if columns {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if columns {
				fmt.Fprintln(cmd.OutOrStdout(), strings.Join(importcsv.Columns(), "\n"))
				return nil
			}
			settings, err := flags.loadMade()
			if err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if err != nil {
				return &failure{err, "give the path of a CSV file", exitNotFound}
			}
			defer file.Close()
			host, err := server.OpenHost(cmd.Context(), settings, newLogger())
			if err != nil {
				return advise(err, startAdvice(err))
			}
			defer host.Close()
			tell, end := progress(os.Stderr, "rows")
			report, err := host.Import(cmd.Context(), file, dryRun, tell)
			end()
			var faults *importcsv.Faults
			if errors.As(err, &faults) {
				return advise(err, "correct the rows and run this again; nothing was loaded")
			}
			if err != nil {
				return err
			}
			verb := "loaded"
			if dryRun {
				verb = "would load"
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s %d records; %d were there already\n", verb, report.Loaded, report.Skipped)
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&columns, "columns", false, "list the columns that a file may have, and load nothing")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "check everything, load nothing")
	return cmd
}
