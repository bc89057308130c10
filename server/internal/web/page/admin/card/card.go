// Package card is the page of one card of the inventory, rendered with [Render]: who has it and
// had it, the certificates that were ever on it, what its maker vouches for, and the ways to
// hold, release, revoke or replace it or to take it back. [RenderReplace] and [RenderReturn] are
// the pages of the last two, and [Facts] the words for how a key is held, for other pages.
package card

import (
	"embed"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

//go:embed card.html replace.html return.html
var files embed.FS

var (
	page    = admin.Template(files, "card.html")
	replace = admin.Template(files, "replace.html")
	taken   = admin.Template(files, "return.html")
)

// Root is the address of the list of cards.
const Root = admin.Root + "/cards"

// Path is the address of a card's page.
func Path(id string) string { return Root + "/" + url.PathEscape(id) }

// Name is what people call a card: the number that is printed on it, or what stands for one.
func Name(serial uint32, id string) string {
	if serial != 0 {
		return strconv.FormatUint(uint64(serial), 10)
	}
	return id
}

// NameOf is the name of the card that a key is on, or is said to be on.
func NameOf(k api.KeyOnCard) string {
	if k.ID == "" {
		return Name(k.Serial, k.GUID)
	}
	return Name(k.Serial, k.ID)
}

var states = map[string]admin.State{
	api.CardInUse: {Words: "In use", Colour: "green"}, api.CardHeld: {Words: "On hold", Colour: "yellow"},
	api.CardEnded: {Words: "Ended", Colour: "grey"}, api.CardReturned: {Words: "Given back", Colour: "blue"},
}

// StateOf returns a card's state in words.
func StateOf(state string) admin.State {
	if s, ok := states[state]; ok {
		return s
	}
	return admin.State{Words: form.Word(state), Colour: "grey"}
}

// Page is the data of the page of one card.
type Page struct {
	frame.Frame
	Detail   api.CardDetail
	Returned bool // it was noted a moment ago that the card came back
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// RenderReplace returns the page that leads through the replacement of a card.
func RenderReplace(p Page) []byte { return frame.Render(replace, p) }

// RenderReturn returns the page that asks whether a card came back.
func RenderReturn(p Page) []byte { return frame.Render(taken, p) }

// Name is what people call the card.
func (p Page) Name() string { return Name(p.Detail.Serial, p.Detail.ID) }

// State is how it stands.
func (p Page) State() admin.State { return StateOf(p.Detail.State) }

// Path is the address of the card's page.
func (p Page) Path() string { return Path(p.Detail.ID) }

// May reports whether the reader may do something with the card as it stands.
func (p Page) May(what string) bool { return slices.Contains(p.Detail.May, what) }

// Acts are the acts of plans that the reader may do.
func (p Page) Acts() (acts []admin.Act) {
	for _, act := range admin.Acts {
		if p.May(act.Name) {
			acts = append(acts, act)
		}
	}
	return acts
}

// narrowed is what an act on a card is about: to hold what is live, to release what is on hold,
// to revoke all.
var narrowed = map[string]string{"hold": "live", "release": "held"}

// Plan is the address where an act on everything that is on the card begins.
func (p Page) Plan(act string) string {
	filter := url.Values{"card": {p.Detail.ID}}
	if status := narrowed[act]; status != "" {
		filter.Set("status", status)
	}
	return admin.Root + "/plans/new?" + url.Values{"act": {act}, "filter": {filter.Encode()}}.Encode()
}

// Key is a certificate on the card.
type Key struct {
	admin.Certificate
	On api.KeyOnCard
}

// Keys are the certificates on the card, the newest first.
func (p Page) Keys() (keys []Key) {
	for _, c := range admin.Certificates(p.Detail.Keys, p.Now) {
		k := Key{Certificate: c}
		if c.Card != nil {
			k.On = *c.Card
		}
		keys = append(keys, k)
	}
	return keys
}

// Held says how the key is held, in a few words.
func (k Key) Held() string { return form.LevelLabel(k.Level) }

// Others says how many certificates on the card are of people whom the reader does not
// administer, or nothing.
func (p Page) Others() string {
	if p.Detail.Others == 0 {
		return ""
	}
	return admin.Count(p.Detail.Others, "more certificate on it was", "more certificates on it were") + " issued to people whom you do not administer."
}

// Former are those who had it before its present or last holder.
func (p Page) Former() []api.CardHolder {
	if len(p.Detail.Holders) < 2 {
		return nil
	}
	return p.Detail.Holders[1:]
}

// Facts are those of the last key that somebody vouches for.
func (p Page) Facts() []Fact {
	for _, c := range p.Detail.Keys {
		if c.Card != nil && (c.Card.Attested || c.Card.Witness != "") {
			return Facts(*c.Card)
		}
	}
	return nil
}

// Fact is something that is known of how a key is held.
type Fact struct{ Term, Text string }

// Facts says how a key is held, in words.
func Facts(k api.KeyOnCard) []Fact {
	facts := []Fact{{"Proof", proof(k)}}
	add := func(term, text string) {
		if text != "" {
			facts = append(facts, Fact{term, text})
		}
	}
	add("Maker", k.Maker)
	add("Form", k.Form)
	add("Firmware", k.Firmware)
	add("Place on the card", slot(k.Slot))
	add("PIN wanted", admin.Sentence(k.PIN))
	add("Touch wanted", admin.Sentence(k.Touch))
	if k.Witness != "" {
		text := k.Witness + " saw the key being made"
		if k.WitnessedAt != nil {
			text += " on " + k.WitnessedAt.In(frame.London).Format("2 January 2006 at 15:04")
		}
		add("Witness", text)
	}
	return facts
}

func proof(k api.KeyOnCard) string {
	switch {
	case k.Attested:
		return "The card’s maker vouches that the key was made in the card and cannot leave it"
	case k.Witness != "":
		return "A witness vouches that the key was made on the card; its maker does not"
	}
	return "None: that the key is on a card is what its holder’s program said"
}

func slot(name string) string {
	switch name {
	case "":
		return ""
	case "9a":
		return "9a, for signing in"
	}
	return name
}

// Signed says how many certificates, with what they are.
func (p Page) Signed() string {
	return fmt.Sprintf("%s ever, %d good, %d on hold", admin.Count(p.Detail.Certificates, "certificate", "certificates"), p.Detail.Live, p.Detail.Held)
}

// Ended reports whether nothing on the card is good or on hold any more.
func (p Page) Ended() bool { return p.Detail.Live == 0 && p.Detail.Held == 0 }
