// Package enrol gets certificates for tokens: the first one with the code of an invitation
// ([Enrol]), the next ones with the present one ([Renew]).
//
// Both have the new key in its place, on disk or on a card, before they send anything, check
// what comes back before they believe it, and put the token in its place whole. Either can be
// run again after any interruption and goes on where it stopped. The package prints nothing;
// it asks for secrets through functions that its caller gives, at the moment they are needed.
package enrol

import (
	"context"
	"crypto"
	"crypto/x509"
	"net/url"
	"time"

	"mais/certs"
	"mais/certs/pins"
	"mais/config"
	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// Invitation is what the invited person or site was told, besides the code.
type Invitation struct {
	Server *url.URL
	Root   certs.Fingerprint
	Kind   certs.Kind // User or Site
	Holder string     // the email address, or the site's name
	Card   bool       // its key is to be on a card, and not in a file
}

// Ask gives what an enrolment needs of people, in this order. The service has been reached and
// has proved itself before the first is called.
type Ask struct {
	// Keeper says where the key is to be kept, with the passphrase or the PIN for it; left is
	// what an interrupted attempt has made already.
	Keeper func(ctx context.Context, left token.Left) (token.Keeper, error)
	// Witness has somebody vouch for the key before it is certified; nil: nobody does.
	Witness func(ctx context.Context, key crypto.PublicKey, card api.Card) error
	// Code is that of the invitation.
	Code func(ctx context.Context) (config.Secret, error)
}

// Enrol makes the token called name in home. A token of that name stands in the way unless
// replace is set or it is expired or revoked.
func Enrol(ctx context.Context, home token.Home, name string, in Invitation, ask Ask, replace bool) (*token.Token, error) {
	lock, err := home.Lock(name)
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	if err := vacant(home, name, replace); err != nil {
		return nil, err
	}
	public, root, err := reach(ctx, in)
	if err != nil {
		return nil, err
	}
	defer public.Close()
	pending, err := prepare(ctx, lock, token.Intent{Act: "enrol", Server: in.Server.String(), Root: in.Root.String(), For: in.Holder, Card: in.Card}, ask.Keeper)
	if err != nil {
		return nil, err
	}
	if !pending.Made {
		keys, err := public.FirstPins(ctx)
		if err != nil {
			return nil, err
		}
		if err := request(ctx, public, pending, in, root, keys, ask); err != nil {
			return nil, err
		}
	}
	if err := pending.Commit(ctx); err != nil {
		return nil, err
	}
	return home.Open(name)
}

// reach fetches the root and then has the service prove itself by it, before any secret is asked
// for.
func reach(ctx context.Context, in Invitation) (*client.Client, *x509.Certificate, error) {
	root, err := client.FetchRoot(ctx, in.Server, in.Root)
	if err != nil {
		return nil, nil, err
	}
	public := client.Public(in.Server, root)
	if err := public.Reach(ctx); err != nil {
		public.Close()
		return nil, nil, err
	}
	return public, root, nil
}

func vacant(home token.Home, name string, replace bool) error {
	old, err := home.Open(name)
	switch {
	case fault.Is(err, fault.NoSuchToken) || replace:
		return nil
	case err != nil:
		return err
	}
	if state := old.State(time.Now()); state == token.StateExpired || state == token.StateRevoked || state == token.StateSuperseded {
		return nil
	}
	return fault.New(fault.Usage, "choose another name with --token, or give --replace to throw the old one away",
		"there is a token %q already, for %s", name, old.Holder)
}

// prepare takes up the key of an interrupted attempt, or makes one.
func prepare(ctx context.Context, lock *token.Lock, intent token.Intent, ask func(context.Context, token.Left) (token.Keeper, error)) (*token.Pending, error) {
	left, err := lock.Waiting(intent, time.Now())
	if err != nil {
		return nil, err
	}
	keeper, err := ask(ctx, left)
	if err != nil {
		return nil, err
	}
	if left.Key {
		return lock.Resume(ctx, intent, keeper, time.Now())
	}
	return lock.Start(ctx, intent, keeper, time.Now())
}

// request has the pending key certified, and fills the token.
func request(ctx context.Context, public *client.Client, pending *token.Pending, in Invitation, root *x509.Certificate, keys pins.Announcement, ask Ask) error {
	code, err := ask.Code(ctx)
	if err != nil {
		return err
	}
	if card := pending.Evidence.Card; card != nil && ask.Witness != nil {
		if err := ask.Witness(ctx, pending.Key.Public(), *card); err != nil {
			return err
		}
	}
	csr, err := certs.NewRequest(pending.Key)
	if err != nil {
		return err
	}
	answer, err := public.Enrol(ctx, api.EnrolRequest{Email: in.Holder, Code: string(code.Reveal()), CSR: string(certs.EncodeRequest(csr)), KeyEvidence: pending.Evidence})
	if err != nil {
		return orTheMaker(err, pending.Evidence)
	}
	contents, err := check(answer.Value, pending.Key.Public(), root, in.Kind, time.Now())
	if err != nil {
		return err
	}
	contents.Meta.Public, contents.Meta.Holder = in.Server.String(), in.Holder
	contents.Pins = keys
	return pending.Fill(contents)
}
