package frame

// Fault is what is wrong with one field of a form, in a sentence for whoever filled it in.
type Fault struct {
	Field string // its name, and the id of its first input
	Text  string
}

// Faults are those of a page's form, in the order of its fields. A page shows them with the
// template "faults", and each at its field.
type Faults []Fault

// Of returns what is wrong with a field, or "".
func (f Faults) Of(field string) string {
	for _, fault := range f {
		if fault.Field == field {
			return fault.Text
		}
	}
	return ""
}
