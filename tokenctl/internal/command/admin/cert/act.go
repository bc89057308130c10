package cert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/serials"
	"mais/tokenctl/internal/ui"
)

const (
	maxNamed   = 500    // serials on a command line; more of them go into a file
	maxPortion = 20_000 // lines a request, of the service
)

// adminReasons are those of RFC 5280, 5.3.1, that the service takes from an administrator.
var adminReasons = append(inventory.Reasons[:len(inventory.Reasons):len(inventory.Reasons)], "privilegeWithdrawn")

// act is one of the changes of status, as its command explains it.
type act struct{ name, short, does, example string }

var (
	holding = act{"hold", "Put certificates on hold, which can be undone",
		`Put certificates on hold: their holders are refused at once, and 'cert release'
undoes it. For a token that is missing and may turn up. What has expired or was
revoked cannot be held.`,
		"  tokenctl admin cert hold 7f3a…\n  tokenctl admin cert hold --site 'Northgate Custody Suite'"}
	releasing = act{"release", "Release certificates that are on hold",
		`Release certificates that are on hold: their holders are served again. Each is
released by itself; what was held with it stays so. Make sure first that the token
is with its holder, and that nobody else had it.`,
		"  tokenctl admin cert release 7f3a…"}
	revoking = act{"revoke", "Revoke certificates for good",
		`Revoke certificates, at once and for good, and with each its line: what it renewed
and what renewed it. Nobody can bring them back; their holders need new invitations.
With the reason keyCompromise the key is never certified again, and what was revoked
before for another reason gets this one; it stays revoked since it was. No other reason
changes one that there is.

--invalidity-date says since when the key is known or thought to be in other hands
(RFC 5280, 5.3.2); it stands in the revocation list.`,
		"  tokenctl admin cert revoke 7f3a… --reason keyCompromise --invalidity-date 2026-03-01\n" +
			"  tokenctl admin cert revoke --file lost.txt --reason cessationOfOperation --dry-run\n" +
			"  tokenctl admin cert revoke --issuer people-1 --issued-from 2026-03-01 --issued-before 2026-03-02"}
)

const aboutPlans = `

Which ones: serial numbers, whole or as ISSUER/SERIAL, a --file of them, one a line,
where blank lines and those that begin with # count for nothing, or flags, all of
which must hold. A file with a line that is no serial number is refused as a whole,
with the numbers of its bad lines, unless you give --skip-bad.

First you see what it would do: how many, who would be left without access, what
would stay as it is. Then you are asked for the word that stands there; --yes gives
it for you. The service then goes through the list by itself: if you interrupt, it
goes on, and 'tokenctl admin plan' shows how far it is. To do it again does no harm.

Exit codes: 0 each of them stands as you asked, 9 some do not, 3 there was none to
act on, 4 none of them may be changed so.`

// actFlags are those of hold, release and revoke.
type actFlags struct {
	filterFlags
	file, reason, invalidity, note string
	yes, dryRun, skipBad           bool
}

func newCertAct(a *app, what act) *cobra.Command {
	var f actFlags
	cmd := &cobra.Command{
		Use: what.name + " [SERIAL]...", Short: what.short, Long: what.does + aboutPlans, Example: what.example,
		RunE: a.Do(func(cmd *cobra.Command, named []string) error {
			request, list, err := f.request(what.name, named)
			if err != nil {
				return err
			}
			if list != nil {
				defer list.Close()
				if err := a.checkList(list, f.skipBad); err != nil {
					return err
				}
			}
			return a.act(cmd.Context(), request, list, f)
		}),
	}
	f.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.file, "file", "", "`file` of serial numbers, one a line; - for standard input")
	flags.BoolVar(&f.skipBad, "skip-bad", false, "leave out lines of the file that are no serial numbers")
	f.registerWords(cmd, what.name)
	return cmd
}

// request reads what an act is to be on, and checks all that can be checked here. list is
// nil unless there is a file.
func (f actFlags) request(act string, named []string) (api.PlanRequest, *serials.List, error) {
	request := api.PlanRequest{Act: act, Reason: f.reason, Note: f.note}
	filter, err := f.filter()
	if err != nil {
		return request, nil, err
	}
	if err := f.check(len(named) > 0, filter != api.CertificateFilter{}); err != nil {
		return request, nil, err
	}
	if request.InvalidityDate, err = f.invalidSince(); err != nil {
		return request, nil, err
	}
	if filter != (api.CertificateFilter{}) {
		request.Filter = &filter
	}
	if len(named) > maxNamed {
		return request, nil, fault.New(fault.Usage, "put them into a file, and give it with --file", "%d serial numbers are too many for the command line", len(named))
	}
	for _, text := range named {
		ref, err := inventory.ParseSerial(text)
		if err != nil {
			return request, nil, err
		}
		request.Serials = append(request.Serials, ref.String())
	}
	if f.file == "" {
		return request, nil, nil
	}
	list, err := readSerials(f.file)
	return request, list, err
}

// check demands one way of saying which, and words that the service takes.
func (f actFlags) check(named, filtered bool) error {
	ways := 0
	for _, given := range []bool{named, filtered, f.file != ""} {
		if given {
			ways++
		}
	}
	const next = "give serial numbers, or --file, or flags such as --user and --issuer"
	switch {
	case ways == 0:
		return fault.New(fault.Usage, next, "nothing says which certificates")
	case ways > 1:
		return fault.New(fault.Usage, next, "serial numbers, --file and flags exclude one another")
	}
	return f.checkWords()
}

func (f actFlags) invalidSince() (*time.Time, error) {
	if f.invalidity == "" {
		return nil, nil
	}
	since, err := parseMoment("invalidity-date", f.invalidity)
	if err != nil {
		return nil, err
	}
	if since.After(now()) {
		return nil, fault.New(fault.Usage, "give the time at which it began, or leave it away", "--invalidity-date: %s is in the future", f.invalidity)
	}
	return &since, nil
}

func readSerials(name string) (*serials.List, error) {
	in := io.ReadCloser(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fault.New(fault.Usage, "", "read the serial numbers").Because(err)
		}
		defer f.Close()
		in = f
	}
	list, err := serials.Read(in)
	if err != nil {
		return nil, fault.New(fault.Usage, "", "read the serial numbers from %s", name).Because(err)
	}
	return list, nil
}

// checkList says what is wrong with a file before anything is sent.
func (a *app) checkList(list *serials.List, skipBad bool) error {
	for _, bad := range list.Bad {
		a.Screen.Say("line %d: %s: %s", bad.Line, bad.Why, bad.Text)
	}
	if more := list.BadLines - len(list.Bad); more > 0 {
		a.Screen.Say("and %d more", more)
	}
	switch {
	case list.BadLines > 0 && !skipBad:
		return fault.New(fault.Usage, "correct them, or give --skip-bad to leave them out; nothing was done",
			"of %s %d cannot be read as serial numbers: %s", ui.Count(list.BadLines+list.Good, "line"), list.BadLines, badLines(list))
	case list.Good == 0:
		return fault.New(fault.Usage, "", "there is no serial number in the file")
	case list.BadLines > 0:
		a.Screen.Warn("left out: %s without a serial number", ui.Count(list.BadLines, "line"))
	}
	if list.Duplicates > 0 {
		a.Screen.Say("Of the lines %d name a serial number again; each counts once.", list.Duplicates)
	}
	return nil
}

// badLines names the first bad lines by number.
func badLines(list *serials.List) string {
	const most = 10
	var said []string
	for _, bad := range list.Bad[:min(most, len(list.Bad))] {
		said = append(said, strconv.Itoa(bad.Line))
	}
	if more := list.BadLines - len(said); more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return "line " + strings.Join(said, ", ")
}

func (a *app) act(ctx context.Context, request api.PlanRequest, list *serials.List, f actFlags) error {
	t, c, err := a.SignIn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	done := a.Screen.Progress("asking " + t.Mutual + " what it would do")
	answer, err := c.Plan(ctx, request)
	done()
	if err != nil {
		return err
	}
	if list != nil {
		made := answer.Value.ID
		if answer, err = a.sendSerials(ctx, c, made, list); err != nil {
			a.forget(ctx, c, made)
			return err
		}
	}
	return a.goOn(ctx, c, answer.Value, f)
}

// goOn shows a plan that was made, asks, and carries it out. What comes to nothing is forgotten.
func (a *app) goOn(ctx context.Context, c *client.Client, p api.Plan, f actFlags) (err error) {
	if f.dryRun {
		err = a.dryRun(ctx, c, p)
	} else {
		err = a.ask(ctx, c, p, f.yes)
	}
	if err != nil || f.dryRun {
		a.forget(ctx, c, p.ID)
		return err
	}
	return a.carryOut(ctx, c, p)
}

// forgetPatience bounds how long a plan that came to nothing may keep its maker.
const forgetPatience = 5 * time.Second

// forget throws a plan away that this command made and nobody has confirmed. If that fails the
// service forgets it after a day, and nobody need know.
func (a *app) forget(ctx context.Context, c *client.Client, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetPatience)
	defer cancel()
	c.Discard(ctx, id)
}

// sendSerials adds the lines of a file to a plan.
func (a *app) sendSerials(ctx context.Context, c *client.Client, plan string, list *serials.List) (whole client.Answer[api.Plan], err error) {
	var sent ui.Counter
	done := a.Screen.Live(func() string { return sent.Of(list.Good, "sending serial numbers") })
	defer done()
	err = list.Each(maxPortion, func(lines []api.SerialLine) error {
		_, err := c.AddSerials(ctx, plan, lines)
		sent.Add(len(lines))
		return err
	})
	if err == nil {
		whole, err = c.PlanOf(ctx, plan)
	}
	var known *fault.Error
	if errors.As(err, &known) {
		known.Next = strings.TrimPrefix(known.Next+"; nothing was done: give the command again", "; ")
	}
	return whole, err
}
