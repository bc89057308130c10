// Package watch keeps a token renewed without anybody there: it waits for the moment that
// [Share.Due] gives, renews, hands the new token on, and tries again when something fails.
//
// Make a [Watch] with [New] and call [Watch.Run]. It looks at the clock on the wall at least
// once a minute and trusts no timer for longer, so that a machine that slept and a clock that
// was set do not matter; and at the files, so that a token renewed by hand is taken over. It
// ends by itself only when going on is of no use. How to renew is the caller's: see [Work].
package watch

import (
	"context"
	"log/slog"
	"time"

	"mais/tokenctl/internal/notify"
	"mais/tokenctl/internal/token"
)

const (
	// look is the longest time between two looks at clock and files.
	look = time.Minute

	// askEvery is how often the service is asked whether the token is good still, which
	// the files cannot tell.
	askEvery = 24 * time.Hour

	workLimit = 5 * time.Minute // for one renewal or hand-over, whose parts have shorter ones
	shortest  = 100 * time.Millisecond
)

// Work is what a Watch has done, by functions that may be called at any time, one at a time.
// Each respects its context and returns a [fault.Error] where it can.
type Work struct {
	Open   func() (*token.Token, error)                      // the token as its files are now
	Renew  func(context.Context) (*token.Token, error)       // replaces the token
	Ask    func(context.Context, *token.Token) error         // asks the service whether it is good
	Deploy func(context.Context, *token.Token) (bool, error) // hands it on, if that was not done
	Again  <-chan struct{}                                   // asks for a look at everything now
}

// Watch is the state of one watch.
type Watch struct {
	work    Work
	share   Share
	log     *slog.Logger
	manager *notify.Manager
	now     func() time.Time // the clock on the wall
	random  func() float64

	renewing, asking, deploying attempts

	asked   time.Time // when the service last called the token good
	renewed time.Time // when this watch last renewed
	told    string    // the manager's status
}

// New makes a watch. now is the clock on the wall, random gives numbers in [0, 1).
func New(work Work, share Share, log *slog.Logger, manager *notify.Manager, now func() time.Time, random func() float64) *Watch {
	wall := func() time.Time { return now().Round(0) } // without the clock that stands still while the machine sleeps
	return &Watch{work: work, share: share, log: log, manager: manager, now: wall, random: random}
}

// Run watches until ctx ends, which is no error, or until a person has to act: the fault says
// what to do.
func (w *Watch) Run(ctx context.Context) error {
	t, err := w.work.Open()
	if err != nil {
		return err
	}
	w.log.Info("watching", append(about(t), "renew_at", w.due(t).UTC())...)
	w.manager.Ready(w.status(t))
	defer w.manager.Stopping()
	for {
		wait, err := w.step(ctx)
		if ctx.Err() != nil {
			w.log.Info("stopped")
			return nil
		}
		if err != nil {
			return err
		}
		timer := time.NewTimer(min(wait, w.manager.Interval(look)))
		select {
		case <-timer.C:
		case <-ctx.Done():
		case <-w.work.Again:
			w.log.Info("asked to look now")
			w.asked = time.Time{}
			w.renewing.reset()
			w.asking.reset()
			w.deploying.reset()
		}
		timer.Stop()
		w.manager.Alive()
	}
}

// step does what is due, and returns how long nothing will be.
func (w *Watch) step(ctx context.Context) (time.Duration, error) {
	t, err := w.work.Open()
	if err != nil {
		return w.unopened(err)
	}
	if err := ended(t, w.now()); err != nil {
		return 0, err
	}
	if err := w.ask(ctx, t); err != nil {
		return 0, err
	}
	if t, err = w.renew(ctx, t); err != nil {
		return 0, err
	}
	w.deploy(ctx, t)
	w.tell(w.status(t))
	return w.idle(t), nil
}

// due is when a token is renewed. However early that is meant to be, one that this watch has
// just renewed is left alone for a tenth of its life.
func (w *Watch) due(t *token.Token) time.Time {
	due, cert := w.share.Due(t.Certificate()), t.Certificate()
	if w.renewed.IsZero() {
		return due
	}
	if soonest := w.renewed.Add(cert.NotAfter.Sub(cert.NotBefore) / pause); due.Before(soonest) && !w.now().Before(w.renewed) {
		return soonest
	}
	return due
}

// idle returns the time until something is due.
func (w *Watch) idle(t *token.Token) time.Duration {
	now := w.now()
	wait := look
	soon := func(at time.Time) { wait = min(wait, at.Sub(now)) }
	soon(t.Certificate().NotAfter.Add(time.Second))
	if w.renewing.failed > 0 {
		soon(w.renewing.next)
	} else {
		soon(w.due(t))
	}
	if w.asking.failed > 0 {
		soon(w.asking.next)
	}
	if w.deploying.failed > 0 {
		soon(w.deploying.next)
	}
	return max(wait, shortest)
}
