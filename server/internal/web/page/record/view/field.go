package view

import (
	"strings"

	"mais/server/api/form"
)

// fields are those of contacts and lists, in the order of somebody who has to ring: whom,
// and how. The night's number comes before the day's.
var fields = []struct{ name, label string }{
	{"class", "Class"},
	{"details", "Details"},
	{"kind", "Type"},
	{"name", "Name"},
	{"relationship", "Relationship"},
	{"out_of_hours", "Out of hours"},
	{"telephone", "Telephone"},
	{"address", "Address"},
}

// The flags of a contact in words.
const (
	notSuitable = "Not suitable as appropriate adult"
	noOneNamed  = "Asked: no one named"
)

// fieldsOf returns the fields that hold something; those of a contact's flags last.
func fieldsOf(object map[string]any) []Field {
	var out []Field
	first, _ := object["first_name"].(string)
	surname, _ := object["surname"].(string)
	if alias := strings.TrimSpace(first + " " + surname); alias != "" {
		out = append(out, Field{Name: "alias", Text: alias})
	}
	for _, f := range fields {
		text, _ := object[f.name].(string)
		if text == "" {
			continue
		}
		out = append(out, fieldOf(f.name, f.label, text))
	}
	if object["none_named"] == "yes" {
		out = append(out, Field{Name: "none_named", Text: noOneNamed})
	}
	if object["unsuitable"] == "yes" {
		out = append(out, Field{Name: "unsuitable", Text: notSuitable})
	}
	return out
}

func fieldOf(name, label, text string) Field {
	f := Field{Name: name, Label: label, Text: text}
	switch name {
	case "class", "kind":
		f.Text = form.Word(text)
	case "telephone", "out_of_hours":
		f.Number = form.Telephone(text)
	}
	return f
}
