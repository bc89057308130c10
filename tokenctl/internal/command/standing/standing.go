// Package standing says how a token stands: from its files, and as the service knows its holder.
package standing

import (
	"fmt"
	"strings"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// Token is how a token is shown as a document.
type Token struct {
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

// Describe returns that of a token, from its files alone.
func Describe(t *token.Token) Token {
	cert := t.Certificate()
	rules, _ := certs.ProfileOf(cert)
	return Token{
		Name: t.Name, Dir: t.Dir, Kind: t.Kind, User: t.User, Holder: t.Holder, Serial: t.Serial,
		Level: rules.Level.String(), Encrypted: t.Encrypted(), Card: t.Card,
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(), RenewFrom: t.RenewFrom().UTC(),
		State: t.State(time.Now()), Public: t.Public, Mutual: t.Mutual, Refused: t.Refused,
	}
}

// Print prints how a token stands, and says what that asks for.
func Print(screen *ui.Screen, t *token.Token) error {
	d := Describe(t)
	err := screen.Data(d, func() error {
		return screen.Facts([][]string{
			{"token", d.Name},
			{"holder", d.Holder + " (" + d.Kind + ")"},
			{"serial", d.Serial},
			{"key", form.LevelLabel(d.Level) + ", " + whereKept(d)},
			{"valid", fmt.Sprintf("%s to %s (%s)", ui.Day(d.NotBefore), ui.Day(d.NotAfter), ui.Left(d.NotAfter, time.Now()))},
			{"renew from", ui.Day(d.RenewFrom)},
			{"state", StateOf(d)},
			{"service", d.Mutual},
			{"directory", d.Dir},
		})
	})
	SayNext(screen, d)
	return err
}

// StateOf says how a token stands, and since when the service says so.
func StateOf(d Token) string {
	if d.Refused == nil {
		return d.State
	}
	return d.State + ", the service said on " + d.Refused.At.UTC().Format(time.DateTime) + " UTC"
}

// whereKept says where a token's key is.
func whereKept(d Token) string {
	switch {
	case d.Card != nil:
		return "on " + token.CardName(*d.Card) + ", slot " + d.Card.Slot
	case d.Encrypted:
		return "under a passphrase"
	}
	return "in the clear"
}

// SayNext says what a token's state asks for.
func SayNext(screen *ui.Screen, d Token) {
	switch d.State {
	case token.StateDue:
		screen.Say("Renewal is due: run 'tokenctl renew --token %s'.", d.Name)
	case token.StateExpired:
		screen.Say("The token has expired: ask your administrator for a new invitation, and enrol again.")
	case token.StateRevoked:
		screen.Say("The token was revoked: ask your administrator for a new invitation, and enrol again.")
	case token.StateHeld:
		screen.Say("The token is on hold: your administrator can release it; 'tokenctl whoami' asks the service again.")
	case token.StateSuperseded:
		screen.Say("The token was renewed, and this is the old one: use the copy that was renewed.")
	}
}

// WhoamiRows are what the service takes somebody for, a fact a row.
func WhoamiRows(w api.Whoami) [][]string {
	roles := make([]string, len(w.Roles))
	for i, role := range w.Roles {
		roles[i] = form.RoleLabel(role)
	}
	return [][]string{
		{"name", w.Name},
		{"email", ui.OrDash(w.Email)},
		{"agency", w.Agency},
		{"site", ui.OrDash(w.Site)},
		{"roles", ui.OrDash(strings.Join(roles, ", "))},
		{"serial", w.Serial},
		{"level", form.LevelLabel(w.Level)},
		{"valid until", w.NotAfter.UTC().Format(time.DateTime) + " UTC"},
		{"address", w.Address},
	}
}
