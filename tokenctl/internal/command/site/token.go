package site

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"

	"mais/certs"
	"mais/config"
	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// Where systemd puts what LoadCredential= names, and the name that 'site unit' gives.
const (
	credentialsVariable  = "CREDENTIALS_DIRECTORY"
	passphraseCredential = "passphrase"
)

// openSite opens the chosen token, which has to be a site's.
func (a *app) openSite() (*token.Token, error) {
	t, err := a.Open()
	if err != nil {
		return nil, err
	}
	if t.Kind != certs.Site.String() {
		return nil, fault.New(fault.Usage, "choose a site's with --token; a person renews with 'tokenctl renew'", "%s is the token of a user", t.Name)
	}
	return t, nil
}

// sitePassphrase reads the passphrase of a site's token, anew each time since the file may
// be another after an enrolment. Nobody is asked: nobody is there.
func (a *app) sitePassphrase(ctx context.Context, t *token.Token) (config.Secret, error) {
	if !t.Encrypted() {
		return config.Secret{}, nil
	}
	source := a.PassphraseOf(t.Name)
	if source.File == "" {
		source.File = credential()
	}
	if source.File == "" {
		return config.Secret{}, fault.New(fault.NeedsSecret, "name a file that holds it with --passphrase-file, or give the service the credential '"+passphraseCredential+"'",
			"the key of %s is under a passphrase, and nobody is asked for it here", t.Name)
	}
	return source.Get(ctx, a.Screen)
}

func credential() string {
	dir := os.Getenv(credentialsVariable)
	if dir == "" {
		return ""
	}
	path := filepath.Join(dir, passphraseCredential)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

func (a *app) unlockSite(ctx context.Context, t *token.Token) (tls.Certificate, error) {
	passphrase, err := a.sitePassphrase(ctx, t)
	if err != nil {
		return tls.Certificate{}, err
	}
	return t.Unlock(token.InFile(passphrase))
}

// standing asks the service whether a site's token is good, and that it is this site's.
func (a *app) standing(ctx context.Context, t *token.Token) (client.Answer[api.Whoami], error) {
	own, err := a.unlockSite(ctx, t)
	if err != nil {
		return client.Answer[api.Whoami]{}, err
	}
	c, err := client.Mutual(t, own)
	if err != nil {
		return client.Answer[api.Whoami]{}, err
	}
	defer c.Close()
	answer, err := c.Whoami(ctx)
	if f := c.PinFault(); err == nil && f != nil {
		a.Screen.Warn("The server announces new keys, which could not be learnt; the next call tries again: %v", f)
	}
	if err == nil && answer.Value.User != t.User {
		err = fault.New(fault.BadAnswer, "tell your administrator", "the service takes this site for %s", answer.Value.User)
	}
	return answer, err
}
