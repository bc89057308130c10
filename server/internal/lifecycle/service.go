package lifecycle

import (
	"context"
	"log/slog"
	"time"

	"mais/ca"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/people"
)

// Mailer sends an enrolment code to its holder, and to nobody else.
type Mailer interface {
	// SendCode sends the code and the command that enrols with it. What it returns nil for is
	// on its way.
	SendCode(ctx context.Context, to, name string, code ca.Code, expires time.Time, command string) error
}

// Options of New. All fields are needed but Mailer, LostMailer and Reports.
type Options struct {
	CA       *ca.CA
	Register *people.Register
	Ledger   *audit.Log
	Mailer   Mailer // nil: nobody can be invited from here
	// Findings are what other parts of the service have to say in a Check.
	Findings []func(context.Context) api.CheckItem
	Command  func(email string, card bool) string // that enrols a user; card: whose role demands a smart card
	Log      *slog.Logger
	// ReceiptsFor is how long after a change of status its receipt can still be made; 0: for ever.
	ReceiptsFor time.Duration
	// LostMailer sends the codes that report a loss, and Reports keeps them. Without either
	// nobody can report one from here.
	LostMailer LostMailer
	Reports    *Reports
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
