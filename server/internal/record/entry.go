package record

import "encoding/json"

// State says whether an item holds a value, and if not, why.
type State uint8

// The states. They are different facts and are shown differently.
const (
	NotRecorded State = iota // nobody entered anything
	Recorded
	Refused  // the person was asked and refused to say; of a tri only
	Withheld // not for this reader, whether or not anything is recorded
)

// String returns the state as the API spells it.
func (s State) String() string {
	return [...]string{"not_recorded", "recorded", "refused", "withheld"}[s]
}

// Value is what an item holds: a [Word], [Words], [Fields], [Rows] or [Series]. Each
// encodes as JSON to its natural form.
type Value interface{ isValue() }

type (
	// Word is the value of a text, note, date, tri, pref, enum or constant.
	Word string
	// Words is the value of a set.
	Words []string
	// Fields is the value of a contact, by the names of its fields; empty ones are absent.
	Fields map[string]string
	// Rows is the value of a list. Recorded and empty means that there are none.
	Rows []Fields
	// Series is the value of an item in a section with many rows: one element for each row,
	// nil where the row has none.
	Series []Value
)

func (Word) isValue()   {}
func (Words) isValue()  {}
func (Fields) isValue() {}
func (Rows) isValue()   {}
func (Series) isValue() {}

// The words that the code itself must know.
const (
	yes       Word = "yes"
	refused   Word = "refused" // how a column or a cell says Refused
	unknown   Word = "unknown"
	estimated      = "estimated"
	other          = "other"
)

// Entry is what one item holds for one person. The zero Entry is not recorded.
type Entry struct {
	State     State
	Value     Value  // of Recorded only
	Certainty string // of a date of release: actual, estimated or unknown; with unknown the value is "unknown"
	Details   string // a note beside a tri
	Other     string // the words beside "other"
	AsAt      Day    // when the value was known to hold
	Source    string // the system or the person that it came from
}

// Is reports whether the item holds the word w.
func (e Entry) Is(w Word) bool {
	v, ok := e.Value.(Word)
	return ok && e.State == Recorded && v == w
}

// MarshalJSON encodes the entry as the API shows it.
func (e Entry) MarshalJSON() ([]byte, error) {
	shape := struct {
		Value     Value  `json:"value,omitempty"`
		State     string `json:"state,omitempty"`
		Certainty string `json:"certainty,omitempty"`
		Details   string `json:"details,omitempty"`
		Other     string `json:"other,omitempty"`
		AsAt      Day    `json:"as_at,omitempty"`
		Source    string `json:"source,omitempty"`
	}{Certainty: e.Certainty, Details: e.Details, Other: e.Other, AsAt: e.AsAt, Source: e.Source}
	switch e.State {
	case Recorded:
		shape.Value = e.Value
	case Withheld:
		return []byte(`{"state":"withheld"}`), nil
	default:
		shape.State = e.State.String()
	}
	return json.Marshal(shape)
}
