// Package audit is the report's Eh-AS: the ledger of every attempt, allowed or not. Make one
// [Log] with [New], run its writer with [Log.Run], and append with [Log.Append]; a write
// joins its own transaction with [AppendIn].
//
// What was read from a record is sealed under its event with [Seal], and only the [Receipt]
// that follows the event's durable commit opens it. So "audited but perhaps not served"
// can happen, "served but not audited" cannot.
//
// The package does not decide who may do what, and an entry is only as true as the login
// role that appended it: the ledger shows that role beside each entry. It does not prove
// that nobody with the rights of a database superuser rewrote it.
package audit

import "errors"

// ErrUnavailable says that the event was not, or not in time, durably recorded. Whoever gets
// it must not release anything.
var ErrUnavailable = errors.New("audit is unavailable")

// ErrInvalid says that an event is not fit to be recorded: a fault of the program that made it.
var ErrInvalid = errors.New("invalid audit event")
