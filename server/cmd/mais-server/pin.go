package main

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mais/config"
	"mais/server"
	"mais/server/internal/jobs"
)

func pinCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pin",
		Short: "The server's key, which sites and tokens pin: change it without cutting anybody off",
		Long: `Clients pin the server's key: they speak to no server with another, whatever certificate it
has. So the key changes in two steps. prepare makes the next key and announces it, signed by
the present one; sites learn of it within a day. When all of them know it, switch goes over.
A client that was away follows the announcements later.

A pin recovery key, kept where the root's key is, signs an announcement when the server's own key
is lost. Make one with recovery-key on the first day.`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(pinStatusCommand(), pinPrepareCommand(), pinSwitchCommand(), pinAbandonCommand(), pinRecoveryKeyCommand(),
		pinRecoverCommand(), pinForgetCommand())
	return cmd
}

// rollover is the change of this node's key by whoever runs the command.
func rollover(host *server.Host) jobs.Rollover {
	roll := host.Rollover()
	roll.By = operator().UserName
	return roll
}

func pinStatusCommand() *cobra.Command {
	var flags settingsFlags
	var asJSON bool
	cmd := &cobra.Command{Use: "status", Short: "Which keys are announced, and which sites know the next", Args: cobra.NoArgs}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		state, err := rollover(host).State(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), state)
		}
		return writeRollover(cmd.OutOrStdout(), state)
	})
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func writeRollover(w io.Writer, s jobs.RolloverState) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(table, "%s\t%v\n", name, value) }
	row("node", s.Node)
	row("key", s.Key)
	row("next key", orNone(s.Next.String()))
	row("pin recovery key", orNone(s.Last.Recovery.String()))
	row("announcement", fmt.Sprintf("%d, of %s", s.Last.Number, s.Last.At.Format(time.RFC3339)))
	for _, n := range s.Last.Nodes {
		if n.Node != s.Node {
			row("other node", fmt.Sprintf("%s %s", n.Node, n.Current))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if s.Last.Recovery.IsZero() {
		fmt.Fprintln(w, "There is no pin recovery key: make one with 'mais-server pin recovery-key'.")
	}
	switch {
	case !s.Announced():
		fmt.Fprintln(w, "The keys on disk are not announced yet: the server does it within seconds while it runs.")
	case s.Next.IsZero():
		fmt.Fprintln(w, "No change of key is prepared.")
	case s.Informed == 0:
		fmt.Fprintln(w, "The next key is not announced yet.")
	case len(s.Sites) == 0:
		fmt.Fprintln(w, "No site has a good certificate: 'mais-server pin switch' cuts none off.")
	case len(s.CutOff) == 0:
		fmt.Fprintf(w, "Of %s every one knows the next key: 'mais-server pin switch' cuts nobody off.\n", count(len(s.Sites), "site", "sites"))
	default:
		fmt.Fprintf(w, "Of %s %d do not know the next key yet:\n", count(len(s.Sites), "site", "sites"), len(s.CutOff))
		return writeCutOff(w, s)
	}
	return nil
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func writeCutOff(w io.Writer, s jobs.RolloverState) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  SITE\tHOLDS\tSINCE")
	for _, site := range s.CutOff {
		holds := "has never said"
		if site.Number > 0 {
			holds = fmt.Sprintf("announcement %d", site.Number)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\n", site.Site, holds, site.Since.UTC().Format(time.RFC3339))
	}
	return table.Flush()
}

func pinPrepareCommand() *cobra.Command {
	var flags settingsFlags
	cmd := &cobra.Command{
		Use:   "prepare",
		Short: "Make the next key and announce it",
		Long: `prepare makes the server's next key, beside the present one, and has the running server announce
it. Run it again as often as you like: a key that is prepared stays. Give the sites a day.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		roll := rollover(host)
		pin, err := jobs.PrepareKey(roll.Dir)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "the next key is %s\n", pin)
		return untilAnnounced(ctx, cmd.OutOrStdout(), roll)
	})
	flags.add(cmd)
	return cmd
}

// announcedWithin is how long a running server may take to announce what stands on its disk.
const announcedWithin = 20 * time.Second

// untilAnnounced waits for the server to announce its keys, and says how it stands.
func untilAnnounced(ctx context.Context, w io.Writer, roll jobs.Rollover) error {
	late, look := time.NewTimer(announcedWithin), time.NewTicker(200*time.Millisecond)
	defer late.Stop()
	defer look.Stop()
	for {
		state, err := roll.State(ctx)
		if err != nil {
			return err
		}
		if state.Announced() {
			return writeRollover(w, state)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			return advise(errors.New("the keys on disk are not announced: the server does not run, or cannot"), "start the server, then: mais-server pin status")
		case <-look.C:
		}
	}
}

func pinSwitchCommand() *cobra.Command {
	var flags settingsFlags
	var override string
	var yes bool
	cmd := &cobra.Command{
		Use:   "switch",
		Short: "Go over to the next key, once every live site knows it",
		Long: `switch makes the next key the server's key; the present one is gone for good. It refuses while a
site with a good certificate does not know the next key, since that site would be cut off
until it follows the announcements by itself. --override REASON goes over nevertheless, and the
audit keeps the reason and the sites. A key that is not announced nobody can go over to.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		return switchKey(ctx, cmd.OutOrStdout(), host, override, yes)
	})
	flags.add(cmd)
	cmd.Flags().StringVar(&override, "override", "", "cut sites off, for this `REASON`")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func switchKey(ctx context.Context, w io.Writer, host *server.Host, override string, yes bool) error {
	roll := rollover(host)
	state, err := roll.State(ctx)
	if err != nil {
		return err
	}
	switch err := state.May(override != ""); {
	case errors.Is(err, jobs.ErrNotPrepared):
		return advise(err, "run 'mais-server pin prepare' first")
	case errors.Is(err, jobs.ErrNotAnnounced):
		return advise(err, "start the server, which announces them, then: mais-server pin status")
	case errors.Is(err, jobs.ErrCutOff):
		writeCutOff(os.Stderr, state)
		return advise(fmt.Errorf("of %s %d would be cut off, for want of the next key", count(len(state.Sites), "site", "sites"), len(state.CutOff)),
			"wait until they have called: see 'mais-server pin status'; or give --override REASON, which is recorded")
	case err != nil:
		return err
	}
	fmt.Fprintf(os.Stderr, "The server goes over from %s to %s; %s cut off.\n", state.Key, state.Next, count(len(state.CutOff), "site is", "sites are"))
	if err := confirm(state.Next.String(), yes); err != nil {
		return err
	}
	if err := host.RecordSwitch(ctx, state, override, operator()); err != nil {
		return err
	}
	if _, err := roll.Switch(ctx, override != ""); err != nil {
		return err
	}
	fmt.Fprintf(w, "the server's key is %s now; it is taken over within seconds\n", state.Next)
	return untilAnnounced(ctx, w, roll)
}

func pinAbandonCommand() *cobra.Command {
	var flags settingsFlags
	cmd := &cobra.Command{Use: "abandon", Short: "Throw the next key away", Args: cobra.NoArgs}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		roll := rollover(host)
		if err := jobs.AbandonKey(roll.Dir); err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), "the next key is gone")
		return untilAnnounced(ctx, cmd.OutOrStdout(), roll)
	})
	flags.add(cmd)
	return cmd
}

func pinRecoveryKeyCommand() *cobra.Command {
	var flags settingsFlags
	var out, passphraseFile, old, oldPassphraseFile string
	cmd := &cobra.Command{
		Use:   "recovery-key",
		Short: "Make the key that announces a new server key when the old one is lost",
		Long: `recovery-key makes a key, writes it sealed into a file that is not there yet, and announces its
pin. Move the file, and a copy, to where the root's key is; the server never needs it. When there is a
pin recovery key already, only that one can give way to another: bring it with --old.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		passphrase, err := config.ReadSecret(passphraseFile)
		if err != nil {
			return err
		}
		var by crypto.Signer
		if old != "" {
			if by, err = openRecovery(old, oldPassphraseFile); err != nil {
				return err
			}
		}
		pin, err := rollover(host).NewRecovery(ctx, out, passphrase, by)
		switch {
		case errors.Is(err, jobs.ErrRecoveryKnown):
			return advise(err, "give its file with --old and --old-passphrase-file")
		case errors.Is(err, jobs.ErrNotAnnounced):
			return advise(err, "start the server, which announces them, then try again")
		case err != nil:
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "the pin recovery key is %s, in %s: keep it where the root's key is\n", pin, out)
		return nil
	})
	flags.add(cmd)
	addRecoveryFlags(cmd, &out, "out", "`FILE` to write the key into", &passphraseFile)
	cmd.Flags().StringVar(&old, "old", "", "`FILE` of the pin recovery key that gives way")
	cmd.Flags().StringVar(&oldPassphraseFile, "old-passphrase-file", "", "`FILE` with its passphrase")
	cmd.MarkFlagsRequiredTogether("old", "old-passphrase-file")
	return cmd
}

func openRecovery(file, passphraseFile string) (crypto.Signer, error) {
	passphrase, err := config.ReadSecret(passphraseFile)
	if err != nil {
		return nil, err
	}
	return jobs.OpenRecovery(file, passphrase)
}

func addRecoveryFlags(cmd *cobra.Command, file *string, name, usage string, passphraseFile *string) {
	cmd.Flags().StringVar(file, name, "", usage)
	cmd.Flags().StringVar(passphraseFile, "passphrase-file", "", "`FILE` with the pin recovery key's passphrase")
	cmd.MarkFlagRequired(name)
	cmd.MarkFlagRequired("passphrase-file")
}

func pinRecoverCommand() *cobra.Command {
	var flags settingsFlags
	var key, passphraseFile string
	var lost []string
	var yes bool
	cmd := &cobra.Command{
		Use:   "recover",
		Short: "Announce this server's key by the pin recovery key, when every other is lost",
		Long: `recover announces, signed by the pin recovery key, that this server may be trusted, and takes nodes that
are lost out; their certificates are revoked.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		signer, err := openRecovery(key, passphraseFile)
		if err != nil {
			return err
		}
		if err := confirmForget(lost, yes); err != nil {
			return err
		}
		announced, err := rollover(host).Recover(ctx, signer, lost)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "announcement %d says by the pin recovery key that this server may be trusted; clients follow it when they call\n", announced.Number)
		return nil
	})
	flags.add(cmd)
	addRecoveryFlags(cmd, &key, "recovery-key", "`FILE` of the pin recovery key", &passphraseFile)
	cmd.Flags().StringArrayVar(&lost, "forget", nil, "a `NODE` whose key is lost, may be repeated")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func confirmForget(nodes []string, yes bool) error {
	if len(nodes) == 0 {
		return nil
	}
	return confirmWord("The certificates of "+strings.Join(nodes, ", ")+" are revoked, and no client trusts their keys any more.", "forget", yes)
}

func pinForgetCommand() *cobra.Command {
	var flags settingsFlags
	var yes bool
	cmd := &cobra.Command{
		Use:   "forget NODE...",
		Short: "Take nodes that do not come back out of the announcements, and revoke their certificates",
		Args:  cobra.MinimumNArgs(1),
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, args []string) error {
		roll := rollover(host)
		state, err := roll.State(ctx)
		if err == nil {
			err = state.MayForget(args)
		}
		if err != nil {
			return err
		}
		if err := confirmForget(args, yes); err != nil {
			return err
		}
		announced, err := roll.Forget(ctx, args)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "announcement %d is without them\n", announced.Number)
		return nil
	})
	flags.add(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
