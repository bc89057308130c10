package piv

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/certs/attest"
	"mais/config"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/enrolment"
	"mais/tokenctl/internal/command/standing"
	"mais/tokenctl/internal/enrol"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// The words of the flags for a key on a card.
var (
	keyTypes = map[string]certs.KeyType{
		"p256": certs.P256, "p384": certs.P384, "rsa2048": certs.RSA2048, "rsa3072": certs.RSA3072, "rsa4096": certs.RSA4096,
	}
	pinPolicies   = map[string]attest.PINPolicy{"once": attest.PINOnce, "always": attest.PINAlways}
	touchPolicies = map[string]attest.TouchPolicy{"never": attest.TouchNever, "always": attest.TouchAlways, "cached": attest.TouchCached}
)

// cardEnrolFlags are those of 'piv enrol' besides the common ones.
type cardEnrolFlags struct {
	enrolment.Flags
	email               string
	keyType, pin, touch string
	pukFile             string
	witness             string
	witnessFile         string
	witnessed           bool // by somebody at another machine
}

const longPIVEnrol = `Make a token whose key is on a smart card, with the code of your invitation: from a
blank card to a token in one command.

The service's root certificate is compared with the fingerprint in your invitation,
and the service reached, before the card is changed. Then the card gets your PIN
(six to eight digits; it is typed twice), a PUK, and a management key that only your
PIN opens; it makes the key in slot 9a, which cannot leave it, and vouches for it
where its maker has provided for that. The service issues the certificate, which is
put on the card, and you sign in with it once, to prove it.

The PUK unblocks a PIN that was typed wrongly too often. It is chosen at random and
shown once, before the card has it: write it down, and keep it apart from the card.
With --puk-file it is read from that file, or written there if there is none.

If anything breaks off (the card is pulled out, the network goes) run the same
command again: it goes on where it stopped. The same code and key get the same
certificate for ten minutes.

A card whose slot 9a is in use is not touched, unless you type its serial number or
give --replace: the key in there is destroyed. A card that has a PIN keeps it.

Where the maker of the card does not vouch for its keys, an administrator who stands
beside you can. With --witnessed the key is shown, in groups of four digits, with the
command that the witness runs at their own machine; wait for them, and go on. It
needs a terminal. With --witness NAME the witness signs in here instead, with a token
under the same --home: only at a station of the administration, since whoever has the
machine could keep the token and its secret.`

func newPIVEnrol(a *app, which *cardFlags) *cobra.Command {
	var f cardEnrolFlags
	cmd := &cobra.Command{
		Use:   "enrol",
		Short: "Make a token on a card with the code of your invitation",
		Long:  longPIVEnrol,
		Example: `  tokenctl piv enrol --server https://mais.example:8443 \
      --root-fingerprint sha256:HEX --email anna@police.example

  # without a terminal
  tokenctl piv enrol --server https://mais.example:8443 --root-fingerprint sha256:HEX \
      --email anna@police.example --code-file code.txt --pin-file pin.txt --puk-file puk.txt`,
		Args: cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			work, err := a.newCardEnrolment(f, which.choice())
			if err != nil {
				return err
			}
			return work.run(cmd.Context())
		}),
	}
	f.Add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.email, "email", "", "your email `address`, as the invitation has it")
	flags.StringVar(&f.keyType, "key-type", "p256", "`type` of the key: "+choices(keyTypes))
	flags.StringVar(&f.pin, "pin-policy", "once", "`when` the card wants the PIN: once while it is in the reader, or always, for each signature")
	flags.StringVar(&f.touch, "touch", "never", "`when` the card wants to be touched: never, always, or cached (a touch is good for 15 seconds)")
	flags.StringVar(&f.pukFile, "puk-file", "", "`file` that holds the card's PUK, or is to hold the one that is made")
	flags.StringVar(&f.witness, "witness", "", "`name` of the token of an administrator who vouches that the key is on the card")
	flags.StringVar(&f.witnessFile, "witness-file", "", "`file` that holds the passphrase or the PIN of the witness's token, instead of a prompt")
	flags.BoolVar(&f.witnessed, "witnessed", false, "an administrator vouches, at their own machine, that the key is on the card")
	cmd.MarkFlagsMutuallyExclusive("witness", "witnessed")
	cmd.MarkFlagRequired("email")
	cmd.RegisterFlagCompletionFunc("key-type", cobra.FixedCompletions(slices.Sorted(maps.Keys(keyTypes)), cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("pin-policy", cobra.FixedCompletions(slices.Sorted(maps.Keys(pinPolicies)), cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("touch", cobra.FixedCompletions(slices.Sorted(maps.Keys(touchPolicies)), cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("witness", a.CompleteToken)
	return cmd
}

// cardEnrolment is one run of 'piv enrol'.
type cardEnrolment struct {
	*app
	flags      cardEnrolFlags
	invitation enrol.Invitation
	name       string
	which      piv.Choice
	key        piv.KeySpec
	witness    *witness // nil: there is none

	pin  config.Secret
	code config.Secret
}

// newCardEnrolment checks what was typed, and that what is needed can be asked for.
func (a *app) newCardEnrolment(f cardEnrolFlags, which piv.Choice) (*cardEnrolment, error) {
	email, err := command.CheckEmail(f.email)
	if err != nil {
		return nil, err
	}
	in, err := f.Invitation(certs.User, email)
	if err != nil {
		return nil, err
	}
	in.Card = true
	key, err := f.spec()
	if err != nil {
		return nil, err
	}
	if f.witnessed && !ui.HasTerminal() {
		return nil, fault.New(fault.Usage, "run it at a terminal, or give --witness at a station of the administration", "--witnessed shows a key that a witness has to vouch for, and there is no terminal to wait at")
	}
	e := &cardEnrolment{app: a, flags: f, invitation: in, name: a.Token, which: which, key: key}
	if e.name == "" {
		e.name = token.NameFor(email)
	}
	if e.witness, err = a.newWitness(f.witness, f.witnessFile, email); err != nil {
		return nil, err
	}
	return e, f.CanAsk(a.PINSource())
}

func (f *cardEnrolFlags) spec() (piv.KeySpec, error) {
	spec := piv.KeySpec{Slot: piv.Authentication}
	var err error
	if spec.Type, err = meant("key-type", keyTypes, strings.ReplaceAll(strings.ToLower(f.keyType), "-", "")); err != nil {
		return spec, err
	}
	if spec.PIN, err = meant("pin-policy", pinPolicies, f.pin); err != nil {
		return spec, err
	}
	spec.Touch, err = meant("touch", touchPolicies, f.touch)
	return spec, err
}

func meant[V any](flag string, words map[string]V, word string) (V, error) {
	v, ok := words[word]
	if !ok {
		return v, fault.New(fault.Usage, "choose one of: "+choices(words), "--%s: there is no %.40q", flag, word)
	}
	return v, nil
}

func choices[V any](words map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(words)), ", ")
}

func (e *cardEnrolment) run(ctx context.Context) error {
	defer e.witness.close()
	ask := enrol.Ask{Keeper: e.keeper, Code: e.askCode}
	if e.witness != nil {
		ask.Witness = e.witness.vouch
	} else if e.flags.witnessed {
		ask.Witness = e.awaitWitness
	}
	t, err := enrolment.Enrol(ctx, e.app.App, e.name, e.invitation, e.flags.Flags, ask)
	if err != nil {
		return againOn(err)
	}
	return e.prove(ctx, t)
}

// againOn says of a failure that happens to the card or on the way to it that the same command
// goes on.
func againOn(err error) error {
	switch f := fault.Of(err); f.Kind {
	case fault.CardRemoved, fault.NoCard, fault.Unreachable:
		known := *f
		known.Next = "when that is put right, run the same command again: it goes on where it stopped"
		return &known
	}
	return err
}

// keeper looks at the card, asks for everything that is needed, and only then lets the card be
// changed.
func (e *cardEnrolment) keeper(ctx context.Context, left token.Left) (token.Keeper, error) {
	card, err := e.look(ctx)
	if err != nil {
		return nil, err
	}
	if card.Kind == piv.Plain {
		return nil, makesNoKeys()
	}
	if err := e.mayChange(ctx, card, left); err != nil {
		return nil, err
	}
	if err := e.witness.signIn(ctx); err != nil {
		return nil, err
	}
	ref := piv.Ref{Serial: card.Serial, GUID: card.GUID}
	setup, err := e.secrets(ctx, card, ref)
	if err != nil {
		return nil, err
	}
	e.pin = setup.PIN
	if !left.Made { // before the card is changed: whoever has no code has no use for that
		if e.code, err = e.flags.ReadCode(ctx, e.Screen); err != nil {
			return nil, err
		}
	}
	e.Screen.Say("Setting up the card and making its key; leave it in the reader.")
	return token.NewOnCard(token.Making{Card: ref, Setup: setup, Key: e.key, Use: e.Use(e.pin), Personalised: e.sayPUK}), nil
}

// askCode gives the code that was asked for; none was if the certificate seemed to be there.
func (e *cardEnrolment) askCode(ctx context.Context) (config.Secret, error) {
	if !e.code.IsZero() {
		return e.code, nil
	}
	return e.flags.ReadCode(ctx, e.Screen)
}

// prove signs in with the new token, and says how its key counts.
func (e *cardEnrolment) prove(ctx context.Context, t *token.Token) error {
	e.HasOpened(t, token.OnCard(t, e.Use(e.pin)))
	if err := standing.Print(e.Screen, t); err != nil {
		return err
	}
	c, err := e.SignInWith(ctx, t)
	if err != nil {
		return err
	}
	defer c.Close()
	done := e.Screen.Progress("signing in at " + t.Mutual)
	answer, err := c.Whoami(ctx)
	done()
	if err != nil {
		return fault.Of(err).During("the token is made and on the card; signing in with it")
	}
	e.Screen.Say("Signed in with the card as %s.", answer.Value.Name)
	if e.flags.witnessed && answer.Value.Level == certs.Software.String() {
		e.Screen.Warn("nobody vouched for the key in time: it counts as one in a file. For another try you need another code, and --replace.")
	}
	e.Screen.Say("Next: 'tokenctl browser setup' shows the card to your browser; 'tokenctl search' looks people up from here.")
	return nil
}
