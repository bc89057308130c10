package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/codes"
	"mais/server/internal/lifecycle/internal/lost"
	"mais/server/internal/people"
)

// Who has lost their card cannot sign in to say so. Their mail is the second proof: whoever
// reads it may put all that is theirs on hold, and nothing else. So a report takes something
// away and gives nothing; an administrator looks at it before anything is released.

const (
	// LostMinutes is for how long a code is good.
	LostMinutes = 15
	lostQueue   = 1024
	lostSenders = 4                // one mail server that is slow keeps few waiting
	lostSend    = 30 * time.Second // for one code
	lostSay     = 5 * time.Second  // for the word that it was sent
	lostKept    = 180 * day
)

// lostBounds are how many codes are sent in one user's name; the rest are not. Three are good
// at a time, two of them at most for one source. Whoever has asked a dozen times in a day, or
// whose name was used four dozen times, has one at a time.
func lostBounds(from netip.Addr) lost.Bounds {
	return lost.Bounds{Good: 2, Total: 3, Fresh: 5 * time.Minute, Source: authn.SourceOf(from), ADay: 12, TotalADay: 48}
}

// Errors of reports.
var (
	// ErrLostCode: a code holds nothing, whatever is wrong with it; the cause is for the audit.
	ErrLostCode = errors.New("lifecycle: not a code that reports a loss")
	// ErrBusy: more codes are asked for than are sent.
	ErrBusy = errors.New("lifecycle: too many codes are asked for")
)

// LostMailer sends the code that reports a loss to its holder, and to nobody else. password: they
// have one, and nothing else that could be lost.
type LostMailer interface {
	SendLost(ctx context.Context, to, name, code string, expires time.Time, password bool) error
}

// Reports are the reports of losses in the database.
type Reports = lost.Box

// OpenReports logs in to the database; the caller closes the reports.
func OpenReports(ctx context.Context, source pg.Source) (*Reports, error) {
	return lost.Open(ctx, source)
}

// lostAsk is somebody's wish for a code.
type lostAsk struct {
	email string
	event audit.Event // of the request
}

// AskLost has a code sent to the user who is registered with a mail address, if there is one.
// It asks nobody whether there is: RunLost does, later, so that whoever waits for the answer
// learns nothing from it, nor from the time that it takes. ErrNoMail and ErrBusy are the same
// for every address.
func (s *Service) AskLost(ctx context.Context, email string) error {
	if s.opts.LostMailer == nil || s.opts.Reports == nil {
		return ErrNoMail
	}
	e, _ := EventOf(ctx)
	select {
	case s.lost <- lostAsk{strings.ToLower(strings.TrimSpace(email)), e}:
		return nil
	default:
		return ErrBusy
	}
}

// RunLost sends the codes that were asked for, a few at a time, until ctx ends. What was asked
// for and not sent by then has to be asked for again.
func (s *Service) RunLost(ctx context.Context) error {
	if s.opts.Reports == nil {
		<-ctx.Done()
		return nil
	}
	var senders sync.WaitGroup
	for range lostSenders {
		senders.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case ask := <-s.lost:
					s.answerLost(ctx, ask)
				}
			}
		})
	}
	defer senders.Wait()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-sweep.C:
			if err := s.opts.Reports.Sweep(ctx, s.now().Add(-lostKept)); err != nil {
				s.complain(ctx, "old reports of losses can't be forgotten", err)
			}
		}
	}
}

// actLostCode is the act of the event that a code was sent, or why none was.
const actLostCode = "card.lost-code"

// answerLost sends a code, or finds that none is to be sent, and records which.
func (s *Service) answerLost(ctx context.Context, ask lostAsk) {
	ctx, cancel := context.WithTimeout(ctx, lostSend)
	defer cancel()
	e := ask.event
	e.Act, e.Outcome = actLostCode, audit.Allowed
	u, code, err := s.sendLost(ctx, ask)
	if u.ID != "" { // whom nobody knows is named nowhere: an address that was typed may be anybody's
		e.User, e.UserName, e.Agency, e.Roles, e.AuthMethod = u.ID, u.Name, u.Agency, u.Roles, "none"
	}
	if code.ID() != "" {
		e.Detail = map[string]string{"lost": code.ID()}
	}
	switch {
	case errors.Is(err, ErrUnknown):
		e.Outcome, e.Reason = audit.Failed, "nobody who is present has the address"
	case errors.Is(err, ErrTooOften):
		e.Outcome, e.Reason = audit.Refused, "as many codes were sent as may be, and one is still good"
	case err != nil:
		e.Outcome, e.Reason = audit.Failed, err.Error()
	}
	if _, err := s.opts.Ledger.Append(ctx, e); err != nil {
		s.complain(ctx, "that a code was asked for can't be recorded", err)
	}
	if err != nil && !errors.Is(err, ErrUnknown) && !errors.Is(err, ErrTooOften) {
		s.complain(ctx, "a code for a lost card was not sent", err)
	}
}

func (s *Service) sendLost(ctx context.Context, ask lostAsk) (u people.User, code codes.Mail, err error) {
	if u, err = s.invited(ctx, reach{all: true}, ask.email); err != nil {
		return people.User{}, code, err
	}
	code = codes.NewMail()
	now := s.now()
	r := lost.Report{ID: code.ID(), User: u.ID, From: ask.event.Address, Asked: now, Expires: now.Add(LostMinutes * time.Minute)}
	added, err := s.opts.Reports.Add(ctx, r, code.Hash(), lostBounds(r.From))
	if err == nil && !added {
		return u, codes.Mail{}, ErrTooOften
	}
	if err != nil {
		return u, codes.Mail{}, err
	}
	alone, err := s.passwordAlone(ctx, u.ID)
	if err != nil { // the code goes all the same, with words for a card
		s.complain(ctx, "whether somebody who lost something has a card can't be read", err)
	}
	err = s.opts.LostMailer.SendLost(ctx, u.Email, u.Name, code.Reveal(), r.Expires, alone)
	said := s.sayLost(ctx, code, err == nil)
	switch {
	case err != nil && said != nil:
		err = fmt.Errorf("%w: %w; %w", ErrNotSent, err, said)
	case err != nil:
		err = fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	return u, code, cmp.Or(err, said)
}

// passwordAlone reports whether a user has a password and no certificate that is live.
func (s *Service) passwordAlone(ctx context.Context, user string) (bool, error) {
	u, err := s.opts.Register.UserOf(ctx, user)
	if err != nil || !u.Password {
		return false, err
	}
	live, err := liveOf(user)
	if err != nil {
		return false, err
	}
	_, n, err := s.opts.CA.Inventory(ctx, live, "-issued", 1, 0)
	return n == 0, err
}

// liveOf chooses the certificates of a user that can be put on hold.
func liveOf(user string) (ca.Filter, error) {
	who, err := certs.NewIdentity(certs.User, user)
	return ca.Filter{Status: "live", Confined: true, Identities: []certs.Identity{who}}, err
}

// sayLost records whether a code was sent, also when the time for sending it is over.
func (s *Service) sayLost(ctx context.Context, code codes.Mail, sent bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lostSay)
	defer cancel()
	return s.opts.Reports.Sent(ctx, code.ID(), sent)
}

// Loss is a report that came to something.
type Loss struct {
	ID   string      // of its code
	User people.User // who has lost something
	Held []api.LostToken
	// Password was taken away: whoever found a telephone may have the second factor and the mail.
	Password bool
}

// MailProof is how the holder proved who they are, in events.
const MailProof = "mail-code"

// ReportLost puts everything that is good of a code's holder on hold, and spends the code. A
// code that does not come to that is ErrLostCode, with the cause; any other error leaves it
// good. What is held is recorded as done by the holder.
func (s *Service) ReportLost(ctx context.Context, typed string, from netip.Addr) (Loss, error) {
	code, ok := codes.ReadMail(typed)
	if !ok || s.opts.Reports == nil {
		return Loss{}, fmt.Errorf("%w: it has not the form of one", ErrLostCode)
	}
	l := Loss{ID: code.ID(), Held: []api.LostToken{}}
	tried, known, err := s.opts.Reports.Try(ctx, code.ID(), code.Hash(), s.now())
	if err != nil {
		return l, err
	}
	if why := lostFault(tried, known); why != "" {
		return l, fmt.Errorf("%w: %s: %s", ErrLostCode, code.ID(), why)
	}
	l.User, err = s.opts.Register.Present(ctx, tried.User)
	if errors.Is(err, people.ErrUnknown) {
		err = fmt.Errorf("%w: %s: its holder has left", ErrLostCode, code.ID())
	}
	if err != nil {
		return l, err
	}
	spent, err := s.opts.Reports.Spend(ctx, code.ID(), from, s.now(), func(ctx context.Context) (int, error) {
		err := s.holdAll(ctx, &l)
		if err == nil {
			err = s.takePassword(ctx, &l)
		}
		return len(l.Held), err
	})
	if err == nil && !spent {
		err = fmt.Errorf("%w: %s: it was used a moment ago", ErrLostCode, code.ID())
	}
	return l, err
}

// lostFault says why a code may not be spent, or nothing.
func lostFault(t lost.Tried, known bool) string {
	switch {
	case !known:
		return "there is none of this name"
	case !t.Right:
		return fmt.Sprintf("a wrong secret, try %d of %d", t.Tries, lost.MaxTries)
	case t.Used:
		return "it was used"
	case t.Over:
		return "it has expired"
	case !t.Good():
		return "it was tried too often, or another of the same holder was used"
	}
	return ""
}

// lostRounds is how often holdAll looks again: a renewal under way may have made another
// meanwhile, of a line that was not held yet.
const lostRounds = 5

// holdAll puts all live certificates of a loss's user on hold. To do it again does no harm, and
// what was held before stays in the loss.
func (s *Service) holdAll(ctx context.Context, l *Loss) error {
	live, err := liveOf(l.User.ID)
	if err != nil {
		return err
	}
	acting := WithEvent(ctx, lossEvent(ctx, *l))
	for range lostRounds {
		found, _, err := s.opts.CA.Inventory(ctx, live, "-issued", maxPage, 0)
		if err != nil || len(found) == 0 {
			return err
		}
		for _, c := range found {
			err := s.opts.CA.Hold(acting, c.Ref, live.Identities[0].String())
			if err != nil && !errors.Is(err, ca.ErrAlready) && !errors.Is(err, ca.ErrNotAllowed) { // held with another of its line, or at an end
				return err
			}
			l.Held = append(l.Held, lostToken(c))
		}
	}
	return errors.New("hold what was lost: there is always more")
}

// takePassword takes the password of a loss's user away and ends their sessions. It cannot be put on
// hold: an invitation gives them another.
func (s *Service) takePassword(ctx context.Context, l *Loss) error {
	if s.opts.Passwords == nil {
		return nil
	}
	had, err := s.opts.Passwords.ForgetPassword(ctx, l.User.ID, "urn:mais:user:"+l.User.ID)
	if err != nil {
		return err
	}
	l.Password = l.Password || had
	_, err = s.opts.Passwords.EndOf(ctx, l.User.ID, "lost")
	return err
}

// lossEvent is the event of the request, as the doing of whoever has lost something.
func lossEvent(ctx context.Context, l Loss) audit.Event {
	e, _ := EventOf(ctx)
	e.User, e.UserName, e.Agency, e.Roles, e.AuthMethod = l.User.ID, l.User.Name, l.User.Agency, l.User.Roles, MailProof
	e.Detail = map[string]string{"lost": l.ID}
	return e
}

func lostToken(c ca.Entry) api.LostToken {
	t := api.LostToken{Serial: c.Ref.Serial, Profile: string(c.Profile), NotAfter: c.NotAfter.UTC()}
	if c.Card != nil {
		t.Card = c.Card.Serial
	}
	return t
}
