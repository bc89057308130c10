package form

// Name puts the family name first, as people are filed: "Kettering, Tobias". Either part may
// be missing. Without both nobody can tell whether none is recorded or none is for the
// reader, and it says neither.
func Name(surname, first string) string {
	switch {
	case surname == "" && first == "":
		return "Name not shown"
	case surname == "" || first == "":
		return surname + first
	}
	return surname + ", " + first
}
