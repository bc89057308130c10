package form

// Reason is one answer to the question why a record is looked at.
type Reason struct {
	Code, Label, Hint string
	// Number says what number there should be with it: a custody number, say. Empty: none is asked.
	Number string
	// Explain demands an explanation in words.
	Explain bool
}

// Reasons returns the reasons for looking, in the order in which they are offered.
func Reasons() []Reason { return reasons }

// LookupReason returns the reason with a code.
func LookupReason(code string) (Reason, bool) {
	for _, r := range reasons {
		if r.Code == code {
			return r, true
		}
	}
	return Reason{}, false
}

var reasons = []Reason{
	{Code: "custody", Label: "Risk assessment of a person in custody", Number: "Custody number"},
	{Code: "detention", Label: "Mental Health Act detention or call (section 135 or 136)", Number: "Incident or custody number"},
	{Code: "welfare", Label: "Welfare check or safeguarding", Number: "Incident number"},
	{Code: "care", Label: "Caring for or treating this person", Number: "Case number"},
	{Code: "release", Label: "Preparing a release, or checking the record before it"},
	{Code: "other", Label: "Another reason", Explain: true},
}
