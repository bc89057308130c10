package admin

import (
	"strings"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
)

// Field is a box of a form for a line of text: the piece "field".
type Field struct {
	Name, Label, Hint string
	Value, Fault      string
	Kind              string // of the input; "": text
	Width             string // "10", "20" or "30" characters; "": all there is
	Serial            bool   // it takes numbers and not words: each character is as wide
}

// Type is the type of the input.
func (f Field) Type() string {
	if f.Kind == "" {
		return "text"
	}
	return f.Kind
}

// Said turns what is wrong with the fields of a request into what stands on the page, for the
// fields of a form: of each its name in the request, its name in the form and the beginning of
// the sentence. A fault of another field is said of the form's first.
func Said(faults []api.FieldError, of [][3]string) (said frame.Faults) {
	for _, f := range faults {
		at := of[0]
		text := "This " + f.Detail
		for _, o := range of {
			if o[0] == f.Field {
				at, text = o, o[2]+" "+f.Detail
			}
		}
		said = append(said, frame.Fault{Field: at[1], Text: strings.TrimSuffix(text, ".")})
	}
	return said
}
