package piv

import (
	"fmt"

	"mais/tokenctl/internal/fault"
)

// The words of Summary.Factory that commands ask for.
const (
	FactoryPIN = "PIN"
	FactoryPUK = "PUK"
)

// LastTry refuses to spend the last try on what a file says: a timer with a stale file would
// block the card.
func LastTry(kind string) error {
	next := "type it at a terminal, without the file"
	if kind == "PIN" {
		next += ", or run 'tokenctl piv pin unblock'"
	}
	return fault.New(fault.WrongPIN, next, "the %s has one try left, which is not risked on a file", kind)
}

// TriesPrompt follows the words "PIN of the card" in a prompt.
func TriesPrompt(n int) string {
	switch {
	case n < 0:
		return " (it does not tell how many tries are left)"
	case n == 1:
		return " (1 try left, a wrong one blocks it)"
	}
	return fmt.Sprintf(" (%d tries left)", n)
}
