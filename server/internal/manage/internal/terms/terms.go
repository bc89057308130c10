// Package terms holds what whoever is invited accepts when they first sign in: the confidentiality terms,
// and for each of their roles a sheet that says what the service is for and how it is used. Ask
// [Text] and [SheetOf]. It decides nothing. Whoever changes a word of the terms gives them another
// [Version]; sheets inform, and are not accepted by version.
package terms

import (
	"embed"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
)

// Version is of the terms and the sheets, and stands with each acceptance. Raise it, to the month, when one of them comes to
// say something else: everybody is asked once more at their next sign-in.
const Version = "2026-11"

//go:embed terms.txt sheets/*.txt
var files embed.FS

// Text returns the paragraphs of the terms.
func Text() []string { return paragraphs("terms.txt") }

// SheetOf returns the sheet of a role. One that was made at run time has no sheet of its own: it gets the one for
// all.
func SheetOf(role string) api.Sheet {
	text := paragraphs("sheets/" + role + ".txt")
	if text == nil {
		text = paragraphs("sheets/any_role.txt")
	}
	return api.Sheet{Role: role, Title: form.RoleLabel(role), Text: text}
}

// seeing begins the paragraph of a sheet that says what the role shows.
const seeing = "What you see."

// Limited returns a sheet as it holds for who came with a password that gives restricted items, to
// read, or nothing by this role.
func Limited(s api.Sheet, nothing bool) api.Sheet {
	text := " Not with the password that you signed in with: this role asks for a token. Sign in with one."
	if !nothing {
		text = " With the password that you signed in with, restricted items only, to read, and no emergency access. Sign in with a token for all that the role shows."
	}
	s.Text = slices.DeleteFunc(s.Text, func(paragraph string) bool { return strings.HasPrefix(paragraph, seeing) })
	s.Text = append(s.Text[:1:1], append([]string{seeing + text}, s.Text[1:]...)...) // after what it is for
	return s
}

// paragraphs reads a file of ours, in which empty lines part them; nil: there is none.
func paragraphs(name string) (all []string) {
	text, err := files.ReadFile(name)
	if err != nil {
		return nil
	}
	for p := range strings.SplitSeq(string(text), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			all = append(all, p)
		}
	}
	return all
}
