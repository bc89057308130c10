package audit

import (
	"bytes"
	"errors"
	"sync/atomic"
)

// ErrSealed says that a receipt does not open what it was offered to.
var ErrSealed = errors.New("sealed: not the receipt of its own event")

var seals atomic.Uint64

// Sealed holds a value that was read and must not be used before its event is durable. The
// zero Sealed never opens. Printing or marshalling it shows nothing of the value.
type Sealed[T any] struct {
	event   Event
	encoded []byte   // as the event was at Seal: its lists are shared with the caller
	value   func() T // a closure, so that no formatting or reflection finds the value
}

// Seal seals v under the event that says that v was read. Under an event that can't be
// recorded it never opens.
func Seal[T any](e Event, v T) Sealed[T] {
	e.seal = seals.Add(1)
	encoded, err := e.encode()
	if err != nil {
		return Sealed[T]{event: e}
	}
	return Sealed[T]{event: e, encoded: encoded, value: func() T { return v }}
}

// Reseal returns what s holds, as f makes it, under another event: that of a reading of which
// s is a part. The receipt of e opens it, and f runs then and not before.
func Reseal[A, B any](s Sealed[A], e Event, f func(A) B) Sealed[B] {
	if s.value == nil {
		return Sealed[B]{event: e}
	}
	sealed := Seal(e, struct{}{})
	if sealed.value == nil {
		return Sealed[B]{event: e}
	}
	return Sealed[B]{event: sealed.event, encoded: sealed.encoded, value: func() B { return f(s.value()) }}
}

// Event returns the event to append. A change of it makes it another event, whose receipt
// opens nothing.
func (s Sealed[T]) Event() Event { return s.event }

// Open returns the value if r is the receipt of s's own event, and ErrSealed otherwise.
func (s Sealed[T]) Open(r Receipt) (T, error) {
	if s.value == nil || r.id == 0 || r.seal != s.event.seal || !bytes.Equal(s.encoded, r.event) {
		var none T
		return none, ErrSealed
	}
	return s.value(), nil
}

// Receipt says that an event is durably in the ledger. Only Log.Append makes one; the zero
// Receipt opens nothing.
type Receipt struct {
	id, status, access int64
	seal               uint64
	event              []byte
}

// ID returns the entry's number in the ledger.
func (r Receipt) ID() int64 { return r.id }

// StatusNumber returns the number of the last change of a certificate's status that was
// committed when the entry was made.
func (r Receipt) StatusNumber() int64 { return r.status }

// AccessGeneration returns the access generation that was committed when the entry was made.
func (r Receipt) AccessGeneration() int64 { return r.access }

// Join returns what two sealed values hold, as f makes it, under one event: that of a reading of
// which both are parts. The receipt of e opens it, and f runs then and not before.
func Join[A, B, C any](a Sealed[A], b Sealed[B], e Event, f func(A, B) C) Sealed[C] {
	if a.value == nil || b.value == nil {
		return Sealed[C]{event: e}
	}
	sealed := Seal(e, struct{}{})
	if sealed.value == nil {
		return Sealed[C]{event: e}
	}
	return Sealed[C]{event: sealed.event, encoded: sealed.encoded, value: func() C { return f(a.value(), b.value()) }}
}
