package admin

import (
	"fmt"
	"unicode/utf8"

	"mais/server/api/form"
)

// longestQuery is how many characters a search in a list may have.
const longestQuery = 200

// QueryFault says what is wrong with what was typed to search a list, or nothing.
func QueryFault(typed string) string {
	_, unseen := form.Unseen(typed, "")
	switch {
	case unseen || !utf8.ValidString(typed):
		return "What you look for holds a character that cannot be seen: type it again"
	case utf8.RuneCountInString(typed) > longestQuery:
		return fmt.Sprintf("What you look for must be %d characters or fewer", longestQuery)
	}
	return ""
}
