package people

import (
	"bytes"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// maxImport is the longest file of people that the service takes.
const maxImport = 8 << 20

func newUserImport(a *app) *cobra.Command {
	var f changeFlags
	var skip bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Invite many people from a CSV file",
		Long: `Invite many people from a CSV file, or from standard input where FILE is -. The
first row names the columns, in any order: email, name, agency, sites, roles,
starts, ends, vetting, vetted_on, vouched_by. Several sites or roles in a cell have
a | between them; dates are such as 2026-03-31.

The service checks every row. Where one has a fault nobody is invited, unless you
give --skip-faulty. From the good rows comes one change, which you confirm and
somebody else approves. Then each person is sent a code by mail; nobody else sees it.

The exit status is 9 if rows had faults and nobody was invited.`,
		Example: "  tokenctl admin user import staff.csv --dry-run\n  tokenctl admin user import staff.csv --note 'new custody suite'",
		Args:    cobra.ExactArgs(1),
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			text, err := readImport(args[0])
			if err != nil {
				return err
			}
			t, c, err := a.SignIn(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			done := a.Screen.Progress("having " + t.Mutual + " read " + args[0])
			answer, err := c.Import(cmd.Context(), bytes.NewReader(text), api.ImportRequest{Note: f.note, DryRun: f.dryRun, SkipFaulty: skip})
			done()
			if err != nil {
				return err
			}
			if answer.Value.Change == nil {
				if err := a.Screen.Data(answer.Raw, func() error { return a.printFaults(answer.Value) }); err != nil {
					return err
				}
				return notInvited(answer.Value, f.dryRun)
			}
			if answer.Value.Bad > 0 {
				a.Screen.Say("%s with faults left out.", ui.Count(answer.Value.Bad, "row"))
			}
			return a.proposed(cmd.Context(), c, *answer.Value.Change, f)
		}),
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&skip, "skip-faulty", false, "invite those of the good rows although others have faults")
	return cmd
}

// readImport reads the file whole, so that it can be sent again when a connection breaks.
func readImport(path string) ([]byte, error) {
	in := io.Reader(os.Stdin)
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, fault.New(fault.Usage, "give the path of a CSV file", "%v", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxImport+1))
	if err != nil {
		return nil, fault.New(fault.Usage, "give the path of a CSV file", "%v", err)
	}
	if len(text) > maxImport {
		return nil, fault.New(fault.Usage, "divide it", "%s is longer than 8 MiB", path)
	}
	return text, nil
}

func (a *app) printFaults(i api.Import) error {
	if err := ui.Listing(a.Screen, []string{"LINE", "COLUMN", "WHAT IS WRONG"}, i.Faults, func(f api.RowFault) []string {
		return []string{strconv.Itoa(f.Line), ui.OrDash(f.Column), f.Detail}
	}); err != nil {
		return err
	}
	a.Screen.Say("%s read: %d can be taken, %d cannot.", ui.Count(i.Rows, "row"), i.Good, i.Bad)
	return nil
}

// notInvited says why there is no change.
func notInvited(i api.Import, dry bool) error {
	switch {
	case i.Bad > 0 && i.Good > 0:
		return fault.New(fault.Partly, "correct the file, or give --skip-faulty to leave those rows out", "nobody was invited: %s with faults", ui.Count(i.Bad, "row"))
	case i.Bad > 0:
		return fault.New(fault.Partly, "correct the file", "nobody was invited: no row can be taken")
	case i.Rows == 0 && !dry:
		return fault.New(fault.Usage, "put a row for each person below the first", "nobody was invited: there is nobody in the file")
	}
	return nil
}
