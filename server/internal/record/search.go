package record

import (
	"strings"
	"time"
	"unicode/utf8"
)

// MaxFound is how many people a search answers with. More are counted, not shown: a search
// that finds so many needs a better question (as NHS PDS has it).
const MaxFound = 50

// MinPrefix is how many letters of a name a search needs.
const MinPrefix = 2

// Query asks for people. Any one of the first three fields suffices, all given ones must
// fit: the names as prefixes of the names or of an alias, compared by [NormaliseName].
type Query struct {
	Surname     string
	FirstName   string
	DateOfBirth Day
	Exact       bool // the names are whole names, not prefixes
}

// Empty reports whether the query asks for nobody.
func (q Query) Empty() bool { return q.Surname == "" && q.FirstName == "" && q.DateOfBirth == "" }

// Fits says how a name fits the names of the query.
func (q Query) Fits(firstName, surname string) Fit {
	return min(q.fit(q.FirstName, firstName), q.fit(q.Surname, surname))
}

func (q Query) fit(typed, name string) Fit {
	switch typed, name = NormaliseName(typed), NormaliseName(name); {
	case typed == "" || typed == name:
		return Whole
	case !q.Exact && strings.HasPrefix(name, typed):
		return Beginning
	}
	return Misfit
}

// Fit is how a name fits a query, better ones higher.
type Fit uint8

// The fits.
const (
	Misfit    Fit = iota
	Beginning     // what was typed is its beginning
	Whole         // what was typed is all of it
)

// Check returns what is wrong with the query, by the names of the request's fields.
func (q Query) Check() []Fault {
	if q.Empty() {
		return []Fault{{"surname", "is needed, or a first name or a date of birth"}}
	}
	var faults []Fault
	for _, name := range []struct{ field, text string }{{"surname", q.Surname}, {"first_name", q.FirstName}} {
		if name.text == "" {
			continue
		}
		if problem := Line(name.text); problem != "" {
			faults = append(faults, Fault{name.field, problem})
		} else if utf8.RuneCountInString(NormaliseName(name.text)) < MinPrefix {
			faults = append(faults, Fault{name.field, "needs two letters or more"})
		}
	}
	if q.DateOfBirth != "" {
		if _, err := ParseDay(string(q.DateOfBirth)); err != nil {
			faults = append(faults, Fault{"date_of_birth", "is " + err.Error()})
		}
	}
	return faults
}

// Found answers a query. Those whose name is what was asked for come first, then those whose
// name begins with it, then those found by an alias.
type Found struct {
	AsOf      time.Time // the database's time of the search
	Total     int
	Truncated bool // there are more than Matches shows
	Matches   []Match
}

// Match is a person found, as far as the reader may see.
type Match struct {
	ID          PersonID
	Surname     string
	FirstName   string
	DateOfBirth Day
	Released    Day // none when not recorded, unknown, or not for this reader
	Alerts      []string
	Alias       Name // the alias that fitted, when the name did not; none otherwise, and when aliases are not for this reader
}

// Name is a name or an alias as it was written. The zero Name is none.
type Name struct{ FirstName, Surname string }
