package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// app is what the commands share: the global flags and the screen.
type app struct {
	screen         *ui.Screen
	home           string
	token          string
	passphraseFile string
	pinFile        string
	entered        bool // a command of ours has begun: errors from here on are not about usage
	opened         opened
}

func newRoot(a *app) *cobra.Command {
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
	flags.StringVar(&a.home, "home", "", "`directory` of the tokens (default mais/tokens under XDG_CONFIG_HOME)")
	flags.StringVar(&a.token, "token", "", "`name` of the token (default the only one)")
	flags.StringVar(&a.passphraseFile, "passphrase-file", "", "`file` that holds the passphrase, instead of a prompt")
	flags.StringVar(&a.pinFile, "pin-file", "", "`file` that holds the PIN of a card, instead of a prompt")
	flags.Bool("json", false, "print documents: {\"schema\":1,\"data\":…}, errors likewise on standard error")
	root.RegisterFlagCompletionFunc("token", a.completeToken)
	root.AddCommand(
		newEnrol(a), newList(a), newStatus(a), newWhoami(a), newTerms(a),
		newSearch(a), newShow(a),
		newTokens(a), newRenew(a), newHold(a), newLost(a), newRevoke(a), newDestroy(a),
		newPIV(a), newSite(a), newBrowser(a), newSessions(a), newAdmin(a),
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

// do wraps a command's work, so that its errors are told from cobra's.
func (a *app) do(work func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.entered = true
		return asGiven(cmd, args, work(cmd, args))
	}
}

func (a *app) tokens() (token.Home, error) { return token.NewHome(a.home) }

// open returns the token that the flags choose.
func (a *app) open() (*token.Token, error) {
	home, err := a.tokens()
	if err != nil {
		return nil, err
	}
	t, err := home.Open(a.token)
	if err == nil && a.pinFile != "" && t.Card == nil {
		return nil, fault.New(fault.Usage, "give --passphrase-file instead", "the key of %s is in a file, which has a passphrase and no PIN", t.Name)
	}
	return t, err
}

// signIn opens the chosen token and returns a client that signs in with it.
func (a *app) signIn(ctx context.Context) (*token.Token, *client.Client, error) {
	t, err := a.open()
	if err != nil {
		return nil, nil, err
	}
	c, err := a.signInWith(ctx, t)
	return t, c, err
}

func (a *app) signInWith(ctx context.Context, t *token.Token) (*client.Client, error) {
	if err := notRevoked(t); err != nil {
		return nil, err
	}
	own, err := a.unlock(ctx, t)
	if err != nil {
		return nil, err
	}
	return client.Mutual(t, own)
}

// notRevoked refuses a token that was revoked from here: asking the service is of no use.
func notRevoked(t *token.Token) error {
	if t.Revoked == nil {
		return nil
	}
	return fault.New(fault.Revoked, "ask your administrator for a new invitation, and enrol again", "the token %s was revoked from here", t.Name)
}

func (a *app) completeToken(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	home, err := a.tokens()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, _ := home.List()
	return names, cobra.ShellCompDirectiveNoFileComp
}
