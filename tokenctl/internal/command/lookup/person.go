package lookup

import (
	"fmt"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
)

// sayWho says whose record it is, by all names and numbers that the reader may see.
func (a *app) sayWho(r api.Record) {
	details := func(name string) api.Item { return form.ItemAt(r, "service_user_details."+name) }
	a.Screen.Heading("%s", nameOf(details("surname"), details("first_name")))
	if born := form.Text(details("date_of_birth")); born != "" {
		line := "Born " + form.Day(born)
		if years, ok := form.Years(born, now()); ok {
			line += fmt.Sprintf(", %d years old", years)
		}
		a.Screen.Line("%s", line)
	}
	if aliases := aliasesOf(details("aliases")); aliases != nil {
		a.Screen.Paragraph("", "Also known as "+strings.Join(aliases, ", "))
	}
	if number := form.Text(details("epex_number")); number != "" {
		a.Screen.Line("ePEX number %s", number)
	}
	a.Screen.Line("Record %s", r.ID)
	if withheld := withheldOf(r); withheld > 0 {
		a.Screen.Line("Items withheld from your role, whether or not they are recorded: %d", withheld)
	}
	a.Screen.Line("")
}

// nameOf puts the surname first, as police file it.
func nameOf(surname, firstName api.Item) string {
	switch last, first := form.Text(surname), form.Text(firstName); {
	case last == "" && first == "":
		return "Name not shown"
	case last == "" || first == "":
		return last + first
	default:
		return last + ", " + first
	}
}

func aliasesOf(item api.Item) (names []string) {
	entries, _ := form.Plain(item.Value).([]any)
	for _, entry := range entries {
		fields, _ := entry.(map[string]any)
		first, _ := fields["first_name"].(string)
		last, _ := fields["surname"].(string)
		names = append(names, strings.TrimSpace(first+" "+last))
	}
	return names
}

// withheldOf counts what the role leaves out. The number is the role's: it tells nothing of
// this person.
func withheldOf(r api.Record) (n int) {
	for _, section := range r.Sections {
		for _, item := range section {
			if item.State == api.StateWithheld {
				n++
			}
		}
	}
	return n
}

// sayAge says from when the record is, and what that asks for.
func (a *app) sayAge(r api.Record) {
	age := form.AgeOf(r, now())
	a.Screen.Paragraph("", age.Words)
	if age.Freshness != form.Fresh && age.Newest != "" {
		a.Screen.Paragraph("", "The newest entry that you may see is of "+form.Day(age.Newest)+".")
	}
	if age.Advice != "" {
		a.Screen.Paragraph("", age.Advice)
	}
}

// sayRisk prints a card: the state at a glance, what to do, and what is recorded.
func (a *app) sayRisk(c form.Card) {
	a.Screen.Line("")
	a.Screen.Heading("%s – %s", c.Title, c.Status)
	a.Screen.Paragraph("  ", c.Advice)
	for _, line := range c.Lines {
		a.Screen.Paragraph("  - ", line)
	}
	if from := provenance(api.Item{AsAt: c.AsAt, Source: c.Source}); from != nothingSaid {
		a.Screen.Paragraph("  ", "("+from+")")
	}
}
