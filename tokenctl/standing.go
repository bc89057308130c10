// Package standing says how a token stands: from its files, and as the service knows its holder.
package main

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

// describe returns it for a token, from its files alone.
func describe(t *token.Token) tokenData {
	cert := t.Certificate()
	rules, _ := certs.ProfileOf(cert)
	return tokenData{
		Name: t.Name, Dir: t.Dir, Kind: t.Kind, User: t.User, Holder: t.Holder, Serial: t.Serial,
		Level: rules.Level.String(), Encrypted: t.Encrypted(), Card: t.Card,
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(), RenewFrom: t.RenewFrom().UTC(),
		State: t.State(time.Now()), Public: t.Public, Mutual: t.Mutual, Refused: t.Refused,
	}
}

// printToken prints how a token stands, and says what that asks for.
func printToken(screen *ui.Screen, t *token.Token) error {
	d := describe(t)
	err := screen.Data(d, func() error {
		return screen.Facts([][]string{
			{"token", d.Name},
			{"holder", d.Holder + " (" + d.Kind + ")"},
			{"serial", d.Serial},
			{"key", form.LevelLabel(d.Level) + ", " + whereKept(d)},
			{"valid", fmt.Sprintf("%s to %s (%s)", day(d.NotBefore), day(d.NotAfter), left(d.NotAfter, time.Now()))},
			{"renew from", day(d.RenewFrom)},
			{"state", stateOf(d)},
			{"service", d.Mutual},
			{"directory", d.Dir},
		})
	})
	sayNext(screen, d)
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
func sayNext(screen *ui.Screen, d tokenData) {
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

// whoamiRows are what the service takes somebody for, a fact a row.
func whoamiRows(w api.Whoami) [][]string {
	roles := make([]string, len(w.Roles))
	for i, role := range w.Roles {
		roles[i] = form.RoleLabel(role)
	}
	return [][]string{
		{"name", w.Name},
		{"email", orDash(w.Email)},
		{"agency", w.Agency},
		{"site", orDash(w.Site)},
		{"roles", orDash(strings.Join(roles, ", "))},
		{"serial", w.Serial},
		{"level", form.LevelLabel(w.Level)},
		{"valid until", w.NotAfter.UTC().Format(time.DateTime) + " UTC"},
		{"address", w.Address},
	}
}
