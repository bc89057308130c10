package api

import "time"

// The paths of cards: of administration on the mutual listener, of whoever has lost theirs on
// the public one.
const (
	PathCards       = "/api/v1/admin/cards"         // GET: a page of the inventory of cards; /ID, and POST /ID/returned
	PathWitness     = "/api/v1/admin/cards/witness" // POST
	PathLost        = "/api/v1/lost"                // POST: have a code sent
	PathLostConfirm = "/api/v1/lost/confirm"        // POST: the code; puts on hold
)

// LostRefused is the problem of a code that holds nothing: wrong, used, expired, or nobody's.
const LostRefused = "lost-refused"

// CardInUseStill is the problem of a card that cannot be noted as given back.
const CardInUseStill = "card-in-use"

// KeyOnCard says which card a certificate's key is on, and how it is held there.
type KeyOnCard struct {
	ID     string `json:"id,omitempty"`     // of the card: yubico-12345678; serial-… or guid-… as a witness saw it; "": nobody vouches that there is one
	Serial uint32 `json:"serial,omitempty"` // 0: the card tells none
	GUID   string `json:"guid,omitempty"`   // of its CHUID
	Slot   string `json:"slot"`             // such as 9a
	// Attested is whether the card's maker vouched for the key when the certificate was issued.
	// Without it, what follows is unknown and the rest is what the client said.
	Attested bool   `json:"attested"`
	Maker    string `json:"maker,omitempty"`
	Firmware string `json:"firmware,omitempty"` // such as 5.7.1
	Form     string `json:"form,omitempty"`     // in words: USB-C key
	PIN      string `json:"pin,omitempty"`      // when the PIN is wanted, in words: once a session
	Touch    string `json:"touch,omitempty"`    // when a touch is wanted, in words: for each signature
	// Witness saw the key being made on the card, at a station.
	Witness     string     `json:"witness,omitempty"`
	WitnessedAt *time.Time `json:"witnessed_at,omitempty"`
}

// The states of a card, which follow from the certificates on it.
const (
	CardInUse    = "in-use"   // a live certificate is on it
	CardHeld     = "held"     // none is live, and one is on hold
	CardEnded    = "ended"    // all have ended
	CardReturned = "returned" // all have ended, and it was given back
)

// CardFilter says which cards; the zero filter is all. Its fields are the query parameters of
// PathCards, by their JSON names. All that are given must hold.
type CardFilter struct {
	Query       string `json:"q,omitempty"`            // part of the id, the holder or the name; serial number among it
	State       string `json:"state,omitempty"`        // in-use, held, ended, returned
	Level       string `json:"level,omitempty"`        // of the last certificate that was vouched for: card, attested, or software where a renewal must not raise it
	OtherHolder bool   `json:"other_holder,omitempty"` // those only that have had more than one holder
	Page        int    `json:"page,omitempty"`         // from 1
	PerPage     int    `json:"per_page,omitempty"`     // default 50, at most 200
}

// CardList is a page of the inventory of cards, of those whose present or last holder the
// caller administers, the last seen first.
type CardList struct {
	Total   int         `json:"total"`
	Page    int         `json:"page"`
	PerPage int         `json:"per_page"`
	Cards   []CardEntry `json:"cards"`
}

// CardEntry is a card of the inventory.
type CardEntry struct {
	ID           string     `json:"id"`
	Serial       uint32     `json:"serial,omitempty"`
	GUID         string     `json:"guid,omitempty"`
	Attested     bool       `json:"attested"`           // its maker vouched for it, the last time that it was seen
	Maker        string     `json:"maker,omitempty"`    // as it was proven
	Firmware     string     `json:"firmware,omitempty"` // as it was proven
	Form         string     `json:"form,omitempty"`     // as it was proven, in words
	Level        string     `json:"level"`              // of the last certificate that was vouched for
	State        string     `json:"state"`
	Holder       string     `json:"holder"` // mail address, of the last certificate that was vouched for
	Name         string     `json:"name"`
	Agency       string     `json:"agency,omitempty"`
	OtherHolder  bool       `json:"other_holder"` // it has had more than one holder
	Certificates int        `json:"certificates"` // that were ever on it
	Live         int        `json:"live"`
	Held         int        `json:"held"`
	FirstSeen    time.Time  `json:"first_seen"`
	LastSeen     time.Time  `json:"last_seen"`
	ReturnedAt   *time.Time `json:"returned_at,omitempty"`
	ReturnedBy   string     `json:"returned_by,omitempty"`
}

// CardDetail is a card with what was ever on it.
type CardDetail struct {
	CardEntry
	// Keys are the certificates on it that the caller administers, newest first.
	Keys []Certificate `json:"keys"`
	// Others is how many certificates on it are of people whom the caller does not administer.
	Others int `json:"others"`
	// Holders are those who had it whom the caller administers, the last first.
	Holders  []CardHolder `json:"holders"`
	Warnings []string     `json:"warnings"` // in sentences
	May      []string     `json:"may"`      // hold, release, revoke, replace, return: what the caller may do with it as it stands
}

// CardHolder is somebody who had a card.
type CardHolder struct {
	Holder string `json:"holder"`
	Name   string `json:"name"`
	Agency string `json:"agency,omitempty"`
}

// WitnessRequest is the word of an administrator that a key was made on a card before their
// eyes, for somebody else.
type WitnessRequest struct {
	Key   string `json:"key"`   // SHA-256 of the SubjectPublicKeyInfo, hexadecimal digits in lower case
	Email string `json:"email"` // of the officer whose key it is
	Card  Card   `json:"card"`
}

// Witnessed says until when the word counts, once.
type Witnessed struct {
	ExpiresAt time.Time `json:"expires_at"`
}

// LostRequest asks for a code by mail, to report a lost card or token with. The answer is the
// same for every address.
type LostRequest struct {
	Email string `json:"email"`
}

// LostAsked answers LostRequest.
type LostAsked struct {
	Minutes int `json:"minutes"` // for which a code is good, if one was sent
}

// LostConfirm reports the loss, with the code.
type LostConfirm struct {
	Code string `json:"code"`
}

// LostHeld says what was put on hold, and whether a password was taken away. Neither: nothing was
// good any more.
type LostHeld struct {
	Held     []LostToken `json:"held"`
	Password bool        `json:"password"`
}

// LostToken is a certificate that was put on hold.
type LostToken struct {
	Serial   string    `json:"serial"`
	Profile  string    `json:"profile"`
	Card     uint32    `json:"card,omitempty"` // the card's serial number; 0: it is on none, or the card tells none
	NotAfter time.Time `json:"not_after"`
}
