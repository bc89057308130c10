// Package cards is the inventory of cards as administrators look through it: a search, filters,
// a page of what was found. What is asked for is an [Asked], which addresses carry; render the
// page with [Render].
//
// Part of a person's name or mail address never stands in an address: what was typed into the
// search goes there sealed.
package cards

import (
	"embed"
	"net/url"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/card"
	"mais/server/internal/web/page/frame"
)

//go:embed cards.html
var files embed.FS

var page = admin.Template(files, "cards.html")

// Path is the address of the list.
const Path = card.Root

// PerPage is how many cards stand on a page.
const PerPage = 25

// The names of the form's fields and of the parameters of an address; Sealed stands there for
// Query.
const (
	Query  = "q"
	State  = "state"
	Level  = "level"
	Other  = "other"
	Sealed = "find"

	yes = "yes"
)

// Fields returns the names of the form's fields.
func Fields() []string { return []string{Query, State, Level, Other} }

// States are what the list can be narrowed to.
var States = []admin.Option{
	{Value: api.CardInUse, Label: "In use"}, {Value: api.CardHeld, Label: "On hold"}, {Value: api.CardEnded, Label: "Ended, not given back"},
	{Value: api.CardReturned, Label: "Given back"},
}

// Levels are how the last key on a card is held.
var Levels = []admin.Option{{Value: "attested", Label: "Vouched for by its maker"}, {Value: "card", Label: "Seen by a witness"}, {Value: "software", Label: "Only claimed"}}

// Asked is what the list is asked for.
type Asked struct {
	Query, Sealed string
	State, Level  string
	Other         bool
	Page          int
}

// Read returns what an address asks for; ok is false for one that no page of ours leads to.
// Query is the caller's to fill in, from Sealed.
func Read(v url.Values) (a Asked, ok bool) {
	a = Asked{Sealed: v.Get(Sealed), State: v.Get(State), Level: v.Get(Level), Other: v.Get(Other) == yes}
	page, ok := admin.ReadPage(v, Sealed, State, Level, Other)
	if a.Page = page; !ok {
		return a, false
	}
	other := !v.Has(Other) || a.Other
	return a, other && len(a.faults()) == 0
}

// Typed is what a form brought, or what is wrong with it. Sealed is the caller's to fill in.
func Typed(sent map[string]string) (Asked, frame.Faults) {
	a := Asked{Query: strings.TrimSpace(sent[Query]), State: sent[State], Level: sent[Level], Other: sent[Other] == yes}
	return a, a.faults()
}

func (a Asked) faults() (faults frame.Faults) {
	if text := admin.QueryFault(a.Query); text != "" {
		faults = append(faults, frame.Fault{Field: Query, Text: text})
	}
	if !admin.Known(States, a.State) {
		faults = append(faults, frame.Fault{Field: State, Text: "Choose a state from the list"})
	}
	if !admin.Known(Levels, a.Level) {
		faults = append(faults, frame.Fault{Field: Level, Text: "Choose a proof from the list"})
	}
	return faults
}

// Path is the address of the list.
func (a Asked) Path() string {
	parameters := map[string]string{Sealed: a.Sealed, State: a.State, Level: a.Level}
	if a.Other {
		parameters[Other] = yes
	}
	return admin.AddressOf(Path, parameters, a.Page)
}

// Filter is what the inventory is asked for.
func (a Asked) Filter() api.CardFilter {
	return api.CardFilter{Query: a.Query, State: a.State, Level: a.Level, OtherHolder: a.Other, Page: max(1, a.Page), PerPage: PerPage}
}

// Page is the data of the page.
type Page struct {
	frame.Frame
	Asked   Asked
	Gone    bool // the search of the address is of another session
	Refused bool // the search could not be made: its faults are all there is to show
	Total   int
	Cards   []api.CardEntry
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// Row is a card of the list.
type Row struct{ api.CardEntry }

// Rows are the cards of the page.
func (p Page) Rows() (rows []Row) {
	for _, c := range p.Cards {
		rows = append(rows, Row{c})
	}
	return rows
}

// Number is what people call the card.
func (r Row) Number() string { return card.Name(r.Serial, r.ID) }

// Path is the address of its page.
func (r Row) Path() string { return card.Path(r.ID) }

// Tag is how it stands.
func (r Row) Tag() admin.State { return card.StateOf(r.State) }

// Whose is the name of its holder, or what stands for one.
func (r Row) Whose() string {
	if r.Name == "" {
		return r.Holder
	}
	return r.Name
}

// Proof says how the last key on it is known to be there.
func (r Row) Proof() string {
	for _, o := range Levels {
		if o.Value == r.Level {
			return o.Label
		}
	}
	return form.Word(r.Level)
}

// States are what the list can be narrowed to.
func (Page) States() []admin.Option { return States }

// Levels are the proofs that it can be narrowed to.
func (Page) Levels() []admin.Option { return Levels }

// Narrowed reports whether anything was asked for.
func (p Page) Narrowed() bool {
	a := p.Asked
	a.Page = 0
	return a != Asked{}
}

// Found says how many were found.
func (p Page) Found() string { return admin.Count(p.Total, "card", "cards") }

// Pager leads to the other pages.
func (p Page) Pager() admin.Pager {
	return admin.PagerOf(max(1, p.Asked.Page), PerPage, p.Total, func(n int) string {
		to := p.Asked
		to.Page = n
		return to.Path()
	})
}
