// Command mais-server is the MAIS service and what its operator does on its machine: the
// first start, running it, migrations, imports, revocation at the host, the audit.
//
// Start with `mais-server up` for everything on loopback with synthetic people, or with
// `mais-server init` and `mais-server serve` for the real thing. Data goes to stdout,
// everything else to stderr.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	// A look takes some 120 kB from a heap of which 8 MB live at rest: with Go's default one
	// collection comes every 60 looks, with this one every 300, for 30 MB more under load.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	root, began := command(), false
	mark(root, &began)
	err := root.ExecuteContext(ctx)
	stop()
	if err != nil && !began { // cobra's own: what was typed is no command of ours
		err = usage(err)
	}
	if err != nil {
		fmt.Fprint(os.Stderr, explain(err))
		os.Exit(exitOf(err))
	}
}

// mark notes when a command of ours begins. What only groups others refuses words that it
// does not know.
func mark(cmd *cobra.Command, began *bool) {
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if run == nil && len(args) > 0 {
			return fmt.Errorf("%q is not a command of %s", args[0], cmd.CommandPath())
		}
		if run == nil && cmd.HasParent() { // a script must not take help for work done
			return fmt.Errorf("%s needs one of its commands: see %s --help", cmd.CommandPath(), cmd.CommandPath())
		}
		if run == nil {
			return cmd.Help()
		}
		*began = true
		return run(cmd, args)
	}
	if run == nil {
		cmd.Args = cobra.ArbitraryArgs
	} else if takes := cmd.Args; takes != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := takes(cmd, args)
			if err != nil && takes(cmd, nil) == nil && takes(cmd, args[:1]) != nil { // cobra would call it an unknown command
				err = fmt.Errorf("%q is a word too many for %s", args[0], cmd.CommandPath())
			}
			return err
		}
	}
	for _, child := range cmd.Commands() {
		mark(child, began)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "mais-server",
		Short: "Share risk information about people leaving prison, with nobody else",
		Long: `mais-server shares risk information about people leaving prison among police, health,
prison and probation. It holds the records, the certificate authority and the audit.

  mais-server up --dir var/demo     everything on loopback, with synthetic people
  mais-server init --dir DIR ...    the first start of a real service
  mais-server serve --dir DIR       run it`,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(upCommand(), initCommand(), serveCommand(), migrateCommand(), checkconfigCommand(), importCommand(),
		psqlCommand(), auditCommand(), adminCommand(), caCommand(), mailCommand(), pinCommand(),
		backupCommand(), restoreCommand(), docsCommand())
	return root
}

// version is the module's version and the commit it was built from, as far as the build
// recorded them.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			v += " " + s.Value[:12]
		}
	}
	return v
}

// newLogger writes one line an event to stderr.
func newLogger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
