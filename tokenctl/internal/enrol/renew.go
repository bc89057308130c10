package enrol

import (
	"context"
	"errors"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// Renew puts a new certificate for the same holder in the place of a token's: with a new key
// under the same passphrase, or for the same key where that is on a card. The old ones stay
// until the service has recognised the new.
func Renew(ctx context.Context, home token.Home, name string, keeper token.Keeper) (*token.Token, error) {
	lock, err := home.Lock(name)
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	old, err := home.Open(name) // under the lock: nobody replaces it from here on
	if err != nil {
		return nil, err
	}
	own, err := old.Unlock(keeper)
	if err != nil {
		return nil, err
	}
	intent := token.Intent{Act: "renew", Server: old.Mutual, Root: certs.FingerprintOf(old.Root.Raw).String(), For: old.Serial, Card: old.Card != nil}
	same := func(context.Context, token.Left) (token.Keeper, error) { return keeper, nil }
	pending, err := prepare(ctx, lock, intent, same)
	if err != nil {
		return nil, err
	}
	if !pending.Made {
		with, err := client.Mutual(old, own)
		if err != nil {
			return nil, err
		}
		defer with.Close()
		if err := requestNext(ctx, with, pending, old); err != nil {
			return nil, err
		}
	}
	if err := prove(ctx, pending); err != nil {
		return nil, err
	}
	if err := pending.Commit(ctx); err != nil {
		return nil, err
	}
	return home.Open(name)
}

func requestNext(ctx context.Context, with *client.Client, pending *token.Pending, old *token.Token) error {
	csr, err := certs.NewRequest(pending.Key)
	if err != nil {
		return err
	}
	answer, err := with.Renew(ctx, api.RenewRequest{CSR: string(certs.EncodeRequest(csr)), KeyEvidence: pending.Evidence})
	if err != nil {
		return err
	}
	was, err := certs.IdentityOf(old.Certificate())
	if err != nil {
		return err
	}
	contents, err := check(answer.Value, pending.Key.Public(), old.Root, was.Kind(), time.Now())
	if err != nil {
		return err
	}
	if contents.Meta.User != old.User {
		return fault.New(fault.BadAnswer, "tell your administrator; the old token was kept",
			"the new certificate speaks for %s instead of %s", contents.Meta.User, old.User)
	}
	contents.Meta.Public, contents.Meta.Holder, contents.Pins = old.Public, old.Holder, old.Pins
	return pending.Fill(contents)
}

// hopeless are the refusals after which a certificate that is not in use yet never will be.
var hopeless = map[fault.Kind]bool{fault.UnknownToken: true, fault.Expired: true, fault.Revoked: true, fault.Superseded: true}

// prove has the service recognise the new certificate before the old one is given up.
func prove(ctx context.Context, pending *token.Pending) error {
	made, err := pending.Token()
	if err != nil {
		return err
	}
	c, err := client.Mutual(made, token.TLSCertificate(pending.Key, made.Chain))
	if err != nil {
		return err
	}
	defer c.Close()
	answer, err := c.Whoami(ctx)
	if err != nil {
		f := fault.Of(err)
		if hopeless[f.Kind] {
			if err := pending.Discard(); err != nil {
				return err
			}
		}
		return f.During("prove the new certificate; the old one was kept")
	}
	if answer.Value.Serial != made.Serial {
		return fault.New(fault.BadAnswer, "tell your administrator; the old token was kept",
			"the service does not recognise the new certificate").Because(errors.New("whoami names the serial " + answer.Value.Serial))
	}
	return nil
}
