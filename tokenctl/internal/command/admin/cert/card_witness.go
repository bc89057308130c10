package cert

import (
	"context"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/vouch"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/ui"
)

type witnessFlags struct {
	email, key, guid string
	serial           uint32
	yes              bool
}

func newCardWitness(a *app) *cobra.Command {
	var f witnessFlags
	cmd := &cobra.Command{
		Use:   "witness",
		Short: "Say that you saw somebody's key being made on a card",
		Long: `Say that you saw somebody else's key being made on a card, so that it counts as on
one though its maker does not vouch for it. Stand beside them while they run
'tokenctl piv enrol --witnessed'; their screen shows this command. Run it at your own
machine: your token and its secret have no business on theirs.

Compare what you are shown with their screen and with the card in your hand: the key
digit by digit, also when you have copied it. All 64 digits are needed, in groups or
not, since keys can be made in pairs whose first digits are the same.

Your word counts once, for ten minutes, and gives nothing by itself: they need their
own code. Nobody vouches for themselves. Where a role demands a card, your own token
has to be on one.`,
		Example: `  tokenctl admin card witness --email anna@police.example --serial 12345678 --key HEX`,
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			v, err := f.read()
			if err != nil {
				return err
			}
			return a.cardWitness(cmd.Context(), v, f.yes)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.email, "email", "", "the officer's email `address`")
	flags.StringVar(&f.key, "key", "", "the key, `HEX`: the 64 digits on the officer's screen")
	flags.Uint32Var(&f.serial, "serial", 0, "the `number` printed on the card")
	flags.StringVar(&f.guid, "guid", "", "the card's `GUID`, if it tells no number")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.MarkFlagRequired("email")
	cmd.MarkFlagRequired("key")
	cmd.MarkFlagsOneRequired("serial", "guid")
	return cmd
}

var guidDigits = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (f witnessFlags) read() (vouch.Word, error) {
	email, err := command.CheckEmail(f.email)
	if err != nil {
		return vouch.Word{}, err
	}
	key, whole := form.Key(f.key)
	if !whole {
		return vouch.Word{}, fault.New(fault.Usage, "copy all of it from the officer's screen: keys can be made in pairs whose first digits are the same", "--key: %.80q is not 64 hexadecimal digits", f.key)
	}
	guid := strings.ToLower(strings.ReplaceAll(f.guid, "-", ""))
	if guid != "" && !guidDigits.MatchString(guid) {
		return vouch.Word{}, fault.New(fault.Usage, "copy it from the officer's screen", "--guid: %.80q is not 32 hexadecimal digits", f.guid)
	}
	if f.serial == 0 && guid == "" {
		return vouch.Word{}, fault.New(fault.Usage, "give the number printed on the card", "--serial: 0 is no card's number")
	}
	return vouch.Word{Key: key, Email: email, Serial: f.serial, GUID: guid, Slot: piv.Authentication}, nil
}

// witnessWord is what the witness types.
const witnessWord = "seen"

func (a *app) cardWitness(ctx context.Context, v vouch.Word, yes bool) error {
	if !yes && !ui.HasTerminal() {
		return fault.New(fault.Usage, "give --yes if you saw it", "nothing says that you saw the key being made, and there is no terminal to ask on")
	}
	t, c, err := a.SignIn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if t.Holder == v.Email {
		return fault.New(fault.Usage, "have another administrator vouch for it", "nobody vouches for their own card")
	}
	if !yes {
		var shown strings.Builder
		for _, row := range v.Facts() {
			shown.WriteString("  " + row[0] + "  " + row[1] + "\n")
		}
		if err := ui.Confirm(ctx, "You vouch that you saw this key being made on this card, for this officer:\n"+shown.String()+"Compare it with their screen and with the card.", witnessWord); err != nil {
			return err
		}
	}
	answer, err := c.Witness(ctx, v.Request())
	if err != nil {
		return err
	}
	out := struct {
		vouch.Word
		api.Witnessed
	}{v, answer.Value}
	err = a.Screen.Data(out, func() error {
		return a.Screen.Facts(append(v.Facts(), []string{"counts until", ui.Minute(out.ExpiresAt)}))
	})
	a.Screen.Say("Let them go on now: your word counts once.")
	return err
}
