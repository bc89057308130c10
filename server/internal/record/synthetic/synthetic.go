// Package synthetic invents people: records to show and to test the service with, of nobody
// who lives. Start with [People].
//
// The records look like the sample of the MAIS pilot (report 08/1803/225, section 4.1.3 and
// Table 3): thirty-one men from one prison. Each thirty-one people in turn are dealt that
// sample like packs of cards, so that every whole pack has exactly its proportions and no
// two people need be alike. What the report does not count is drawn by plausible odds of
// ours.
//
// Places, streets and agencies are invented, telephone numbers come from the ranges that
// Ofcom keeps for drama, NHS numbers from the range 999 that is kept for tests, and no
// postcode area LX exists. Drugs are real and doses plausible, but nothing here is medical
// advice or statistics about anybody.
package synthetic

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"mais/server/internal/record"
)

// DefaultPeople is how many people the pilot had.
const DefaultPeople = 31

// Source is the source of every record made here.
const Source = "synthetic"

// People returns n people, one at a time. The same seed and day give the same people, and
// fewer of them the same first ones; their references are unique for a seed. today is the
// day on which they are looked at: most have been released before, some will be. The
// error is always nil; it is there for who loads them.
func People(n int, seed uint64, today record.Day) iter.Seq2[record.Person, error] {
	return func(yield func(record.Person, error) bool) {
		var deal hand
		for i := range n {
			if i%packSize == 0 {
				deal = dealHand(seed, uint64(i/packSize))
			}
			if !yield(invent(i, seed, deal.person(i%packSize), today), nil) {
				return
			}
		}
	}
}

// writer writes a person's entries, with the provenance of the section being written.
type writer struct {
	*rand.Rand
	traits
	today    record.Day
	released record.Day // on or before today, or ahead
	person   record.Person

	row    record.Row
	asAt   record.Day
	source string
}

func invent(i int, seed uint64, t traits, today record.Day) record.Person {
	w := &writer{
		Rand: rand.New(rand.NewPCG(seed, uint64(i)|1<<63)), traits: t, today: today,
		person: record.Person{Source: Source, Reference: fmt.Sprintf("%d-%07d", seed, i+1), Sections: map[string][]record.Row{},
			Identifiers: identifiers(i)},
	}
	w.released = today.AddDays(1 + w.IntN(200))
	if t.isReleased {
		w.released = today.AddDays(-w.IntN(255)) // the network was live for eight and a half months
	}
	w.details(i)
	w.physicalHealth()
	w.mentalHealth()
	w.substances()
	w.medication()
	w.selfHarm()
	w.riskFactors()
	w.violenceToOthers()
	w.agencies()
	return w.person
}

// identifiers are numbers in the right form and of nobody.
func identifiers(i int) map[string]string {
	letters := fmt.Sprintf("%c%c", 'A'+i/10000/26%26, 'A'+i/10000%26)
	numbers := map[string]string{"prison_number": fmt.Sprintf("Z%04d%s", i%10000, letters)}
	if number, ok := nhsNumber(999_000_000 + i%1_000_000); ok {
		numbers["nhs_number"] = number
	}
	return numbers
}

// nhsNumber adds the check digit (modulus 11); one in eleven has none.
func nhsNumber(nine int) (string, bool) {
	sum, weight := 0, 2
	for rest := nine; rest > 0; rest /= 10 {
		sum += rest % 10 * weight
		weight++
	}
	check := (11 - sum%11) % 11
	return fmt.Sprintf("%d%d", nine, check), check < 10
}

// section begins a section, last brought up to date a little before the release.
func (w *writer) section(name string, sources ...string) {
	w.row = record.Row{}
	w.person.Sections[name] = append(w.person.Sections[name], w.row)
	w.asAt = min(w.released, w.today).AddDays(-w.IntN(46))
	w.source = pick(w, sources)
}

// put records an item; an empty word is not recorded.
func (w *writer) put(item string, value record.Value) {
	if value == nil || value == record.Word("") {
		return
	}
	w.row[item] = record.Entry{State: record.Recorded, Value: value, AsAt: w.asAt, Source: w.source}
}

// yes records an answer that the odds are about. A no is not always known for one: of
// those asked some refuse, and some are never asked.
func (w *writer) yes(item string, holds bool) {
	answer := record.Word("yes")
	if !holds {
		answer = weighted(w, []odds[record.Word]{{87, "no"}, {9, "unknown"}, {2, "refused"}, {2, ""}})
	}
	w.answer(item, answer)
}

// answer records a tri.
func (w *writer) answer(item string, answer record.Word) {
	if answer == "refused" {
		w.row[item] = record.Entry{State: record.Refused, AsAt: w.asAt, Source: w.source}
		return
	}
	w.put(item, answer)
}

// beside writes a note beside an item that has been recorded.
func (w *writer) beside(item string, change func(*record.Entry)) {
	e := w.row[item]
	change(&e)
	w.row[item] = e
}

// chance is true in percent of a hundred cases.
func (w *writer) chance(percent int) bool { return w.IntN(100) < percent }

func pick[T any](w *writer, from []T) T { return from[w.IntN(len(from))] }

// odds is how often a thing comes among others.
type odds[T any] struct {
	weight int
	thing  T
}

func weighted[T any](w *writer, from []odds[T]) T {
	total := 0
	for _, o := range from {
		total += o.weight
	}
	at := w.IntN(total)
	for _, o := range from {
		if at -= o.weight; at < 0 {
			return o.thing
		}
	}
	panic("unreachable: the weights add up to the total")
}
