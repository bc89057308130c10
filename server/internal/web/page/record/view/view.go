// Package view says in words what a record holds that was cut to its reader: who it is
// about, its items in the form's order, whom to ring first, and how old each thing is. The
// pages of a record are made from it; call [Of].
//
// Withheld, not recorded, and asked but refused are three different facts and never read
// alike. What is withheld has no value here to leak.
package view

import (
	"time"

	"mais/server/api"
	"mais/server/api/form"
)

// Reader is who reads, as far as words depend on it.
type Reader struct {
	Now time.Time
	// Emergency holds the keys, such as "release_medication.prescriptions", of the items
	// that the reader's roles show in an emergency only.
	Emergency map[string]bool
	// Limited: they signed in with a password, which shows less than a token.
	Limited bool
}

// Record is a record in words.
type Record struct {
	ID       string
	Person   Person
	Age      form.Accuracy
	Cards    []Card
	Contacts Contacts
	Sections []Section
}

// Of returns the record in words.
func Of(r api.Record, to Reader) Record {
	r = bare(r)
	out := Record{ID: r.ID, Person: personOf(r, to.Now), Age: form.AgeOf(r, to.Now), Cards: cardsOf(r, to.Limited)}
	for _, s := range form.Sections() {
		out.Sections = append(out.Sections, sectionOf(s, r.Sections[s.Name], to))
	}
	out.Contacts = contactsOf(out.Sections)
	return out
}

// bare returns the record without what should not have come: the value of an item that has
// another state, and all of one that is withheld or in a state that nobody knows.
func bare(r api.Record) api.Record {
	out := api.Record{ID: r.ID, Sections: make(map[string]map[string]api.Item, len(r.Sections))}
	for name, section := range r.Sections {
		items := make(map[string]api.Item, len(section))
		for item, i := range section {
			switch stateOf(i) {
			case Refused:
				i.Value = nil
			case NotRecorded:
				i = api.Item{State: api.StateNotRecorded}
			case Withheld:
				i = api.Item{State: api.StateWithheld}
			}
			items[item] = i
		}
		out.Sections[name] = items
	}
	return out
}

// Withheld reports whether anything is withheld.
func (r Record) Withheld() bool {
	return r.has(func(i Item) bool { return i.State == Withheld })
}

// Emergency reports whether emergency access would show something more.
func (r Record) Emergency() bool {
	return r.has(func(i Item) bool { return i.State == Withheld && i.Emergency })
}

func (r Record) has(fits func(Item) bool) bool {
	for _, s := range r.Sections {
		for _, i := range s.All() {
			if fits(i) {
				return true
			}
		}
	}
	return false
}
