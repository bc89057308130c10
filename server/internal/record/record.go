// Package record is the language of the records: the data dictionary, the values that its
// items hold, and what a person's record is.
//
// [Dictionary] is the start of everything. It is the ratified MAIS minimum dataset (report
// 08/1803/225, Table 2): ten sections with 63 items, and with each item its type, who may
// see it, and the columns that hold it. Forms, policy, SQL, search and import read it; a
// new item is a line here and a migration.
//
// A [Person] is a whole record on its way in, from an import or the generator. A [Record]
// is what comes out, already cut to what its reader may see.
//
// The package is pure: it knows neither the database nor who is asking, and it decides no
// access. The floors that it states (audience, writers) are held by the grants of schema
// record; the roles refine them in package authz.
package record

// Audience is the lowest level that may see an item.
type Audience uint8

// The audiences. Whoever sees Full sees Restricted as well.
const (
	Restricted Audience = iota + 1 // what a police officer may see
	Full                           // what only a clinician or nurse may see
)

// String returns the audience as the dataset calls it.
func (a Audience) String() string {
	switch a {
	case Restricted:
		return "restricted"
	case Full:
		return "full"
	}
	return "nobody"
}

// Type says what kind of value an item holds.
type Type uint8

// The types.
const (
	Text     Type = iota + 1 // a line, at most [MaxText] characters
	Note                     // a few lines, at most [MaxNote] characters
	Date                     // a [Day]
	Tri                      // yes, no, unknown, or the state [Refused]
	Pref                     // yes, no or no-preference
	Enum                     // one of Values
	Set                      // one or more of Values
	List                     // any number of entries of Fields
	Contact                  // one entry of Fields
	Constant                 // the same for everybody and not stored
)

var typeNames = [...]string{Text: "text", Note: "note", Date: "date", Tri: "tri", Pref: "pref", Enum: "enum",
	Set: "set", List: "list", Contact: "contact", Constant: "constant"}

// String returns the type as the dataset calls it.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return ""
}

// Bounds of what an item may hold, in characters.
const (
	MaxText = 200
	MaxNote = 2000
	MaxRows = 100 // entries of a list or of a section with many
)

// DetailsRule says when a tri has a note of its own beside it.
type DetailsRule uint8

// The rules.
const (
	NoDetails     DetailsRule = iota
	DetailsAlways             // beside any answer
	DetailsYes                // only beside a yes
)

// Writer is a profession with a database role that may write.
type Writer uint8

// The writers.
const (
	Health    Writer = iota + 1 // prison health care, liaison teams; the only one that creates records
	Justice                     // police, probation, prison staff
	Community                   // community teams and agencies
)

// Section is a subject of the record; a section has a table of its own.
type Section struct {
	Name, Label string
	Audience    Audience // of its items, unless an item says otherwise
	Many        bool     // any number of rows for a person
	Table       string   // in schema record
	Writers     []Writer // the floor: which database roles may add to and change this section
	Items       []Item
}

// Item is one entry of the data dictionary.
type Item struct {
	Name, Label string
	Section     string
	Type        Type
	Audience    Audience
	Required    bool        // no record without it
	Details     DetailsRule // a note beside a tri
	When        string      // held only under a yes of this item of the same section
	Values      []string    // of Enum and Set, and the one of Constant
	Other       bool        // the value "other" has words of its own beside it
	Fields      []Field     // of List and Contact
	Table       string      // of List: the table with its entries
	Certainty   bool        // of Date: actual, estimated or unknown stands beside it
	columns     []Column
	key         string
}

// Field is a part of a contact or of a list's entry.
type Field struct {
	Name   string
	Flag   bool     // holds "yes" or nothing
	Values []string // if given, the only ones allowed; any line of text otherwise
}

// Identifier is a number by which other systems know the person. It belongs to the record
// as a whole and is no item of the dataset.
type Identifier struct {
	Name, Label string
	Audience    Audience
}

// Key names the item in the whole dictionary: "section.item".
func (i Item) Key() string { return i.key }
