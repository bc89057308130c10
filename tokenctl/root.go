package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/admin"
	"mais/tokenctl/internal/command/admin/session"
	"mais/tokenctl/internal/command/browser"
	"mais/tokenctl/internal/command/lookup"
	"mais/tokenctl/internal/command/own"
	"mais/tokenctl/internal/command/piv"
	"mais/tokenctl/internal/command/site"
)

func newRoot(a *command.App) *cobra.Command {
	root := &cobra.Command{
		Use:   "tokenctl",
		Short: "Hold a token for the MAIS risk-information service",
		Long: `tokenctl holds your token, the key and certificate by which the MAIS service
knows you, and looks people up with it.

Enrol once with the code of your invitation, then search and show: on a smart card
with 'tokenctl piv enrol', or in a file with 'tokenctl enrol'. Every look is
recorded in the service's audit under your name.

Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 not found, 4 refused, 5 wrong
passphrase or PIN, 6 PIN or PUK blocked, 7 no card or no reader, 8 network or wrong
server, 9 partly done, about to expire, or a check with findings, 130 interrupted.`,
		Example: `  tokenctl enrol --server https://mais.example:8443 \
      --root-fingerprint sha256:HEX --email anna@police.example
  tokenctl search nowak
  tokenctl show ID`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.Home, "home", "", "`directory` of the tokens (default mais/tokens under XDG_CONFIG_HOME)")
	flags.StringVar(&a.Token, "token", "", "`name` of the token (default the only one)")
	flags.StringVar(&a.PassphraseFile, "passphrase-file", "", "`file` that holds the passphrase, instead of a prompt")
	flags.StringVar(&a.PINFile, "pin-file", "", "`file` that holds the PIN of a card, instead of a prompt")
	flags.Bool("json", false, "print documents: {\"schema\":1,\"data\":…}, errors likewise on standard error")
	root.RegisterFlagCompletionFunc("token", a.CompleteToken)
	root.AddCommand(own.Commands(a)...)    // enrol, list, status, whoami, terms, tokens, renew, hold, lost, revoke, destroy
	root.AddCommand(lookup.Commands(a)...) // search, show
	root.AddCommand(
		piv.New(a), site.New(a), browser.New(a), session.New(a), admin.New(a),
		newVersion(a), newDocs(a),
	)
	for _, cmd := range root.Commands() {
		refuseGroups(cmd)
		sayUsage(cmd)
	}
	return root
}

// sayUsage has the commands that take arguments show which when they are not what was given.
func sayUsage(cmd *cobra.Command) {
	for _, child := range cmd.Commands() {
		sayUsage(child)
	}
	if takes := cmd.Args; takes != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := takes(cmd, args)
			if err != nil && takes(cmd, nil) == nil && takes(cmd, args[:1]) != nil { // cobra would call it an unknown command
				err = fmt.Errorf("%q is a word too many", args[0])
			}
			if err != nil {
				return fmt.Errorf("%w; use: %s", err, cmd.UseLine())
			}
			return nil
		}
	}
}

// refuseGroups has the commands that only group others refuse to be run: a script must not
// take their help for work done.
func refuseGroups(cmd *cobra.Command) {
	for _, child := range cmd.Commands() {
		refuseGroups(child)
	}
	if !cmd.HasSubCommands() || cmd.Runnable() {
		return
	}
	cmd.Args = cobra.ArbitraryArgs
	cmd.SuggestionsMinimumDistance = 2
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("%s needs one of its commands", cmd.CommandPath())
		}
		meant := ""
		if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
			meant = "; did you mean " + strings.Join(similar, ", ") + "?"
		}
		return fmt.Errorf("unknown command %q for %q%s", args[0], cmd.CommandPath(), meant)
	}
}
