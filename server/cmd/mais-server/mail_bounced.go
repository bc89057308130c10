package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"mais/server/internal/mail"
)

func mailBouncedCommand() *cobra.Command {
	var flags settingsFlags
	var to string
	cmd := &cobra.Command{
		Use:   "bounced < MESSAGE",
		Short: "Note, from a mail server's own word, that a mail came back",
		Long: `bounced reads one delivery status notification (RFC 3464) from standard input, for a mail
server to call with what comes back to the address of [mail] bounces. If it is about the mail
of an invitation, or the reminder of one, the person stands among those who were not reached,
with what the mail server said.

It believes only what knows the mail: its mark in the address that the notification came to,
or its Message-ID, both made of chance and shown to nobody. Anything else changes nothing and
is no failure, so that a mail server does not write back once more.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = onMail(&flags, func(ctx context.Context, cmd *cobra.Command, s *mail.Service) error {
		noted, err := s.Bounced(ctx, cmd.InOrStdin(), to)
		switch {
		case errors.Is(err, mail.ErrNoNotification):
			fmt.Fprintln(cmd.ErrOrStderr(), "nothing was noted: this is no delivery status notification")
			return nil
		case err != nil:
			return err
		case noted:
			fmt.Fprintln(cmd.ErrOrStderr(), "noted: the mail of an invitation came back")
		default:
			fmt.Fprintln(cmd.ErrOrStderr(), "nothing was noted: it is about no invitation that is open, or about a delay")
		}
		return nil
	})
	flags.add(cmd)
	cmd.Flags().StringVar(&to, "to", "", "`ADDRESS` that the notification came to, as the mail server has it; otherwise its headers say it")
	return cmd
}
