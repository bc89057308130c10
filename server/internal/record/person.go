package record

import (
	"fmt"

	"github.com/google/uuid"
)

// PersonID is the random number by which MAIS itself knows a person; it tells nothing and
// appears in URLs and in the audit. The zero PersonID is nobody.
type PersonID struct{ id uuid.UUID }

// NewPersonID returns a new one.
func NewPersonID() PersonID { return PersonID{uuid.New()} }

// ParsePersonID accepts the canonical lower-case form and no other.
func ParsePersonID(s string) (PersonID, error) {
	id, err := uuid.Parse(s)
	if err != nil || id == uuid.Nil || id.String() != s {
		return PersonID{}, fmt.Errorf("not the id of a person")
	}
	return PersonID{id}, nil
}

// String returns the canonical form, or "" for nobody.
func (p PersonID) String() string {
	if p.IsZero() {
		return ""
	}
	return p.id.String()
}

// IsZero reports whether p is nobody.
func (p PersonID) IsZero() bool { return p == PersonID{} }

// Row holds the entries of a section by the names of their items. What is not there is not
// recorded.
type Row map[string]Entry

// Person is a whole record on its way in, before it has an id. It never goes to a reader.
type Person struct {
	Source      string            // the system that the record came from
	Reference   string            // what that system calls it; unique within Source
	Identifiers map[string]string // by [Identifier] name
	Sections    map[string][]Row  // by section; one row unless the section has many
}

// Check returns everything that is wrong with the record. today bounds its dates.
func (p Person) Check(today Day) []Fault {
	var faults []Fault
	line := func(column, text string) {
		if problem := Line(text); problem != "" {
			faults = append(faults, Fault{column, problem})
		}
	}
	line("source", p.Source)
	line("source_reference", p.Reference)
	for _, i := range identifiers {
		if text, ok := p.Identifiers[i.Name]; ok {
			line(i.Name, text)
		}
	}
	for _, s := range dictionary {
		faults = append(faults, s.checkAll(p.Sections[s.Name], today)...)
	}
	return faults
}

func (s Section) checkAll(rows []Row, today Day) []Fault {
	switch {
	case s.Many && len(rows) > MaxRows:
		return []Fault{{s.Name, fmt.Sprintf("has more than %d entries", MaxRows)}}
	case !s.Many && len(rows) > 1:
		return []Fault{{s.Name, "has more than one row"}}
	case !s.Many && len(rows) == 0:
		rows = []Row{{}} // so that required items are missed
	}
	var faults []Fault
	for n, row := range rows {
		for _, f := range s.Check(row, today) {
			if s.Many {
				f = Fault{s.Name, fmt.Sprintf("entry %d, %s %s", n+1, f.Column, f.Problem)}
			}
			faults = append(faults, f)
		}
	}
	return faults
}

// Check returns what is wrong with one row of the section, including items held without
// the yes that they depend on.
func (s Section) Check(row Row, today Day) []Fault {
	var faults []Fault
	held := 0
	for _, i := range s.Items {
		e := row[i.Name]
		faults = append(faults, i.Check(e, today)...)
		if e.State == NotRecorded {
			continue
		}
		held++
		if i.When != "" && !row[i.When].Is(yes) {
			faults = append(faults, Fault{i.Name, "is given without a yes to " + i.When})
		}
	}
	if s.Many && held == 0 {
		faults = append(faults, Fault{s.Name, "is empty"})
	}
	return faults
}
