package authz

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/api/form"
)

// Purpose is why somebody looks at one person's record: a reason of form.Reasons, with the
// custody or case number and the explanation that it asks for.
type Purpose struct {
	Reason      string
	Number      string // none as long as there is none: at two in the morning it may come later
	Explanation string
}

// Bounds of what people type, in characters.
const (
	minExplanation, maxExplanation = 5, 200
	minWhy, maxWhy                 = 10, 500
	maxNote                        = 1000
)

var numberForm = regexp.MustCompile(`^[A-Za-z0-9/. -]{0,40}$`)

// checked returns p with what its reason asks for and no more, or an *InvalidError.
func (p Purpose) checked() (Purpose, error) {
	reason, known := form.LookupReason(p.Reason)
	if !known {
		return Purpose{}, invalid("reason", "is not one of the reasons")
	}
	kept := Purpose{Reason: reason.Code}
	var faults InvalidError
	if reason.Number != "" {
		kept.Number = strings.TrimSpace(p.Number)
		if !numberForm.MatchString(kept.Number) {
			faults.add("number", "is at most 40 letters, digits, spaces and / - .")
		}
	}
	if reason.Explain {
		kept.Explanation = strings.TrimSpace(p.Explanation)
		faults.add("explanation", typed(kept.Explanation, minExplanation, maxExplanation, ""))
	}
	return kept, faults.orNil()
}

// detail is the purpose as the audit has it.
func (p Purpose) detail() map[string]string {
	detail := map[string]string{}
	for name, text := range map[string]string{detailReason: p.Reason, detailNumber: p.Number, detailExplanation: p.Explanation} {
		if text != "" {
			detail[name] = text
		}
	}
	return detail
}

// typed says what is wrong with a text that somebody typed, or "". Control characters other
// than the allowed ones, and those that turn the direction of what follows, are refused: it
// is shown to other people, and stands in logs.
func typed(text string, least, most int, allowed string) string {
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text):
		return "is not UTF-8"
	case n < least:
		return fmt.Sprintf("needs %d characters or more", least)
	case n > most:
		return fmt.Sprintf("is longer than %d characters", most)
	}
	for _, r := range text {
		if (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) && !strings.ContainsRune(allowed, r) {
			return fmt.Sprintf("holds the control character U+%04X", r)
		}
	}
	return ""
}

// lines is a text of several lines as it is kept: a browser sends CR LF for the end of each.
func lines(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

// invalid returns the *InvalidError of one field.
func invalid(field, detail string) error {
	return &InvalidError{Fields: []api.FieldError{{Field: field, Detail: detail}}}
}

// add adds a fault, unless detail is "".
func (e *InvalidError) add(field, detail string) {
	if detail != "" {
		e.Fields = append(e.Fields, api.FieldError{Field: field, Detail: detail})
	}
}

// orNil returns e if there is a fault.
func (e *InvalidError) orNil() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}
