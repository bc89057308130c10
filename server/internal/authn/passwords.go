package authn

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
	"mais/server/internal/authn/internal/password"
)

// Codes are the codes of invitations, with which a password is registered: a *ca.CA.
type Codes interface {
	Spendable(context.Context, ca.Spending) (certs.Identity, error)
	Spend(context.Context, ca.Spending) (certs.Identity, error)
}

// PasswordMailer writes to the holder of a password, and to nobody else.
type PasswordMailer interface {
	// SendReset sends the code that sets a password anew.
	SendReset(ctx context.Context, to, name, code string, expires time.Time) error
	// SendPasswordNews says what was done to their password: one of the words of PasswordNews.
	SendPasswordNews(ctx context.Context, to, name, what string, at time.Time) error
}

// PasswordOptions are those of passwords. All fields are needed but Mailer, Lists and Context.
type PasswordOptions struct {
	// Key is a secret that every node has and the database has not: second factors are sealed
	// under what is derived from it, devices are known by it, and names are hashed with it.
	Key     []byte
	Costs   password.Params
	AtOnce  int           // how many passwords are compared at once, each with the memory of Costs
	Total   time.Duration // how long a session lasts at most
	Rules   password.Rules
	Codes   Codes
	Mailer  PasswordMailer // nil: nobody sets a password anew by themselves
	Service string         // what an authenticator shows beside the code
}

// The parts of package password that callers need to make the options.
type (
	PasswordCosts    = password.Params
	PasswordRules    = password.Rules
	ExpectedList     = password.Expected
	PasswordStrength = password.Strength
	PasswordFault    = password.Fault
)

// The costs by default: the second recommended option of RFC 9106.
var DefaultPasswordCosts = PasswordCosts{Memory: password.Memory, Passes: password.Passes, Lanes: password.Lanes}

// PasswordContext returns the words of texts about the service, which no password is made of.
func PasswordContext(texts ...string) []string { return password.Context(texts...) }

// ReadExpected reads a list of passwords that are not taken.
func ReadExpected(r io.Reader) (ExpectedList, error) { return password.ReadExpected(r) }

// The bounds of passwords that are no setting.
const (
	MinPassword     = password.MinLength
	MaxPassword     = password.MaxLength
	pendingLife     = 15 * time.Minute // between a password and its second factor
	deviceLife      = 90 * 24 * time.Hour
	maxConsecutive  = 100 // wrong tries in a row, beyond which only a new beginning helps (SP 800-63B-4, 3.2.2)
	lanePatience    = 3 * time.Second
	tellPatience    = 20 * time.Second // for a mail to a holder
	guardSweepEvery = time.Hour
	maxProofs       = 20 // wrong second proofs of a reset in a row, beyond which only a recovery code or an invitation helps
	resetsKept      = 90 * 24 * time.Hour
)

var delays = creds.Delays{Free: 5, First: 15 * time.Second, Most: 15 * time.Minute, Over: 24 * time.Hour, Anew: 30 * 24 * time.Hour}

// PasswordDelays are how many wrong tries in a row have no consequence, and how long after each more the next
// has to wait: at first, and at most. It is the same for every name, registered or not.
func PasswordDelays() (free int, first, most time.Duration) {
	return delays.Free, delays.First, delays.Most
}

// Errors of passwords.
var (
	// ErrPassword is every refusal to let somebody in: whatever is wrong, it is the same.
	ErrPassword = errors.New("authn: not the name, password and code of anybody who may come in here")
	// ErrReset is every refusal to set a password anew.
	ErrReset = errors.New("authn: not the code and the proof that set a password")
	// ErrPasswordBusy: as many passwords are compared as memory allows; nothing was done.
	ErrPasswordBusy = errors.New("authn: too many passwords are being compared")
	// ErrPending: what was shown with a second factor's secret is too old, or another's.
	ErrPending = errors.New("authn: not a second factor that is being set up here")
	// ErrFactor: the code is not one of the second factor that is being set up.
	ErrFactor = errors.New("authn: not a code of the second factor that is being set up")
	// ErrNoPasswordMail: nobody sends the codes that set passwords anew.
	ErrNoPasswordMail = errors.New("authn: no mail is sent to set passwords anew")
)

// PasswordWait is the refusal of a try that came too soon after wrong ones; it is the same for
// every name.
type PasswordWait struct{ For time.Duration }

func (w *PasswordWait) Error() string { return fmt.Sprintf("authn: tried again in %v", w.For) }

// UnfitPassword is a new password that is not taken.
type UnfitPassword struct{ Fault PasswordFault }

func (u *UnfitPassword) Error() string {
	return "authn: the new password is not taken: " + string(u.Fault)
}

// Known is whom an attempt was about, for its event. Unless a proof of theirs was right, Proved,
// it was anybody who typed their name.
type Known struct {
	User, Name, Agency string
	Proved             bool
}

// proved is whom a right code was of.
func proved(stored creds.Password) Known {
	return Known{User: stored.User, Name: stored.Name, Agency: stored.Agency, Proved: true}
}

// passwords is what a Service keeps of them.
type passwords struct {
	PasswordOptions
	dummy  string // a hash of nothing that anybody knows
	lanes  lanes
	spray  spray
	resets chan resetAsk
	told   sync.WaitGroup // mails of tell that are under way
	keys   struct{ name, device, seal, pending, word []byte }
	now    func() time.Time
}

func newPasswords(o *PasswordOptions, now func() time.Time) (*passwords, error) {
	if o == nil {
		return nil, nil
	}
	p := &passwords{PasswordOptions: *o, lanes: newLanes(o.AtOnce), resets: make(chan resetAsk, resetQueue), now: now}
	for label, key := range map[string]*[]byte{
		"name": &p.keys.name, "device": &p.keys.device, "second factor": &p.keys.seal, "pending": &p.keys.pending, "word": &p.keys.word,
	} {
		var err error
		if *key, err = hkdf.Key(sha256.New, o.Key, nil, "mais password "+label+" 1", sha256.Size); err != nil {
			return nil, fmt.Errorf("derive a key of passwords: %w", err)
		}
	}
	var err error
	p.dummy, err = o.Costs.Hash(password.NewRecovery()[0])
	return p, err
}

func keyed(key []byte, parts ...string) []byte {
	m := hmac.New(sha256.New, key)
	for _, part := range parts {
		fmt.Fprintf(m, "%d:%s", len(part), part)
	}
	return m.Sum(nil)
}

// nameOf is what stands for a mail address as it was typed.
func (p *passwords) nameOf(email string) []byte { return keyed(p.keys.name, email) }

func foldAddress(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// passwordLimits are those of password sessions: never longer than tokens'.
func (s *Service) passwordLimits() creds.Limits {
	limits := s.limits
	if s.passwords != nil && s.passwords.Total > 0 {
		limits.Total = min(limits.Total, s.passwords.Total)
	}
	return limits
}

// runPasswords sends the codes that were asked for and forgets old tries, until ctx ends.
func (s *Service) runPasswords(ctx context.Context) {
	if s.passwords == nil {
		return
	}
	defer s.passwords.told.Wait()
	defer s.startResets(ctx).Wait()
	sweep := time.NewTicker(guardSweepEvery)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			if err := s.store.SweepGuard(ctx, poolAll, poolProofs, delays, resetsKept); err != nil {
				s.opts.Logger.WarnContext(ctx, "old tries at passwords are not forgotten yet", "error", err)
			}
		}
	}
}

// ForgetPassword takes a user's password, second factor and codes away, as when they leave. by is
// who had it done. Where there is nothing it does nothing; had says whether there was something.
func (s *Service) ForgetPassword(ctx context.Context, user, by string) (had bool, err error) {
	return s.store.ForgetPassword(ctx, user, audit.Event{
		Act: "password.forget", Outcome: audit.Allowed, User: user, AuthMethod: BySystem, Detail: map[string]string{"by": by},
	})
}

// tell writes to the holder of a password what was done to it; a mail that fails undoes nothing. Nobody
// who changes a password waits for the mail server, and a service that stops does, for a moment.
func (s *Service) tell(ctx context.Context, to creds.Password, what string) {
	if s.passwords.Mailer == nil {
		return
	}
	s.passwords.told.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellPatience)
		defer cancel()
		if err := s.passwords.Mailer.SendPasswordNews(ctx, to.Email, to.Name, what, s.opts.Now()); err != nil {
			s.opts.Logger.WarnContext(ctx, "a holder could not be told of their password", "user", to.User, "error", err)
		}
	})
}

// SourceOf is whom bounds count as one: an IPv4 address, or the /64 within which an IPv6 host can
// take any address (RFC 4291, 2.5.1).
func SourceOf(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	source, _ := a.Prefix(bits) // as many bits as there are at most
	return source
}
