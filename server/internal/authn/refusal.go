package authn

import (
	"errors"

	"mais/ca"
)

// Kind says why a caller was refused. The names are those of the problem types of the API
// (urn:mais:problem:KIND) and of the reasons in the audit.
type Kind string

// The kinds of refusal.
const (
	NoToken         Kind = "no-token"         // no certificate was presented
	UnknownToken    Kind = "unknown-token"    // not one of ours, not fit, or not of a present user or site
	Expired         Kind = "expired"          // ours, but past its end
	Held            Kind = "held"             // put on hold; can be released
	Revoked         Kind = "revoked"          // for good
	Superseded      Kind = "superseded"       // renewed, and the new one is in use
	OutsideDates    Kind = "outside-dates"    // before the holder's first day or after their last
	NoPasswords     Kind = "no-passwords"     // none of the user's roles lets them in with a password
	WrongNetwork    Kind = "wrong-network"    // the address is not one that this caller may come from
	LevelTooLow     Kind = "level-too-low"    // a role demands a token that is better kept than this one
	SessionEnded    Kind = "session-ended"    // the cookie's session is over or unknown
	SessionMismatch Kind = "session-mismatch" // the cookie's session belongs to another certificate or site
	StatusStale     Kind = "status-stale"     // we cannot say now whether the token is good
	AccessChanged   Kind = "access-changed"   // the caller's access changed while the answer was made
)

// Refusal is the error that FromContext and Recheck return. Error gives the private cause
// for the log and the audit; what the caller is told depends on Kind alone.
type Refusal struct {
	Kind  Kind
	cause error
}

func refuse(kind Kind, cause error) *Refusal { return &Refusal{kind, cause} }

// Error returns the kind and the private cause.
func (r *Refusal) Error() string {
	if r.cause == nil {
		return "authn: " + string(r.Kind)
	}
	return "authn: " + string(r.Kind) + ": " + r.cause.Error()
}

// Unwrap returns the private cause.
func (r *Refusal) Unwrap() error { return r.cause }

// Is makes errors.Is(err, ca.ErrStale) hold where nobody was refused, but could not be judged.
func (r *Refusal) Is(target error) bool { return r.Kind == StatusStale && target == ca.ErrStale }

// KindOf returns the kind of the refusal in err's chain, or "" when there is none.
func KindOf(err error) Kind {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Kind
	}
	return ""
}
