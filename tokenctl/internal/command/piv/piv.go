// Package piv has the commands that make a smart card a person's and look after it. What a card is
// told stands in the package piv that they import.
package piv

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mais/config"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/ui"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

// cardFlags say which card is meant where there are several.
type cardFlags struct {
	reader string
	serial uint32
}

func (f *cardFlags) choice() piv.Choice { return piv.Choice{Reader: f.reader, Serial: f.serial} }

// New returns 'tokenctl piv'.
func New(shared *command.App) *cobra.Command {
	a := &app{shared}
	which := new(cardFlags)
	cmd := &cobra.Command{
		Use:   "piv",
		Short: "Make a smart card yours, and look after it",
		Long: `Make a smart card (PIV, NIST SP 800-73) yours, and look after it: its PIN and PUK, the
key with which you sign in, and what its maker says of it.

The PIN is six to eight digits. The card counts wrong ones, three as a rule, and then
blocks; the PUK unblocks it, and is counted likewise. A card whose PUK is blocked can
only be reset. Neither is ever given in an argument: they are asked for, the tries
left said first, or read from a file.

A card is used by one program at a time. tokenctl takes it for as long as a signature
or a change lasts; several tokenctls wait for one another. A browser that keeps the
card has to be closed for changes.`,
	}
	flags := cmd.PersistentFlags()
	flags.StringVar(&which.reader, "reader", "", "`part` of the reader's name, where there are several")
	flags.Uint32Var(&which.serial, "serial", 0, "serial `number` of the card, where there are several")
	cmd.RegisterFlagCompletionFunc("reader", completeReader)
	cmd.RegisterFlagCompletionFunc("serial", completeSerial)
	cmd.AddCommand(
		newPIVList(a), newPIVInfo(a, which), newPIVEnrol(a, which), newPIVRenew(a, which), newPIVTest(a, which),
		newPIVPIN(a, which), newPIVPUK(a, which), newPIVRetries(a, which),
		newPIVAttest(a, which), newPIVReset(a, which), newPIVDoctor(a, which),
	)
	return cmd
}

func completeReader(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	readers, _ := piv.List(cmd.Context()) // who completes is not told of faults
	for _, r := range readers {
		names = append(names, r.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func completeSerial(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var serials []string
	readers, _ := piv.List(cmd.Context())
	for _, r := range readers {
		if r.Card != nil && r.Card.Serial != 0 {
			serials = append(serials, strconv.FormatUint(uint64(r.Card.Serial), 10)+"\t"+r.Name)
		}
	}
	return serials, cobra.ShellCompDirectiveNoFileComp
}

// seen returns the reader with the card that is meant, read without disturbing who uses it.
func seen(ctx context.Context, which *cardFlags) (piv.Reader, error) {
	readers, err := piv.List(ctx)
	if err != nil {
		return piv.Reader{}, err
	}
	var with []piv.Reader
	var names []string
	for _, r := range readers {
		if !strings.Contains(strings.ToLower(r.Name), strings.ToLower(which.reader)) || r.Card == nil && r.Fault == nil {
			continue
		}
		if which.serial != 0 && (r.Card == nil || r.Card.Serial != which.serial) {
			continue
		}
		with = append(with, r)
		names = append(names, r.Name)
	}
	switch {
	case len(with) == 1 && with[0].Card == nil:
		return piv.Reader{}, with[0].Fault
	case len(with) == 1:
		return with[0], nil
	case len(with) > 1:
		return piv.Reader{}, fault.New(fault.Usage, "choose one with --reader or --serial; 'tokenctl piv list' shows them", "there are cards in several readers: %s", strings.Join(names, ", "))
	case which.serial != 0 || which.reader != "":
		return piv.Reader{}, fault.New(fault.NoCard, "put it in, or see 'tokenctl piv list'", "that card is in none of the readers")
	}
	return piv.Reader{}, fault.New(fault.NoCard, "put the card in", "there is no card in any reader")
}

// choiceOf names the card that was seen for those that open it, by its GUID where it tells no
// serial number: what was typed for one card is not for another that was put in since.
func choiceOf(r piv.Reader) piv.Choice {
	return piv.Choice{Reader: r.Name, Serial: r.Card.Serial, GUID: r.Card.GUID}
}

// onCard opens the card for a moment.
func (a *app) onCard(ctx context.Context, which piv.Choice, work func(*piv.Card) error) error {
	card, err := piv.Open(ctx, which, a.SayWaiting)
	if err != nil {
		return err
	}
	defer card.Close()
	return work(card)
}

// oldSecret asks for a PIN or PUK that a card has, the tries left said first; one that is
// blocked is not asked for, and the last try is a person's.
func (a *app) oldSecret(ctx context.Context, source ui.Source, kind string, tries int) (config.Secret, error) {
	if tries == 0 {
		return config.Secret{}, piv.Blocked(kind)
	}
	if source.File != "" && tries == 1 {
		return config.Secret{}, piv.LastTry(kind)
	}
	if source.File == "" {
		source.What += piv.TriesPrompt(tries)
	}
	return source.Get(ctx, a.Screen)
}

// newSecret asks for a PIN or PUK that is being chosen: twice on a terminal.
func (a *app) newSecret(ctx context.Context, source ui.Source, check func(config.Secret) error) (config.Secret, error) {
	chosen, err := source.Get(ctx, a.Screen)
	if err != nil {
		return config.Secret{}, err
	}
	if err := check(chosen); err != nil || source.File != "" {
		return chosen, err
	}
	again, err := ui.Source{What: "the same again"}.Get(ctx, a.Screen)
	if err == nil && !bytes.Equal(again.Reveal(), chosen.Reveal()) { // both typed here and now: nothing to time
		err = fault.New(fault.Usage, "start again", "the two differ; the card was not changed")
	}
	return chosen, err
}

// cardID is how people name a card.
func cardID(s piv.Summary) string {
	switch {
	case s.Serial != 0:
		return strconv.FormatUint(uint64(s.Serial), 10)
	case s.GUID != "":
		return s.GUID
	}
	return "the card"
}

// kindWords name the kinds of cards for people.
var kindWords = map[string]string{
	piv.YubiKey: "YubiKey, or like one", piv.Plain: "PIV card without a maker's extensions", piv.Other: "not a PIV card",
}

func triesWord(n int) string {
	switch {
	case n < 0:
		return "not told"
	case n == 0:
		return "blocked"
	}
	return fmt.Sprint(n)
}
