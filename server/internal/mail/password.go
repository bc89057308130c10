package mail

import (
	"context"
	"fmt"
	"time"
)

// SendReset sends the code that sets a password anew. Like an invitation's it is sent at once and
// never stored.
func (s *Service) SendReset(ctx context.Context, to, name, code string, expires time.Time) error {
	return s.sendOfPassword(ctx, "reset", to, letter{Name: name, Code: code, End: expires})
}

// passwordNews says in words what was done to a password.
var passwordNews = map[string]string{
	"registered":    "A password was set for you, with the code of your invitation.",
	"changed":       "Your password was changed, and your other sessions were ended.",
	"recovered":     "Your password was set anew, with a code from your mail and a second proof, and all your sessions were ended.",
	"second-factor": "Another second factor was set up for your password; the old one no longer works.",
	"guessed": "Somebody has typed a hundred wrong passwords in your name, from one of your own sites. Until you sign in on a device that you " +
		"have used before, or set your password anew, nobody can sign in as you on any other device.",
	"guessed-proofs": "Somebody who reads your mail has typed twenty wrong codes of your second factor to set your password anew. Tell your administrator, and " +
		"change the password of your mail. Until you set your password anew with a recovery code, no code of your authenticator does that; signing in works as ever.",
	"recovery-codes": "New recovery codes were made for your password; the old ones no longer work.",
}

// SendPasswordNews writes to a holder what was done to their password.
func (s *Service) SendPasswordNews(ctx context.Context, to, name, what string, at time.Time) error {
	words, known := passwordNews[what]
	if !known {
		return fmt.Errorf("write of a password: %.40q is no news", what)
	}
	return s.sendOfPassword(ctx, "password", to, letter{Name: name, Reason: words, At: at})
}

func (s *Service) sendOfPassword(ctx context.Context, kind, to string, l letter) error {
	if s == nil {
		return ErrNotSetUp
	}
	text, err := s.compose(kind, l)
	if err == nil {
		_, err = s.sendNow(ctx, to, l.Name, text)
	}
	if err != nil {
		return fmt.Errorf("write of a password: %w", err)
	}
	s.opts.Log.InfoContext(ctx, "mail was sent", "kind", kind)
	return nil
}
