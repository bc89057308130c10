package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/server/api/form"
	"mais/tokenctl/internal/token"
)

// now is the clock of every decision about a token's life.
var now = time.Now

// tokenData is how a token is shown as a document.
type tokenData struct {
	Name      string    `json:"name"`
	Dir       string    `json:"dir"`
	Kind      string    `json:"kind"`
	User      string    `json:"user"`
	Holder    string    `json:"holder"`
	Serial    string    `json:"serial"`
	Level     string    `json:"level"`
	Encrypted bool      `json:"encrypted"`
	NotBefore time.Time `json:"not_before,omitzero"`
	NotAfter  time.Time `json:"not_after"`
	RenewFrom time.Time `json:"renew_from,omitzero"`
	State     string    `json:"state"` // good, renewal-due, expired, revoked; destroyed in 'list --all'
	Public    string    `json:"public"`
	Mutual    string    `json:"mutual"`

	DestroyedAt time.Time `json:"destroyed_at,omitzero"`
	Why         string    `json:"why,omitempty"` // it was destroyed
}

func describe(t *token.Token) tokenData {
	cert := t.Certificate()
	rules, _ := certs.ProfileOf(cert)
	return tokenData{
		Name: t.Name, Dir: t.Dir, Kind: t.Kind, User: t.User, Holder: t.Holder, Serial: t.Serial,
		Level: rules.Level.String(), Encrypted: t.Encrypted(),
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(), RenewFrom: t.RenewFrom().UTC(),
		State: t.State(now()), Public: t.Public, Mutual: t.Mutual,
	}
}

func newStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say how the token stands, from its files alone",
		Long: `Say how the token stands, from its files alone: whose it is, until when it
holds, and whether it should be renewed, which is so from two thirds of its
life on. The service is not asked, and no passphrase is needed: only
'tokenctl whoami' knows whether the token is on hold or revoked.`,
		Example: "  tokenctl status\n  tokenctl status --token anna --json",
		Args:    cobra.NoArgs,
		RunE: a.do(func(*cobra.Command, []string) error {
			t, err := a.open()
			if err != nil {
				return err
			}
			return a.printToken(t)
		}),
	}
}

func (a *app) printToken(t *token.Token) error {
	d := describe(t)
	err := a.screen.Data(d, func() error {
		key := form.LevelLabel(d.Level) + ", in the clear"
		if d.Encrypted {
			key = form.LevelLabel(d.Level) + ", under a passphrase"
		}
		return a.screen.Facts([][]string{
			{"token", d.Name},
			{"holder", d.Holder + " (" + d.Kind + ")"},
			{"serial", d.Serial},
			{"key", key},
			{"valid", fmt.Sprintf("%s to %s (%s)", day(d.NotBefore), day(d.NotAfter), left(d.NotAfter))},
			{"renew from", day(d.RenewFrom)},
			{"state", d.State},
			{"service", d.Mutual},
			{"directory", d.Dir},
		})
	})
	a.sayNext(d)
	return err
}

// sayNext says what a token's state asks for.
func (a *app) sayNext(d tokenData) {
	switch d.State {
	case token.StateDue:
		a.screen.Say("Renewal is due: run 'tokenctl renew --token %s'.", d.Name)
	case token.StateExpired:
		a.screen.Say("The token has expired: ask your administrator for a new invitation, and enrol again.")
	case token.StateRevoked:
		a.screen.Say("The token was revoked from here: ask your administrator for a new invitation, and enrol again.")
	}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

func left(until time.Time) string {
	d := until.Sub(now())
	switch days := int(d.Hours() / 24); {
	case d < 0:
		return "over"
	case days == 0:
		return d.Round(time.Minute).String() + " left"
	case days == 1:
		return "1 day left"
	default:
		return fmt.Sprintf("%d days left", days)
	}
}
