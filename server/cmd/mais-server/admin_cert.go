package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"mais/ca"
	"mais/certs"
	"mais/server"
)

func certListCommand() *cobra.Command {
	var flags settingsFlags
	var asJSON bool
	var limit int
	cmd := &cobra.Command{Use: "list", Short: "List the certificates issued, newest first", Args: cobra.NoArgs}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		entries, err := host.CA.List(ctx, limit)
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), listed(entries))
		}
		table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ISSUER\tSERIAL\tSTATUS\tHOLDER\tPROFILE\tEXPIRES")
		for _, e := range entries {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", e.Ref.Issuer, e.Ref.Serial, e.Status, e.Holder, e.Profile, e.NotAfter.UTC().Format(time.RFC3339))
		}
		return table.Flush()
	})
	flags.add(cmd)
	cmd.Flags().IntVar(&limit, "limit", 1000, "at most `N`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// certificate is an entry of the inventory as --json gives it.
type certificate struct {
	Issuer    string       `json:"issuer"`
	Serial    string       `json:"serial"`
	Status    certs.Status `json:"status"`
	Reason    string       `json:"reason,omitempty"`
	Identity  string       `json:"identity"`
	Holder    string       `json:"holder"`
	Profile   string       `json:"profile"`
	IssuedAt  time.Time    `json:"issued_at"`
	NotBefore time.Time    `json:"not_before"`
	NotAfter  time.Time    `json:"not_after"`
}

func listed(entries []ca.Entry) []certificate {
	out := []certificate{}
	for _, e := range entries {
		out = append(out, certificate{
			e.Ref.Issuer, e.Ref.Serial, e.Status, e.Reason, e.Identity.String(), e.Holder, string(e.Profile), e.IssuedAt, e.NotBefore, e.NotAfter,
		})
	}
	return out
}

func certRevokeCommand() *cobra.Command {
	var flags settingsFlags
	var reason string
	var yes bool
	cmd := &cobra.Command{
		Use:   "revoke SERIAL",
		Short: "Revoke a certificate, for good",
		Long: `revoke ends a certificate for good, and with it the whole line of its token: what it was
renewed from and into, since whoever copied the token may have renewed the copy. The next
request is refused, also on connections that are open, and sessions end. It cannot be
undone; the holder needs a new invitation. What was revoked before keeps its reason, but
that keyCompromise takes its place.`,
		Args: cobra.ExactArgs(1),
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, args []string) error {
		why, err := ca.ParseReason(reason)
		if err != nil {
			return usage(err)
		}
		entry, err := findCertificate(ctx, host, args[0])
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s of %s, %s, expires %s\n", entry.Ref, entry.Holder, entry.Status, entry.NotAfter.UTC().Format(time.DateOnly))
		if err := confirm(entry.Ref.Serial, yes); err != nil {
			return err
		}
		err = host.CA.Revoke(ctx, entry.Ref, why, operator().UserName)
		switch {
		case errors.Is(err, ca.ErrAlready):
			fmt.Fprintf(cmd.OutOrStdout(), "%s was revoked already\n", entry.Ref)
			return nil
		case err != nil:
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s is revoked\n", entry.Ref)
		return nil
	})
	flags.add(cmd)
	cmd.Flags().StringVar(&reason, "reason", "unspecified", "RFC 5280 `REASON`: keyCompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func findCertificate(ctx context.Context, host *server.Host, typed string) (ca.Entry, error) {
	serial, err := certs.ParseSerial(typed)
	if err != nil {
		return ca.Entry{}, usage(err)
	}
	found, err := host.CA.Find(ctx, serial)
	switch {
	case err != nil:
		return ca.Entry{}, err
	case len(found) == 0:
		return ca.Entry{}, &failure{fmt.Errorf("no certificate has the serial %s", serial), "mais-server admin cert list shows them all", exitNotFound}
	case len(found) > 1:
		return ca.Entry{}, fmt.Errorf("two issuers have used the serial %s", serial)
	}
	return found[0], nil
}

// confirm asks for the end of the serial to be typed before harm is done.
func confirm(serial string, yes bool) error {
	if yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return usage(errors.New("this cannot be undone and there is no terminal to ask on: add --yes"))
	}
	fmt.Fprintf(os.Stderr, "This cannot be undone. Type the last 6 digits of the serial to revoke it: ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != serial[len(serial)-6:] {
		return errors.New("not confirmed; nothing was changed")
	}
	return nil
}
