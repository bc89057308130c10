// Package fault holds the errors that tokenctl shows a person: a kind that scripts can rely
// on, one sentence on what happened and why, and the next step.
//
// Make one with [New], wrap the cause with [Error.Because], and let the command return it:
// package ui prints it. [Of] turns any other error into a fault, so that nothing reaches
// the terminal without an exit code.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind names what went wrong, the same in every version: it is "code" in --json.
type Kind string

// The kinds, grouped by exit code as exits has them.
const (
	Failed      Kind = "failed"       // something else
	Damaged     Kind = "damaged"      // files of a token do not fit together
	Unavailable Kind = "unavailable"  // the service answers, and says that it cannot serve now
	BadAnswer   Kind = "bad-answer"   // the service's answer is not what the interface promises
	Busy        Kind = "busy"         // another tokenctl is at work on the token
	Usage       Kind = "usage"        // the command was given wrongly
	NeedsSecret Kind = "needs-secret" // a secret is needed, and there is neither file nor terminal
	NotFound    Kind = "not-found"    // no such person
	NoSuchToken Kind = "no-such-token"

	WrongCode    Kind = "wrong-code"    // the enrolment was refused
	NoToken      Kind = "no-token"      // the service saw no certificate
	UnknownToken Kind = "unknown-token" // a certificate that is not in the inventory
	Expired      Kind = "expired"
	Held         Kind = "held"
	Revoked      Kind = "revoked"
	Superseded   Kind = "superseded" // renewed: a newer certificate stands in its place
	WrongNetwork Kind = "wrong-network"
	Denied       Kind = "denied"     // the role does not allow it
	StillGood    Kind = "still-good" // a token that would have to be dead is not

	WrongPassphrase Kind = "wrong-passphrase"
	WrongPIN        Kind = "pin-wrong" // the card refused it, and has tries left
	WeakPIN         Kind = "pin-weak"  // one that anybody would try first, or of the wrong length
	PINBlocked      Kind = "pin-blocked"
	PUKBlocked      Kind = "puk-blocked" // the card can only be reset

	NoCard        Kind = "no-card"         // no reader, no card in it, or not the card of the token
	NoReaders     Kind = "no-readers"      // the smart card service does not answer, or there is no reader
	CardBusy      Kind = "card-busy"       // another program has the card
	CardRemoved   Kind = "card-removed"    // while something was being done
	CardLacks     Kind = "card-lacks"      // the card cannot do that
	NoCardSupport Kind = "no-card-support" // this tokenctl was built without

	Unreachable Kind = "unreachable"
	WrongRoot   Kind = "wrong-root"   // the server's root is not the one of the invitation
	WrongServer Kind = "wrong-server" // not the service: chain, name or policy
	WrongPin    Kind = "wrong-pin"    // the service's name with another key

	Partly   Kind = "partly"   // done, but for what the message names
	Expiring Kind = "expiring" // good, and not for long
	Findings Kind = "findings" // a check has found something to act on

	Interrupted Kind = "interrupted"
)

// Exit codes that several kinds share.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitNotFound    = 3
	exitRefused     = 4
	exitSecret      = 5
	exitBlocked     = 6
	exitNoCard      = 7
	exitNetwork     = 8
	exitPartly      = 9
	exitInterrupted = 130
)

// exits is the one table from kind to exit code. What is not here exits 1.
var exits = map[Kind]int{
	Usage: exitUsage, NeedsSecret: exitUsage,
	NotFound: exitNotFound, NoSuchToken: exitNotFound,
	WrongCode: exitRefused, NoToken: exitRefused, UnknownToken: exitRefused, Expired: exitRefused, Held: exitRefused,
	Revoked: exitRefused, Superseded: exitRefused, WrongNetwork: exitRefused, Denied: exitRefused, StillGood: exitRefused,
	WrongPassphrase: exitSecret, WrongPIN: exitSecret, WeakPIN: exitUsage,
	PINBlocked: exitBlocked, PUKBlocked: exitBlocked,
	NoCard: exitNoCard, NoReaders: exitNoCard, CardBusy: exitNoCard, CardRemoved: exitNoCard, CardLacks: exitNoCard, NoCardSupport: exitNoCard,
	Unreachable: exitNetwork, WrongRoot: exitNetwork, WrongServer: exitNetwork, WrongPin: exitNetwork,
	Partly: exitPartly, Expiring: exitPartly, Findings: exitPartly,
	Interrupted: exitInterrupted,
}

// Exit returns the process's exit code for the kind.
func (k Kind) Exit() int {
	if code, ok := exits[k]; ok {
		return code
	}
	return exitFailed
}

// Field is a field of a request with what is wrong with it, which goes on after its name.
type Field struct{ Name, Says string }

// Error is one failure as a person sees it. No field ever holds a secret.
type Error struct {
	Kind      Kind
	Message   string // what happened and why
	Next      string // what to do now; may be empty
	Reference string // the service's number for this failure; may be empty
	Fields    []Field
	cause     error
}

// New makes a fault. The message is a sentence without a capital or a full stop.
func New(kind Kind, next, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Next: next}
}

// Because returns the fault with the cause that it wraps and whose text follows the message.
func (e *Error) Because(cause error) *Error {
	with := *e
	with.cause = cause
	return &with
}

// During returns the fault with what it interrupted before its message.
func (e *Error) During(act string) *Error {
	with := *e
	with.Message = act + ": " + e.Message
	return &with
}

// Error returns the message and its cause.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.cause.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Of returns err as a fault. An interruption stays one, whatever it interrupted.
func Of(err error) *Error {
	if errors.Is(err, context.Canceled) {
		return New(Interrupted, "", "interrupted")
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return New(Failed, "", "%v", err)
}

// Is reports whether err is a fault of the kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
