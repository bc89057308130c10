package lifecycle

import (
	"context"
	"log/slog"
	"time"

	"mais/ca"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/mail"
	"mais/server/internal/people"
)

// Mailer sends an enrolment code to its holder, and to nobody else.
type Mailer interface {
	// Ready reports whether a mail server can be had now.
	Ready(ctx context.Context) error
	// SendInvitation sends a code and what is done with it. What it returns nil for is on its way.
	SendInvitation(ctx context.Context, i mail.Invitation) error
}

// Options of New. All fields are needed but Mailer, LostMailer, Reports, Page and
// CodeValidity.
type Options struct {
	CA       *ca.CA
	Register *people.Register
	Ledger   *audit.Log
	Mailer   Mailer // nil: nobody can be invited from here
	// Findings are what other parts of the service have to say in a Check.
	Findings []func(context.Context) api.CheckItem
	Command  func(email string, card bool) string // that enrols a user; card: whose role demands a smart card
	Page     func() string                        // where a password is registered, without its scheme; nil: nowhere
	// CodeValidity is how long the code of an invitation can be used; 0: a week.
	CodeValidity time.Duration
	Log          *slog.Logger
	// ReceiptsFor is how long after a change of status its receipt can still be made; 0: for ever.
	ReceiptsFor time.Duration
	// LostMailer sends the codes that report a loss, and Reports keeps them. Without either
	// nobody can report one from here.
	LostMailer LostMailer
	Reports    *Reports
	// Passwords are what a loss takes away besides certificates; nil: nothing.
	Passwords Passwords
}

// Passwords are those of users, and the sessions that they opened.
type Passwords interface {
	// ForgetPassword takes a user's away, and says whether there was one. by is who had it done.
	ForgetPassword(ctx context.Context, user, by string) (had bool, err error)
	// EndOf ends all sessions of a user.
	EndOf(ctx context.Context, user, reason string) (ended int, err error)
}

// Service does what its callers administer. Its methods may be called concurrently.
type Service struct {
	opts Options
	wake chan struct{} // of one: a plan was confirmed
	lost chan lostAsk  // those who asked for a code
	now  func() time.Time

	counts counts

	checking chan struct{} // of one: held by who reads or makes checked
	checked  api.Check     // the last
}

// New returns a service over what the options name.
func New(o Options) *Service {
	return &Service{opts: o, wake: make(chan struct{}, 1), lost: make(chan lostAsk, lostQueue), now: time.Now, checking: make(chan struct{}, 1)}
}
