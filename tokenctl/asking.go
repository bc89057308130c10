package main

import (
	"context"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/client"
)

// runE is the work of a command, as cobra wants it.
type runE = func(*cobra.Command, []string) error

// shows is the work of a command that asks the service one thing and prints what comes. What it
// asks is mostly a method of the client as it is, such as (*client.Client).Roles: therefore the
// client comes before the context.
func shows[T any](a *app, ask func(*client.Client, context.Context) (client.Answer[T], error), show func(T) error) runE {
	return a.do(func(cmd *cobra.Command, _ []string) error { return asking(cmd.Context(), a, ask, show) })
}

// showsOne is shows for a command whose argument names what is asked for.
func showsOne[T any](a *app, ask func(*client.Client, context.Context, string) (client.Answer[T], error), show func(T) error) runE {
	return a.do(func(cmd *cobra.Command, args []string) error {
		return asking(cmd.Context(), a, func(c *client.Client, ctx context.Context) (client.Answer[T], error) {
			return ask(c, ctx, args[0])
		}, show)
	})
}

// asking signs in, asks one thing, and prints what comes.
func asking[T any](ctx context.Context, a *app, ask func(*client.Client, context.Context) (client.Answer[T], error), show func(T) error) error {
	return fetching(ctx, a, ask, func(_ *client.Client, answer client.Answer[T]) error {
		return a.screen.Data(answer.Raw, func() error { return show(answer.Value) })
	})
}

// fetching signs in, fetches something while the screen says what is waited for, and goes on
// with it.
func fetching[T any](ctx context.Context, a *app, fetch func(*client.Client, context.Context) (T, error), work func(*client.Client, T) error) error {
	t, c, err := a.signIn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	done := a.screen.Progress("asking " + t.Mutual)
	found, err := fetch(c, ctx)
	done()
	if err != nil {
		return err
	}
	return work(c, found)
}

// doSignedIn is do for work that needs the service from its beginning.
func (a *app) doSignedIn(work func(ctx context.Context, c *client.Client, args []string) error) runE {
	return a.do(func(cmd *cobra.Command, args []string) error {
		return a.signedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error { return work(ctx, c, args) })
	})
}

// signedIn signs in for some work.
func (a *app) signedIn(ctx context.Context, work func(context.Context, *client.Client) error) error {
	_, c, err := a.signIn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return work(ctx, c)
}
