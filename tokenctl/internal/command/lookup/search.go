package lookup

import (
	"context"
	"slices"
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

func newSearch(a *app) *cobra.Command {
	var q api.SearchRequest
	cmd := &cobra.Command{
		Use:   "search [SURNAME [FIRST-NAME]] [DATE-OF-BIRTH]",
		Short: "Find a person by name, alias or date of birth",
		Long: `Find a person. A surname, a first name or a date of birth suffices; with more,
all of them have to fit. Names match from their beginning, two letters or more,
or with --exact as a whole, without regard to case and accents. Aliases are
searched like names; who is found by one comes last, with the alias that fitted.

Words are a surname, then a first name; a word that is a date, YYYY-MM-DD, is
the date of birth. The service records the search and everybody it found.

Finding nobody is not the same as no risk: it tells of the records on the day
that the answer names, and of no others.`,
		Example: `  tokenctl search nowak
  tokenctl search nowak ann 1979-03-12
  tokenctl search --exact ng
  tokenctl search --date-of-birth 1979-03-12`,
		Args: cobra.MaximumNArgs(3),
		RunE: a.Do(func(cmd *cobra.Command, words []string) error {
			if err := takeWords(&q, words); err != nil {
				return err
			}
			return command.Asking(cmd.Context(), a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.SearchResults], error) {
				return c.Search(ctx, q)
			}, a.printFound)
		}),
	}
	cmd.Flags().StringVar(&q.Surname, "surname", "", "`name` or its beginning")
	cmd.Flags().StringVar(&q.FirstName, "first-name", "", "`name` or its beginning")
	cmd.Flags().StringVar(&q.DateOfBirth, "date-of-birth", "", "`YYYY-MM-DD`")
	cmd.Flags().BoolVar(&q.Exact, "exact", false, "the names are whole names, not beginnings")
	return cmd
}

// takeWords puts positional words where they belong and checks the query's form.
func takeWords(q *api.SearchRequest, words []string) error {
	for _, word := range words {
		_, err := time.Parse(time.DateOnly, word)
		field := &q.FirstName
		switch {
		case err == nil:
			field = &q.DateOfBirth
		case strings.ContainsAny(word, "0123456789"):
			return fault.New(fault.Usage, "write a date as YYYY-MM-DD, such as 1979-03-12", "%.40q is neither a name nor a date", word)
		case q.Surname == "":
			field = &q.Surname
		}
		if *field != "" {
			return fault.New(fault.Usage, "give a surname, a first name and a date of birth at most", "%q is one word too many", word)
		}
		*field = word
	}
	if q.DateOfBirth != "" {
		if _, err := time.Parse(time.DateOnly, q.DateOfBirth); err != nil {
			return fault.New(fault.Usage, "write it as YYYY-MM-DD, such as 1979-03-12", "%.40q is not a date", q.DateOfBirth)
		}
	}
	if q.Surname == "" && q.FirstName == "" && q.DateOfBirth == "" {
		return fault.New(fault.Usage, "give a surname, a first name or a date of birth", "there is nothing to search for")
	}
	return nil
}

func (a *app) printFound(found api.SearchResults) error {
	if len(found.Results) > 0 {
		if err := a.Screen.Table(foundRows(found.Results)); err != nil {
			return err
		}
	}
	a.sayFound(found)
	return nil
}

func foundRows(results []api.SearchResult) [][]string {
	heading := []string{"ID", "SURNAME", "FIRST NAME", "BORN", "RELEASED", "ALERTS"}
	aliases := slices.ContainsFunc(results, func(r api.SearchResult) bool { return r.Alias != nil })
	if aliases {
		heading = slices.Insert(heading, 3, "ALSO KNOWN AS")
	}
	rows := [][]string{heading}
	for _, r := range results {
		tags := make([]string, len(r.Alerts))
		for i, alert := range r.Alerts {
			tags[i] = form.Alert(alert).Tag
		}
		row := []string{r.ID, r.Surname, r.FirstName, r.DateOfBirth, releasedIn(r), ui.OrDash(strings.Join(tags, ", "))}
		if aliases {
			row = slices.Insert(row, 3, ui.OrDash(aliasIn(r)))
		}
		rows = append(rows, row)
	}
	return rows
}

func aliasIn(r api.SearchResult) string {
	if r.Alias == nil {
		return ""
	}
	return strings.TrimSpace(r.Alias.FirstName + " " + r.Alias.Surname)
}

// releasedIn gives the day of release, and how far away it is while it is to come.
func releasedIn(r api.SearchResult) string {
	if r.Released == nil {
		return "not recorded"
	}
	if age := form.Age(*r.Released, now()); age.Days <= 0 && age.Words != "" {
		return age.Words + ", " + *r.Released
	}
	return *r.Released
}

// sayFound gives the answer's limits, whatever was found.
func (a *app) sayFound(found api.SearchResults) {
	asOf := found.AsOf.UTC().Format("2006-01-02 15:04") + " UTC"
	if found.Total == 0 {
		a.Screen.Say("Nobody found as of %s. No result is not the same as no risk: other spellings and people never entered are not found.", asOf)
		return
	}
	if found.Truncated {
		a.Screen.Say("%d of %d shown: search again with a date of birth.", len(found.Results), found.Total)
	}
	a.Screen.Say("As of %s. No alert recorded is not the same as no risk.", asOf)
}
