package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/server/api/form"
	"mais/tokenctl/internal/piv"
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
	Card      *piv.Ref  `json:"card,omitempty"` // that has the key
	NotBefore time.Time `json:"not_before,omitzero"`
	NotAfter  time.Time `json:"not_after"`
	RenewFrom time.Time `json:"renew_from,omitzero"`
	State     string    `json:"state"` // good, renewal-due, expired, revoked, held, superseded; destroyed in 'list --all'
	Public    string    `json:"public"`
	Mutual    string    `json:"mutual"`

	Refused *token.Refusal `json:"refused,omitempty"` // what the service said of it last

	DestroyedAt time.Time `json:"destroyed_at,omitzero"`
	Why         string    `json:"why,omitempty"` // it was destroyed
}

func describe(t *token.Token) tokenData {
	cert := t.Certificate()
	rules, _ := certs.ProfileOf(cert)
	return tokenData{
		Name: t.Name, Dir: t.Dir, Kind: t.Kind, User: t.User, Holder: t.Holder, Serial: t.Serial,
		Level: rules.Level.String(), Encrypted: t.Encrypted(), Card: t.Card,
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(), RenewFrom: t.RenewFrom().UTC(),
		State: t.State(now()), Public: t.Public, Mutual: t.Mutual, Refused: t.Refused,
	}
}

func newStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say how the token stands, from its files alone",
		Long: `Say how the token stands, from its files alone: whose it is, until when it
holds, and whether it should be renewed, which is so from two thirds of its
life on. The service is not asked, and neither passphrase nor PIN is needed. That
the token is on hold or revoked is known here once the service has said so: 'tokenctl
whoami' asks it.`,
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
		return a.screen.Facts([][]string{
			{"token", d.Name},
			{"holder", d.Holder + " (" + d.Kind + ")"},
			{"serial", d.Serial},
			{"key", form.LevelLabel(d.Level) + ", " + whereKept(d)},
			{"valid", fmt.Sprintf("%s to %s (%s)", day(d.NotBefore), day(d.NotAfter), left(d.NotAfter))},
			{"renew from", day(d.RenewFrom)},
			{"state", stateOf(d)},
			{"service", d.Mutual},
			{"directory", d.Dir},
		})
	})
	a.sayNext(d)
	return err
}

// stateOf says how a token stands, and since when the service says so.
func stateOf(d tokenData) string {
	if d.Refused == nil {
		return d.State
	}
	return d.State + ", the service said on " + d.Refused.At.UTC().Format(time.DateTime) + " UTC"
}

// whereKept says where a token's key is.
func whereKept(d tokenData) string {
	switch {
	case d.Card != nil:
		return "on " + token.CardName(*d.Card) + ", slot " + d.Card.Slot
	case d.Encrypted:
		return "under a passphrase"
	}
	return "in the clear"
}

// sayNext says what a token's state asks for.
func (a *app) sayNext(d tokenData) {
	switch d.State {
	case token.StateDue:
		a.screen.Say("Renewal is due: run 'tokenctl renew --token %s'.", d.Name)
	case token.StateExpired:
		a.screen.Say("The token has expired: ask your administrator for a new invitation, and enrol again.")
	case token.StateRevoked:
		a.screen.Say("The token was revoked: ask your administrator for a new invitation, and enrol again.")
	case token.StateHeld:
		a.screen.Say("The token is on hold: your administrator can release it; 'tokenctl whoami' asks the service again.")
	case token.StateSuperseded:
		a.screen.Say("The token was renewed, and this is the old one: use the copy that was renewed.")
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
