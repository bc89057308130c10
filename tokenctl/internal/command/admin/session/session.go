// Package session has the commands about who is signed in with a browser: one's own sessions, and
// those of others.
package session

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/admin/people"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

// New returns 'tokenctl sessions', which is everybody's.
func New(shared *command.App) *cobra.Command {
	a := &app{shared}
	return command.Group("sessions", "See where you are signed in with a browser, and sign out there",
		`See where you are signed in with a browser, and sign out there. tokenctl itself has
no session: your token signs each of its requests. Whoever holds your token can sign
in again; 'tokenctl hold' or 'tokenctl revoke' stops that.`,
		"  tokenctl sessions list\n  tokenctl sessions end 3f2a91c05b1e4c68\n  tokenctl sessions end --all",
		newOwnSessions(a), newEndOwn(a))
}

func newOwnSessions(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List your open sessions", Args: cobra.NoArgs, Example: "  tokenctl sessions list --json",
		RunE: command.Shows(a.App, (*client.Client).Sessions, func(s api.Sessions) error { return a.sessionTable(s, false) }),
	}
}

func newEndOwn(a *app) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use: "end [NAME]", Short: "End one of your sessions, or all", Args: cobra.MaximumNArgs(1),
		Long:    "End one of your sessions by its name, as 'sessions list' prints it, or all of them.\nWhat is open there closes at once.",
		Example: "  tokenctl sessions end 3f2a91c05b1e4c68", ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if all == (len(args) == 1) {
				return fault.New(fault.Usage, "give the name of a session, or --all", "it has to be one session or all")
			}
			ask := (*client.Client).EndSessions
			if !all {
				ask = func(c *client.Client, ctx context.Context) (client.Answer[api.SessionsEnded], error) {
					return c.EndSession(ctx, args[0])
				}
			}
			return command.Asking(cmd.Context(), a.App, ask, a.sayEnded)
		}),
	}
	cmd.Flags().BoolVar(&all, "all", false, "all of them")
	return cmd
}

func (a *app) sayEnded(e api.SessionsEnded) error {
	a.Screen.Say("%s ended.", ui.Count(e.Ended, "session"))
	return nil
}

// sessionTable prints sessions, with whose they are where they are not the reader's own.
func (a *app) sessionTable(s api.Sessions, whose bool) error {
	rows := [][]string{{"SESSION", "SITE", "FROM", "BY", "BEGAN", "LAST USED"}}
	if whose {
		rows[0] = append([]string{"WHO"}, rows[0]...)
	}
	for _, one := range s.Sessions {
		row := []string{one.Name, one.Site, ui.OrDash(one.Address), one.Method, ui.Minute(one.Began), ui.Minute(one.Seen)}
		if whose {
			row = append([]string{one.Email}, row...)
		}
		rows = append(rows, row)
	}
	if len(s.Sessions) > 0 {
		if err := a.Screen.Table(rows); err != nil {
			return err
		}
	}
	a.Screen.Say("%s open.", ui.Count(s.Total, "session"))
	return nil
}

// NewAdmin returns 'tokenctl admin session'.
func NewAdmin(shared *command.App) *cobra.Command {
	a := &app{shared}
	return command.Group("session", "See who is signed in, and end sessions",
		`See who is signed in with a browser, of those whom you administer, and end their
sessions. They can sign in again at once: what keeps somebody out is to hold their
tokens ('cert hold'), to give them a last day ('user change --ends'), or to record that
they have left ('user leave'). An agency's administrator ends nobody's who holds an
office.`,
		"  tokenctl admin session list --q whitlock\n  tokenctl admin session end 3f2a91c05b1e4c68",
		newSessionList(a), newSessionEnd(a))
}

func newSessionList(a *app) *cobra.Command {
	f := api.SessionFilter{PerPage: command.DefaultLimit}
	cmd := &cobra.Command{
		Use: "list", Short: "List who is signed in", Args: cobra.NoArgs, Example: "  tokenctl admin session list --json",
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			if f.PerPage < 1 || f.PerPage > command.MaxPage {
				return fault.New(fault.Usage, fmt.Sprint("give a number from 1 to ", command.MaxPage), "--limit: %d is no number of sessions", f.PerPage)
			}
			return command.Asking(cmd.Context(), a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.Sessions], error) {
				if f.User != "" {
					whose, err := people.FindUser(ctx, c, f.User)
					if err != nil {
						return client.Answer[api.Sessions]{}, err
					}
					f.User = whose.Value.ID
				}
				return c.AllSessions(ctx, f)
			}, func(s api.Sessions) error { return a.sessionTable(s, true) })
		}),
	}
	cmd.Flags().StringVarP(&f.Query, "q", "q", "", "`part` of a name or email address")
	cmd.Flags().StringVar(&f.User, "user", "", "of a `user`, by their email address or id")
	cmd.Flags().IntVar(&f.PerPage, "limit", f.PerPage, "print at most so `many`")
	return cmd
}

func newSessionEnd(a *app) *cobra.Command {
	var user string
	var yes bool
	cmd := &cobra.Command{
		Use: "end [NAME]", Short: "End somebody's session, or all of a user's", Args: cobra.MaximumNArgs(1),
		Long: `End a session by its name, as 'session list' prints it, or all sessions of a user.
What they have open closes at once, and what they have not saved is lost. They can sign
in again at once.`,
		Example: "  tokenctl admin session end 3f2a91c05b1e4c68 --yes\n  tokenctl admin session end --user dana@police.example", ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if (user != "") == (len(args) == 1) {
				return fault.New(fault.Usage, "give the name of a session, or --user", "it has to be one session or a user's")
			}
			what := "all sessions of the user " + user
			if user == "" {
				what = "the session " + args[0]
			}
			if err := command.Sure(cmd.Context(), yes, "this cannot be taken back", "You end "+what+".", "end"); err != nil {
				return err
			}
			return command.Asking(cmd.Context(), a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.SessionsEnded], error) {
				if user == "" {
					return c.EndAnySession(ctx, args[0])
				}
				whose, err := people.FindUser(ctx, c, user)
				if err != nil {
					return client.Answer[api.SessionsEnded]{}, err
				}
				return c.EndSessionsOf(ctx, whose.Value.ID)
			}, a.sayNotKeptOut)
		}),
	}
	cmd.Flags().StringVar(&user, "user", "", "all sessions of a `user`, by their email address or id")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// sayNotKeptOut says what ending somebody's sessions does not do, and what would.
func (a *app) sayNotKeptOut(e api.SessionsEnded) error {
	err := a.sayEnded(e)
	a.Screen.Say("They can sign in again at once. To keep them out: 'tokenctl admin cert hold --user ADDRESS', which stops their tokens and not a password; 'tokenctl admin user change ADDRESS --ends DAY', which stops both after that day; or 'tokenctl admin user leave ADDRESS'.")
	return err
}
