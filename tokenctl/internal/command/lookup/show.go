package lookup

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
)

func newShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show a person's record, as far as your role may see it",
		Long: `Show the record of a person whose id 'tokenctl search' gave, as far as your
role may see it. The service records the look.

It begins with who it is, how old the record is, and the five risks that custody
must know of, each with what to do; the sections of the form follow. Beside each
value stand the day on which it was known to hold and where it came from.

Three things look alike and are not: "Not recorded" says that nobody entered
anything, "Asked, refused to say" is an answer, and "Withheld" says nothing
about what is recorded. A history is not a fact about today.`,
		Example: "  tokenctl show 3f2c9a52-7d0e-4a53-9f60-2f6a3f1d8c11",
		Args:    cobra.ExactArgs(1),
		RunE:    command.ShowsOne(a.App, (*client.Client).Show, a.printRecord),
	}
}
