package view

import (
	"strings"

	"mais/server/api"
	"mais/server/api/form"
)

// State says whether an item holds a value, and if not, why. It is the data-state of the
// item's row.
type State string

// The states.
const (
	Recorded    State = "recorded"
	NotRecorded State = api.StateNotRecorded
	Refused     State = api.StateRefused
	Withheld    State = api.StateWithheld
)

// Item is one item in words.
type Item struct {
	Key, Name, Label string
	State            State
	Coded            bool   // its answer is a word of a list: a yes, say
	Sub              bool   // it hangs on an item above
	Above            string // the word that the item above holds; empty when it holds none
	// Emergency: the reader's roles show it in an emergency only.
	Emergency bool
	// Limited: the reader came with a password, and a token of theirs may show it.
	Limited   bool
	Word      string   // what was recorded, when that is one coded word: "yes", "unknown"
	Lines     []string // what was recorded, otherwise and in words
	Fields    [][]Field
	Contact   form.Contact // that it holds, if one
	Other     string       // the words beside "other"
	Details   string       // the note beside the answer
	Certainty string       // of a date, when it is not certain
	Source    string
	Day       string // on which it was known to hold, YYYY-MM-DD
	Age       form.Elapsed
	// Colour is of the tag of a yes, for an item that raises an alert.
	Colour string
}

// Field is one field of a contact or of an entry of a list.
type Field struct {
	Name, Label, Text string
	Number            string // in it that can be dialled: "+441632960101"
}

// IsYes reports whether the item holds a yes.
func (i Item) IsYes() bool { return i.Word == "yes" }

// IsNo reports whether the item holds a no.
func (i Item) IsNo() bool { return i.Word == "no" }

// IsUnknown reports whether the answer was that nobody knows.
func (i Item) IsUnknown() bool { return i.Word == "unknown" }

// Answer returns the coded word in words.
func (i Item) Answer() string { return form.Word(i.Word) }

// Moot reports whether there is nothing to record: the item above was answered, and not yes.
func (i Item) Moot() bool {
	return i.State == NotRecorded && (i.Above == "no" || i.Above == "no-preference")
}

// Due reports whether the item should be answered as things stand: it hangs on nothing, or
// on a yes.
func (i Item) Due() bool { return !i.Sub || i.Above == "yes" }

// Shown reports whether the reader sees the item thanks to emergency access alone.
func (i Item) Shown() bool { return i.Emergency && i.State != Withheld }

// AsAt returns the day on which the value was known to hold, in words.
func (i Item) AsAt() string { return form.Day(i.Day) }

// Text returns the whole value on one line.
func (i Item) Text() string {
	var parts []string
	if i.Word != "" {
		parts = append(parts, i.Answer())
	}
	parts = append(parts, i.Lines...)
	for _, fields := range i.Fields {
		parts = append(parts, textOf(fields))
	}
	text := strings.Join(parts, "; ")
	if i.Other != "" {
		text += ": " + i.Other
	}
	if i.Certainty != "" {
		text += " (" + i.Certainty + ")"
	}
	return text
}

func textOf(fields []Field) string {
	var parts []string
	for _, f := range fields {
		parts = append(parts, f.Text)
	}
	return strings.Join(parts, ", ")
}

// itemOf says in words what an item holds.
func itemOf(section string, f form.Item, in api.Item, to Reader) Item {
	key := section + "." + f.Name
	i := Item{Key: key, Name: f.Name, Label: f.Label, Coded: f.Coded, Sub: hangsOn[f.Name] != "", Emergency: to.Emergency[key], Limited: to.Limited, Colour: colours[key]}
	i.State = stateOf(in)
	if i.State == Recorded {
		i.fill(f, in)
	}
	if i.State == Recorded || i.State == Refused {
		i.Details, i.Source, i.Day, i.Age = in.Details, in.Source, in.AsAt, form.Age(in.AsAt, to.Now)
	}
	return i
}

// stateOf takes what it does not know for withheld, which shows least.
func stateOf(in api.Item) State {
	switch State(in.State) {
	case "":
		if in.Value == nil {
			return NotRecorded
		}
		return Recorded
	case NotRecorded, Refused:
		return State(in.State)
	}
	return Withheld
}

func (i *Item) fill(f form.Item, in api.Item) {
	i.Other = in.Other
	if in.Certainty != "actual" && in.Certainty != "unknown" {
		i.Certainty = in.Certainty
	}
	switch v := form.Plain(in.Value).(type) {
	case string:
		i.fillText(f, v)
	case map[string]any:
		i.Fields = [][]Field{fieldsOf(v)}
		i.Contact, _ = form.ContactOf(in)
	case []any:
		i.fillList(v)
	}
}

func (i *Item) fillText(f form.Item, text string) {
	switch {
	case f.Coded:
		i.Word = text
	case f.Name == "appropriate_adult_required", text == "unknown": // the constant, and a date of release
		i.Word = text
	default:
		i.Lines = []string{form.Day(text)}
	}
}

// fillList: words stand on one line, entries of several fields in one each. A list without
// entries is an answer: there are none.
func (i *Item) fillList(list []any) {
	var words []string
	for _, value := range list {
		switch v := value.(type) {
		case string:
			words = append(words, form.Word(v))
		case map[string]any:
			i.Fields = append(i.Fields, fieldsOf(v))
		}
	}
	switch {
	case len(words) > 0:
		i.Lines = []string{strings.Join(words, ", ")}
	case len(i.Fields) == 0:
		i.Lines = []string{"None"}
	}
}

// hangsOn names the item whose yes each of these depends on. A test compares it with the
// dataset.
var hangsOn = map[string]string{
	"significant_other_contact":   "significant_other_as_appropriate_adult",
	"professional_contact":        "professional_as_appropriate_adult",
	"substances":                  "substance_misuse",
	"drug_withdrawal_from":        "drug_withdrawal",
	"last_self_harm":              "self_harm_history",
	"last_attempt_before_release": "suicide_attempts",
	"mappa_category":              "mappa",
	"mappa_level":                 "mappa",
	"violence_towards":            "violence",
	"serious_violence_kinds":      "serious_violence",
	"discriminatory_towards":      "discriminatory_attitudes",
}

// colours are those of the alerts that an item raises.
var colours = func() map[string]string {
	colours := map[string]string{}
	for _, w := range form.Warnings() {
		for _, key := range w.Items {
			colours[key] = w.Colour
		}
	}
	return colours
}()
