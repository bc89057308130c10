package form

import (
	"slices"
	"strings"

	"mais/server/api"
)

// Contact is somebody to ring.
type Contact struct {
	Name, Relationship, Address, Telephone, OutOfHours string

	Unsuitable bool // as an appropriate adult
	NoneNamed  bool // "no one" was the answer
}

// ContactOf returns the contact that an item holds.
func ContactOf(item api.Item) (c Contact, ok bool) {
	fields, ok := Plain(item.Value).(map[string]any)
	if !ok {
		return Contact{}, false
	}
	field := func(name string) string { text, _ := fields[name].(string); return text }
	return Contact{Name: field("name"), Relationship: field("relationship"), Address: field("address"),
		Telephone: field("telephone"), OutOfHours: field("out_of_hours"),
		Unsuitable: field("unsuitable") == answerYes, NoneNamed: field("none_named") == answerYes}, true
}

// who is the contact's name, with how they are related.
func (c Contact) who(otherwise string) string {
	switch {
	case c.Name == "":
		return otherwise
	case c.Relationship == "":
		return c.Name
	}
	return c.Name + " (" + lower(c.Relationship) + ")"
}

// ring is how to reach the contact, out of hours first: that is when custody rings.
func (c Contact) ring() string {
	var ways []string
	if c.OutOfHours != "" {
		ways = append(ways, "out of hours "+brief(c.OutOfHours))
	}
	if c.Telephone != "" {
		ways = append(ways, "telephone "+brief(c.Telephone))
	}
	if ways == nil {
		return "no telephone number is recorded"
	}
	return strings.Join(ways, ", ")
}

// candidates are those whom the person may have chosen as appropriate adult: the choice, the
// contact, and what to call somebody without a name.
var candidates = []struct{ choice, contact, someone string }{
	{"mental_health_summary.significant_other_as_appropriate_adult", "mental_health_summary.significant_other_contact", "a significant other"},
	{"mental_health_summary.professional_as_appropriate_adult", "mental_health_summary.professional_contact", "a professional"},
	{"service_user_details.preferred_contact_as_appropriate_adult", "service_user_details.preferred_contact", "the preferred contact"},
}

// mainProfessional holds somebody to ring whom no question offers as appropriate adult.
const mainProfessional = "service_user_details.main_health_professional"

func contacts() (keys []string) {
	for _, c := range candidates {
		keys = append(keys, c.contact)
	}
	return keys
}

// Choice returns the key of the answer by which a person wants the contact of an item as their
// appropriate adult, "" where no question asks for it. An item that holds no contact is not ok.
func Choice(contact string) (key string, ok bool) {
	for _, c := range candidates {
		if c.contact == contact {
			return c.choice, true
		}
	}
	return "", contact == mainProfessional
}

// Unsuitable returns the names that are marked as unsuitable for an appropriate adult: somebody
// marked in one place is offered in none.
func Unsuitable(all []Contact) map[string]bool {
	marked := map[string]bool{}
	for _, c := range all {
		marked[c.Name] = marked[c.Name] || c.Unsuitable && c.Name != ""
	}
	return marked
}

// adults says who may be the appropriate adult, and who must not be rung for it.
func adults(r api.Record) []string {
	var all []Contact
	for _, key := range append(contacts(), mainProfessional) {
		c, _ := ContactOf(ItemAt(r, key))
		all = append(all, c)
	}
	unsuitable, withheld := Unsuitable(all), false
	var wished, not []string
	for _, of := range candidates {
		c, _ := ContactOf(ItemAt(r, of.contact))
		withheld = withheld || ItemAt(r, of.choice).State == api.StateWithheld
		who := brief(c.who(of.someone))
		switch choice := ItemAt(r, of.choice); {
		case c.Unsuitable || unsuitable[c.Name]:
			not = append(not, "Not suitable as appropriate adult: "+sentence(who))
		case isYes(choice):
			wished = append(wished, "Would like "+who+": "+sentence(c.ring()))
		case choice.State == "" && Text(choice) == answerNo:
			not = append(not, "Does not want "+who+" as appropriate adult.")
		}
	}
	switch {
	case wished == nil && withheld:
		wished = []string{"Whom they would like is withheld from your role: use the appropriate adult scheme."}
	case wished == nil:
		wished = []string{"Nobody suitable is named here: use the appropriate adult scheme."}
	}
	return slices.Compact(append(wished, not...))
}
