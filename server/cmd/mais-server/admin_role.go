package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/server"
	"mais/server/internal/people"
)

func roleLevelCommand() *cobra.Command {
	var flags settingsFlags
	var yes bool
	cmd := &cobra.Command{
		Use:   "role-level [ROLE LEVEL]",
		Short: "Show or set how well the keys of a role's holders must be kept",
		Long: `role-level sets the level of token that a role demands of whoever has it, or lists every role
with its level. The levels are

  software   any token
  card       a key on a smart card, whose making somebody witnessed or its maker attests
  attested   a key that the maker of the smart card attests

Who has several roles needs what the highest of them demands, for whatever they do. Holders
without such a token are refused from their next request on, also in sessions and on
connections that are open. The command says who they are before it asks. It works beside a
running service. With an external database it needs the password of mais_migrate: nothing
that the service itself logs in with can lower what a role demands.`,
		Example: `  mais-server admin role-level administrator attested --dir DIR`,
		Args:    noneOrTwo,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		settings, err := flags.loadMade()
		if err != nil {
			return err
		}
		if len(args) == 0 {
			return withRoles(cmd.Context(), settings, func(roles people.Roles) error { return listRoles(cmd.Context(), cmd.OutOrStdout(), roles) })
		}
		level, err := parseLevel(args[1])
		if err != nil {
			return usage(err)
		}
		return setRoleLevel(cmd, settings, args[0], level, yes)
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func noneOrTwo(_ *cobra.Command, args []string) error {
	if len(args) != 0 && len(args) != 2 {
		return errors.New("give a role and a level, or neither to list them")
	}
	return nil
}

func parseLevel(name string) (certs.Level, error) {
	for level := certs.Software; level <= certs.Attested; level++ {
		if level.String() == name {
			return level, nil
		}
	}
	return 0, fmt.Errorf("%q is not a level: software, card or attested", name)
}

// withRoles runs do with the roles open.
func withRoles(ctx context.Context, settings *config.Server, do func(people.Roles) error) error {
	roles, stop, err := server.OpenRoles(ctx, settings, newLogger())
	if errors.Is(err, pg.ErrNoMigrator) {
		return advise(err, "put the password of mais_migrate beside the others, and take it away again afterwards")
	}
	if err != nil {
		return advise(err, startAdvice(err))
	}
	return errors.Join(do(roles), stop())
}

func listRoles(ctx context.Context, w io.Writer, roles people.Roles) error {
	all, err := roles.List(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ROLE\tLEVEL")
	for _, r := range all {
		fmt.Fprintf(table, "%s\t%s\n", r.Name, r.Level)
	}
	return table.Flush()
}

func setRoleLevel(cmd *cobra.Command, settings *config.Server, role string, level certs.Level, yes bool) error {
	ctx := cmd.Context()
	if err := withRoles(ctx, settings, func(roles people.Roles) error { return knownRole(ctx, roles, role) }); err != nil {
		return err
	}
	host, err := server.OpenHost(ctx, settings, newLogger())
	if err != nil {
		return advise(err, startAdvice(err))
	}
	holders, short, err := host.BelowLevel(ctx, role, level)
	if err := errors.Join(err, host.Close()); err != nil {
		return err
	}
	tellShort(os.Stderr, role, level, holders, short)
	if err := confirmRole(role, yes); err != nil {
		return err
	}
	return withRoles(ctx, settings, func(roles people.Roles) error {
		was, err := roles.SetLevel(ctx, role, level.String(), operator())
		switch {
		case err != nil:
			return err
		case was == level.String():
			fmt.Fprintf(cmd.OutOrStdout(), "%s demands %s already\n", role, level)
		default:
			fmt.Fprintf(cmd.OutOrStdout(), "%s demands %s now; it demanded %s\n", role, level, was)
		}
		return nil
	})
}

func knownRole(ctx context.Context, roles people.Roles, role string) error {
	all, err := roles.List(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, r := range all {
		names = append(names, r.Name)
	}
	if !slices.Contains(names, role) {
		return &failure{fmt.Errorf("there is no role %q", role), "the roles are: " + strings.Join(names, ", "), exitNotFound}
	}
	return nil
}

// mostShown is how many people are named; the rest are counted.
const mostShown = 20

func tellShort(w io.Writer, role string, level certs.Level, holders int, short []server.Short) {
	if len(short) == 0 {
		fmt.Fprintf(w, "All %d who are %s have a live token of level %s or better: nobody is refused.\n", holders, role, level)
		return
	}
	fmt.Fprintf(w, "%d of %d who are %s have no live token of level %s and will be refused:\n", len(short), holders, role, level)
	for _, s := range short[:min(len(short), mostShown)] {
		fmt.Fprintf(w, "  %s, %s: %s\n", s.Email, s.Agency, has(s.Has))
	}
	if more := len(short) - mostShown; more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
}

func has(level certs.Level) string {
	if level == 0 {
		return "no live token"
	}
	return "has " + level.String()
}

// confirmRole asks for the role to be typed before anybody is refused.
func confirmRole(role string, yes bool) error {
	if yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return usage(errors.New("there is no terminal to ask on: add --yes"))
	}
	fmt.Fprint(os.Stderr, "Type the name of the role to go on: ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != role {
		return errors.New("not confirmed; nothing was changed")
	}
	return nil
}
