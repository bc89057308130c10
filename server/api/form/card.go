package form

import "mais/server/api"

// Condition is what a card tells at a glance. Only Answered is a no, and it is not "no risk".
type Condition string

// The conditions.
const (
	Raised   Condition = "raised"   // something was answered yes
	Unsure   Condition = "unknown"  // nothing yes, and something not asked, not known or not told: ask
	Hidden   Condition = "withheld" // nothing yes or open in what the reader may see, and there is more
	Answered Condition = "no"       // every question was answered no, on the day it was asked
)

// Card is what a record tells of one kind of risk, for the top of the page.
type Card struct {
	Kind   Kind
	Title  string // "Self-harm and suicide"
	State  Condition
	Status string   // the state in words: "Not recorded: ask"
	Alerts []string // the names of the alerts raised, gravest first
	Lines  []string // what is recorded, the gravest first, then what is not; each one paragraph
	Advice string   // what to do
	AsAt   string   // the day, YYYY-MM-DD, of the oldest entry that it rests on; empty if none has one
	Source string   // where those entries come from; empty if none says so
}

// Cards returns the five cards of a record, in the order of gravity, always all of them: a
// gap would read as a no.
func Cards(r api.Record) []Card {
	raised := Alerts(func(key string) api.Item { return ItemAt(r, key) })
	cards := make([]Card, len(subjects))
	for n, s := range subjects {
		var of []Warning
		for _, name := range raised {
			if w := Alert(name); w.Kind == s.kind {
				of = append(of, w)
			}
		}
		cards[n] = s.card(r, of)
	}
	return cards
}

func (s subject) card(r api.Record, raised []Warning) Card {
	t := s.told(r)
	c := Card{Kind: s.kind, Title: s.title, Lines: t.lines()}
	for _, w := range raised {
		c.Alerts = append(c.Alerts, w.Name)
	}
	c.State, c.Status = t.condition()
	if c.State == Raised && s.status != "" {
		c.Status = s.status
	}
	c.Advice = s.advice(c.State, raised)
	c.AsAt, c.Source = t.origin()
	return c
}

// condition prefers what must be acted on: a yes counts wherever it stands, a no needs every
// answer, and whatever else there may be is something to ask.
func (t told) condition() (Condition, string) {
	switch {
	case t.some(answerYes):
		return Raised, "Recorded: act on it"
	case t.only(answerNo):
		return Answered, "Answered no: still ask"
	case t.only(api.StateNotRecorded):
		return Unsure, "Not recorded: ask"
	case t.only(api.StateRefused):
		return Unsure, "Refused to say: ask again"
	case t.only(api.StateWithheld):
		return Hidden, "Withheld from your role: ask"
	case t.only(answerNo, api.StateWithheld):
		return Hidden, "Partly withheld from your role: ask"
	}
	return Unsure, "Not known: ask"
}

func (s subject) advice(state Condition, raised []Warning) string {
	switch state {
	case Unsure:
		return s.ask
	case Hidden:
		return s.ask + " Somebody whose role may see it can tell you more."
	case Answered:
		return s.ask + " A no on the day it was asked is not the same as no risk."
	}
	advice := raised[0].Advice
	if len(raised) > 1 && s.several != "" && !raised[0].covers {
		advice = s.several
	}
	for _, w := range raised[1:] {
		if w.apart {
			return advice + " " + w.Advice
		}
	}
	return advice
}
