package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mais/ca"
	"mais/server"
	"mais/server/api"
)

func caJournalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "The journal of what was taken away, after a restore",
		Long: `journal is about the signed files, outside the database, in which every hold, revocation and
spent code is written before it is committed, and so is whatever else takes access away: who left, a
role, site or network that was taken, a password that was replaced. When the database is an older one, as after a
restore, the service is closed until it has been told again: by itself from the journals of its
nodes, from a copy with replay, or when all is lost by declare-lost.`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(journalStatusCommand(), journalReplayCommand(), journalLostCommand())
	return cmd
}

// journalState is a journal as --json gives it.
type journalState struct {
	Journal  string `json:"journal"`
	Node     string `json:"node"`
	Here     int64  `json:"here"`
	Database int64  `json:"database"`
	Seen     int64  `json:"seen"`
	Lost     int64  `json:"lost"`
	Missing  bool   `json:"missing"`
}

func journalStatusCommand() *cobra.Command {
	var flags settingsFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "status",
		Aliases: []string{"verify"},
		Short:   "Verify the journals, and compare them with the database",
		Long: `status reads every journal that lies here from its first entry on and verifies it; one that is
damaged is named, with the entry. It says up to which entry each lies here, up to which the
database has it, and the highest that anybody remembers. It exits 1 when entries are missing.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		all, err := host.CA.Journals(ctx)
		if err != nil {
			return err
		}
		missing, shown := 0, []journalState{}
		for _, s := range all {
			shown = append(shown, journalState{s.Journal, s.Node, s.Here, s.Database, s.Seen, s.Lost, s.Missing()})
			if s.Missing() {
				missing++
			}
		}
		if asJSON {
			err = writeJSON(cmd.OutOrStdout(), shown)
		} else {
			err = printJournals(cmd, all)
		}
		if err == nil && missing > 0 {
			err = advise(fmt.Errorf("entries of %s are missing: nobody is served", count(missing, "journal", "journals")),
				"start the node that has the journal, or: mais-server ca journal replay FILE; if it is lost: mais-server ca journal declare-lost")
		}
		return err
	})
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func printJournals(cmd *cobra.Command, all []ca.JournalState) error {
	if len(all) == 0 {
		fmt.Fprintln(cmd.OutOrStdout(), "nothing was taken away yet")
		return nil
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "JOURNAL\tNODE\tHERE\tDATABASE\tSEEN\tSTATE")
	for _, s := range all {
		state := "whole"
		switch {
		case s.Missing():
			state = "entries are missing"
		case s.Lost > s.Database:
			state = "declared lost"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%s\n", s.Journal, s.Node, s.Here, s.Database, s.Seen, state)
	}
	return table.Flush()
}

func journalReplayCommand() *cobra.Command {
	var flags settingsFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "replay [FILE]...",
		Short: "Do again what the journals took away and the database does not know of",
		Long: `replay reads the journals that lie here, and the files given, such as another node's or one of a
backup. What they took away, was not given back, and the database does not know of is taken
away again. Nothing is ever given back by it, and it may be run again.`,
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, files []string) error {
		tell, end := progress(os.Stderr, "entries done")
		done, err := host.CA.Replay(ctx, files, func(done, _ int) { tell(done) })
		end()
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), map[string]int{
				"journals": done.Journals, "entries": done.Entries, "applied": done.Applied, "unknown": done.Unknown,
			})
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s read; %s new to the database, and %s taken away again\n",
			count(done.Journals, "journal was", "journals were"), count(done.Entries, "entry was", "entries were"), count(done.Applied, "certificate, code or right was", "certificates, codes and rights were"))
		if done.Unknown > 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "%s not in the database, having been issued after the backup: their holders need new invitations\n",
				count(done.Unknown, "certificate is", "certificates are"))
		}
		fmt.Fprintln(cmd.OutOrStdout(), "next: mais-server ca journal status; when nothing is missing, the service opens by itself")
		return nil
	})
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func journalLostCommand() *cobra.Command {
	var flags settingsFlags
	var asJSON, yes bool
	cmd := &cobra.Command{
		Use:   "declare-lost",
		Short: "Go on without a journal: everything issued before is put on hold",
		Long: `declare-lost is for when the database was restored and a journal is gone for good. Nobody knows
then what was taken away since the backup, so that everything that was issued before is put on
hold, open codes are cancelled, passwords forgotten, and the service opens. What is on hold can be released only after
two different administrators have approved that. Administrators get new tokens by mais-server
admin invite; where none is left, admin rescue-admin names one. Restart every node afterwards: its own certificate
is issued anew. When it was interrupted, run it again; it goes on.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = onHost(&flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		if err := confirmWord("Every token that was issued until now is put on hold.", "declare-lost", yes); err != nil {
			return err
		}
		tell, end := progress(os.Stderr, "certificates and codes done")
		q, err := host.CA.DeclareLost(ctx, operator().UserName, tell)
		end()
		if err != nil {
			return advise(err, "run it again: it goes on")
		}
		if asJSON {
			at := q.FinishedAt.UTC()
			return writeJSON(cmd.OutOrStdout(), api.Quarantine{
				ID: q.ID, MadeAt: q.MadeAt.UTC(), MadeBy: q.MadeBy, FinishedAt: &at, Total: q.Total, Held: q.Held, Approved: []string{}, ApprovedBy: []string{}, Needs: ca.Approvals,
			})
		}
		fmt.Fprintf(cmd.OutOrStdout(), "quarantine %d, made %s: %s on hold until two administrators approve\n",
			q.ID, q.MadeAt.UTC().Format(time.RFC3339), count(q.Held, "certificate is", "certificates are"))
		fmt.Fprintln(cmd.OutOrStdout(), "next: restart every node; make new tokens for two administrators (mais-server admin invite ADDRESS), who approve it: tokenctl admin quarantine approve, or the pages")
		return nil
	})
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
