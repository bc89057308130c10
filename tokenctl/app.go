// Package command is what every command of tokenctl needs.
//
// [App] has the global flags, the screen and the token that they choose. A command wraps its work
// in [App.Do]; one that asks the service a thing and prints what comes is [Shows]. It knows no
// command: those are packages below it, a family each.
package main

import (
	"context"

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

// do wraps a command's work, so that its errors are told from cobra's.
func (a *app) do(work func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.entered = true
		return asGiven(cmd, args, work(cmd, args))
	}
}

// tokens is where the tokens are.
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

// signInWith returns a client that signs in with a token.
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

// completeToken completes the names of tokens.
func (a *app) completeToken(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	home, err := a.tokens()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, _ := home.List()
	return names, cobra.ShellCompDirectiveNoFileComp
}
