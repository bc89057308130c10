package form

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mais/server/api"
)

// Bare returns a name that the form does not know as words.
func Bare(name string) string { return strings.ReplaceAll(name, "_", " ") }

// Word returns a coded value in words: "Those in authority" for those_in_authority. Unknown
// stays unknown: it never reads as a no.
func Word(coded string) string {
	if words, ok := codedWords[coded]; ok {
		return words
	}
	return capital(strings.NewReplacer("_", " ", "-", " ").Replace(coded))
}

// codedWords are the values whose words are more than their capital letter.
var codedWords = map[string]string{
	"schizophrenia_or_other_delusional_disorders": "Schizophrenia or other delusional disorders",
	"anti_anxiety":                        "Anti-anxiety",
	"anti_authoritarian":                  "Anti-authoritarian",
	"community_gp":                        "Community GP",
	"receiving_cpa":                       "Receiving CPA (Care Programme Approach)",
	"environmental_police":                "Environmental: police",
	"environmental_prison":                "Environmental: prison",
	"environmental_probation":             "Environmental: probation",
	"relationships_or_significant_others": "Relationships or significant others",
}

// RoleLabel returns a role's name in words: "Police officer" for police_officer.
func RoleLabel(name string) string {
	if name == "mais_administrator" {
		return "MAIS administrator"
	}
	return capital(Bare(name))
}

// LevelLabel returns in words how the key of a token is held.
func LevelLabel(level string) string {
	switch level {
	case "software":
		return "Software token"
	case "card":
		return "Smart card"
	case "attested":
		return "Smart card, attested"
	}
	return capital(Bare(level))
}

// StateLabel returns in words why an item has no value. The three are different facts:
// withheld says nothing of whether anything is recorded.
func StateLabel(state string) string {
	switch state {
	case api.StateNotRecorded:
		return "Not recorded"
	case api.StateRefused:
		return "Asked, refused to say"
	case api.StateWithheld:
		return "Withheld: not for your role, whether or not anything is recorded"
	}
	return capital(Bare(state))
}

// capital begins a text with a capital letter.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
