package cast

import (
	"mais/server/internal/record"
	"mais/server/internal/record/synthetic"
)

// person is one of the demo's people, as the tasks look at them.
type person struct{ record.Person }

// company is all of them.
type company []person

func people(day record.Day) (all company) {
	for p := range synthetic.People(People, Seed, day) { // never an error
		all = append(all, person{p})
	}
	return all
}

func (p person) entry(section, item string) record.Entry {
	if rows := p.Sections[section]; len(rows) > 0 {
		return rows[0][item]
	}
	return record.Entry{}
}

func (p person) word(item string) string {
	word, _ := p.entry("service_user_details", item).Value.(record.Word)
	return string(word)
}

func (p person) name() Name { return Name{p.word("first_name"), p.word("surname")} }

func (p person) aliases() (names []Name) {
	rows, _ := p.entry("service_user_details", "aliases").Value.(record.Rows)
	for _, row := range rows {
		names = append(names, Name{row["first_name"], row["surname"]})
	}
	return names
}

func (p person) released() bool {
	return p.entry("service_user_details", "date_of_release").Certainty == "actual"
}

func (p person) ring() Contact {
	fields, _ := p.entry("service_user_details", "main_health_professional").Value.(record.Fields)
	return Contact{fields["name"], fields["relationship"], fields["out_of_hours"]}
}

func (p person) alerts() []string {
	return record.Alerts(func(key string) bool {
		item, ok := record.Lookup(key)
		return ok && (item.Type == record.Constant || p.entry(item.Section, item.Name).Is("yes"))
	})
}

// first returns the key of the first item in a state that custody staff may read and that
// depends on no other, or "".
func (p person) first(state record.State) string {
	for _, s := range record.Dictionary() {
		for _, i := range s.Items {
			if !s.Many && i.Audience == record.Restricted && i.When == "" && i.Type != record.Constant && p.entry(s.Name, i.Name).State == state {
				return i.Key()
			}
		}
	}
	return ""
}
