package mail

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

const (
	newsEvery    = 2 * time.Second
	remindEvery  = time.Hour
	deliverEvery = 10 * time.Second
	sweepAfter   = 180 * 24 * time.Hour
	// After a failure of the mail server or the database the next attempt waits, longer each
	// time.
	pauseFirst  = 5 * time.Second
	pauseAtMost = 10 * time.Minute
)

// Run writes to people and sends it until ctx ends. It outlives every failure, a panic too:
// records are read and people signed in on the same node. The log says when a failure begins
// and when it is over.
func (s *Service) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, job := range []job{
		{"holders cannot be written to", newsEvery, nil, s.once(s.tellHolders)},
		{"administrators cannot be written to", newsEvery, nil, s.once(s.tellAdministrators)},
		{"nobody can be reminded of what ends", remindEvery, nil, s.remindAndSweep},
		{"nobody can be reminded of an invitation", remindEvery, nil, s.remindInvited},
		{"administrators cannot be told of cards", newsEvery, nil, s.tellOfCards},
		{"mail cannot be sent", deliverEvery, s.wake, s.deliverAll},
	} {
		all.Go(func() { s.repeat(ctx, job) })
	}
	all.Wait()
	return nil
}

// job is something that is done again and again.
type job struct {
	fault string // that there is when do fails
	every time.Duration
	wake  <-chan struct{} // sooner
	do    func(context.Context) error
}

func (s *Service) repeat(ctx context.Context, j job) {
	failures := 0
	for ctx.Err() == nil {
		err := s.guarded(ctx, func() error { return j.do(ctx) })
		wait, wake := j.every, j.wake
		switch {
		case err != nil && ctx.Err() == nil:
			if failures++; failures == 1 {
				s.opts.Log.ErrorContext(ctx, j.fault, "error", errorText(err, ""))
			}
			wait, wake = pause(failures), nil
		case failures > 0:
			s.opts.Log.InfoContext(ctx, "it works again", "was", j.fault, "failures", failures)
			failures = 0
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-wake:
		}
		timer.Stop()
	}
}

var errPanic = errors.New("a fault of the program; the log has more of it")

// guarded calls do and makes an error of a panic.
func (s *Service) guarded(ctx context.Context, do func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = s.panicked(ctx, fault)
		}
	}()
	return do()
}

// panicked logs what was recovered from.
func (s *Service) panicked(ctx context.Context, fault any) error {
	s.opts.Log.ErrorContext(ctx, "mail panicked, and goes on", "panic", line(fmt.Sprint(fault), maxWord), "stack", string(debug.Stack()))
	return errPanic
}

// pause is how long a job waits after so many failures in a row.
func pause(failures int) time.Duration {
	if failures > 10 {
		return pauseAtMost
	}
	return min(pauseAtMost, pauseFirst<<(failures-1))
}

// once makes a job of what is done until there is no more, and lets the sender know.
func (s *Service) once(tell func(context.Context) (more bool, err error)) func(context.Context) error {
	return func(ctx context.Context) error {
		for {
			more, err := tell(ctx)
			if err != nil || !more {
				return err
			}
			s.wakeSender()
		}
	}
}

func (s *Service) wakeSender() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Service) remindAndSweep(ctx context.Context) error {
	if err := s.remind(ctx); err != nil {
		return err
	}
	s.wakeSender()
	return s.box.Sweep(ctx, s.opts.Now().Add(-sweepAfter))
}

// deliverAll sends all that is due. A session that broke after it had taken mails is followed
// by another at once: servers end long ones.
func (s *Service) deliverAll(ctx context.Context) error {
	for {
		more, progress, err := s.deliver(ctx)
		if err != nil && !progress {
			return err
		}
		if !more {
			return nil
		}
	}
}
