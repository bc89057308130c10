package own

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// notAsked is what a tombstone says of a token whose standing the service was not asked for;
// the other words are the kinds of the faults.
const notAsked = "not-asked"

type destroyFlags struct{ revoke, offline, noReport, yes bool }

func newDestroy(a *app) *cobra.Command {
	var f destroyFlags
	var report bool
	cmd := &cobra.Command{
		Use:   "destroy [NAME]",
		Short: "Wipe a token that has ended from this machine",
		Long: `Wipe a token that has expired, was revoked, or was superseded by its renewal. Its
key is overwritten and its files are removed; what else lies in its directory
stays. A line in destroyed.json remembers the serial, when and why: see
'tokenctl list --all'. You are asked to type the serial number, unless you give
--yes.

What the files here do not tell, the service is asked. A token that is good still
is refused: renew or keep it, or give --revoke, which revokes it first with the
reason cessationOfOperation. With --offline the service is not asked, for a
machine that will not be online again: then have your administrator revoke the
token, because the service will count it among the good ones until it expires.

The service is told that the token is destroyed: the key signs that before it goes.
Where the service cannot be reached, the token is wiped nevertheless, destroyed.json
keeps the signed statement, and 'tokenctl destroy --report' sends what is kept. The
passphrase is needed for it; --no-report does without.

The key of a token on a card is in none of these files: what is wiped is what this
machine knows of it, and the service is not told. Its certificate has ended, so that
the key is of no use; 'tokenctl piv reset' wipes the card, which also does away with
its PIN and whatever else is on it, and makes it ready for another holder.

Overwriting reaches the key on a disk that writes in place. On an SSD, a file
system that copies on write, in a snapshot or a backup, a copy may survive, and so
may what a program such as a browser or a server was given. That is why a token
has to have ended first, and why the disk should be encrypted.`,
		Example:           "  tokenctl destroy anna\n  tokenctl destroy northgate-custody --revoke --yes\n  tokenctl destroy --report",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.CompleteToken,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if report {
				return a.reportAll(cmd.Context(), args)
			}
			if len(args) > 0 {
				if a.Token != "" && a.Token != args[0] {
					return fault.New(fault.Usage, "name one", "%q and --token %s are two tokens", args[0], a.Token)
				}
				a.Token = args[0]
			}
			return a.destroy(cmd.Context(), f)
		}),
	}
	cmd.Flags().BoolVar(&f.revoke, "revoke", false, "revoke the token first if it is good still")
	cmd.Flags().BoolVar(&f.offline, "offline", false, "do not ask the service; it may count the token as good until it expires")
	cmd.Flags().BoolVar(&f.noReport, "no-report", false, "do not tell the service that the token is destroyed")
	cmd.Flags().BoolVar(&report, "report", false, "tell the service of earlier destructions that it does not know of, and do no more")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.MarkFlagsMutuallyExclusive("revoke", "offline", "report")
	cmd.MarkFlagsMutuallyExclusive("report", "no-report")
	return cmd
}

func (a *app) destroy(ctx context.Context, f destroyFlags) error {
	home, err := a.Tokens()
	if err != nil {
		return err
	}
	if stone, left, found, err := home.Finish(a.Token); found || err != nil {
		if err != nil {
			return err
		}
		a.Screen.Say("An earlier attempt was cut off; it is finished now.")
		return a.printDestroyed(a.tell(ctx, home, stone, f.offline), left)
	}
	t, err := a.Open()
	if err != nil {
		return err
	}
	why, err := a.whyEnded(ctx, t, f)
	if err != nil {
		return err
	}
	question := "This wipes the token " + t.Name + " of " + ui.Clean(t.Holder) + " from this machine."
	if why == string(fault.StillGood) {
		question = "This revokes the token " + t.Name + " of " + ui.Clean(t.Holder) + " for good, and wipes it from this machine."
	}
	if err := a.confirm(ctx, t, f.yes, question); err != nil {
		return err
	}
	if why == string(fault.StillGood) {
		if _, err := a.end(ctx, t, "cessationOfOperation"); err != nil {
			return err
		}
		why = string(fault.Revoked)
	}
	at := time.Now().UTC().Truncate(time.Second)
	report, err := a.statement(ctx, t, f, at)
	if err != nil {
		return err
	}
	stone, left, err := home.Destroy(t, why, report, at)
	if err != nil {
		return err
	}
	return a.printDestroyed(a.tell(ctx, home, stone, f.offline), left)
}

// whyEnded says what has ended a token: its own files, or the service. For one that is good
// still it returns StillGood if that may be changed, and the fault otherwise.
func (a *app) whyEnded(ctx context.Context, t *token.Token, f destroyFlags) (string, error) {
	switch t.State(time.Now()) {
	case token.StateRevoked:
		return string(fault.Revoked), nil
	case token.StateExpired:
		return string(fault.Expired), nil
	}
	if f.offline {
		a.Screen.Warn("the service is not asked: it counts %s as good until %s unless your administrator revokes it", t.Serial, ui.Day(t.Certificate().NotAfter))
		return notAsked, nil
	}
	c, err := a.SignInWith(ctx, t)
	if err != nil {
		return "", err
	}
	defer c.Close()
	done := a.Screen.Progress("asking " + t.Mutual)
	_, err = c.Whoami(ctx)
	done()
	if err == nil {
		if f.revoke {
			return string(fault.StillGood), nil
		}
		return "", fault.New(fault.StillGood, "keep it, or give --revoke to revoke it first",
			"the token %s is good until %s; only one that has ended is destroyed", t.Name, ui.Day(t.Certificate().NotAfter))
	}
	switch known := fault.Of(err); known.Kind {
	case fault.Revoked, fault.Superseded, fault.Expired, fault.UnknownToken:
		return string(known.Kind), nil
	case fault.Unreachable:
		return "", fault.New(known.Kind, "try again when it can be reached; if it never can from here, see --offline in 'tokenctl destroy --help'",
			"whether the token %s has ended, only the service can tell", t.Name).Because(err)
	}
	return "", err
}

func (a *app) printDestroyed(stone token.Tombstone, left []string) error {
	if len(left) > 0 {
		a.Screen.Warn("what is not a token's was left where it is: %s", strings.Join(left, ", "))
	}
	told := "the service was told " + ui.Second(stone.Reported)
	if stone.Reported.IsZero() {
		told = "the service was not told"
	}
	shown := stone
	shown.Report = nil // for the service, not for people
	rows := [][]string{
		{"destroyed", stone.Name},
		{"holder", stone.Holder + " (" + stone.Kind + ")"},
		{"serial", stone.Serial},
		{"why", stone.Why},
		{"at", ui.Second(stone.At)},
		{"report", told},
	}
	if stone.Card != nil {
		a.Screen.Say("The key is still on %s; 'tokenctl piv reset' wipes all of it.", token.CardName(*stone.Card))
	}
	return a.Screen.Data(shown, func() error { return a.Screen.Facts(rows) })
}
