// Package enrol gets certificates for tokens: the first one with the code of an invitation
// ([Enrol]), the next ones with the present one ([Renew]).
//
// Both keep the new key on disk before they send anything, check what comes back before
// they believe it, and put the token in its place whole. Either can be run again after any
// interruption and goes on where it stopped. The package prints nothing; it asks for
// secrets through functions that its caller gives, at the moment they are needed.
package enrol

import (
	"context"
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
}

// Ask gives the secrets of an enrolment. Passphrase is asked for a new key or, when resumed,
// for the one that an interrupted attempt left; a zero passphrase keeps the key in the clear.
type Ask struct {
	Passphrase func(ctx context.Context, resumed bool) (config.Secret, error)
	Code       func(ctx context.Context) (config.Secret, error)
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
	// Root, then the verified connection, and only then any secret.
	root, err := client.FetchRoot(ctx, in.Server, in.Root)
	if err != nil {
		return nil, err
	}
	public := client.Public(in.Server, root)
	defer public.Close()
	if err := public.Reach(ctx); err != nil {
		return nil, err
	}
	pending, err := prepare(ctx, lock, token.Intent{Act: "enrol", Server: in.Server.String(), Root: in.Root.String(), For: in.Holder}, ask.Passphrase)
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
	if err := pending.Commit(); err != nil {
		return nil, err
	}
	return home.Open(name)
}

func vacant(home token.Home, name string, replace bool) error {
	old, err := home.Open(name)
	switch {
	case fault.Is(err, fault.NoSuchToken) || replace:
		return nil
	case err != nil:
		return err
	}
	if state := old.State(time.Now()); state == token.StateExpired || state == token.StateRevoked {
		return nil
	}
	return fault.New(fault.Usage, "choose another name with --token, or give --replace to throw the old one away",
		"there is a token %q already, for %s", name, old.Holder)
}

// prepare takes up the key of an interrupted attempt, or makes one.
func prepare(ctx context.Context, lock *token.Lock, intent token.Intent, ask func(context.Context, bool) (config.Secret, error)) (*token.Pending, error) {
	resumed, err := lock.Waiting(intent, time.Now())
	if err != nil {
		return nil, err
	}
	passphrase, err := ask(ctx, resumed)
	if err != nil {
		return nil, err
	}
	if resumed {
		return lock.Resume(intent, passphrase, time.Now())
	}
	return lock.Start(intent, passphrase, time.Now())
}

// request has the pending key certified, and fills the token.
func request(ctx context.Context, public *client.Client, pending *token.Pending, in Invitation, root *x509.Certificate, keys pins.Announcement, ask Ask) error {
	code, err := ask.Code(ctx)
	if err != nil {
		return err
	}
	csr, err := certs.NewRequest(pending.Key)
	if err != nil {
		return err
	}
	answer, err := public.Enrol(ctx, api.EnrolRequest{Email: in.Holder, Code: string(code.Reveal()), CSR: string(certs.EncodeRequest(csr))})
	if err != nil {
		return err
	}
	contents, err := check(answer.Value, pending.Key, root, in.Kind, time.Now())
	if err != nil {
		return err
	}
	contents.Meta.Public, contents.Meta.Holder = in.Server.String(), in.Holder
	contents.Pins = keys
	return pending.Fill(contents)
}
