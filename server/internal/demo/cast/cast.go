// Package cast chooses, among the demo's invented people, those whom the page of practice
// tasks is about: [Choose] says who they are and what their records hold.
//
// It goes by rules and not by names, so that the tasks can still be done when the generator
// changes. Birth dates and days of release move with the day on which a demo was begun,
// which nobody knows later; nothing here depends on them.
package cast

import (
	"errors"
	"slices"
	"strings"

	"mais/server/internal/record"
	"mais/server/internal/record/synthetic"
)

// Seed makes the demo's people, the same every time.
const Seed = 1803225

// People is how many of them the tasks know. A demo with fewer may lack some of the cast;
// with many more, a name may find others as well.
const People = synthetic.DefaultPeople

// Name is somebody's name.
type Name struct{ First, Last string }

// String returns the name as it is said.
func (n Name) String() string { return strings.TrimSpace(n.First + " " + n.Last) }

// Cast is who the tasks are about. Nothing here is for clinicians only: the page is for
// everybody.
type Cast struct {
	Man     Name     // is found alone by his surname; released
	Alerts  []string // that his record raises
	Ring    Contact  // his health professional, who has a number for the night
	Missing string   // key of an item of his that is not recorded
	Other   Name     // is found alone by an alias
	Alias   Name     // that one: another surname than his own
	Refused string   // key of an item that this one refused to say
	Nobody  Name     // is not there
}

// Contact is somebody to ring.
type Contact struct{ Name, Relationship, OutOfHours string }

// nobody has a surname that the generator does not know.
var nobody = Name{"Jeremy", "Quillfeather"}

// Choose returns the cast. The error says that nobody fits a part; a test shows that it does
// not happen.
func Choose() (Cast, error) { return choose("2001-01-01") }

// choose makes the people as if they were begun on a day.
func choose(day record.Day) (Cast, error) {
	everybody := people(day)
	man := slices.IndexFunc(everybody, everybody.playsMan)
	other := slices.IndexFunc(everybody, everybody.playsOther)
	if man < 0 || other < 0 {
		return Cast{}, errors.New("among the demo's people nobody fits a part in the practice tasks")
	}
	m, o := everybody[man], everybody[other]
	return Cast{
		Man: m.name(), Alerts: m.alerts(), Ring: m.ring(), Missing: m.first(record.NotRecorded),
		Other: o.name(), Alias: everybody.alone(o), Refused: o.first(record.Refused), Nobody: nobody,
	}, nil
}

// playsMan reports whether a record teaches what the first tasks ask: an age, alerts of
// several kinds, a number for the night, an item that is not recorded.
func (c company) playsMan(p person) bool {
	alerts := p.alerts()
	raises := func(a string) bool { return slices.Contains(alerts, a) }
	return p.released() && len(c.found(Name{Last: p.name().Last})) == 1 && p.ring().OutOfHours != "" && p.first(record.NotRecorded) != "" &&
		raises("suicide") && raises("alcohol_withdrawal") && slices.ContainsFunc([]string{"epilepsy", "diabetes", "asthma", "heart_problems"}, raises)
}

// playsOther reports whether somebody goes by another name and refused to say something.
func (c company) playsOther(p person) bool {
	return c.alone(p) != Name{} && p.first(record.Refused) != ""
}

// alone returns an alias with both names and a surname of its own that finds only this
// person, or none.
func (c company) alone(p person) Name {
	for _, alias := range p.aliases() {
		if alias.First != "" && alias.Last != "" && alias.Last != p.name().Last && len(c.found(alias)) == 1 {
			return alias
		}
	}
	return Name{}
}

// found returns whom a search by name finds.
func (c company) found(n Name) (found company) {
	for _, p := range c {
		if slices.ContainsFunc(append(p.aliases(), p.name()), n.finds) {
			found = append(found, p)
		}
	}
	return found
}

// finds reports whether a search for n finds a name: by prefix, as package record has it.
func (n Name) finds(other Name) bool {
	begins := func(text, prefix string) bool {
		return strings.HasPrefix(record.NormaliseName(text), record.NormaliseName(prefix))
	}
	return begins(other.First, n.First) && begins(other.Last, n.Last)
}
