package manage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mais/server/api"
	"mais/server/internal/lifecycle"
)

// What can stand in the way of a change, or of a review, that was good to begin with. Each is a
// kind of ErrConflict, ErrState or ErrReview, and comes in a *Hindered where there is more to say.
var (
	ErrAddressTaken = fmt.Errorf("%w: the address is registered already", ErrConflict)
	ErrNameTaken    = fmt.Errorf("%w: the name is taken", ErrConflict)
	ErrRoleGone     = fmt.Errorf("%w: a role is gone", ErrConflict)
	ErrRule         = fmt.Errorf("%w: a rule stands against it", ErrConflict)
	ErrSettled      = fmt.Errorf("%w: it was settled already", ErrState)
	ErrSigned       = fmt.Errorf("%w: it was signed off", ErrReview)
	ErrUndecided    = fmt.Errorf("%w: not everybody was decided on", ErrReview)
	ErrForGood      = fmt.Errorf("%w: what was decided was done", ErrReview)
	ErrGone         = fmt.Errorf("%w: they are not there any more", ErrReview)
)

// Hindered is one of these errors with what stands in the way, in words.
type Hindered struct {
	Err error
	By  string // such as a role's name, "25 people", who decided
}

func (e *Hindered) Error() string { return e.Err.Error() + ": " + e.By }

// Unwrap returns the error that callers tell apart.
func (e *Hindered) Unwrap() error { return e.Err }

// overtaken is told for a change that could be made and no longer can: what has come about
// meanwhile stands against it.
func overtaken(err error) error {
	var invalid *lifecycle.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Fields) == 0 {
		return err
	}
	f := invalid.Fields[0]
	switch {
	case f == addressTaken:
		return &Hindered{ErrAddressTaken, f.Detail}
	case f.Detail == nameTaken:
		return &Hindered{ErrNameTaken, f.Detail}
	}
	return &Hindered{ErrRule, spoken(f)}
}

// veiled leaves an agency's administrator to know of their own people alone that an address is
// registered already.
func (s *Service) veiled(ctx context.Context, r reach, c stored, err error) error {
	if r.all || c.after.User == nil || !errors.Is(err, ErrAddressTaken) {
		return err
	}
	own, rerr := s.opts.Register.Registered(ctx, r.agency, []string{c.after.User.Email})
	if rerr != nil || own[c.after.User.Email] {
		return errors.Join(rerr, err)
	}
	return &Hindered{ErrRule, "they could not be registered; ask an administrator"}
}

const nameTaken = "is taken"

var addressTaken = api.FieldError{Field: "user.email", Detail: "is registered already"}

// spoken says a fault without the form that it is a field of.
func spoken(f api.FieldError) string {
	words, ok := spokenFields[f.Field]
	if !ok {
		_, words, _ = strings.Cut(f.Field, ".")
		words = "the " + strings.ReplaceAll(words, "_", " ")
	}
	return words + " " + f.Detail
}

var spokenFields = map[string]string{
	"target": "what it is about", "user.email": "the address", "user.roles": "the roles", "user.sites": "the sites", "user.agency": "the agency",
	"role.permissions": "the permissions", "role.name": "the name of the role", "site.agency": "the agency of the site", "network.site": "the site", "network.prefix": "the network",
}
