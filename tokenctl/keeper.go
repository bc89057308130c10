package main

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

// keeper asks for what opens a token's key: the passphrase of the one in a file, the PIN of
// the one on a card. It asks once a command.
func (a *app) keeper(ctx context.Context, t *token.Token) (token.Keeper, error) {
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
	a.opened = opened{t.Serial, keeper}
	return keeper, nil
}

// forAnother is the app of somebody else who signs in here, with a token of theirs: what opens it
// is asked for anew, or read from the file.
func (a *app) forAnother(t *token.Token, file string) *app {
	other := *a
	other.opened, other.passphraseFile, other.pinFile = opened{}, file, ""
	if t.Card != nil {
		other.passphraseFile, other.pinFile = "", file
	}
	return &other
}

// unlock opens a token's key.
func (a *app) unlock(ctx context.Context, t *token.Token) (tls.Certificate, error) {
	keeper, err := a.keeper(ctx, t)
	if err != nil {
		return tls.Certificate{}, err
	}
	return t.Unlock(keeper)
}

// fileKeeper asks for the passphrase, unless the key is in the clear, and sees that it is right.
func (a *app) fileKeeper(ctx context.Context, t *token.Token) (token.Keeper, error) {
	if !t.Encrypted() {
		return token.InFile(config.Secret{}), nil
	}
	passphrase, err := a.passphraseOf(t.Name).Get(ctx, a.screen)
	return token.InFile(passphrase), err
}

// passphraseOf is where the passphrase of a token comes from.
func (a *app) passphraseOf(name string) ui.Source {
	return ui.Source{What: "passphrase of the token " + name, File: a.passphraseFile, Flag: "--passphrase-file"}
}

// cardKeeper finds the token's card, asks for its PIN and has the card check it, before any
// connection is made. The card is not kept while a person types.
func (a *app) cardKeeper(ctx context.Context, t *token.Token) (token.Keeper, error) {
	pin, err := a.cardPIN(ctx, "the token "+t.Name, t.Choice())
	if err != nil {
		return nil, err
	}
	return token.OnCard(t, a.use(pin)), nil
}

// cardPIN asks for the PIN of a card, the tries left said first, and has the card check it. The
// last try is not spent on a file's. whose says what the card is wanted for.
func (a *app) cardPIN(ctx context.Context, whose string, which piv.Choice) (config.Secret, error) {
	source := a.pinSource()
	if err := source.Ready(); err != nil {
		return config.Secret{}, err
	}
	if source.File == "" {
		tries, err := a.triesOf(ctx, whose, which)
		if err != nil {
			return config.Secret{}, err
		}
		source.What += triesLeft(tries)
	}
	pin, err := source.Get(ctx, a.screen)
	if err != nil {
		return config.Secret{}, err
	}
	card, err := a.openFor(ctx, whose, which)
	if err != nil {
		return config.Secret{}, err
	}
	defer card.Close()
	if source.File != "" {
		if tries, err := card.PINTries(); err != nil {
			return config.Secret{}, err
		} else if tries == 1 {
			return config.Secret{}, lastTry("PIN")
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
	if unread != nil || !slices.Contains(s.Factory, factoryPIN) {
		return err
	}
	return fault.New(fault.Damaged, "ask your administrator for a new invitation, and run 'tokenctl piv enrol --replace'",
		"the card was reset: it has the PIN of the factory, and not the token's key")
}

// pinSource is where the PIN of a card comes from.
func (a *app) pinSource() ui.Source {
	return ui.Source{What: "PIN of the card", File: a.pinFile, Flag: "--pin-file"}
}

// triesOf returns how often the PIN may still be wrong; where that is never, nobody is asked
// for it.
func (a *app) triesOf(ctx context.Context, whose string, which piv.Choice) (int, error) {
	card, err := a.openFor(ctx, whose, which)
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

// openFor opens a card and says, when it is not there, what it is wanted for.
func (a *app) openFor(ctx context.Context, whose string, which piv.Choice) (*piv.Card, error) {
	card, err := piv.Open(ctx, which, a.sayWaiting)
	if fault.Is(err, fault.NoCard) && which.Serial != 0 {
		return nil, fault.Of(err).During(fmt.Sprintf("%s is on card %d", whose, which.Serial))
	}
	return card, err
}

// use is how a card's key is used by a command of ours.
func (a *app) use(pin config.Secret) piv.Use {
	return piv.Use{PIN: pin, Waiting: a.sayWaiting, Touch: a.sayTouch}
}

// sayWaiting says what a command waits for.
func (a *app) sayWaiting() { a.screen.Say("Waiting for another tokenctl to finish with the card.") }

// sayTouch begins a line, because a spinner may stand on this one.
func (a *app) sayTouch() { a.screen.Say("\nTouch the card now.") }
