package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mais/ca"
	"mais/ca/ceremony"
	"mais/certs"
	"mais/server"
	"mais/server/api"
)

func caCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ca",
		Short: "The certificate authority: its keys and ceremonies",
		Long: `ca is about the keys that sign: the root's, which is kept away from the service, and those of
the issuing CAs, people-1 and sites-1 and their successors. docs/operations.md has a section
for each ceremony.`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(caInitCommand(), caShowCommand(), caCheckCommand(), caProfilesCommand(), caExportRootCommand(), caRotateCommand(), caSignCommand(), caJournalCommand())
	return cmd
}

func caCheckCommand() *cobra.Command {
	var flags settingsFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "What an operator should see to: keys, expiries, lists, clocks, mail, backups",
		Long: `check has every issuing key sign something, every revocation list made if it is due, compares
clocks and ends, and looks at mail, backups and the pins of the server's key: the same as tokenctl
admin ca check has from the service, which adds what is seen from elsewhere. Each finding is a
warning or a fault and says what to do. It exits 9 when there is one, and 0 when there is none.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		found, err := host.Check(ctx, operator())
		if err != nil {
			return err
		}
		if asJSON {
			err = writeJSON(cmd.OutOrStdout(), found)
		} else {
			err = printFindings(cmd.OutOrStdout(), found)
		}
		return errors.Join(err, findingsOf(found))
	})
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, with what is in order as well")
	return cmd
}

func printFindings(w io.Writer, found api.Check) error {
	open := 0
	for _, f := range found.Findings {
		if f.State == string(ca.OK) {
			continue
		}
		open++
		if _, err := fmt.Fprintf(w, "%s: %s: %s\n   next: %s\n", f.State, f.What, f.Says, f.Do); err != nil {
			return err
		}
	}
	if open > 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "nothing to see to: %s as it should be\n", count(len(found.Findings), "thing is", "things are"))
	return err
}

// findingsOf is the failure of a check that has found something to act on.
func findingsOf(found api.Check) error {
	n := map[string]int{}
	for _, f := range found.Findings {
		n[f.State]++
	}
	faults, warnings := n[string(ca.Fault)], n[string(ca.Warn)]
	if faults+warnings == 0 {
		return nil
	}
	return &failure{
		fmt.Errorf("%s, %s", count(faults, "fault", "faults"), count(warnings, "warning", "warnings")), "do what stands beside each, the faults first", exitFindings,
	}
}

// shownAuthority is an issuing CA as --json gives it.
type shownAuthority struct {
	ID          string      `json:"id"`
	State       ca.Standing `json:"state"`
	Key         string      `json:"key"`
	Live        int         `json:"live"`
	NotAfter    time.Time   `json:"not_after"`
	Fingerprint string      `json:"fingerprint"`
	Without     []string    `json:"without,omitempty"` // running nodes that lack its key
}

func caShowCommand() *cobra.Command {
	var flags settingsFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "The root and the issuing CAs, which of them issues, and until when they are good",
		Long: `show lists the generations of the issuing CAs. One "issues", earlier ones are "accepted" until
they end, a new one "waits" for its activation, and one that the root has revoked is
"revoked", with all below it.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		entries, err := host.CA.Authorities(ctx)
		if err != nil {
			return err
		}
		root := host.CA.Root()
		if asJSON {
			out := struct {
				Root     string           `json:"root"`
				NotAfter time.Time        `json:"not_after"`
				Issuing  []shownAuthority `json:"issuing"`
			}{certs.FingerprintOf(root.Raw).String(), root.NotAfter, nil}
			for _, e := range entries {
				out.Issuing = append(out.Issuing, shownAuthority{e.ID, e.Standing, e.Key, e.Live, e.NotAfter, e.Fingerprint.String(), e.Without})
			}
			return writeJSON(cmd.OutOrStdout(), out)
		}
		table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "CA\tSTATE\tKEY\tLIVE\tENDS\tFINGERPRINT")
		fmt.Fprintf(table, "root\t\t\t\t%s\t%s\n", root.NotAfter.Format(time.DateOnly), certs.FingerprintOf(root.Raw))
		for _, e := range entries {
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\n", e.ID, e.Standing, e.Key, e.Live, e.NotAfter.Format(time.DateOnly), e.Fingerprint)
		}
		return table.Flush()
	})
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// caAdvice says what usually helps when a ceremony is refused.
func caAdvice(err error) error {
	switch {
	case errors.Is(err, ceremony.ErrPassphrase):
		return &failure{errors.New("the passphrase is not the root key's, or the key's file is damaged"),
			"try again; if it is the file, the other medium has a copy", exitSecret}
	case errors.Is(err, x509.IncorrectPasswordError):
		return advise(err, "the key's file was made under another unlock secret than this node's: restore the two together")
	case errors.Is(err, ca.ErrNodes):
		return advise(err, "copy the new certificate and key (.crt with .key or .kms) into DATA/ca of those nodes, restart them, and run this again")
	case errors.Is(err, ca.ErrAlready), errors.Is(err, ca.ErrUnknown), errors.Is(err, ceremony.ErrUnknown):
		return advise(err, "mais-server ca show lists the issuing CAs")
	case errors.Is(err, ca.ErrDirectory), errors.Is(err, ca.ErrNotAllowed), errors.Is(err, ceremony.ErrNotAllowed), errors.Is(err, ca.ErrKey):
		return advise(err, "nothing was lost: see docs/operations.md, \"Keys and ceremonies\"")
	}
	return err
}
