package main

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func newAuditSession(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "session NAME", Short: "Tell what was done in one session, in its order", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		Example: "  tokenctl admin audit session 3f2a91c05b1e4c68",
		RunE:    showsOne(a, (*client.Client).AuditSession, a.printStory),
	}
}

func (a *app) printStory(s api.AuditStory) error {
	ended := "not yet"
	switch {
	case s.Ended != nil:
		ended = second(*s.Ended) + ", " + s.Reason
	case s.Cut:
		ended = "past what is shown"
	}
	err := a.screen.Facts([][]string{{"session", s.Session}, {"who", orDash(s.UserName)}, {"agency", orDash(s.Agency)}, {"site", orDash(s.Site)}, {"from", orDash(s.Address)},
		{"began", second(s.Began)}, {"ended", ended}, {"people", strconv.Itoa(s.People)}})
	if err != nil {
		return err
	}
	a.screen.Line("")
	rows := [][]string{{"AFTER", "ENTRY", "WHEN", "ACT", "OUTCOME", "ABOUT"}}
	for _, step := range s.Steps {
		after := (time.Duration(step.After) * time.Second).String()
		rows = append(rows, []string{after, strconv.FormatInt(step.ID, 10), second(step.At), step.Act, step.Outcome, aboutEntry(step.AuditEntry)})
	}
	return a.screen.Table(rows)
}

func newAuditPerson(a *app) *cobra.Command {
	var who api.AuditFind
	cmd := &cobra.Command{
		Use: "person UUID | --name NAME --born DAY | --number NUMBER", Short: "Say who looked at a person, or find the person's number",
		Args: cobra.MaximumNArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		Long: `Say who opened the record with this number, and print the newest entries about it.
Whether there is such a person is not told: a governance officer reads no record.

For somebody who asks who looked at them, find the number first: by the whole name, in
any order, with the date of birth, or by a number: of a prison or the PNC, or a custody,
incident or case number that was given with a reason. You are told the number if exactly one person fits, and nothing
that stands in the record; twenty times within an hour at most.`,
		Example: "  tokenctl admin audit person --name 'Ann Other' --born 1978-03-27\n  tokenctl admin audit person 5ad8b9f6-7c1e-4a52-9f0d-000000000042",
		RunE: a.do(func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (who != api.AuditFind{}) {
				return fault.New(fault.Usage, "give the number of the record, or --name with --born, or --number", "one person is asked for, in one way")
			}
			if len(args) == 0 {
				return a.findNumber(cmd.Context(), who)
			}
			return asking(cmd.Context(), a, func(c *client.Client, ctx context.Context) (client.Answer[api.AuditLooks], error) {
				return c.AuditPerson(ctx, args[0], 0)
			}, a.printLookers)
		}),
	}
	cmd.Flags().StringVar(&who.Name, "name", "", "the whole `name`, with --born")
	cmd.Flags().StringVar(&who.Born, "born", "", "the `day` of birth, such as 1978-03-27")
	cmd.Flags().StringVar(&who.Number, "number", "", "a prison, PNC, custody, incident or case `number`")
	return cmd
}

func (a *app) findNumber(ctx context.Context, who api.AuditFind) error {
	return asking(ctx, a, func(c *client.Client, ctx context.Context) (client.Answer[api.AuditFound], error) {
		return c.AuditFind(ctx, who)
	}, func(found api.AuditFound) error {
		switch found.Answer {
		case api.FindFound:
			a.screen.Line(found.Person)
			a.screen.Say("Who looked: tokenctl admin audit person %s", found.Person)
		case api.FindNotUnique:
			a.screen.Say("More than one person fits. Ask for a prison, PNC or custody number.")
		default:
			a.screen.Say("Nobody fits. Check the spelling and the date with whoever asks.")
		}
		return nil
	})
}

func (a *app) printLookers(l api.AuditLooks) error {
	if len(l.Lookers) == 0 {
		a.screen.Say("Nobody has opened a record with this number.")
	} else {
		if err := listing(a.screen, []string{"WHO", "AGENCY", "LOOKS", "FIRST", "LAST"}, l.Lookers, func(who api.AuditLooker) []string {
			return []string{orDash(who.Name), orDash(who.Agency), strconv.Itoa(who.Looks), minute(who.First), minute(who.Last)}
		}); err != nil {
			return err
		}
		a.screen.Line("")
	}
	return a.entryTable(l.Entries)
}
