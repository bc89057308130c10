package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mais/server"
	"mais/server/internal/audit"
	"mais/server/internal/record"
)

func auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "Read who did what, when and from where", Args: cobra.NoArgs}
	cmd.AddCommand(auditListCommand())
	return cmd
}

func auditListCommand() *cobra.Command {
	var flags settingsFlags
	var filter audit.Filter
	var since, until, outcome string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List audit events, oldest first; listing is itself an event",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if since != "" {
				at, err := time.Parse(time.RFC3339, since)
				if err != nil {
					return usage(fmt.Errorf("--since %q is not a time such as 2026-03-12T02:14:00Z", since))
				}
				filter.From = at
			}
			if until != "" {
				at, err := time.Parse(time.RFC3339, until)
				if err != nil {
					return usage(fmt.Errorf("--until %q is not a time such as 2026-03-12T02:14:00Z", until))
				}
				filter.To = at
			}
			filter.Outcome = audit.Outcome(outcome)
			settings, err := flags.loadMade()
			if err != nil {
				return err
			}
			host, err := server.OpenHost(cmd.Context(), settings, newLogger())
			if err != nil {
				return advise(err, startAdvice(err))
			}
			defer host.Close()
			entries := host.Audit.List(cmd.Context(), operator(), filter)
			if asJSON {
				return streamJSON(cmd.OutOrStdout(), entries)
			}
			return writeEntries(cmd.OutOrStdout(), entries)
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&since, "since", "", "events from `TIME` on, RFC 3339")
	cmd.Flags().StringVar(&until, "until", "", "events before `TIME`, RFC 3339")
	cmd.Flags().StringVar(&filter.Act, "act", "", "one `ACT`, such as record.show, or all of a kind: 'record.*'")
	cmd.Flags().StringVar(&outcome, "outcome", "", "`OUTCOME`: allowed, refused or failed")
	cmd.Flags().StringVar(&filter.Agency, "agency", "", "events by people of this `AGENCY`, its whole name")
	cmd.Flags().StringVar(&filter.Session, "session", "", "events of the session with this `NAME`")
	cmd.Flags().StringVar(&filter.Address, "address", "", "events from this network `ADDRESS`")
	cmd.Flags().StringVar(&filter.Request, "request", "", "events with this reference `NUMBER`")
	cmd.Flags().StringVar(&filter.User, "user", "", "events by the user with this `UUID`")
	cmd.Flags().StringVar(&filter.Person, "person", "", "events about the person with this `UUID`")
	cmd.Flags().IntVar(&filter.Limit, "limit", 10_000, "at most the latest `N` events")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func writeEntries(w io.Writer, entries iter.Seq2[audit.Entry, error]) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tAT\tWHO\tFROM\tACT\tOUTCOME\tABOUT")
	for e, err := range entries {
		if err != nil {
			return err
		}
		who := e.UserName
		if who == "" {
			who = "-"
		}
		from := "-"
		if e.Address.IsValid() {
			from = e.Address.String()
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", e.ID, e.At.UTC().Format(time.RFC3339), who, from, e.Act, e.Outcome, about(e))
	}
	return table.Flush()
}

// about is the rest of an event in a few words.
func about(e audit.Entry) string {
	var words []string
	switch {
	case len(e.Persons) == 1:
		words = append(words, "person "+e.Persons[0])
	case len(e.Persons) > 1:
		words = append(words, fmt.Sprintf("%d persons", len(e.Persons)))
	}
	if n := itemsIn(e.Items); n > 0 {
		words = append(words, fmt.Sprintf("%d items", n))
	}
	if e.Serial != "" {
		words = append(words, "token "+e.Issuer+"/"+e.Serial)
	}
	for _, name := range []string{"agency", "site", "subnet", "email", "roles", "holder", "certificate", "count", "issued"} {
		if value := e.Detail[name]; value != "" {
			words = append(words, name+" "+value)
		}
	}
	if e.Reason != "" {
		words = append(words, e.Reason)
	}
	return strings.Join(words, ", ")
}

// itemsIn counts items, those of a whole section ("section.*") too.
func itemsIn(items []string) (n int) {
	for _, item := range items {
		name, whole := strings.CutSuffix(item, ".*")
		if !whole {
			n++
			continue
		}
		for _, section := range record.Dictionary() {
			if section.Name == name {
				n += len(section.Items)
			}
		}
	}
	return n
}

// streamJSON writes the entries in the envelope of every --json answer, one at a time: an
// audit can be larger than memory.
func streamJSON(w io.Writer, entries iter.Seq2[audit.Entry, error]) error {
	out := bufio.NewWriter(w)
	encoder := json.NewEncoder(out)
	separator := `{"schema":1,"data":[` + "\n"
	for e, err := range entries {
		if err != nil {
			return err
		}
		out.WriteString(separator)
		if err := encoder.Encode(e); err != nil {
			return err
		}
		separator = ","
	}
	if separator != "," {
		out.WriteString(separator)
	}
	out.WriteString("]}\n")
	return out.Flush()
}
