// Package manage is the report's userManager: agencies, sites and networks, users, roles and
// what they permit, and the second person without whom nobody is given more. Make a [Service]
// with [New]; everything that changes who may come in, from where, and what their roles permit
// goes through [Service.Propose], [Service.Confirm] and [Service.Approve], each with what it
// would do to whom. [Service.Run] does what follows from a change: revokes, ends sessions,
// invites, tells.
//
// Who has the role administrator manages everything, an agency_administrator the sites,
// networks and people of their agency. Neither reads a record. The rules of the second person are
// package duty's; the database holds them once more.
//
// Each act that changes something commits with its event. That somebody looked is for the
// caller to record.
package manage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
)

// Errors that callers tell apart. What is wrong with a request's fields is a
// *lifecycle.InvalidError.
var (
	ErrNotAllowed = errors.New("manage: the caller manages nothing of the kind")
	ErrUnknown    = errors.New("manage: no such thing, or not the caller's")
	ErrConflict   = errors.New("manage: it has changed meanwhile")
	ErrOutdated   = fmt.Errorf("%w: what it would do has changed since you looked: look again", ErrConflict)
	ErrWord       = errors.New("manage: the word typed is not the change's")
	ErrState      = errors.New("manage: the change does not stand so that this can be done")
	ErrReview     = errors.New("manage: the review does not stand so that this can be done")
	ErrTooMany    = errors.New("manage: the caller has as many open changes as may be")
	ErrOwn        = errors.New("manage: nobody decides on a change of their own making, or about themselves")
	ErrOneself    = fmt.Errorf("%w: about themselves, from the start", ErrOwn)
)

// Revoker ends the certificates and open codes of somebody who left or moved, for good.
type Revoker interface {
	RevokeAll(ctx context.Context, l lifecycle.Leaving) (revoked int, err error)
	// ForgetPassword takes their password away; who has none is none the worse.
	ForgetPassword(ctx context.Context, user, by string) error
}

// Sessions are the open sessions.
type Sessions interface {
	// EndOf ends all sessions of a user.
	EndOf(ctx context.Context, user, reason string) (ended int, err error)
}

// Inviter makes a code for a user and sends it to them.
type Inviter interface {
	// InviteUser does so once for an errand.
	InviteUser(ctx context.Context, user, by string, errand int64) error
}

// Options of New. All fields are needed.
type Options struct {
	Register     *people.Register
	Revoker      Revoker
	Sessions     Sessions
	Inviter      Inviter
	Post         Post
	PerMinute    int // invitations that are sent in a minute at most; 0: any number
	Keys         Keys
	Certificates Certificates
	Log          *slog.Logger
	ReviewMonths int // after so many the next review of an agency's access opens; 0: never by itself
}

// Service manages. Its methods may be called concurrently.
type Service struct {
	opts Options
	now  func() time.Time
	wake chan struct{} // of one: an errand is due
	pace pace
}

// New returns a service over what the options name.
func New(o Options) *Service {
	return &Service{opts: o, now: time.Now, wake: make(chan struct{}, 1)}
}

// reach is whom somebody manages. The zero reach is nobody's.
type reach struct {
	all    bool
	agency string // UUID
}

func reachOf(p authn.Principal) reach {
	switch {
	case p.User() == "":
		return reach{}
	case has(p, lifecycle.Administrator):
		return reach{all: true}
	case has(p, lifecycle.AgencyAdministrator):
		return reach{agency: p.AgencyID()}
	}
	return reach{}
}

func (r reach) manages() bool { return r.all || r.agency != "" }

// within reports whether what belongs to an agency is in reach.
func (r reach) within(agency string) bool { return r.all || r.agency != "" && r.agency == agency }

func has(p authn.Principal, role string) bool {
	for _, r := range p.Roles() {
		if r == role {
			return true
		}
	}
	return false
}
