package find

// Input is one field of the form as the template shows it. Its name is its id.
type Input struct {
	ID, Label, Value, Fault string
	Focus                   bool
	Width                   int // characters, of a part of a date
}

// Family is the input of the family name, which has the focus when a search begins.
func (p Page) Family() Input {
	return Input{
		ID: FamilyName, Label: "Family name", Value: p.Typed[FamilyName],
		Fault: p.Faults.Of(FamilyName), Focus: p.Answer == nil && len(p.Faults) == 0,
	}
}

// First is the input of the first name.
func (p Page) First() Input {
	return Input{ID: FirstName, Label: "First name", Value: p.Typed[FirstName], Fault: p.Faults.Of(FirstName)}
}

// Born are the three inputs of the date of birth.
func (p Page) Born() []Input {
	return []Input{
		{ID: BirthDay, Label: "Day", Value: p.Typed[BirthDay], Fault: p.Faults.Of(BirthDay), Width: 2},
		{ID: BirthMonth, Label: "Month", Value: p.Typed[BirthMonth], Fault: p.Faults.Of(BirthMonth), Width: 2},
		{ID: BirthYear, Label: "Year", Value: p.Typed[BirthYear], Fault: p.Faults.Of(BirthYear), Width: 4},
	}
}

// BornFaults is what is wrong with the date of birth.
func (p Page) BornFaults() (texts []string) {
	for _, part := range p.Born() {
		if part.Fault != "" {
			texts = append(texts, part.Fault)
		}
	}
	return texts
}

// Whole reports whether whole names are asked for.
func (p Page) Whole() bool { return p.Typed[WholeNames] != "" }
