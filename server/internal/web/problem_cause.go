package web

import (
	"errors"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
)

// Errors of this package's own making.
var (
	errNotAllowed  = errors.New("web: not allowed")
	errNotFound    = errors.New("web: nothing there")
	errMethod      = errors.New("web: no such method here")
	errCrossSite   = errors.New("web: cross-site request")
	errTooLarge    = errors.New("web: request too large")
	errMediaType   = errors.New("web: not JSON")
	errRenewal     = errors.New("web: renewal refused")
	errTooMany     = errors.New("web: too many attempts")
	errNotSignedIn = errors.New("web: not signed in")
	errTermsDue    = errors.New("web: the terms are not accepted")
	errDestroyed   = errors.New("web: not the word of a token that has ended")
)

// errInvalid is a request whose fields cannot be taken.
type errInvalid struct{ faults []api.FieldError }

func (e errInvalid) Error() string {
	var b strings.Builder
	b.WriteString("web: invalid request")
	for _, f := range e.faults {
		b.WriteString("; " + f.Field + " " + f.Detail)
	}
	return b.String()
}

var forbidden = is(authz.ErrDenied, errNotAllowed, authn.ErrNotUser, lifecycle.ErrNotAllowed, manage.ErrNotAllowed)

func is(targets ...error) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
	}
}

func kind(k authn.Kind) func(error) bool {
	return func(err error) bool { return authn.KindOf(err) == k }
}

func overBound(err error) bool {
	return errors.As(err, new(*authz.TooManyError))
}

func invalid(err error) bool {
	return len(faultsOf(err)) > 0
}
