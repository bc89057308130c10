// Package terms holds what whoever is invited accepts when they first sign in: the confidentiality terms,
// and for each of their roles a sheet that says what the service is for and how it is used. Ask
// [Text] and [SheetOf]. It decides nothing. Whoever changes a word of the terms gives them another
// [Version]; sheets inform, and are not accepted by version.
package terms

import (
	"embed"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
)

// Version is of the terms, and stands with each acceptance.
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
