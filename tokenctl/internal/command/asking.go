package command

import (
	"context"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/client"
)

// RunE is the work of a command, as cobra wants it.
type RunE = func(*cobra.Command, []string) error

// Shows is the work of a command that asks the service one thing and prints what comes. What it
// asks is mostly a method of the client as it is, such as (*client.Client).Roles: therefore the
// client comes before the context.
func Shows[T any](a *App, ask func(*client.Client, context.Context) (client.Answer[T], error), show func(T) error) RunE {
	return a.Do(func(cmd *cobra.Command, _ []string) error { return Asking(cmd.Context(), a, ask, show) })
}

// ShowsOne is Shows for a command whose argument names what is asked for.
func ShowsOne[T any](a *App, ask func(*client.Client, context.Context, string) (client.Answer[T], error), show func(T) error) RunE {
	return a.Do(func(cmd *cobra.Command, args []string) error {
		return Asking(cmd.Context(), a, func(c *client.Client, ctx context.Context) (client.Answer[T], error) {
			return ask(c, ctx, args[0])
		}, show)
	})
}

// Asking signs in, asks one thing, and prints what comes.
func Asking[T any](ctx context.Context, a *App, ask func(*client.Client, context.Context) (client.Answer[T], error), show func(T) error) error {
	return Fetching(ctx, a, ask, func(_ *client.Client, answer client.Answer[T]) error {
		return a.Screen.Data(answer.Raw, func() error { return show(answer.Value) })
	})
}

// Fetching signs in, fetches something while the screen says what is waited for, and goes on
// with it.
func Fetching[T any](ctx context.Context, a *App, fetch func(*client.Client, context.Context) (T, error), work func(*client.Client, T) error) error {
	t, c, err := a.SignIn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	done := a.Screen.Progress("asking " + t.Mutual)
	found, err := fetch(c, ctx)
	done()
	if err != nil {
		return err
	}
	return work(c, found)
}

// DoSignedIn is [App.Do] for work that needs the service from its beginning.
func (a *App) DoSignedIn(work func(ctx context.Context, c *client.Client, args []string) error) RunE {
	return a.Do(func(cmd *cobra.Command, args []string) error {
		return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error { return work(ctx, c, args) })
	})
}

// SignedIn signs in for some work.
func (a *App) SignedIn(ctx context.Context, work func(context.Context, *client.Client) error) error {
	_, c, err := a.SignIn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return work(ctx, c)
}
