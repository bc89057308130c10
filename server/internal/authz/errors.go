package authz

import (
	"errors"
	"slices"
	"strings"
	"time"

	"mais/server/api"
)

// The errors of a Service, besides *InvalidError and the *authn.Refusal of a caller who no
// longer holds. With each of them nothing of any record is released.
var (
	ErrDenied      = errors.New("not permitted")
	ErrNotFound    = errors.New("no such record")
	ErrNoReason    = errors.New("no reason for looking was given")
	ErrTooMany     = errors.New("too many at a time")
	ErrUnavailable = errors.New("records are unavailable") // wraps audit.ErrUnavailable when that is the cause
)

// TooManyError is an ErrTooMany of one who may do so many within an hour, and when they may again.
type TooManyError struct {
	Most  int
	Again time.Time
}

func (e *TooManyError) Error() string { return ErrTooMany.Error() }

// Is makes it an ErrTooMany.
func (e *TooManyError) Is(target error) bool { return target == ErrTooMany }

// InvalidError says what is wrong with a request, field by field. It does not repeat what
// stands there.
type InvalidError struct{ Fields []api.FieldError }

// Error names the fields and what is wrong with each.
func (e *InvalidError) Error() string {
	var faults []string
	for _, f := range e.Fields {
		faults = append(faults, f.Field+" "+f.Detail)
	}
	return "invalid request: " + strings.Join(faults, "; ")
}

// names returns the faulty fields' names for the audit.
func (e *InvalidError) names() string {
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Field)
	}
	return strings.Join(names, " ")
}

// invalid returns the *InvalidError of one field.
func invalid(field, detail string) error {
	return &InvalidError{Fields: []api.FieldError{{Field: field, Detail: detail}}}
}

// add adds a fault, unless detail is "".
func (e *InvalidError) add(field, detail string) {
	if detail != "" {
		e.Fields = append(e.Fields, api.FieldError{Field: field, Detail: detail})
	}
}

// orNil returns e if there is a fault.
func (e *InvalidError) orNil() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Of reports whether a field is among the faulty ones.
func (e *InvalidError) Of(field string) bool {
	return slices.ContainsFunc(e.Fields, func(f api.FieldError) bool { return f.Field == field })
}
