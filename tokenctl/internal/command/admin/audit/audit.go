// Package audit has the commands that review the audit, and the report of how the service is used.
package audit

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

// Commands returns them.
func Commands(shared *command.App) []*cobra.Command {
	a := &app{shared}
	return []*cobra.Command{newAdminAudit(a), newAdminUsage(a)}
}

func newAdminAudit(a *app) *cobra.Command {
	return command.Group("audit", "Review the audit: who did what, who looked at whom, alerts",
		`Review the audit, as a governance officer: search it, see one session's story, who
looked at a person, what was refused, the figures and the alerts, and export it.
Everything you ask here is an entry of the audit itself, under your name.`,
		"  tokenctl admin audit list --who whitlock --since 2026-03-01\n  tokenctl admin audit alerts",
		newAuditList(a), newAuditEntry(a), newAuditSession(a), newAuditPerson(a), newAuditRefusals(a), newAuditFigures(a), newAuditExport(a),
		newAuditAlerts(a), newAuditSettle(a))
}

var outcomes = []string{"allowed", "refused", "failed"}

// auditFlags are a filter as it is typed.
type auditFlags struct {
	api.AuditFilter
	since, until string
}

func (f *auditFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.since, "since", "", "from this `day or time` on: 2026-03-12, or 2026-03-12T02:14:00Z")
	cmd.Flags().StringVar(&f.until, "until", "", "to this `day`, with it, or before this time")
	cmd.Flags().StringVar(&f.Who, "who", "", "`part` of a user's name or email address")
	cmd.Flags().StringVar(&f.User, "user", "", "by the user with this `UUID`")
	cmd.Flags().StringVar(&f.Person, "person", "", "about the record with this `UUID`")
	cmd.Flags().StringVar(&f.Agency, "agency", "", "of people of this `agency`, its whole name")
	cmd.Flags().StringVar(&f.Act, "act", "", "one `act`, such as record.show, or all of a kind: 'record.*'")
	cmd.Flags().StringVar(&f.Session, "session", "", "of the session with this `name`")
	cmd.Flags().StringVar(&f.Address, "address", "", "from this network `address`")
	cmd.Flags().StringVar(&f.Request, "request", "", "with this reference `number`")
	command.FixedWords(cmd, &f.Outcome, "outcome", "how it ended: `outcome`", outcomes)
}

// filter reads what was typed.
func (f *auditFlags) filter() (api.AuditFilter, error) {
	if err := command.OneOf("outcome", f.Outcome, outcomes); err != nil {
		return f.AuditFilter, err
	}
	var err error
	if f.From, err = dayOrTime("since", f.since, 0); err == nil {
		f.To, err = dayOrTime("until", f.until, 1)
	}
	return f.AuditFilter, err
}

// dayOrTime reads a time, or the beginning of a day here, so many days later.
func dayOrTime(flag, text string, later int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return t, fault.New(fault.Usage, "give a day like 2026-03-12 or a time like 2026-03-12T02:14:00Z", "--%s: %.40q is neither", flag, text)
	}
	return t.AddDate(0, 0, later), nil
}

func newAuditList(a *app) *cobra.Command {
	var f auditFlags
	limit := command.DefaultLimit
	cmd := &cobra.Command{
		Use: "list", Short: "Search the audit, the newest entries first", Args: cobra.NoArgs,
		Long:    "Search the audit, the newest entries first. All that is asked for must hold.",
		Example: "  tokenctl admin audit list --who whitlock --act 'record.*'\n  tokenctl admin audit list --outcome refused --since 2026-03-01 --json",
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			asked, err := f.filter()
			if err != nil {
				return err
			}
			if limit < 1 {
				return fault.New(fault.Usage, "give a number from 1", "--limit: %d is no number of entries", limit)
			}
			return a.auditList(cmd.Context(), asked, limit)
		}),
	}
	f.add(cmd)
	cmd.Flags().IntVar(&limit, "limit", limit, "print at most so `many`")
	return cmd
}

func (a *app) auditList(ctx context.Context, asked api.AuditFilter, limit int) error {
	return command.Fetching(ctx, a.App, func(c *client.Client, ctx context.Context) (api.AuditPage, error) {
		return auditPages(ctx, c, asked, limit)
	}, func(_ *client.Client, found api.AuditPage) error {
		return a.Screen.Data(found, func() error { return a.printEntries(found) })
	})
}

func (a *app) printEntries(found api.AuditPage) error {
	a.sayGaps(found.Gaps)
	if err := a.entryTable(found.Entries); err != nil {
		return err
	}
	for _, field := range found.Unknown {
		if field == "act" && len(found.Near) > 0 {
			a.Screen.Say("No entry at all is of this act; there is %s.", strings.Join(found.Near, ", "))
			continue
		}
		a.Screen.Say("%s", unknownWords[field])
	}
	if found.Next > 0 {
		a.Screen.Say("There are older ones. More of them: --limit.")
	}
	return nil
}

// sayGaps says of which times the audit has nothing, before what it has.
func (a *app) sayGaps(gaps []api.AuditGap) {
	for _, g := range gaps {
		a.Screen.Say("%s", g.Says)
	}
}

// unknownWords say that no entry at all has what was asked for.
var unknownWords = map[string]string{
	"agency": "No entry at all is of an agency of this name: give its whole name, as entries have it.",
	"act":    "No entry at all is of this act: see the ACT column of 'tokenctl admin audit list'.",
}

// auditPages reads as many pages as the limit takes.
func auditPages(ctx context.Context, c *client.Client, asked api.AuditFilter, limit int) (all api.AuditPage, err error) {
	all.Entries = []api.AuditEntry{}
	for {
		asked.PerPage = min(limit-len(all.Entries), command.MaxPage)
		answer, err := c.Audit(ctx, asked)
		if err != nil {
			return all, err
		}
		page := answer.Value
		all.Entries, all.Next, all.Users, all.Gaps = append(all.Entries, page.Entries...), page.Next, page.Users, withGaps(page.Gaps, all.Gaps)
		all.Unknown, all.Near = append(all.Unknown, page.Unknown...), page.Near
		if asked.Before = page.Next; page.Next == 0 || len(all.Entries) >= limit {
			return all, nil
		}
	}
}

// withGaps are the gaps of an older page and of those before it, each once.
func withGaps(older, newer []api.AuditGap) []api.AuditGap {
	for _, g := range newer {
		if !slices.ContainsFunc(older, func(o api.AuditGap) bool { return o.Says == g.Says }) {
			older = append(older, g)
		}
	}
	return older
}

func (a *app) entryTable(entries []api.AuditEntry) error {
	if len(entries) == 0 {
		a.Screen.Say("There is no such entry.")
	}
	return ui.Listing(a.Screen, []string{"ENTRY", "WHEN", "WHO", "FROM", "ACT", "OUTCOME", "ABOUT"}, entries, func(e api.AuditEntry) []string {
		return []string{strconv.FormatInt(e.ID, 10), ui.Second(e.At), ui.OrDash(e.UserName), ui.OrDash(e.Address), e.Act, e.Outcome, aboutEntry(e)}
	})
}

// aboutEntry is the rest of an entry in a few words.
func aboutEntry(e api.AuditEntry) string {
	var words []string
	switch {
	case len(e.Persons) == 1:
		words = append(words, "person "+e.Persons[0])
	case len(e.Persons) > 1:
		words = append(words, strconv.Itoa(len(e.Persons))+" people")
	}
	if e.About != "" {
		words = append(words, e.About)
	}
	if e.Reason != "" {
		words = append(words, form.WhyLabel(e.Act, e.Reason))
	}
	return ui.OrDash(strings.Join(words, ", "))
}

func newAuditEntry(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show ENTRY", Short: "Show one entry, whole", Args: cobra.ExactArgs(1), Example: "  tokenctl admin audit show 4711", ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			id, err := entryID(args[0])
			if err != nil {
				return err
			}
			return command.Asking(cmd.Context(), a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.AuditEntry], error) {
				return c.AuditEntry(ctx, id)
			}, func(e api.AuditEntry) error { return a.Screen.Facts(entryFacts(e)) })
		}),
	}
}

func entryID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, fault.New(fault.Usage, "give the number in the first column of 'tokenctl admin audit list'", "%.40q is not the number of an entry", text)
	}
	return id, nil
}

func entryFacts(e api.AuditEntry) (rows [][]string) {
	for _, f := range [][]string{
		{"entry", strconv.FormatInt(e.ID, 10)}, {"when", ui.Second(e.At)}, {"act", e.Act}, {"outcome", e.Outcome}, {"why", form.WhyLabel(e.Act, e.Reason)}, {"reason", e.Reason}, {"who", e.UserName}, {"user", e.User},
		{"about", e.About}, {"roles", strings.Join(e.Roles, ", ")}, {"agency", e.Agency}, {"site", e.Site}, {"from", e.Address}, {"session", e.Session}, {"people", strings.Join(e.Persons, " ")},
		{"items", strings.Join(e.Items, " ")}, {"request", strings.TrimSpace(e.Method + " " + e.URI)}, {"reference", e.Request}, {"node", e.Node},
	} {
		if f[1] != "" {
			rows = append(rows, f)
		}
	}
	for _, name := range sortedKeys(e.Detail) {
		rows = append(rows, []string{name, e.Detail[name]})
	}
	return rows
}
