package record

import (
	"strings"
	"unicode/utf8"
)

// Sought is one person as somebody else names them: the whole name in any order, and the birth date.
type Sought struct {
	Name string
	Born Day
}

// maxNameWords bounds the words of a name that is asked for.
const maxNameWords = 12

// Check returns what is wrong with it, by the names of the request's fields.
func (s Sought) Check() (faults []Fault) {
	words := len(s.words())
	switch problem := Line(s.Name); {
	case s.Name == "":
		faults = append(faults, Fault{"name", "is needed, whole"})
	case problem != "":
		faults = append(faults, Fault{"name", problem})
	case words < 2 || words > maxNameWords || utf8.RuneCountInString(s.Name) > 200:
		faults = append(faults, Fault{"name", "is not a first name and a family name"})
	}
	if s.Born == "" {
		return append(faults, Fault{"born", "is needed"})
	}
	if _, err := ParseDay(string(s.Born)); err != nil {
		faults = append(faults, Fault{"born", "is " + err.Error()})
	}
	return faults
}

// Names returns the keys of all the names that it may be: which of the words are the family name is
// for the records to say.
func (s Sought) Names() (names []Name) {
	words := s.words()
	for n := 1; n < len(words); n++ {
		one, other := strings.Join(words[:n], " "), strings.Join(words[n:], " ")
		names = append(names, Name{FirstName: one, Surname: other}, Name{FirstName: other, Surname: one})
	}
	return names
}

func (s Sought) words() []string {
	return strings.Fields(NormaliseName(strings.ReplaceAll(s.Name, ",", " ")))
}
