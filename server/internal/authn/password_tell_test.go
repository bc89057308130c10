package authn

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"mais/server/internal/authn/internal/creds"
)

// post is a mail server that takes its time.
type post struct {
	PasswordMailer
	takes time.Duration
	sent  int
}

func (p *post) SendPasswordNews(ctx context.Context, _, _, _ string, _ time.Time) error {
	select {
	case <-time.After(p.takes): // of synctest's clock
		p.sent++
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestStopWaitsForTheMail: whoever changes a password waits for no mail; the service that stops in
// that moment waits until its holder is told, and not for ever.
func TestStopWaitsForTheMail(t *testing.T) {
	for takes, want := range map[time.Duration]struct {
		sent int
		wait time.Duration
	}{tellPatience / 2: {1, tellPatience / 2}, time.Hour: {0, tellPatience}} {
		synctest.Test(t, func(t *testing.T) {
			p := &post{takes: takes}
			s := &Service{opts: Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)}, passwords: &passwords{PasswordOptions: PasswordOptions{Mailer: p}}}
			ctx, stop := context.WithCancel(t.Context())
			began := time.Now()
			s.tell(ctx, creds.Password{}, newsChanged)
			if took := time.Since(began); took != 0 {
				t.Errorf("tell takes %v", took)
			}
			stop()
			s.runPasswords(ctx)
			if took := time.Since(began); p.sent != want.sent || took != want.wait {
				t.Errorf("a mail of %v: %d were sent when the service ended after %v, want %d after %v", takes, p.sent, took, want.sent, want.wait)
			}
		})
	}
}
