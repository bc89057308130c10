package mail

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"mais/server/internal/mail/internal/outbox"
)

const (
	// lease is how long a message is one node's: longer than sending it can take.
	lease = 5 * time.Minute
	// perSession is how many mails go over one connection; servers tire of one.
	perSession = 100
	// A refusal for now is tried again after a minute, then two, four and so on up to four
	// hours, and given up after maxTries, which is some five days (RFC 5321, 4.5.4.1).
	retryFirst   = time.Minute
	retryAtMost  = 4 * time.Hour
	maxTries     = 36
	maxFaults    = 5               // tries after which a panic ends them
	settleAtMost = 5 * time.Second // to say how it went, when we are being stopped
)

// deliver sends what is due, until nothing is, a session will take no more, or it fails. more
// says that there may be more due. An error is about the mail server or the database, not
// about one message: whoever calls it waits before the next time. progress says that the mail
// server took at least one.
func (s *Service) deliver(ctx context.Context) (more, progress bool, err error) {
	m, ok, err := s.box.Claim(ctx, s.opts.Now(), lease)
	if err != nil || !ok {
		return false, false, err
	}
	defer func() { // after the session's end
		if fault := recover(); fault != nil {
			more, err = true, s.faulty(ctx, m, fault)
		}
	}()
	session, err := s.transport.open(ctx)
	if err != nil {
		s.failed(ctx, m, err)
		return true, false, err
	}
	defer session.close()
	for n := 0; ok; n++ {
		again, err := s.deliverOne(ctx, session, m)
		if err != nil {
			return true, progress, err
		}
		progress = progress || !again
		if n+1 == perSession {
			return true, progress, nil
		}
		if m, ok, err = s.box.Claim(ctx, s.opts.Now(), lease); err != nil {
			return true, progress, err
		}
	}
	return false, progress, nil
}

// deliverOne sends a claimed message and writes down how it went. refused says that the mail
// server did not take it; an error is not about the message.
func (s *Service) deliverOne(ctx context.Context, session session, m outbox.Message) (refused bool, err error) {
	built, err := s.build(m.ID, m.Address, m.Name, text{m.Subject, m.Body}, m.Created)
	if err != nil {
		return true, s.giveUp(ctx, m, err)
	}
	_, err = session.send(built)
	s.sends.WithLabelValues(outcomeOf(err)).Inc()
	if err == nil {
		s.opts.Log.InfoContext(ctx, "mail was sent", "kind", m.Kind, "message", m.ID, "tries", m.Tries)
		return false, s.settled(ctx, func(ctx context.Context) error { return s.box.Sent(ctx, m.ID, s.opts.Now()) })
	}
	r, about := isRefusal(err)
	switch {
	case !about:
		s.failed(ctx, m, err)
		return true, err
	case r.forGood:
		return true, s.giveUp(ctx, m, err)
	}
	s.failed(ctx, m, err)
	return true, nil
}

// failed puts a message off, or gives it up after the last try.
func (s *Service) failed(ctx context.Context, m outbox.Message, why error) {
	if m.Tries >= maxTries {
		s.giveUp(ctx, m, why)
		return
	}
	at := s.opts.Now().Add(retryAfter(m.Tries))
	if ctx.Err() != nil {
		at = s.opts.Now() // it was not the mail's fault: the next start goes on
	}
	err := s.settled(ctx, func(ctx context.Context) error { return s.box.Later(ctx, m.ID, at, errorText(why, m.Address)) })
	if err != nil {
		s.opts.Log.ErrorContext(ctx, "what became of a mail cannot be noted; it may come twice", "message", m.ID, "error", err)
	}
}

// faulty puts a message off that made us panic, or gives it up when it has had its tries.
func (s *Service) faulty(ctx context.Context, m outbox.Message, fault any) error {
	err := s.panicked(ctx, fault)
	if m.Tries >= maxFaults {
		return errors.Join(err, s.giveUp(ctx, m, err))
	}
	s.failed(ctx, m, err)
	return err
}

// retryAfter is how long a message waits after so many tries, give or take a tenth, so that
// those that failed together do not come back together.
func retryAfter(tries int) time.Duration {
	wait := retryAtMost
	if tries < 10 {
		wait = min(retryAtMost, retryFirst<<(tries-1))
	}
	return wait - wait/10 + rand.N(wait/5)
}

func (s *Service) giveUp(ctx context.Context, m outbox.Message, why error) error {
	said := errorText(why, m.Address)
	s.opts.Log.WarnContext(ctx, "a mail is given up", "kind", m.Kind, "message", m.ID, "tries", m.Tries, "error", said)
	return s.settled(ctx, func(ctx context.Context) error { return s.box.GiveUp(ctx, m.ID, s.opts.Now(), said) })
}

// settled writes down how it went even when we are being stopped: what a mail server has taken
// should not be sent again.
func (s *Service) settled(ctx context.Context, write func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleAtMost)
	defer cancel()
	return write(ctx)
}
