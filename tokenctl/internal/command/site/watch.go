package site

import (
	"context"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	"mais/tokenctl/internal/notify"
	"mais/tokenctl/internal/watch"
)

// watch keeps a site's token renewed until it is told to stop, which is no failure.
func (a *app) watch(ctx context.Context, r *renewal, at watch.Share) error {
	release, err := r.home.Watch(r.name)
	if err != nil {
		return err
	}
	defer release()
	t, err := r.open()
	if err != nil {
		return err
	}
	if _, err := a.unlockSite(ctx, t); err != nil { // now, while somebody looks
		return err
	}
	log := a.Screen.Log()
	manager, err := notify.FromEnvironment(os.Getenv, os.Getpid())
	if err != nil {
		log.Warn("the service manager hears nothing of this", "error", err)
	}
	again, forget := hangups(ctx)
	defer forget()
	work := watch.Work{Open: r.open, Renew: r.renew, Ask: r.ask, Deploy: r.deploy, Again: again}
	return watch.New(work, at, log, manager, time.Now, rand.Float64).Run(ctx)
}

// hangups passes SIGHUP on, as many at once as one.
func hangups(ctx context.Context) (again <-chan struct{}, forget func()) {
	signals, out := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-signals:
			case <-ctx.Done():
				return
			}
			select {
			case out <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() { signal.Stop(signals) }
}
