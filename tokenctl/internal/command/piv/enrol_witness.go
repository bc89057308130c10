package piv

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/vouch"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// witness is an administrator beside the officer, who saw that the key was made on the card.
// A nil witness does nothing.
type witness struct {
	app    *command.App // with the witness's own secrets
	token  *token.Token
	holder string // the address of who is enrolled
	client *client.Client
}

// newWitness opens the token called name; "" is no witness.
func (a *app) newWitness(name, file, holder string) (*witness, error) {
	if name == "" {
		return nil, nil
	}
	home, err := a.Tokens()
	if err != nil {
		return nil, err
	}
	t, err := home.Open(name)
	if err != nil {
		return nil, err
	}
	if t.Holder == holder {
		return nil, fault.New(fault.Usage, "have an administrator vouch for it", "nobody vouches for their own card")
	}
	own := a.ForAnother(t, file)
	source := own.PassphraseOf(name)
	if t.Card != nil {
		source = own.PINSource()
	}
	source.Flag = "--witness-file"
	if t.Card != nil || t.Encrypted() {
		if err := source.Ready(); err != nil {
			return nil, err
		}
	}
	return &witness{app: own, token: t, holder: holder}, nil
}

// signIn opens the witness's token and sees that the service takes it, before the card of
// another is changed.
func (w *witness) signIn(ctx context.Context) error {
	if w == nil {
		return nil
	}
	w.app.Screen.Say("The witness, %s, signs in.", w.token.Holder)
	c, err := w.app.SignInWith(ctx, w.token)
	if err == nil {
		w.client = c
		_, err = c.Whoami(ctx)
	}
	if err != nil {
		return fault.Of(err).During("the witness " + w.token.Name)
	}
	return nil
}

// vouch tells the service that the witness saw the key made on the card.
func (w *witness) vouch(ctx context.Context, key crypto.PublicKey, card api.Card) error {
	name, err := keyName(key)
	if err != nil {
		return err
	}
	_, err = w.client.Witness(ctx, api.WitnessRequest{Key: name, Email: w.holder, Card: card})
	if err != nil {
		return fault.Of(err).During("the witness " + w.token.Name)
	}
	return nil
}

// keyName is what a witness calls a key: the SHA-256 of its SubjectPublicKeyInfo.
func keyName(key crypto.PublicKey) (string, error) {
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(spki)
	return hex.EncodeToString(sum[:]), nil
}

// awaitWitness shows the key and the command for a witness at another machine, and waits until
// the person says that it was run.
func (e *cardEnrolment) awaitWitness(ctx context.Context, key crypto.PublicKey, card api.Card) error {
	name, err := keyName(key)
	if err != nil {
		return err
	}
	v := vouch.Word{Key: name, Email: e.invitation.Holder, Serial: card.Serial, GUID: card.GUID, Slot: card.Slot}
	return ui.Await(ctx, fmt.Sprintf(`The key is made. The witness compares it with what they are shown, all of it:

  %s

At their own machine the witness runs:

  %s

Wait until they have. Their word counts for ten minutes.`, form.KeyGroups(name), ui.Clean(v.Command())))
}

func (w *witness) close() {
	if w != nil && w.client != nil {
		w.client.Close()
	}
}
