package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mais/config"
	"mais/server"
	"mais/server/internal/mail"
)

func mailCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mail",
		Short: "Mail to people: try it, and see what was not delivered",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(mailTestCommand(), mailListCommand(), mailRetryCommand(), mailBouncedCommand())
	return cmd
}

// loadMail reads the settings, which must have mail.
func loadMail(flags *settingsFlags) (*config.Server, error) {
	settings, err := flags.load()
	if err == nil && settings.Mail == nil {
		err = advise(errors.New("mail is not set up"), "add [mail] to the settings; docs/operations.md says how")
	}
	return settings, err
}

func mailTestCommand() *cobra.Command {
	var flags settingsFlags
	var to string
	cmd := &cobra.Command{
		Use:   "test --to ADDRESS",
		Short: "Send one mail and say what the mail server answered",
		Long: `test sends one mail with the settings' mail server, now and without the database, and says
what the server answered. An answer means that it has taken the mail; whether it arrives is
seen where it should.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := loadMail(&flags)
			if err != nil {
				return err
			}
			answer, err := mail.Test(cmd.Context(), server.MailOptions(settings, newLogger()), to)
			if errors.Is(err, mail.ErrAddress) {
				return usage(err)
			}
			if err != nil {
				return advise(err, "correct [mail] in the settings, or ask whoever runs the mail server what it logged")
			}
			fmt.Fprintf(cmd.OutOrStdout(), "sent to %s: %s\n", to, answer)
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&to, "to", "", "`ADDRESS` of somebody who looks whether it arrives")
	cmd.MarkFlagRequired("to")
	return cmd
}

// onMail runs a command on the outbox.
func onMail(flags *settingsFlags, do func(ctx context.Context, cmd *cobra.Command, s *mail.Service) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		settings, err := loadMail(flags)
		if err != nil {
			return err
		}
		service, closeAll, err := server.OpenMail(cmd.Context(), settings, newLogger())
		if err != nil {
			return advise(err, startAdvice(err))
		}
		return errors.Join(do(cmd.Context(), cmd, service), closeAll())
	}
}

// mailListed bounds what list shows.
const mailListed = 1000

func mailListCommand() *cobra.Command {
	var flags settingsFlags
	cmd := &cobra.Command{Use: "list", Short: "List what no mail server has taken yet, and what was given up", Args: cobra.NoArgs}
	cmd.RunE = onMail(&flags, func(ctx context.Context, cmd *cobra.Command, s *mail.Service) error {
		found, err := s.Undelivered(ctx, mailListed)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "CREATED\tKIND\tTO\tTRIES\tNEXT\tERROR")
		for _, u := range found {
			next := "given up"
			if !u.GivenUp {
				next = u.Next.UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\n", u.Created.UTC().Format(time.RFC3339), u.Kind, u.Address, u.Tries, next, u.Error)
		}
		return table.Flush()
	})
	flags.add(cmd)
	return cmd
}

func mailRetryCommand() *cobra.Command {
	var flags settingsFlags
	var since time.Duration
	cmd := &cobra.Command{Use: "retry", Short: "Try again what was given up lately", Args: cobra.NoArgs}
	cmd.RunE = onMail(&flags, func(ctx context.Context, cmd *cobra.Command, s *mail.Service) error {
		n, err := s.Retry(ctx, since)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s tried again by the running service\n", count(int(n), "message will be", "messages will be"))
		return nil
	})
	flags.add(cmd)
	cmd.Flags().DurationVar(&since, "since", 7*24*time.Hour, "given up so long ago at most, a `DURATION`")
	return cmd
}
