// Package vouch is what a witness says of a key that was made on a card, as the officer's machine
// shows it and the witness's sends it.
package vouch

import (
	"strconv"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
)

// Word is what a witness says: that this key was made on this card, for this officer.
type Word struct {
	Key    string `json:"key"` // SHA-256 of the SubjectPublicKeyInfo
	Email  string `json:"email"`
	Serial uint32 `json:"serial,omitempty"`
	GUID   string `json:"guid,omitempty"`
	Slot   string `json:"slot"`
}

// Request is the word as the service takes it.
func (v Word) Request() api.WitnessRequest {
	return api.WitnessRequest{Key: v.Key, Email: v.Email, Card: api.Card{Serial: v.Serial, GUID: v.GUID, Slot: v.Slot}}
}

// Facts show it to the people who compare it, at both machines alike.
func (v Word) Facts() [][]string {
	rows := [][]string{{"officer", v.Email}}
	if v.Serial != 0 {
		rows = append(rows, []string{"card", strconv.FormatUint(uint64(v.Serial), 10)})
	}
	if v.GUID != "" {
		rows = append(rows, []string{"guid", v.GUID})
	}
	return append(rows, []string{"slot", v.Slot}, []string{"key", form.KeyGroups(v.Key)})
}

// Command is what the witness runs.
func (v Word) Command() string {
	words := []string{"tokenctl admin card witness --email", v.Email, "--key", v.Key}
	if v.Serial != 0 {
		words = append(words, "--serial", strconv.FormatUint(uint64(v.Serial), 10))
	} else {
		words = append(words, "--guid", v.GUID)
	}
	return strings.Join(words, " ")
}
