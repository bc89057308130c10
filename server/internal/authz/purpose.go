package authz

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"mais/server/api/form"
)

// Purpose is why somebody looks at one person's record: a reason of form.Reasons, with the
// custody or case number and the explanation that it asks for.
type Purpose struct {
	Reason      string
	Number      string // none as long as there is none: at two in the morning it may come later
	Explanation string
}

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
		faults.add("explanation", typed(kept.Explanation, form.MinExplanation, form.MaxExplanation, ""))
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

// typed says what is wrong with a text that somebody typed, or "". What nobody sees is
// refused: the text is shown to other people, and stands in logs. One that has to be there
// has to say something.
func typed(text string, least, most int, allowed string) string {
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text):
		return "is not UTF-8"
	case n < least:
		return fmt.Sprintf("needs %d characters or more", least)
	case n > most:
		return fmt.Sprintf("is longer than %d characters", most)
	}
	if r, found := form.Unseen(text, allowed); found {
		return fmt.Sprintf("holds the invisible character U+%04X", r)
	}
	if least > 0 && !form.Says(text) {
		return fmt.Sprintf("needs %d letters or digits or more", form.MinLetters)
	}
	return ""
}
