package piv

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"

	"mais/certs"
	"mais/config"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// look returns how the card is, and shows it.
func (e *cardEnrolment) look(ctx context.Context) (piv.Summary, error) {
	card, err := piv.Open(ctx, e.which, e.SayWaiting)
	if err != nil {
		return piv.Summary{}, err
	}
	defer card.Close()
	s, err := card.Summary()
	if err == nil {
		e.Screen.Say("The card: %s.", describeCard(s))
	}
	return s, err
}

// describeCard says which card it is and what is on it.
func describeCard(s piv.Summary) string {
	said := []string{s.Kind}
	if s.Serial != 0 {
		said = append(said, "serial "+strconv.FormatUint(uint64(s.Serial), 10))
	}
	if len(s.Slots) == 0 {
		return strings.Join(append(said, "no keys on it"), ", ")
	}
	for _, slot := range s.Slots {
		said = append(said, "slot "+slot.Name+" in use")
	}
	return strings.Join(said, ", ")
}

// mayChange lets a card be changed whose slot is empty or has the key of an earlier attempt;
// a key that somebody uses is destroyed only if they say so.
func (e *cardEnrolment) mayChange(ctx context.Context, card piv.Summary, left token.Left) error {
	at := slices.IndexFunc(card.Slots, func(s piv.Slot) bool { return s.Name == e.key.Slot })
	switch {
	case at < 0:
		return nil
	case leftBehind(card, card.Slots[at], left.Card):
		e.Screen.Say("An earlier attempt left its key on the card, which is used again.")
		return nil
	case e.flags.Replace:
		e.Screen.Say("The key in slot %s is replaced.", e.key.Slot)
		return nil
	case !ui.HasTerminal():
		return fault.New(fault.Usage, "give --replace if nobody needs that key any more", "slot %s of the card is in use, and its key would be destroyed", e.key.Slot)
	}
	return ui.Confirm(ctx, "Slot "+e.key.Slot+" of the card is in use. Its key is destroyed: whoever signs in with it can't any more.", cardWord(card))
}

// leftBehind reports whether what is in the slot is an earlier attempt's of the same enrolment.
func leftBehind(card piv.Summary, slot piv.Slot, mark token.Mark) bool {
	if mark.Slot != slot.Name || mark.Serial != card.Serial || card.Serial == 0 && mark.GUID != card.GUID {
		return false
	}
	key := slot.Public
	if key == nil && slot.Certificate != nil {
		key = slot.Certificate.PublicKey
	}
	if mark.Key == nil || key == nil { // it broke off while the key was made, or the card does not tell
		return slot.Certificate == nil
	}
	return certs.SameKey(mark.Key, key)
}

// cardWord is what a person types who means this card.
func cardWord(card piv.Summary) string {
	if card.Serial != 0 {
		return strconv.FormatUint(uint64(card.Serial), 10)
	}
	return "replace"
}

// secrets asks for what the card does not have yet, a PIN that is chosen and a PUK, and for
// the PIN that it has.
func (e *cardEnrolment) secrets(ctx context.Context, card piv.Summary, ref piv.Ref) (setup piv.Setup, err error) {
	switch {
	case !card.TellsFactory:
		e.Screen.Say("The card does not tell whether it has a PIN already. If it has, give that one; if not, choose one.")
		setup.PIN, err = e.newPIN(ctx, card)
	case slices.Contains(card.Factory, piv.FactoryPIN):
		setup.PIN, err = e.newPIN(ctx, card)
	default:
		setup.PIN, err = e.CardPIN(ctx, "the enrolment", e.named(ref))
		setup.OldPIN = setup.PIN
	}
	if err != nil || card.NoPUK {
		return setup, err
	}
	factory := slices.Contains(card.Factory, piv.FactoryPUK)
	if !card.TellsFactory {
		if factory, err = e.askForPUK(ctx, e.named(ref)); err != nil {
			return setup, err
		}
	}
	if factory {
		setup.PUK, err = e.newPUK(ctx)
	}
	return setup, err
}

// named is the card that was looked at, as far as it has a name.
func (e *cardEnrolment) named(ref piv.Ref) piv.Choice {
	return piv.Choice{Reader: e.which.Reader, Serial: ref.Serial, GUID: ref.GUID}
}

// askForPUK finds out whether a card that does not tell takes a new PUK, before one is shown.
func (e *cardEnrolment) askForPUK(ctx context.Context, which piv.Choice) (factory bool, err error) {
	var spent bool
	err = e.onCard(ctx, which, func(c *piv.Card) error {
		factory, spent, err = c.FactoryPUK()
		return err
	})
	switch {
	case err != nil:
	case spent:
		e.Screen.Warn("the card has a PUK of its own already, which stays. To find that out cost one of its tries: whoever has it sets them anew with 'tokenctl piv puk change'.")
	case !factory:
		e.Screen.Say("The card keeps the PUK that it has.")
	}
	return factory, err
}

// sayPUK says it when the PUK that was shown is not the card's, and what it cost to find out.
func (e *cardEnrolment) sayPUK(done piv.Personalised) {
	if done.PUKTrySpent {
		e.Screen.Warn("one try of the card's PUK was spent: it is another than the factory's.")
	}
	if done.PUKKept {
		e.Screen.Warn("the PUK that you were given just now was not set: the card keeps the one that it had.")
	}
}

// newPIN asks for a PIN that is being chosen, or that a card which does not tell has already.
func (a *app) newPIN(ctx context.Context, card piv.Summary) (config.Secret, error) {
	if !card.TellsFactory && card.PINTries == 0 {
		return config.Secret{}, piv.Blocked("PIN")
	}
	return a.newSecret(ctx, newPINSource(a.PINSource(), card), piv.CheckPIN)
}

// newPINSource says the tries left where the answer may spend one.
func newPINSource(source ui.Source, card piv.Summary) ui.Source {
	source.What = "new PIN for the card, six to eight digits"
	if !card.TellsFactory {
		source.What = "PIN for the card, six to eight digits" + piv.TriesPrompt(card.PINTries)
	}
	return source
}

// newPUK returns the PUK that the card is to have. It is in a file or written down before the
// card has it, so that no interruption loses it, and never in the answer of --json, which is
// kept in logs.
func (e *cardEnrolment) newPUK(ctx context.Context) (config.Secret, error) {
	file := e.flags.pukFile
	if _, err := os.Stat(file); file != "" && err == nil {
		puk, err := ui.Source{What: "PUK of the card", File: file}.Get(ctx, e.Screen)
		if err != nil {
			return config.Secret{}, err
		}
		return puk, piv.CheckPUK(puk)
	} else if file != "" && !errors.Is(err, fs.ErrNotExist) {
		return config.Secret{}, fault.New(fault.Usage, "", "--puk-file").Because(err)
	}
	puk, err := randomPUK()
	if err != nil {
		return config.Secret{}, err
	}
	if file != "" {
		if err := config.WriteSecret(file, puk); err != nil {
			return config.Secret{}, fault.New(fault.Usage, "choose another file with --puk-file", "keep the PUK").Because(err)
		}
		e.Screen.Say("The PUK, which unblocks the PIN, is in %s: keep it apart from the card.", file)
		return puk, nil
	}
	if !ui.HasTerminal() {
		return config.Secret{}, fault.New(fault.NeedsSecret, "name a file for it with --puk-file", "the card gets a PUK, and there is no terminal to show it on")
	}
	return puk, ui.Confirm(ctx, fmt.Sprintf("The PUK of the card is %s. It unblocks the PIN, and is never shown again:\nwrite it down, and keep it apart from the card.", puk.Reveal()), "written")
}

// randomPUK makes a PUK of eight digits, which every card takes.
func randomPUK() (config.Secret, error) {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
		if err != nil {
			return config.Secret{}, err
		}
		puk := config.NewSecret(fmt.Appendf(nil, "%08d", n))
		if piv.CheckPUK(puk) == nil {
			return puk, nil
		}
	}
}
