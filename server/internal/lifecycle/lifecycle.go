// Package lifecycle is what administrators and holders do with certificates: look through the
// inventory, hold, release and revoke one or many by a plan that is previewed and confirmed,
// invite, fetch receipts. It decides who may do what to which certificate; the CA then does it.
// Make a [Service] with [New], and let [Service.Run] carry confirmed plans out.
//
// Who has the role administrator administers everything; an agency_administrator the users and
// sites of their agency, but no administrator; and everybody may hold and revoke what is their
// own. Nobody releases that. This is asked when something is planned and once more for each
// certificate when it is done, so that a role which was lost meanwhile stops it.
//
// Each change of a certificate is one event of the audit and commits with it. That somebody
// looked at the inventory, or made or confirmed a plan, is for the caller to record.
package lifecycle

import (
	"errors"
	"strings"

	"mais/server/api"
)

// Errors that callers tell apart.
var (
	ErrNotAllowed = errors.New("lifecycle: the caller administers nothing of the kind")
	ErrUnknown    = errors.New("lifecycle: no such certificate or plan, or not the caller's")
	ErrWord       = errors.New("lifecycle: the word typed is not the plan's")
	ErrInvalid    = errors.New("lifecycle: the request is not well formed")
	ErrNoMail     = errors.New("lifecycle: mail is not set up")
	ErrOneself    = errors.New("lifecycle: nobody sends themselves a code")
	ErrTooOften   = errors.New("lifecycle: the user was invited as often as may be")
	ErrEnding     = errors.New("lifecycle: their former access is still being ended")
	ErrNotSent    = errors.New("lifecycle: the code could not be sent, and earlier ones are void")
)

// InvalidError is an ErrInvalid that says what is wrong with which field.
type InvalidError struct{ Fields []api.FieldError }

func (e *InvalidError) Error() string {
	var b strings.Builder
	b.WriteString(ErrInvalid.Error())
	for _, f := range e.Fields {
		b.WriteString("; " + f.Field + " " + f.Detail)
	}
	return b.String()
}

// Is makes errors.Is(err, ErrInvalid) hold.
func (*InvalidError) Is(target error) bool { return target == ErrInvalid }

func invalid(field, detail string) error {
	return &InvalidError{[]api.FieldError{{Field: field, Detail: detail}}}
}
