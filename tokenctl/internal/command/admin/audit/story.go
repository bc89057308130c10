package audit

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func newAuditSession(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "session NAME", Short: "Tell what was done in one session, in its order", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		Example: "  tokenctl admin audit session 3f2a91c05b1e4c68",
		RunE:    command.ShowsOne(a.App, (*client.Client).AuditSession, a.printStory),
	}
}

func (a *app) printStory(s api.AuditStory) error {
	a.sayGaps(s.Gaps)
	ended := "not yet"
	switch {
	case s.Ended != nil:
		ended = ui.Second(*s.Ended) + ", " + form.EndLabel(s.Reason)
	case s.Cut:
		ended = "past what is shown"
	}
	err := a.Screen.Facts([][]string{{"session", s.Session}, {"who", ui.OrDash(s.UserName)}, {"agency", ui.OrDash(s.Agency)}, {"site", ui.OrDash(s.Site)}, {"from", ui.OrDash(s.Address)},
		{"began", ui.Second(s.Began)}, {"ended", ended}, {"people", strconv.Itoa(s.People)}})
	if err != nil {
		return err
	}
	a.Screen.Line("")
	rows := [][]string{{"AFTER", "ENTRY", "WHEN", "ACT", "OUTCOME", "ABOUT"}}
	for _, step := range s.Steps {
		after := (time.Duration(step.After) * time.Second).String()
		rows = append(rows, []string{after, strconv.FormatInt(step.ID, 10), ui.Second(step.At), step.Act, step.Outcome, aboutEntry(step.AuditEntry)})
	}
	return a.Screen.Table(rows)
}

// personFlags are how a person is asked for whose number is not known.
type personFlags struct{ api.AuditFind }

func newAuditPerson(a *app) *cobra.Command {
	var f personFlags
	cmd := &cobra.Command{
		Use: "person UUID | --name NAME --born DAY | --number NUMBER", Short: "Say who looked at a person",
		Args: cobra.MaximumNArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		Long: `Say who opened a person's record, and print the newest entries about it. Nothing that
stands in the record is told: a governance officer reads none.

For somebody who asks who looked at them, give the whole name, in any order, with the date
of birth, or a number: of a prison or the PNC, or a custody, incident or case number that
was given with a reason. If exactly one person fits you are told the number of the record
and who looked, else only that nobody or more than one fits; twenty times within an hour
at most. With the number of a record, whether there is such a person is not told.`,
		Example: "  tokenctl admin audit person --name 'Ann Other' --born 1978-03-27\n  tokenctl admin audit person 5ad8b9f6-7c1e-4a52-9f0d-000000000042",
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if err := f.check(args); err != nil {
				return err
			}
			if len(args) == 0 {
				return a.findPerson(cmd.Context(), f.AuditFind)
			}
			return command.Asking(cmd.Context(), a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.AuditLooks], error) {
				return c.AuditPerson(ctx, args[0], 0)
			}, a.printLookers)
		}),
	}
	cmd.Flags().StringVar(&f.Name, "name", "", "the whole `name`, with --born")
	cmd.Flags().StringVar(&f.Born, "born", "", "the `day` of birth, such as 1978-03-27, with --name")
	cmd.Flags().StringVar(&f.Number, "number", "", "a prison, PNC, custody, incident or case `number`")
	return cmd
}

// check demands one way of asking, and that whole.
func (f *personFlags) check(args []string) error {
	ways := len(args)
	for _, given := range []bool{f.Number != "", f.Name != "" || f.Born != ""} {
		if given {
			ways++
		}
	}
	const together = "--name and --born are asked for together"
	switch {
	case ways != 1:
		return fault.New(fault.Usage, "give the number of the record, or --name with --born, or --number", "one person is asked for, in one way")
	case f.Number == "" && len(args) == 0 && f.Born == "":
		return fault.New(fault.Usage, "give --born as well, such as --born 1978-03-27", together)
	case f.Number == "" && len(args) == 0 && f.Name == "":
		return fault.New(fault.Usage, "give --name as well, the whole name", together)
	}
	return nil
}

// foundPerson is what 'audit person --json' prints of somebody who was found, or not.
type foundPerson struct {
	api.AuditFound
	Looks *api.AuditLooks `json:"looks,omitempty"`
}

// findPerson finds a person's number and, where exactly one fits, who looked.
func (a *app) findPerson(ctx context.Context, who api.AuditFind) error {
	return command.Fetching(ctx, a.App, func(c *client.Client, ctx context.Context) (foundPerson, error) {
		answer, err := c.AuditFind(ctx, who)
		found := foundPerson{AuditFound: answer.Value}
		if err != nil || found.Answer != api.FindFound {
			return found, err
		}
		looks, err := c.AuditPerson(ctx, found.Person, 0)
		found.Looks = &looks.Value
		return found, alreadyFound(err, found.Person)
	}, func(_ *client.Client, found foundPerson) error {
		return a.Screen.Data(found, func() error { return a.printSought(found, who.Number != "") })
	})
}

// alreadyFound gives an error the number that was found for its next step: it was one of twenty in an hour.
func alreadyFound(err error, person string) error {
	if err == nil {
		return nil
	}
	said := *fault.Of(err)
	again := "the number was found, so ask by it: 'tokenctl admin audit person " + person + "'"
	if said.Next != "" {
		again = said.Next + "; " + again
	}
	said.Next = again
	return &said
}

// printSought prints who looked at the one who was found, or says what to ask for next.
func (a *app) printSought(found foundPerson, byNumber bool) error {
	switch {
	case found.Looks != nil:
		if err := a.Screen.Facts([][]string{{"person", found.Person}}); err != nil {
			return err
		}
		a.Screen.Line("")
		return a.printLookers(*found.Looks)
	case found.Answer == api.FindNotUnique && byNumber:
		a.Screen.Say("More than one person has this number. Ask for the name and the date of birth: --name with --born.")
	case found.Answer == api.FindNotUnique:
		a.Screen.Say("More than one person fits. Ask for a number of a prison or the PNC, or a custody number: --number.")
	case byNumber:
		a.Screen.Say("Nobody has this number. Check it with whoever asks, or ask by the name and the date of birth: --name with --born.")
	default:
		a.Screen.Say("Nobody fits. Check the spelling and the date with whoever asks: a name as it was before, or an alias, may be the one on record.")
	}
	return nil
}

func (a *app) printLookers(l api.AuditLooks) error {
	a.sayGaps(l.Gaps)
	if len(l.Lookers) == 0 {
		a.Screen.Say("Nobody has opened a record with this number.")
	} else {
		if err := ui.Listing(a.Screen, []string{"WHO", "AGENCY", "LOOKS", "FIRST", "LAST"}, l.Lookers, func(who api.AuditLooker) []string {
			return []string{ui.OrDash(who.Name), ui.OrDash(who.Agency), strconv.Itoa(who.Looks), ui.Minute(who.First), ui.Minute(who.Last)}
		}); err != nil {
			return err
		}
		a.Screen.Line("")
	}
	return a.entryTable(l.Entries)
}
