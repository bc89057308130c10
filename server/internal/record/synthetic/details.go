package synthetic

import (
	"fmt"

	"mais/server/internal/record"
)

func (w *writer) details(i int) {
	w.section("service_user_details", "P-NOMIS", "SystmOne")
	first, last := w.firstName(), w.surname()
	w.put("first_name", record.Word(first))
	w.put("surname", record.Word(last))
	w.put("date_of_birth", record.Word(record.DayOf(w.today.Time().AddDate(-w.age, 0, -w.IntN(365)))))
	w.aliases(first, last)
	w.release()
	if w.chance(80) {
		w.source = "ePEX"
		w.put("epex_number", record.Word(fmt.Sprintf("SYN%07d", i+1)))
		w.source = "P-NOMIS"
	}
	w.yes("interpreter_needed", false)
	language := record.Word("English")
	if w.chinese {
		language = "English, Mandarin"
	}
	w.put("language_spoken", language)
	w.addresses()
	w.contacts()
}

func (w *writer) aliases(first, last string) {
	aliases := record.Rows{}
	switch at := w.IntN(100); {
	case at < 40: // never asked
		return
	case at < 50: // none
	case at < 75 && shortNames[first] != "":
		aliases = append(aliases, record.Fields{"first_name": shortNames[first], "surname": last})
	case at < 90:
		aliases = append(aliases, record.Fields{"first_name": first, "surname": w.common(surnames)})
	default:
		aliases = append(aliases, record.Fields{"first_name": w.firstName(), "surname": last},
			record.Fields{"surname": w.common(surnames)})
	}
	w.put("aliases", aliases)
}

func (w *writer) release() {
	certainty, day := "actual", record.Word(w.released)
	if !w.isReleased {
		certainty = "estimated"
		if w.chance(30) {
			certainty, day = "unknown", "unknown"
		}
	}
	w.put("date_of_release", day)
	w.beside("date_of_release", func(e *record.Entry) { e.Certainty = certainty })
}

func (w *writer) addresses() {
	switch {
	case w.homeless && w.chance(50):
		w.put("last_known_address", record.Word("No fixed address, "+pick(w, towns)))
	case w.chance(97):
		w.put("last_known_address", record.Word(w.address()))
	}
	if w.homeless && w.chance(80) || w.chance(10) {
		w.put("directed_address", record.Word(pick(w, hostels)+", "+w.town()))
	}
}

func (w *writer) contacts() {
	contact := w.relative()
	w.put("preferred_contact", contact)
	if contact["name"] != "" {
		w.yes("preferred_contact_as_appropriate_adult", contact["unsuitable"] == "" && w.chance(60))
	}
	if w.chance(85) {
		w.put("main_health_professional", w.professional())
	}
}

// relative is somebody close, sometimes nobody.
func (w *writer) relative() record.Fields {
	if w.chance(12) {
		return record.Fields{"none_named": "yes"}
	}
	kind := weighted(w, []odds[string]{{35, "Mother"}, {20, "Partner"}, {15, "Sister"}, {12, "Brother"}, {10, "Father"}, {5, "Friend"}, {3, "Son"}})
	names := femaleNames
	if kind == "Brother" || kind == "Father" || kind == "Son" {
		names = firstNames
	}
	c := record.Fields{"name": pick(w, names) + " " + w.common(surnames), "relationship": kind, "telephone": w.landline()}
	if w.chance(60) {
		c["out_of_hours"] = w.mobile()
	}
	if w.chance(70) {
		c["address"] = w.address()
	}
	if w.chance(4) {
		c["unsuitable"] = "yes"
	}
	return c
}

// professional is somebody who looks after the person, with a number for the night.
func (w *writer) professional() record.Fields {
	kind := weighted(w, []odds[string]{{40, "Care coordinator"}, {25, "General practitioner"}, {15, "Community psychiatric nurse"},
		{10, "Consultant psychiatrist"}, {10, "Social worker"}})
	c := record.Fields{"name": w.staff(), "relationship": kind, "address": w.address(), "telephone": w.landline()}
	if w.chance(75) {
		c["out_of_hours"] = w.landline()
	}
	return c
}
