// Package command is what every command of tokenctl needs.
//
// [App] has the global flags, the screen and the token that they choose. A command wraps its work
// in [App.Do]; one that asks the service a thing and prints what comes is [Shows]. It knows no
// command: those are packages below it, a family each.
package command

import (
	"context"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// App is what the commands share: the global flags and the screen.
type App struct {
	Screen         *ui.Screen
	Home           string
	Token          string
	PassphraseFile string
	PINFile        string
	Entered        bool // a command of ours has begun: errors from here on are not about usage
	opened         opened
}

// Do wraps a command's work, so that its errors are told from cobra's.
func (a *App) Do(work func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.Entered = true
		return asGiven(cmd, args, work(cmd, args))
	}
}

// Tokens is where the tokens are.
func (a *App) Tokens() (token.Home, error) { return token.NewHome(a.Home) }

// Open returns the token that the flags choose.
func (a *App) Open() (*token.Token, error) {
	home, err := a.Tokens()
	if err != nil {
		return nil, err
	}
	t, err := home.Open(a.Token)
	if err == nil && a.PINFile != "" && t.Card == nil {
		return nil, fault.New(fault.Usage, "give --passphrase-file instead", "the key of %s is in a file, which has a passphrase and no PIN", t.Name)
	}
	return t, err
}

// SignIn opens the chosen token and returns a client that signs in with it.
func (a *App) SignIn(ctx context.Context) (*token.Token, *client.Client, error) {
	t, err := a.Open()
	if err != nil {
		return nil, nil, err
	}
	c, err := a.SignInWith(ctx, t)
	return t, c, err
}

// SignInWith returns a client that signs in with a token.
func (a *App) SignInWith(ctx context.Context, t *token.Token) (*client.Client, error) {
	if err := NotRevoked(t); err != nil {
		return nil, err
	}
	own, err := a.Unlock(ctx, t)
	if err != nil {
		return nil, err
	}
	return client.Mutual(t, own)
}

// NotRevoked refuses a token that was revoked from here: asking the service is of no use.
func NotRevoked(t *token.Token) error {
	if t.Revoked == nil {
		return nil
	}
	return fault.New(fault.Revoked, "ask your administrator for a new invitation, and enrol again", "the token %s was revoked from here", t.Name)
}

// CompleteToken completes the names of tokens.
func (a *App) CompleteToken(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	home, err := a.Tokens()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, _ := home.List()
	return names, cobra.ShellCompDirectiveNoFileComp
}
