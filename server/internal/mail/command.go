package mail

import "strings"

// withCard returns the command that enrols a person with a smart card, of the one that enrols
// them with a key in a file; of every other it is empty.
func withCard(command string) string {
	rest, ok := strings.CutPrefix(command, "tokenctl enrol ")
	if !ok {
		return ""
	}
	return "tokenctl piv enrol " + rest
}
