package command

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"

	"mais/config"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// opened is the token that a command has opened, which costs a person one secret.
type opened struct {
	serial string
	keeper token.Keeper
}

// Keeper asks for what opens a token's key: the passphrase of the one in a file, the PIN of
// the one on a card. It asks once a command.
func (a *App) Keeper(ctx context.Context, t *token.Token) (token.Keeper, error) {
	if a.opened.serial == t.Serial {
		return a.opened.keeper, nil
	}
	ask := a.fileKeeper
	if t.Card != nil {
		ask = a.cardKeeper
	}
	keeper, err := ask(ctx, t)
	if err != nil {
		return nil, err
	}
	a.HasOpened(t, keeper)
	return keeper, nil
}

// HasOpened spares a person the question for a secret that they have given already.
func (a *App) HasOpened(t *token.Token, keeper token.Keeper) { a.opened = opened{t.Serial, keeper} }

// ForAnother is the app of somebody else who signs in here, with a token of theirs: what opens it
// is asked for anew, or read from the file.
func (a *App) ForAnother(t *token.Token, file string) *App {
	other := *a
	other.opened, other.PassphraseFile, other.PINFile = opened{}, file, ""
	if t.Card != nil {
		other.PassphraseFile, other.PINFile = "", file
	}
	return &other
}

// Unlock opens a token's key.
func (a *App) Unlock(ctx context.Context, t *token.Token) (tls.Certificate, error) {
	keeper, err := a.Keeper(ctx, t)
	if err != nil {
		return tls.Certificate{}, err
	}
	return t.Unlock(keeper)
}

// fileKeeper asks for the passphrase, unless the key is in the clear, and sees that it is right.
func (a *App) fileKeeper(ctx context.Context, t *token.Token) (token.Keeper, error) {
	if !t.Encrypted() {
		return token.InFile(config.Secret{}), nil
	}
	passphrase, err := a.PassphraseOf(t.Name).Get(ctx, a.Screen)
	return token.InFile(passphrase), err
}

// PassphraseOf is where the passphrase of a token comes from.
func (a *App) PassphraseOf(name string) ui.Source {
	return ui.Source{What: "passphrase of the token " + name, File: a.PassphraseFile, Flag: "--passphrase-file"}
}

// cardKeeper finds the token's card, asks for its PIN and has the card check it, before any
// connection is made. The card is not kept while a person types.
func (a *App) cardKeeper(ctx context.Context, t *token.Token) (token.Keeper, error) {
	pin, err := a.CardPIN(ctx, "the token "+t.Name, t.Choice())
	if err != nil {
		return nil, err
	}
	return token.OnCard(t, a.Use(pin)), nil
}

// CardPIN asks for the PIN of a card, the tries left said first, and has the card check it. The
// last try is not spent on a file's. whose says what the card is wanted for.
func (a *App) CardPIN(ctx context.Context, whose string, which piv.Choice) (config.Secret, error) {
	source := a.PINSource()
	if err := source.Ready(); err != nil {
		return config.Secret{}, err
	}
	if source.File == "" {
		tries, err := a.triesOf(ctx, whose, which)
		if err != nil {
			return config.Secret{}, err
		}
		source.What += piv.TriesPrompt(tries)
	}
	pin, err := source.Get(ctx, a.Screen)
	if err != nil {
		return config.Secret{}, err
	}
	card, err := a.OpenFor(ctx, whose, which)
	if err != nil {
		return config.Secret{}, err
	}
	defer card.Close()
	if source.File != "" {
		if tries, err := card.PINTries(); err != nil {
			return config.Secret{}, err
		} else if tries == 1 {
			return config.Secret{}, piv.LastTry("PIN")
		}
	}
	return pin, wasReset(card, card.VerifyPIN(pin))
}

// wasReset tells a wrong PIN from one that a card has lost: after a reset it has the factory's.
func wasReset(card *piv.Card, err error) error {
	if !fault.Is(err, fault.WrongPIN) {
		return err
	}
	s, unread := card.Summary()
	if unread != nil || !slices.Contains(s.Factory, piv.FactoryPIN) {
		return err
	}
	return fault.New(fault.Damaged, "ask your administrator for a new invitation, and run 'tokenctl piv enrol --replace'",
		"the card was reset: it has the PIN of the factory, and not the token's key")
}

// PINSource is where the PIN of a card comes from.
func (a *App) PINSource() ui.Source {
	return ui.Source{What: "PIN of the card", File: a.PINFile, Flag: "--pin-file"}
}

// triesOf returns how often the PIN may still be wrong; where that is never, nobody is asked
// for it.
func (a *App) triesOf(ctx context.Context, whose string, which piv.Choice) (int, error) {
	card, err := a.OpenFor(ctx, whose, which)
	if err != nil {
		return 0, err
	}
	defer card.Close()
	tries, err := card.PINTries()
	if err == nil && tries == 0 {
		err = piv.Blocked("PIN")
	}
	return tries, err
}

// OpenFor opens a card and says, when it is not there, what it is wanted for.
func (a *App) OpenFor(ctx context.Context, whose string, which piv.Choice) (*piv.Card, error) {
	card, err := piv.Open(ctx, which, a.SayWaiting)
	if fault.Is(err, fault.NoCard) && which.Serial != 0 {
		return nil, fault.Of(err).During(fmt.Sprintf("%s is on card %d", whose, which.Serial))
	}
	return card, err
}

// Use is how a card's key is used by a command of ours.
func (a *App) Use(pin config.Secret) piv.Use {
	return piv.Use{PIN: pin, Waiting: a.SayWaiting, Touch: a.sayTouch}
}

// SayWaiting says what a command waits for.
func (a *App) SayWaiting() { a.Screen.Say("Waiting for another tokenctl to finish with the card.") }

// sayTouch begins a line, because a spinner may stand on this one.
func (a *App) sayTouch() { a.Screen.Say("\nTouch the card now.") }
