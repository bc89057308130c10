package watch

import (
	"context"
	"log/slog"
	"time"

	"mais/tokenctl/internal/token"
)

// ask looks after the token's standing: at the start, once a day, and when told to.
func (w *Watch) ask(ctx context.Context, t *token.Token) error {
	now := w.now()
	if since := now.Sub(w.asked); since >= 0 && since < askEvery || !w.asking.turn(now) {
		return nil
	}
	err := w.bounded(ctx, func(ctx context.Context) error { return w.work.Ask(ctx, t) })
	switch {
	case err == nil:
		w.asked = w.now()
		w.asking.reset()
		w.log.Info("the service calls the token good", "serial", t.Serial)
	case ctx.Err() != nil || final(err):
		return err
	default:
		w.asking.fail(w.now(), longestWait*10, w.random())
		w.log.Warn("the service cannot be asked about the token", append(failure(err), "again_at", w.asking.next.UTC())...)
	}
	return nil
}

// renew replaces the token if that is due, and returns the one there is afterwards.
func (w *Watch) renew(ctx context.Context, t *token.Token) (*token.Token, error) {
	now := w.now()
	if now.Before(w.due(t)) || !w.renewing.turn(now) {
		return t, nil
	}
	var next *token.Token
	err := w.bounded(ctx, func(ctx context.Context) (err error) {
		next, err = w.work.Renew(ctx)
		return err
	})
	if err == nil {
		w.renewing.reset()
		w.renewed, w.asked = w.now(), w.now() // its proof was an answer as well
		w.log.Info("renewed", append(about(next), "instead_of", t.Serial, "renew_at", w.due(next).UTC())...)
		return next, nil
	}
	if ctx.Err() != nil || hopeless(err) {
		return t, err
	}
	if final(err) { // perhaps of the new certificate alone: the present one decides
		if err := w.bounded(ctx, func(ctx context.Context) error { return w.work.Ask(ctx, t) }); err != nil && (final(err) || ctx.Err() != nil) {
			return t, err
		}
	}
	w.unrenewed(t, err)
	return t, nil
}

// unrenewed notes a failure, louder when little of the token's life is left.
func (w *Watch) unrenewed(t *token.Token, err error) {
	cert := t.Certificate()
	left := cert.NotAfter.Sub(w.now())
	w.renewing.fail(w.now(), left, w.random())
	level, words := slog.LevelWarn, "the renewal has failed"
	if left < cert.NotAfter.Sub(cert.NotBefore)/urgent {
		level, words = slog.LevelError, "the token is about to expire, and the renewal has failed"
	}
	w.log.Log(context.Background(), level, words, append(failure(err),
		"failures", w.renewing.failed, "again_at", w.renewing.next.UTC(), "expires", cert.NotAfter.UTC(), "left", left.Round(time.Second))...)
}

// urgent is the part of a life below which a failure is an error and no warning.
const urgent = 10

// deploy hands the token on. A failure is tried again; the token is good whatever comes of it.
func (w *Watch) deploy(ctx context.Context, t *token.Token) {
	if !w.deploying.turn(w.now()) {
		return
	}
	var did bool
	err := w.bounded(ctx, func(ctx context.Context) (err error) {
		did, err = w.work.Deploy(ctx, t)
		return err
	})
	switch {
	case err == nil:
		w.deploying.reset()
		if did {
			w.log.Info("handed on", "serial", t.Serial)
		}
	case ctx.Err() == nil:
		w.deploying.fail(w.now(), t.Certificate().NotAfter.Sub(w.now()), w.random())
		w.log.Error("the token is good, and could not be handed on", append(failure(err),
			"failures", w.deploying.failed, "again_at", w.deploying.next.UTC())...)
	}
}

// bounded does one piece of work while the manager gets its signs of life. These end when
// the piece has not ended a while after it should have: then the manager may start us anew.
func (w *Watch) bounded(ctx context.Context, work func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, workLimit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work(limited) }()
	for {
		timer := time.NewTimer(w.manager.Interval(look))
		select {
		case err := <-done:
			timer.Stop()
			return err
		case <-timer.C:
			if limited.Err() == nil {
				w.manager.Alive()
			}
		}
	}
}
