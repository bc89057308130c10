// Command tokenctl holds a person's or a site's token for the MAIS risk-information
// service: it enrols, looks people up, renews and revokes, over mutual TLS.
//
// Read [newRoot] first: it lists the commands. A family of them is a package under
// internal/command, with a file for each command; what they stand on is beside that. Data goes
// to standard output, everything else to standard error. tokenctl decides nothing about who may
// see what; the service does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interruption ends the process at once
	a := &command.App{Screen: ui.NewScreen(os.Stdout, os.Stderr, wantsJSON(args))}
	root := newRoot(a)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if !a.Entered { // cobra's own complaint about the arguments
		err = fault.New(fault.Usage, "run '"+cmd.CommandPath()+" --help'", "%v", err)
	}
	return a.Screen.Fail(err)
}

// wantsJSON looks for --json before the flags are parsed, so that a mistake among them is
// reported as asked, too.
func wantsJSON(args []string) bool {
	for _, arg := range args {
		switch arg {
		case "--json", "--json=true":
			return true
		case "--":
			return false
		}
	}
	return false
}
