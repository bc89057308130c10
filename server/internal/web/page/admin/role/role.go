// Package role is one role: the matrix of what it permits, item by item and act by act, what it
// demands of its holders, and the form that changes it. Render it with [Render]; [Read] reads
// the form.
package role

import (
	"embed"
	"fmt"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/roles"
	"mais/server/internal/web/page/frame"
)

//go:embed role.html
var files embed.FS

var page = admin.Template(files, "role.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Role  api.Role // as it is; the zero Role: it is to be added
	Typed Typed
	Items api.Items
	All   bool // the reader administers everything, and may change it
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// New reports whether the role is to be added.
func (p Page) New() bool { return p.Role.Version == 0 }

// Path is where the form goes.
func (p Page) Path() string {
	if p.New() {
		return roles.New
	}
	return roles.PathOf(p.Role.Name)
}

// Own is the address of the role.
func (p Page) Own() string { return roles.PathOf(p.Role.Name) }

// Holders says how many have it.
func (p Page) Holders() string { return admin.Count(p.Role.Holders, "person", "people") }

// Deletable reports whether the reader can have it deleted.
func (p Page) Deletable() bool { return p.All && !p.New() && !p.Role.BuiltIn }

// Name, Description and Note are the form's boxes.
func (p Page) Name() admin.Field {
	return admin.Field{Name: Name, Label: "Name", Hint: "Small letters and underscores, like probation_officer. It stays.", Value: p.Typed.Name, Fault: p.Faults.Of(Name), Width: "20"}
}

// Description is the box for what the role is for.
func (p Page) Description() admin.Field {
	return admin.Field{Name: Description, Label: "What it is for", Hint: "Its holders read it on the page My access: “sees the risks and needs …”.", Value: p.Typed.Description, Fault: p.Faults.Of(Description)}
}

// Note is the box for why it is changed.
func (p Page) Note() admin.Field {
	return admin.Field{Name: Note, Label: "Why", Hint: "For the second administrator who has to approve it, and for the audit.", Value: p.Typed.Note, Fault: p.Faults.Of(Note)}
}

// Choice is something to choose.
type Choice struct {
	ID, Name, Value, Label string
	Chosen                 bool
}

// Levels are how well the key of a holder's token must be kept.
func (p Page) Levels() []Choice {
	return choices(Level, p.Typed.Level, [][2]string{
		{"software", "Any token: a key in a file is enough"}, {"card", "A smart card"}, {"attested", "A smart card that its maker vouches for"},
	})
}

// Passwords are how far passwords go.
func (p Page) Passwords() []Choice {
	return choices(Passwords, p.Typed.Passwords, [][2]string{
		{api.PasswordsForbidden, "Not at all: a token is needed"},
		{api.PasswordsLimited, "Limited: restricted items only, to read, and no emergency access"},
		{api.PasswordsAllowed, "All that the role shows"},
	})
}

func choices(field, chosen string, of [][2]string) (all []Choice) {
	for n, o := range of {
		id := field
		if n > 0 {
			id = fmt.Sprintf("%s-%d", field, n)
		}
		all = append(all, Choice{id, field, o[0], o[1], o[0] == chosen})
	}
	return all
}

// Acts are the columns of the matrix.
func (Page) Acts() []string { return actLabels[:] }

// Section is a part of the matrix.
type Section struct {
	Label string
	Whole []Cell // a box for all its items
	Rows  []Row
}

// Row is an item.
type Row struct {
	Label string
	Full  bool // the audience of the item is clinicians alone
	Cells []Cell
}

// Cell is an act to an item, or to all of a section.
type Cell struct {
	ID, Name, Value, Act, Says string
	Ticked                     bool
}

// Sections are the matrix as it is typed.
func (p Page) Sections() (all []Section) {
	for s, section := range p.Items.Sections {
		out := Section{Label: section.Label}
		for a := range Acts {
			out.Whole = append(out.Whole, Cell{
				fmt.Sprintf("s%d-%d", s, a), May, section.Key + " " + letters[a], actLabels[a], actLabels[a] + " all of “" + section.Label + "”", p.Typed.whole(section, a)})
		}
		for n, item := range section.Items {
			row := Row{Label: item.Label, Full: item.Audience == "full"}
			for a, act := range Acts {
				row.Cells = append(row.Cells, Cell{
					fmt.Sprintf("i%d-%d-%d", s, n, a), May, item.Key + " " + letters[a], actLabels[a], actLabels[a] + ": " + item.Label, p.Typed.May[api.Permission{Item: item.Key, Act: act}]})
			}
			out.Rows = append(out.Rows, row)
		}
		all = append(all, out)
	}
	return all
}

// Wholes names the boxes of whole sections that are ticked, so that Read knows which of them
// were touched.
func (p Page) Wholes() string { return p.Typed.wholes(p.Items) }

// Label is the role's name in words.
func (p Page) Label() string { return form.RoleLabel(p.Role.Name) }

// Question is a choice of one of several, with its legend.
type Question struct {
	Field, Legend, Fault string
	Choices              []Choice
}

// ChooseLevel asks what token the role demands.
func (p Page) ChooseLevel() Question {
	return Question{Level, "Token that its holders need", p.Faults.Of(Level), p.Levels()}
}

// ChoosePasswords asks how far passwords go.
func (p Page) ChoosePasswords() Question {
	return Question{Passwords, "With a password instead, where their agency lets them", p.Faults.Of(Passwords), p.Passwords()}
}
