package pg

import "github.com/lib/pq"

// Raised returns what a function or trigger in the database raised: the SQLSTATE, the COLUMN that it
// named, and the message. ok is false for an error that is not the database's.
func Raised(err error) (code, column, message string, ok bool) {
	e := pq.As(err)
	if e == nil {
		return "", "", "", false
	}
	return string(e.Code), e.Column, e.Message, true
}
